/** BIRD in a node of a lab, from a generated file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';

const START_MS = 10_000;

export class BirdRouter {
  readonly #node: LabNode;
  readonly #daemon: LabProcess;
  readonly #control: string;

  private constructor(node: LabNode, daemon: LabProcess, control: string) {
    this.#node = node;
    this.#daemon = daemon;
    this.#control = control;
  }

  /** Speaks RIPv2 with BIRD's default timers on `active` interfaces, and announces the subnets of `stubs` as well. */
  static async start(
    node: LabNode,
    parent: string,
    { active, stubs }: { active: readonly string[]; stubs: readonly string[] },
  ): Promise<BirdRouter> {
    const directory = join(parent, `${node.name}-bird`);
    mkdirSync(directory);
    const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
    const configuration = `
router id 192.0.2.1;
log stderr all;
protocol device {}
protocol direct { ipv4; interface ${quoted([...active, ...stubs])}; }
protocol kernel { ipv4 { import none; export where source = RTS_RIP; }; }
protocol rip { ipv4 { import all; export all; }; interface ${quoted(active)} {}; }
`;
    const path = join(directory, 'bird.conf');
    writeFileSync(path, configuration);
    const control = join(directory, 'bird.ctl');
    const daemon = node.start(['bird', '-f', '-c', path, '-s', control, '-P', join(directory, 'bird.pid')]);
    await daemon.waitForLine(/Started/, START_MS);
    const router = new BirdRouter(node, daemon, control);
    await until('BIRD answers', START_MS, () =>
      router.show('status').then(
        () => true,
        () => false,
      ),
    );
    return router;
  }

  /** Everything it logs. */
  get log(): readonly string[] {
    return this.#daemon.output;
  }

  /** What `birdc show WHAT` prints: `route protocol rip1`. */
  show(what: string): Promise<string> {
    return this.#node.exec('birdc', '-s', this.#control, ...`show ${what}`.split(' '));
  }
}

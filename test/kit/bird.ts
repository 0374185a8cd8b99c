/** BIRD in a node of a lab, from a generated file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import type { Protocol } from './protocol.ts';

const START_MS = 30_000;

export interface BirdConfiguration {
  /** `rip` if not given. */
  readonly protocol?: Protocol['name'];
  /** Interfaces that it speaks RIP on, with its defaults. */
  readonly active: readonly string[];
  /** Interfaces whose subnets it announces as well. */
  readonly stubs: readonly string[];
  /** What is to be different on all active interfaces: `version 1`. */
  readonly options?: readonly string[];
  /** The filter that everything passes which it announces; a block of its language. */
  readonly announced?: string;
  /** Prefixes that it announces in addition and drops packets to; or with a next hop, `fd00::/64 via fe80::1%'eth0'`. */
  readonly statics?: readonly string[];
  /** Whether it announces what others have put into the kernel. */
  readonly learnsFromKernel?: boolean;
}

/** `update time` and so on, for `options`. BIRD takes whole seconds. */
export function birdTimers(update: number, timeout: number, garbage: number): string[] {
  return [`update time ${update}`, `timeout time ${timeout}`, `garbage time ${garbage}`];
}

export class BirdRouter {
  readonly #node: LabNode;
  readonly #directory: string;
  readonly daemon: LabProcess;

  private constructor(node: LabNode, directory: string, daemon: LabProcess) {
    this.#node = node;
    this.#directory = directory;
    this.daemon = daemon;
  }

  /** Starts it, or starts it again after its end. */
  static async start(node: LabNode, parent: string, configuration: BirdConfiguration): Promise<BirdRouter> {
    const directory = join(parent, `${node.name}-bird`);
    mkdirSync(directory, { recursive: true });
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('bird.conf'), textOf(configuration));
    const files = ['-c', path('bird.conf'), '-s', path('bird.ctl'), '-P', path('bird.pid')];
    const daemon = node.start(['bird', '-f', ...files]);
    await daemon.waitForLine(/Started/, START_MS);
    const router = new BirdRouter(node, directory, daemon);
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
    return this.daemon.output;
  }

  /** What `birdc show WHAT` prints: `route protocol rip1`. */
  show(what: string): Promise<string> {
    return this.#command(...`show ${what}`.split(' '));
  }

  /** Reads another configuration while running. */
  async configure(configuration: BirdConfiguration): Promise<void> {
    writeFileSync(join(this.#directory, 'bird.conf'), textOf(configuration));
    const answer = await this.#command('configure');
    if (!/Reconfigur/.test(answer)) throw new Error(answer);
  }

  #command(...words: string[]): Promise<string> {
    return this.#node.exec('birdc', '-s', join(this.#directory, 'bird.ctl'), ...words);
  }
}

function textOf({
  protocol = 'rip',
  active,
  stubs,
  options = [],
  announced = 'accept;',
  statics = [],
  learnsFromKernel = false,
}: BirdConfiguration): string {
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
  const channel = protocol === 'rip' ? 'ipv4' : 'ipv6';
  const routes = statics.map((route) => `route ${route}${route.includes(' ') ? '' : ' blackhole'}; `);
  const [learn, imported] = learnsFromKernel ? ['learn; ', 'all'] : ['', 'none'];
  return `
router id 192.0.2.1;
log stderr all;
protocol device {}
protocol direct { ${channel}; interface ${quoted([...active, ...stubs])}; }
protocol static { ${channel}; ${routes.join('')}}
protocol kernel { ${learn}${channel} { import ${imported}; export where source = RTS_RIP; }; }
protocol ${protocol === 'rip' ? 'rip' : 'rip ng'} {
  ${channel} { import all; export filter { ${announced} }; };
  interface ${quoted(active)} { ${options.map((option) => `${option}; `).join('')}};
}
`;
}

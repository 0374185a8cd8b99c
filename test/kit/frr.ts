/** FRR's zebra and ripd in a node of a lab: started from generated files, without its service scripts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';

const DAEMONS = '/usr/lib/frr';
const START_MS = 10_000;

export class FrrRouter {
  readonly #node: LabNode;
  readonly #directory: string;

  private constructor(node: LabNode, directory: string) {
    this.#node = node;
    this.#directory = directory;
  }

  /**
   * Speaks RIPv2 with FRR's default timers on `active` interfaces, and announces the subnets of `stubs` as well.
   * @param parent a directory that the user frr may enter
   */
  static async start(
    node: LabNode,
    parent: string,
    { active, stubs }: { active: readonly string[]; stubs: readonly string[] },
  ): Promise<FrrRouter> {
    const directory = join(parent, `${node.name}-frr`);
    mkdirSync(directory);
    const router = new FrrRouter(node, directory);
    const lines = [
      'router rip',
      ...[...active, ...stubs].map((name) => ` network ${name}`),
      ...stubs.map((name) => ` passive-interface ${name}`),
    ];
    writeFileSync(join(directory, 'zebra.conf'), 'ip forwarding\n');
    writeFileSync(join(directory, 'ripd.conf'), `${lines.join('\n')}\n`);
    execFileSync('chown', ['-R', 'frr:frr', directory]); // its daemons give up being root
    // ripd gives up if zebra's socket is not there yet.
    await router.#startDaemon('zebra');
    await router.#startDaemon('ripd');
    return router;
  }

  /** What `vtysh -c COMMAND` prints: `show ip rip`. */
  show(command: string): Promise<string> {
    return this.#node.exec('vtysh', '--vty_socket', this.#directory, '-c', command);
  }

  async #startDaemon(name: 'zebra' | 'ripd'): Promise<LabProcess> {
    const file = (extension: string): string => join(this.#directory, `${name}.${extension}`);
    const process = this.#node.start([
      `${DAEMONS}/${name}`,
      ...['-f', file('conf'), '-i', file('pid'), '-z', join(this.#directory, 'zserv')],
      ...['--vty_socket', this.#directory, '-P', '0', '--log', 'stdout'],
    ]);
    await process.waitForLine(/starting: vty/, START_MS);
    await until(`FRR's ${name} answers`, START_MS, async () => {
      const answer = await this.show('show daemons').catch(() => '');
      return answer.includes(name);
    });
    return process;
  }
}

/** FRR's daemons in a node of a lab: started from generated files, without its service scripts, and asked by `vtysh`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';

const DAEMONS = '/usr/lib/frr';
const START_MS = 30_000;

type DaemonName = 'zebra' | 'ripd' | 'ripngd' | 'staticd' | 'bgpd';

export class FrrDaemons {
  readonly #node: LabNode;
  readonly #directory: string;

  /** @param parent a directory that the user frr may enter */
  constructor(node: LabNode, parent: string) {
    this.#node = node;
    this.#directory = join(parent, `${node.name}-frr`);
    mkdirSync(this.#directory, { recursive: true });
  }

  /**
   * Starts one; all but zebra give up if zebra is not there yet. Resolves when it answers.
   * @param lines its configuration
   * @param options of its command line
   */
  async start(
    name: DaemonName,
    lines: readonly string[],
    options: readonly string[] = [],
  ): Promise<LabProcess> {
    const file = (extension: string): string => join(this.#directory, `${name}.${extension}`);
    writeFileSync(file('conf'), `${lines.join('\n')}\n`);
    execFileSync('chown', ['-R', 'frr:frr', this.#directory]); // its daemons give up being root
    const process = this.#node.start([
      `${DAEMONS}/${name}`,
      ...['-f', file('conf'), '-i', file('pid'), '-z', join(this.#directory, 'zserv')],
      ...['--vty_socket', this.#directory, '-P', '0', '--log', 'stdout', ...options],
    ]);
    await process.waitForLine(/starting: vty/, START_MS);
    await until(`FRR's ${name} answers`, START_MS, async () => {
      const answer = await this.ask('show daemons').catch(() => '');
      return answer.includes(name);
    });
    return process;
  }

  /** What `vtysh -c COMMAND …` prints. */
  ask(...commands: string[]): Promise<string> {
    return this.#node.exec(
      'vtysh',
      '--vty_socket',
      this.#directory,
      ...commands.flatMap((command) => ['-c', command]),
    );
  }
}

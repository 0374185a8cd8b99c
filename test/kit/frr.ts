/** FRR's zebra and ripd or ripngd in a node of a lab: started from generated files, without its service scripts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import type { Protocol } from './protocol.ts';

const DAEMONS = '/usr/lib/frr';
const START_MS = 10_000;

const daemons = { rip: 'ripd', ripng: 'ripngd' } as const;
type DaemonName = 'zebra' | (typeof daemons)[Protocol['name']];

export interface FrrConfiguration {
  /** `rip` if not given. */
  readonly protocol?: Protocol['name'];
  /** Interfaces that it speaks RIP on, with its defaults. */
  readonly active: readonly string[];
  /** Interfaces whose subnets it announces as well. */
  readonly stubs: readonly string[];
  /** Lines about each active interface: `ip rip send version 1`. */
  readonly options?: readonly string[];
  /** Lines of `router rip` or `router ripng`: `timers basic 5 15 10`. */
  readonly router?: readonly string[];
  /** Lines before all others: key chains, route maps. */
  readonly before?: readonly string[];
}

export class FrrRouter {
  readonly #node: LabNode;
  readonly #directory: string;
  #speaker: LabProcess | undefined;

  private constructor(node: LabNode, directory: string) {
    this.#node = node;
    this.#directory = directory;
  }

  /**
   * Starts both daemons.
   * @param parent a directory that the user frr may enter
   */
  static async start(node: LabNode, parent: string, configuration: FrrConfiguration): Promise<FrrRouter> {
    const directory = join(parent, `${node.name}-frr`);
    mkdirSync(directory);
    const router = new FrrRouter(node, directory);
    router.#write('zebra', ['ip forwarding', 'ipv6 forwarding']);
    // The other gives up if zebra's socket is not there yet.
    await router.#startDaemon('zebra');
    await router.startSpeaker(configuration);
    return router;
  }

  /** Starts its ripd or ripngd again after its end. */
  async startSpeaker({
    protocol = 'rip',
    active,
    stubs,
    options = [],
    router = [],
    before = [],
  }: FrrConfiguration): Promise<void> {
    const indented = (lines: readonly string[]): string[] => lines.map((line) => ` ${line}`);
    const daemon = daemons[protocol];
    this.#write(daemon, [
      ...before,
      ...(options.length > 0 ? active.flatMap((name) => [`interface ${name}`, ...indented(options)]) : []),
      `router ${protocol}`,
      ...[...active, ...stubs].map((name) => ` network ${name}`),
      ...stubs.map((name) => ` passive-interface ${name}`),
      ...indented(router),
    ]);
    this.#speaker = await this.#startDaemon(daemon);
  }

  /** Its ripd or ripngd. */
  get speaker(): LabProcess {
    if (this.#speaker === undefined) throw new Error(`${this.#node.name} was not started`);
    return this.#speaker;
  }

  /** What `vtysh -c COMMAND` prints: `show ip rip`. */
  show(command: string): Promise<string> {
    return this.#vtysh(command);
  }

  /** Enters lines of configuration while it runs. */
  async configure(...lines: string[]): Promise<void> {
    const answer = await this.#vtysh('configure terminal', ...lines);
    if (answer.includes('%')) throw new Error(answer);
  }

  #vtysh(...commands: string[]): Promise<string> {
    return this.#node.exec(
      'vtysh',
      '--vty_socket',
      this.#directory,
      ...commands.flatMap((command) => ['-c', command]),
    );
  }

  #write(daemon: DaemonName, lines: readonly string[]): void {
    writeFileSync(join(this.#directory, `${daemon}.conf`), `${lines.join('\n')}\n`);
    execFileSync('chown', ['-R', 'frr:frr', this.#directory]); // its daemons give up being root
  }

  async #startDaemon(name: DaemonName): Promise<LabProcess> {
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

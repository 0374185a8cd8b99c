/** FRR as a router of RIP or RIPng in a node of a lab: its zebra, and its ripd or ripngd. */
import type { LabNode, LabProcess } from '@ripstop/lab';
import { FrrDaemons } from './frr-daemons.ts';
import type { Protocol } from './protocol.ts';

const speakers = { rip: 'ripd', ripng: 'ripngd' } as const;

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
  readonly #daemons: FrrDaemons;
  /** Its zebra, through which its routes come into the kernel. */
  readonly zebra: LabProcess;
  #speaker: LabProcess | undefined;

  private constructor(daemons: FrrDaemons, zebra: LabProcess) {
    this.#daemons = daemons;
    this.zebra = zebra;
  }

  /**
   * Starts both daemons.
   * @param parent a directory that the user frr may enter
   */
  static async start(node: LabNode, parent: string, configuration: FrrConfiguration): Promise<FrrRouter> {
    const daemons = new FrrDaemons(node, parent);
    const router = new FrrRouter(daemons, await daemons.start('zebra', ['ip forwarding', 'ipv6 forwarding']));
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
    this.#speaker = await this.#daemons.start(speakers[protocol], [
      ...before,
      ...(options.length > 0 ? active.flatMap((name) => [`interface ${name}`, ...indented(options)]) : []),
      `router ${protocol}`,
      ...[...active, ...stubs].map((name) => ` network ${name}`),
      ...stubs.map((name) => ` passive-interface ${name}`),
      ...indented(router),
    ]);
  }

  /** Its ripd or ripngd. */
  get speaker(): LabProcess {
    if (this.#speaker === undefined) throw new Error('It was not started');
    return this.#speaker;
  }

  /** What `vtysh -c COMMAND` prints: `show ip rip`. */
  show(command: string): Promise<string> {
    return this.#daemons.ask(command);
  }

  /** Enters lines of configuration while it runs. */
  async configure(...lines: string[]): Promise<void> {
    const answer = await this.#daemons.ask('configure terminal', ...lines);
    if (answer.includes('%')) throw new Error(answer);
  }
}

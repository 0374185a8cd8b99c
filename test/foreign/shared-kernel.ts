/**
 * A ripd with ten thousand learned routes, and a few by two next hops, in a kernel that others use, too. What they do is
 * done by `ip`, and `ip` is the judge of what the kernel has then.
 *
 * The router has two links, each with a neighbor that says what it knows when it is told to, and never again by itself.
 */
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { type Entry, rip, ripng } from '@ripstop/rip';
import { answerAt } from '../kit/control-socket.ts';
import { type Protocol, planIn } from '../kit/protocol.ts';
import { type RipdConfiguration, RipdRouter } from '../kit/ripd.ts';
import { Speaker } from '../kit/speaker.ts';

const MANY = 10_000;
/** Prefixes that both neighbors have. */
const SEVERAL = 8;
/** Enough for 10,000 routes on a busy machine. */
const SETTLED_MS = 30_000;
/** Of the differences that an error names. */
const DIFFERENCES_MAX = 4;

const topology = {
  nodes: ['router', 'first', 'second'],
  links: [
    [
      { node: 'router', interface: 'eth0', addresses: ['10.200.1.1/24'] },
      { node: 'first', interface: 'eth0', addresses: ['10.200.1.2/24'] },
    ],
    [
      { node: 'router', interface: 'eth1', addresses: ['10.200.2.1/24'] },
      { node: 'second', interface: 'eth0', addresses: ['10.200.2.2/24'] },
    ],
  ],
};

/** The counts of `/status` that tests look at. */
interface KernelCounts {
  readonly wanted: number;
  readonly installed: number;
  readonly stale: number;
  readonly heals: number;
  readonly overruns: number;
}

/** Of the log that an error shows. */
const RECORDS_MAX = 5;

type LogRecord = Readonly<Record<string, unknown>> & { readonly msg: string };

export class SharedKernel {
  readonly protocol: Protocol;
  readonly lab: NamespaceLab;
  readonly router: LabNode;
  ripd: RipdRouter;
  /** Number of the routes that it has learned. */
  readonly size = MANY + SEVERAL;
  /** Of the neighbor on eth0 and of the one on eth1, as the kernel's routes name them. */
  readonly gateways: readonly [string, string];
  readonly #configuration: RipdConfiguration;
  readonly #asLearned: string[] = [];

  private constructor(
    protocol: Protocol,
    lab: NamespaceLab,
    ripd: RipdRouter,
    gateways: readonly [string, string],
    configuration: RipdConfiguration,
  ) {
    this.protocol = protocol;
    this.lab = lab;
    this.router = lab.node('router');
    this.ripd = ripd;
    this.gateways = gateways;
    this.#configuration = configuration;
  }

  /** Resolves when the kernel has all routes. @param kernel that section of ripd's configuration */
  static async lay(protocol: Protocol, kernel: object = {}): Promise<SharedKernel> {
    const lab = await NamespaceLab.lay(planIn(protocol, topology));
    try {
      const gateways = [
        await protocol.speaker(lab.node('first'), 'eth0'),
        await protocol.speaker(lab.node('second'), 'eth0'),
      ] as const;
      const configuration = { kernel, [protocol.name]: { interfaces: { 'eth*': {} } } };
      const ripd = await RipdRouter.start(lab.node('router'), lab.directory, configuration);
      const shared = new SharedKernel(protocol, lab, ripd, gateways, configuration);
      await shared.announce();
      await shared.untilCount(shared.size);
      shared.#asLearned.push(...(await shared.table()));
      return shared;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.lab.close();
  }

  /** Starts ripd again after its end. */
  async startAgain(): Promise<void> {
    this.ripd = await RipdRouter.start(this.router, this.lab.directory, this.#configuration);
  }

  /** The prefix of that number, which the first neighbor alone has. */
  lone(number: number): string {
    return this.protocol.in(`10.${number >> 8}.${number & 0xff}.0/24`);
  }

  /** The prefix of that number, which both neighbors have. */
  both(number: number): string {
    return this.protocol.in(`10.100.${number}.0/24`);
  }

  /** Both neighbors tell all they know. */
  async announce(): Promise<void> {
    const several = Array.from({ length: SEVERAL }, (_, at) => this.both(at));
    await this.say('first', [...Array.from({ length: MANY }, (_, at) => this.lone(at)), ...several]);
    await this.say('second', several);
  }

  /** One neighbor announces prefixes. */
  async say(neighbor: 'first' | 'second', prefixes: readonly string[], metric = 2): Promise<void> {
    const protocol = this.protocol.name === 'rip' ? rip : ripng;
    const speaker = await Speaker.open(this.lab.node(neighbor), 'eth0', { protocol });
    const entries = prefixes.map((prefix): Entry => ({ prefix, tag: 0, nextHop: undefined, metric }));
    speaker.announce(entries);
    await speaker.close();
  }

  /** A command of `ip` as somebody would type it: what it prints. See `words`. */
  ip(command: string): Promise<string> {
    return this.router.exec(...this.words(command));
  }

  /** Flushes routes. `ip` gives up when a route that it wants to delete is gone already; then again. */
  async flush(selection: string): Promise<void> {
    const flushed = (): Promise<boolean> =>
      this.ip(`route flush ${selection}`).then(
        () => true,
        () => false,
      );
    await until(`ip flushes ${selection}`, SETTLED_MS, flushed);
  }

  /**
   * A command of `ip` as words: in the protocol's family, with `@1` and `@2` for the ways by the two neighbors, and `@9`
   * for one by a host on the first link that nobody has heard of.
   */
  words(command: string): string[] {
    const stranger = this.protocol.family === 'ipv4' ? '10.200.1.9' : 'fe80::9';
    const ways = [`${this.gateways[0]} dev eth0`, `${this.gateways[1]} dev eth1`];
    const named = command.replace(/@(\d)/g, (_, way) => ways[Number(way) - 1] ?? `${stranger} dev eth0`);
    return ['ip', this.protocol.family === 'ipv4' ? '-4' : '-6', ...named.split(' ')];
  }

  /** The main table's routes of RIP: `ip -d route`, in an order of its own. */
  async table(): Promise<string[]> {
    // ip leaves out what it was asked to look for, so it is not asked for the protocol.
    return lines(await this.ip('-d -o route show table main'))
      .filter((line) => line.includes(' proto rip '))
      .sort();
  }

  /** The main table's routes for one prefix, of whatever protocol, in the kernel's order. */
  async routes(prefix: string): Promise<string[]> {
    return lines(await this.ip(`-d -o route show table main exact ${prefix}`));
  }

  /** What the kernel had for a prefix when all was learned and nobody had touched it. */
  asLearned(prefix: string): string[] {
    return this.#asLearned.filter((line) => line.split(' ').includes(prefix));
  }

  /** What the kernel has for a prefix that one neighbor alone has told of. */
  learnedFrom(neighbor: 'first' | 'second', prefix: string): string {
    const [model = ''] = this.asLearned(this.lone(0));
    const [gateway, name] = neighbor === 'first' ? [this.gateways[0], 'eth0'] : [this.gateways[1], 'eth1'];
    return model.replace(this.lone(0), prefix).replace(/via \S+ dev \S+/, `via ${gateway} dev ${name}`);
  }

  /** Waits until the kernel has so many routes of RIP. */
  async untilCount(count: number): Promise<void> {
    let last = 0;
    await until(`${count} routes of RIP`, SETTLED_MS, async () => {
      last = (await this.table()).length;
      return last === count;
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}, there are ${last}`);
    });
  }

  /** Waits until the whole table is as it was learned. @returns milliseconds it took */
  async untilAsLearned(): Promise<number> {
    const begin = performance.now();
    let table: string[] = [];
    await until('the table is as it was learned', SETTLED_MS, async () => {
      table = await this.table();
      return table.length === this.#asLearned.length && table.join() === this.#asLearned.join();
    }).catch((error: unknown) => {
      throw new Error([(error as Error).message, ...differences(this.#asLearned, table)].join('\n'));
    });
    return performance.now() - begin;
  }

  /** Waits until the kernel has just these routes for a prefix. @returns milliseconds it took */
  async untilRoutes(prefix: string, expected: readonly string[]): Promise<number> {
    const begin = performance.now();
    let routes: string[] = [];
    await until(`${prefix} is routed`, SETTLED_MS, async () => {
      routes = await this.routes(prefix);
      return routes.join() === expected.join();
    }).catch((error: unknown) => {
      throw new Error([(error as Error).message, ...differences(expected, routes)].join('\n'));
    });
    return performance.now() - begin;
  }

  async counts(): Promise<KernelCounts> {
    return ((await this.ask('/status')) as { kernel: KernelCounts }).kernel;
  }

  /** What the control socket answers. */
  ask(path: string): Promise<unknown> {
    return answerAt(this.ripd.controlSocket, path);
  }

  /** The log so far. */
  get log(): readonly LogRecord[] {
    return this.ripd.daemon.output
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogRecord);
  }

  /** Waits for a line of the log that has all of this. */
  async untilLogged(expected: Readonly<Record<string, unknown>>): Promise<LogRecord> {
    const what = `the log says ${Object.values(expected).join(', ')}`;
    const isIt = (record: LogRecord): boolean =>
      Object.entries(expected).every(([key, value]) => isLike(record[key], value));
    return await until(what, SETTLED_MS, () => this.log.find(isIt)).catch((error: unknown) => {
      throw new Error([(error as Error).message, ...this.ripd.daemon.output.slice(-RECORDS_MAX)].join('\n'));
    });
  }
}

function isLike(value: unknown, expected: unknown): boolean {
  return expected instanceof RegExp ? expected.test(String(value)) : value === expected;
}

/** One route a line; the order of its next hops says nothing. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [head = '', ...hops] = line.split('\\').map((part) => part.trim());
      return [head, ...hops.sort()].join(' ');
    });
}

function differences(expected: readonly string[], found: readonly string[]): string[] {
  const few = (title: string, these: readonly string[], others: readonly string[]): string[] => {
    const known = new Set(others);
    return these
      .filter((line) => !known.has(line))
      .slice(0, DIFFERENCES_MAX)
      .map((line) => `${title}: ${line}`);
  };
  return [...few('missing', expected, found), ...few('too much', found, expected)];
}

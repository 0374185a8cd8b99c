/**
 * A RIP daemon under test: ours, FRR's or BIRD's, each started as its users start it, with its own defaults, and measured
 * from outside in the same way.
 *
 * Before this file: a node of a lab (`@ripstop/lab`) and the kit that starts the daemons. After it: the benchmarks beside
 * FRR and BIRD. The figures of its processes: `process-figures.ts`.
 */
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import { BirdRouter } from '../../kit/bird.ts';
import { FrrRouter } from '../../kit/frr.ts';
import { type Protocol, rip } from '../../kit/protocol.ts';
import { bird, frr, installed, mayRun, type Requirement } from '../../kit/requirements.ts';
import { RipdRouter } from '../../kit/ripd.ts';
import { cpuTime, droppedPackets, interfacesInGroup, peakMemory } from './process-figures.ts';
import { receiveBufferIsOurs, withReceiveBuffer } from './receive-buffer.ts';

const READY_MS = 10_000;
const STOP_MS = 30_000;

/** The last one is BIRD on a system whose sockets have room for 100,000 routes, which only an administrator can give it. */
export const rivalNames = ['Ripstop', 'FRR', 'BIRD', 'BIRD 64 MB'] as const;
export type RivalName = (typeof rivalNames)[number];

export interface RivalOptions {
  /** RIP if not given. */
  readonly protocol?: Protocol;
  /** Interfaces whose subnets it announces, and on which it doesn't speak. */
  readonly stubs?: readonly string[];
  /** Takes in the static routes of its kernel. */
  readonly redistributes?: boolean;
  /** Uses equal routes side by side; the others do so anyway, FRR only then. */
  readonly multipath?: boolean;
  /** Of Node, for ours: `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

const requirements: Readonly<Record<RivalName, readonly Requirement[]>> = {
  Ripstop: [],
  FRR: [frr],
  BIRD: [bird],
  'BIRD 64 MB': [bird],
};

/** Where a daemon runs, and what it is to do. */
interface Post extends Required<RivalOptions> {
  readonly node: LabNode;
  /** For its files. */
  readonly directory: string;
  /** On which it speaks. */
  readonly active: readonly string[];
}

/** The processes of a daemon, the one that speaks RIP first. */
type Start = (post: Post) => Promise<readonly LabProcess[]>;

const starts: Readonly<Record<RivalName, Start>> = {
  async Ripstop({ node, directory, protocol, active, stubs, redistributes, nodeOptions }) {
    const interfaces = Object.fromEntries([
      ...active.map((name) => [name, {}]),
      ...stubs.map((name) => [name, { passive: true }]),
    ]);
    const redistribute = redistributes ? [{ source: 'static' }] : [];
    const configuration = { [protocol.name]: { interfaces, redistribute } };
    return [(await RipdRouter.start(node, directory, configuration, nodeOptions)).daemon];
  },
  async FRR({ node, directory, protocol, active, stubs, redistributes, multipath }) {
    const router = await FrrRouter.start(node, directory, {
      protocol: protocol.name,
      active,
      stubs,
      router: [...(multipath ? ['allow-ecmp'] : []), ...(redistributes ? ['redistribute kernel'] : [])],
    });
    return [router.speaker, router.zebra];
  },
  async BIRD({ node, directory, protocol, active, stubs, redistributes }) {
    const configuration = { protocol: protocol.name, active, stubs, learnsFromKernel: redistributes };
    return [(await BirdRouter.start(node, directory, configuration)).daemon];
  },
  'BIRD 64 MB': (post) =>
    withReceiveBuffer(64_000_000, async () => {
      const processes = await starts.BIRD(post);
      await untilHeard(post, processes);
      return processes;
    }),
};

/** Those daemons that can run here; prints a line for every other one. @throws Error if that must not be */
export function availableRivals(names: readonly RivalName[]): RivalName[] {
  return names.filter((name) => {
    const obstacle =
      name === 'BIRD 64 MB' && !receiveBufferIsOurs() ? ['net.core.rmem_default is not ours'] : [];
    return installed(`the benchmark of ${name}`, ...requirements[name]) && mayRun(obstacle);
  });
}

export class Rival {
  readonly name: RivalName;
  readonly #protocol: Protocol;
  readonly #processes: readonly LabProcess[];

  private constructor(name: RivalName, protocol: Protocol, processes: readonly LabProcess[]) {
    this.name = name;
    this.#protocol = protocol;
    this.#processes = processes;
  }

  /**
   * Starts a daemon. Resolves when it hears its neighbors on all interfaces on which it speaks.
   * @param directory for its files; the lab's
   * @param active interfaces on which it speaks
   */
  static async start(
    name: RivalName,
    node: LabNode,
    directory: string,
    active: readonly string[],
    {
      protocol = rip,
      stubs = [],
      redistributes = false,
      multipath = false,
      nodeOptions = [],
    }: RivalOptions = {},
  ): Promise<Rival> {
    const post = { node, directory, active, protocol, stubs, redistributes, multipath, nodeOptions };
    const processes = await starts[name](post);
    await untilHeard(post, processes);
    return new Rival(name, protocol, processes);
  }

  /** Of its processes. */
  get pids(): readonly number[] {
    return this.#processes.map(({ pid }) => pid);
  }

  /** The number that its routes have in the kernel. FRR has one for RIPng. */
  get routeProtocol(): number {
    if (this.name.startsWith('BIRD')) return 12;
    return this.name === 'FRR' && this.#protocol.name === 'ripng' ? 190 : 189;
  }

  /** Nanoseconds of CPU that all its processes have had so far, with their threads. */
  cpu(): number {
    return this.#total(cpuTime);
  }

  /** Bytes: the sum of what each process had resident at its peak. */
  peakMemory(): number {
    return this.#total(peakMemory);
  }

  /** Packets that its sockets had no room for. */
  droppedPackets(): number {
    return droppedPackets(this.#speaker.pid, this.#protocol);
  }

  /** Ends it in order: it takes its routes back. */
  async stop(): Promise<void> {
    for (const process of this.#processes) await process.stop('SIGTERM', STOP_MS);
  }

  get #speaker(): LabProcess {
    const [speaker] = this.#processes;
    if (speaker === undefined) throw new Error(`${this.name} has no process`);
    return speaker;
  }

  #total(figure: (pid: number) => number): number {
    return this.pids.reduce((total, pid) => total + figure(pid), 0);
  }
}

/** FRR begins a second after it has started, the others at once. */
async function untilHeard({ node, active, protocol }: Post, processes: readonly LabProcess[]): Promise<void> {
  await until(`${node.name} hears ${protocol.name}`, READY_MS, () => {
    const heard = interfacesInGroup(processes[0]?.pid ?? 0, protocol);
    return active.every((name) => heard.includes(name));
  });
}

/**
 * The C programs that measure, so that watching costs little and all daemons pay the same: `listener.c` hears what comes out
 * behind a router, `route-watch.c` sees what happens to the routes of kernels.
 *
 * Before this file: `kit/c-program.ts`, which compiles them. After it: the parts of the benchmarks `propagation` and `healing`.
 *
 * Invariant: every time is in nanoseconds of CLOCK_MONOTONIC, as `now` has it, whoever took it.
 */
import type { LabNode } from '@ripstop/lab';
import { compile } from '../../kit/c-program.ts';

const READY_MS = 5_000;

/** What a listener heard. */
export interface Heard {
  /** How many of those that it waited for. */
  readonly routes: number;
  /** The first packet with one of them, and the one that completed them. */
  readonly first: number;
  readonly last: number;
  /** From the first to the last. */
  readonly packets: number;
  readonly bytes: number;
}

/** learned: came; withdrawn: was deleted; healed: was deleted and came back; moved: leads not over a gateway any more. */
type Happening = 'learned' | 'withdrawn' | 'healed' | 'moved';

/** What happened to the routes of a kernel. */
export interface RoutesWatched {
  /** How many are through. */
  readonly routes: number;
  /** When the first began, and when the last was through. */
  readonly first: number;
  readonly last: number;
  /** When the kernel said that a link has no carrier; 0: never. */
  readonly carrierLost: number;
  readonly deletions: number;
}

/** A program that watches already. Resolves when it has seen everything, or its time is over. */
export type Watching<Result> = () => Promise<Result>;

export class Instruments {
  readonly #listener: string;
  readonly #routeWatch: string;

  /** @param directory where the programs go */
  constructor(directory: string) {
    this.#listener = compile('bench/propagation/listener', directory);
    this.#routeWatch = compile('bench/propagation/route-watch', directory);
  }

  /**
   * Listens until the routes are announced as reachable, or as unreachable.
   * @param within milliseconds
   */
  async listen(
    node: LabNode,
    interfaceName: string,
    what: 'reachable' | 'unreachable',
    routes: number,
    within: number,
  ): Promise<Watching<Heard>> {
    const limits = [String(routes), String(within)];
    const results = await watch<Heard>(node, [this.#listener, interfaceName, what, ...limits]);
    return async () => only(await results());
  }

  /**
   * Watches until it has happened to so many routes in every one of these kernels.
   * @param within milliseconds
   * @param gateway that routes move away from
   */
  async watchRoutes(
    nodes: readonly LabNode[],
    what: Happening,
    routes: number,
    within: number,
    gateway = '0.0.0.0',
  ): Promise<Watching<readonly RoutesWatched[]>> {
    const limits = [String(routes), String(within), gateway];
    const namespaces = nodes.map(({ namespace }) => namespace);
    return await watch<RoutesWatched>(only(nodes), [this.#routeWatch, what, ...limits, ...namespaces]);
  }
}

/** Nanoseconds of CLOCK_MONOTONIC. */
export function now(): number {
  return Number(process.hrtime.bigint());
}

async function watch<Result>(node: LabNode, argv: readonly string[]): Promise<Watching<readonly Result[]>> {
  const program = node.start(argv);
  await program.waitForLine(/^ready$/, READY_MS);
  return async () => {
    if ((await program.exited) !== 0) throw new Error(`${program.title}\n${program.output.join('\n')}`);
    return program.output.slice(1).map((line) => JSON.parse(line) as Result);
  };
}

function only<Value>([value]: readonly Value[]): Value {
  if (value === undefined) throw new Error('One is expected');
  return value;
}

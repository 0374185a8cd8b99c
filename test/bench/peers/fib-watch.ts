/** When a daemon's routes come into the kernel and leave it: `watcher.c` beside the daemon. */
import type { LabNode, LabProcess } from '@ripstop/lab';
import type { AddressFamily } from '@ripstop/wire';
import { compile } from '../../kit/c-program.ts';
import type { Rival } from './rival.ts';

const START_MS = 5_000;
/** Nobody rests so long between two routes of one announcement. */
const QUIET_MS = 1_500;

/** A daemon: its processes, and the number that its routes have. */
type Watched = Pick<Rival, 'pids' | 'routeProtocol'>;

export interface FibChange {
  readonly came: number;
  readonly left: number;
  /** When the last one was seen, in nanoseconds of CLOCK_MONOTONIC. */
  readonly last: number;
  /** Nanoseconds of CPU that the daemon had until then. */
  readonly cpu: number;
}

export class FibWatch {
  readonly #program: string;
  readonly #node: LabNode;
  readonly #daemon: Watched;
  readonly #family: AddressFamily;

  /** @param directory for the program */
  constructor(node: LabNode, daemon: Watched, family: AddressFamily, directory: string) {
    this.#program = compile('bench/peers/watcher', directory);
    this.#node = node;
    this.#daemon = daemon;
    this.#family = family;
  }

  /** How many routes of the daemon are in the kernel now. */
  async count(): Promise<number> {
    const filter = { family: this.#family, protocol: this.#daemon.routeProtocol };
    return (await this.#node.kernel.routes.list(filter)).length;
  }

  /**
   * Watches while the kernel changes.
   * @param expected routes that are to come; negative: to leave. It ends then, or if the daemon rests.
   * @param cause begins when the watch is on
   */
  async during<Result>(expected: number, cause: () => Promise<Result>): Promise<[FibChange, Result]> {
    const { routeProtocol, pids } = this.#daemon;
    const parameters = [routeProtocol, expected, QUIET_MS, ...pids].map(String);
    const process = this.#node.start([this.#program, this.#family, ...parameters]);
    await process.waitForLine(/^watching$/, START_MS);
    const result = await cause();
    return [await changeOf(process), result];
  }
}

async function changeOf(process: LabProcess): Promise<FibChange> {
  const code = await process.exited;
  const [came, left, last, cpu] = process.output.at(-1)?.split(' ').map(Number) ?? [];
  if (code !== 0 || came === undefined || left === undefined || last === undefined || cpu === undefined)
    throw new Error(`${process.title}: exit code ${code}\n${process.output.join('\n')}`);
  return { came, left, last, cpu };
}

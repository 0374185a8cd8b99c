/**
 * Which of the table's routes the kernel should have.
 *
 * Before: `table` with the changes of a step. After: `install-route` and `remove-route` actions; what became of them comes
 * back as events.
 *
 * Invariant: the kernel is asked for a route if and only if it is learned and leads to no subnet of an interface that
 * does not speak. There the kernel has a route of its own; in IPv6 ours would take its place, for Linux gives connected
 * routes metric 256. Nothing waits for the kernel: a route is announced as soon as it is learned, and taken back if the
 * kernel cannot have it.
 */
import type { Prefix } from '@ripstop/wire';
import type { Protocol } from '../protocol.ts';
import type { Step } from '../step.ts';
import type { Interface, RouteFate } from '../vocabulary.ts';
import type { KernelState, Route } from './route.ts';
import type { RouteChange, RouteTable } from './table.ts';

const pending: KernelState = { state: 'pending' };
const installed: KernelState = { state: 'installed' };

export class Installer {
  readonly #protocol: Protocol;
  readonly #table: RouteTable;
  readonly #step: Step;
  /** Subnets that the kernel reaches without us, and over which interface. */
  #reached: ReadonlyMap<Prefix, string> = new Map();

  constructor(protocol: Protocol, table: RouteTable, step: Step) {
    this.#protocol = protocol;
    this.#table = table;
    this.#step = step;
  }

  /** @param others interfaces that are up and do not speak */
  setOthers(others: readonly Interface[]): void {
    const before = this.#reached;
    this.#reached = new Map(
      others.flatMap(({ name, addresses }) =>
        this.#protocol.link(addresses).subnets.map(({ prefix }) => [prefix, name] as const),
      ),
    );
    for (const prefix of new Set([...before.keys(), ...this.#reached.keys()])) {
      const route = this.#table.get(prefix);
      if (route === undefined || before.get(prefix) === this.#reached.get(prefix)) continue;
      this.#table.touch(route);
      this.#install(route);
    }
  }

  /** Takes one change of a step. */
  settle({ route, hasOtherNextHops }: RouteChange): void {
    if (hasOtherNextHops) this.#install(route);
  }

  /** What the kernel's side says of a route. One that fails, or does so no longer, is announced otherwise. */
  stands({ prefix, ...kernel }: RouteFate): void {
    const route = this.#table.get(prefix);
    if (route === undefined || !isAsked(route)) return;
    if ((route.kernel?.state === 'failed') !== (kernel.state === 'failed')) this.#table.touch(route);
    route.kernel = kernel.state === 'installed' ? installed : kernel;
  }

  #install(route: Route): void {
    const { prefix, nextHops } = route;
    const reachedOver = this.#reached.get(prefix);
    if (nextHops.length > 0 && reachedOver === undefined) {
      route.kernel = pending;
      this.#step.actions.push({ type: 'install-route', prefix, nextHops });
      return;
    }
    if (isAsked(route)) this.#step.actions.push({ type: 'remove-route', prefix });
    const isLearned = nextHops.length > 0;
    route.kernel = isLearned ? { state: 'not-needed', reason: `${reachedOver} has this subnet` } : undefined;
  }
}

/** Whether the kernel should have it. */
function isAsked({ kernel }: Route): boolean {
  return kernel !== undefined && kernel.state !== 'not-needed';
}

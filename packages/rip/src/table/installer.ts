/**
 * Which of the table's routes the kernel should have.
 *
 * Before: `table` with the changes of a step. After: `install-route` and `remove-route` actions; what became of them comes
 * back as events.
 *
 * Invariant: the kernel is asked for a route if and only if it is learned and leads to no subnet of an interface that
 * does not speak. There the kernel has a route of its own; in IPv6 ours would take its place, for Linux gives connected
 * routes metric 256.
 */
import type { Prefix } from '@ripstop/wire';
import type { Protocol } from '../protocol.ts';
import type { Step } from '../step.ts';
import type { Interface } from '../vocabulary.ts';
import type { KernelState, Route } from './route.ts';
import type { RouteChange, RouteTable } from './table.ts';

export class Installer {
  readonly #protocol: Protocol;
  readonly #table: RouteTable;
  readonly #step: Step;
  /** Subnets that the kernel reaches without us. */
  #reached: ReadonlySet<Prefix> = new Set();

  constructor(protocol: Protocol, table: RouteTable, step: Step) {
    this.#protocol = protocol;
    this.#table = table;
    this.#step = step;
  }

  /** @param others interfaces that are up and do not speak */
  setOthers(others: readonly Interface[]): void {
    const before = this.#reached;
    const subnets = others.flatMap(({ addresses }) => this.#protocol.link(addresses).subnets);
    this.#reached = new Set(subnets.map(({ prefix }) => prefix));
    for (const prefix of new Set([...before, ...this.#reached])) {
      const route = this.#table.get(prefix);
      if (route !== undefined && before.has(prefix) !== this.#reached.has(prefix)) this.#install(route);
    }
  }

  /** Takes one change of a step. */
  settle({ route, hasOtherNextHops }: RouteChange): void {
    if (hasOtherNextHops) this.#install(route);
  }

  /** What the kernel's side says of a route. */
  outcome(prefix: Prefix, state: KernelState): void {
    const route = this.#table.get(prefix);
    if (route?.kernel !== undefined) route.kernel = state;
  }

  #install(route: Route): void {
    const { prefix, nextHops } = route;
    if (nextHops.length > 0 && !this.#reached.has(prefix)) {
      route.kernel = { state: 'pending' };
      this.#step.actions.push({ type: 'install-route', prefix, nextHops });
    } else if (route.kernel !== undefined) {
      route.kernel = undefined;
      this.#step.actions.push({ type: 'remove-route', prefix });
    }
  }
}

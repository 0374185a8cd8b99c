/**
 * Follows the default routes of others in our table: a router may be told to be the way out only while there is one.
 * Before this file: `kernel-table.ts`, which passes on lists and notifications. After it: `runtime.ts` queues the event.
 *
 * Only what leads somewhere counts, not `unreachable default`; a route of our protocol does not count either: it was
 * learned from a neighbor, who would be told its own way out.
 */
import type { RouteMessage } from '@ripstop/netlink';
import { prefixLength } from '@ripstop/wire';
import {
  emptySlot,
  isInTable,
  isUnicast,
  type KernelRoute,
  type RouteFollower,
  type RouteNotification,
  type RouteObservation,
  type RoutePlace,
  type RouteSlot,
} from './kernel-route.ts';
import { observe, type SlotRules, slotRules } from './slot-rules.ts';

export class DefaultRouteWatch implements RouteFollower {
  readonly tables: readonly number[];
  readonly #place: RoutePlace;
  readonly #rules: SlotRules;
  readonly #tell: (present: boolean) => void;
  /** The default routes, ours included, by metric. */
  #slots = new Map<number, RouteSlot>();
  #present = false;

  /** @param tell gets whether there is one, whenever that changes; at first there is none */
  constructor(place: RoutePlace, tell: (present: boolean) => void) {
    this.tables = [place.table];
    this.#place = place;
    this.#rules = slotRules[place.family];
    this.#tell = tell;
  }

  replace(routes: readonly RouteMessage[]): void {
    const known = this.#slots;
    this.#slots = new Map();
    for (const route of routes) {
      if (!this.#isDefault(route)) continue;
      const metric = metricOf(route);
      const before = known.get(metric) ?? emptySlot;
      this.#slots.set(metric, this.#rules.slotListed(this.#slot(metric), route, before));
    }
    this.#compare();
  }

  observed(observation: RouteObservation): void {
    if (prefixLength(observation.prefix) !== 0) return;
    const { metric } = this.#place;
    this.#slots.set(metric, this.#rules.slotAfter(this.#slot(metric), observation));
    this.#compare();
  }

  receive(notifications: readonly RouteNotification[]): void {
    for (const notification of notifications) {
      const { message } = notification;
      if (!this.#isDefault(message)) continue;
      const metric = metricOf(message);
      const observation = observe(this.#rules, notification);
      this.#slots.set(metric, this.#rules.slotAfter(this.#slot(metric), observation));
    }
    this.#compare();
  }

  #isDefault(route: RouteMessage): boolean {
    return route.destinationLength === 0 && isInTable(this.#place, route);
  }

  #slot(metric: number): RouteSlot {
    return this.#slots.get(metric) ?? emptySlot;
  }

  /** A route of which it is not known whose it is stands behind one of which it is. */
  #isForeign({ protocol }: KernelRoute): boolean {
    return protocol !== undefined && protocol !== this.#place.protocol;
  }

  #compare(): void {
    const routes = [...this.#slots.values()].flat();
    const present = routes.some((route) => isUnicast(route) && this.#isForeign(route));
    if (present === this.#present) return;
    this.#present = present;
    this.#tell(present);
  }
}

const metricOf = (route: RouteMessage): number => route.priority ?? 0;

/**
 * Follows the default routes of others in our table: a router may be told to be the way out only while there is one.
 * Before this file: `kernel-table.ts`, which passes on lists and notifications. After it: `runtime.ts` queues the event.
 *
 * Only what leads somewhere counts, not `unreachable default`; a route of our protocol does not count either: it was
 * learned from a neighbor, who would be told its own way out.
 */
import type { RouteMessage } from '@ripstop/netlink';
import {
  isInTable,
  isUnicast,
  kernelRoute,
  observe,
  type RouteNotification,
  type RoutePlace,
  type RouteSlot,
  slotAfter,
} from './kernel-route.ts';

export class DefaultRouteWatch {
  readonly #place: RoutePlace;
  readonly #tell: (present: boolean) => void;
  /** The default routes, ours included, by metric. */
  #slots = new Map<number, RouteSlot>();
  #present = false;

  /** @param tell gets whether there is one, whenever that changes; at first there is none */
  constructor(place: RoutePlace, tell: (present: boolean) => void) {
    this.#place = place;
    this.#tell = tell;
  }

  /** Takes the kernel's complete list. */
  replace(routes: readonly RouteMessage[]): void {
    this.#slots = new Map();
    for (const route of routes) {
      if (!this.#isDefault(route)) continue;
      this.#slots.set(metricOf(route), [...this.#slot(route), kernelRoute(route)]);
    }
    this.#compare();
  }

  receive(notifications: readonly RouteNotification[]): void {
    for (const notification of notifications) {
      const { message } = notification;
      if (!this.#isDefault(message)) continue;
      this.#slots.set(metricOf(message), slotAfter(this.#slot(message), observe(notification)));
    }
    this.#compare();
  }

  #isDefault(route: RouteMessage): boolean {
    return route.destinationLength === 0 && isInTable(this.#place, route);
  }

  #slot(route: RouteMessage): RouteSlot {
    return this.#slots.get(metricOf(route)) ?? [];
  }

  #compare(): void {
    const routes = [...this.#slots.values()].flat();
    const present = routes.some((route) => isUnicast(route) && route.protocol !== this.#place.protocol);
    if (present === this.#present) return;
    this.#present = present;
    this.#tell(present);
  }
}

const metricOf = (route: RouteMessage): number => route.priority ?? 0;

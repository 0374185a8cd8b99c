/**
 * Routes in our table that Linux prefers to ours: for the same prefix, with a smaller metric, of any protocol, the kernel's
 * own too. While there is one, ours is in the kernel and does not serve. Before this file: `kernel-table.ts`, which passes on
 * lists and notifications. After it: `fib.ts`, which tells the router.
 *
 * Others may have a million of them. So only what tells one from another is kept, and what is alike is kept once: a full
 * table of the Internet has few next hops.
 */
import { type RouteMessage, routePrefix } from '@ripstop/netlink';
import type { Prefix } from '@ripstop/wire';
import {
  emptySlot,
  isInTable,
  type RouteFollower,
  type RouteNotification,
  type RoutePlace,
  type RouteSlot,
  typeOf,
} from './kernel-route.ts';
import { observe, type SlotRules, slotRules } from './slot-rules.ts';

/** The routes for one prefix with one metric. */
interface MetricSlot {
  readonly metric: number;
  readonly slot: RouteSlot;
}

/** A route that serves in the place of ours. */
export interface BetterRoute {
  readonly metric: number;
  /** Number of its protocol; undefined: the kernel has not said. */
  readonly protocol: number | undefined;
  /** What happens to packets: `unicast`, `blackhole`, … */
  readonly type: string;
}

const none: readonly MetricSlot[] = [];

export class BetterRoutes implements RouteFollower {
  readonly tables: readonly number[];
  readonly #place: RoutePlace;
  readonly #rules: SlotRules;
  readonly #changed: (prefix: Prefix) => void;
  /** By prefix; the smallest metric first. */
  #routes = new Map<Prefix, readonly MetricSlot[]>();
  /** By its text, what is alike. */
  #alike = new Map<string, readonly MetricSlot[]>();

  /** @param changed is told of each prefix that the kernel tells of; not of what a list says */
  constructor(place: RoutePlace, changed: (prefix: Prefix) => void) {
    this.tables = [place.table];
    this.#place = place;
    this.#rules = slotRules[place.family];
    this.#changed = changed;
  }

  /**
   * The one that serves instead of ours; undefined: ours serves. Of one metric Linux takes the first.
   * @param own the slot that has ours
   */
  over(prefix: Prefix, own: RouteSlot): BetterRoute | undefined {
    const better = this.#routes.get(prefix) ?? none;
    for (const { metric, slot } of [...better, { metric: this.#place.metric, slot: own }]) {
      const serving = slot.find(({ isDead }) => !isDead);
      if (serving === undefined) continue;
      const isOurs = slot === own && serving.protocol === this.#place.protocol;
      return isOurs ? undefined : { metric, protocol: serving.protocol, type: typeOf(serving) };
    }
    return undefined;
  }

  replace(routes: readonly RouteMessage[]): void {
    const known = this.#routes;
    this.#routes = new Map();
    this.#alike = new Map();
    for (const route of routes) {
      if (!this.#isBetter(route)) continue;
      const prefix = routePrefix(route);
      const metric = metricOf(route);
      const before = slotOf(known.get(prefix), metric);
      const slot = slotOf(this.#routes.get(prefix), metric);
      this.#set(prefix, metric, this.#rules.slotListed(slot, route, before));
    }
  }

  receive(notifications: readonly RouteNotification[]): void {
    for (const notification of notifications) {
      const { message } = notification;
      if (!this.#isBetter(message)) continue;
      const observation = observe(this.#rules, notification);
      const { prefix } = observation;
      const metric = metricOf(message);
      const slot = slotOf(this.#routes.get(prefix), metric);
      this.#set(prefix, metric, this.#rules.slotAfter(slot, observation));
      this.#changed(prefix);
    }
  }

  #isBetter(route: RouteMessage): boolean {
    return metricOf(route) < this.#place.metric && isInTable(this.#place, route);
  }

  #set(prefix: Prefix, metric: number, slot: RouteSlot): void {
    const others = (this.#routes.get(prefix) ?? none).filter((one) => one.metric !== metric);
    const all = slot.length === 0 ? others : [...others, { metric, slot }];
    if (all.length === 0) {
      this.#routes.delete(prefix);
      return;
    }
    const text = JSON.stringify(all);
    const alike = this.#alike.get(text) ?? all.sort((a, b) => a.metric - b.metric);
    this.#alike.set(text, alike);
    this.#routes.set(prefix, alike);
  }
}

function slotOf(slots: readonly MetricSlot[] = none, metric: number): RouteSlot {
  return slots.find((one) => one.metric === metric)?.slot ?? emptySlot;
}

const metricOf = (route: RouteMessage): number => route.priority ?? 0;

/**
 * All of the kernel's routes for some prefixes, in some tables, and which one of them serves. Before this file:
 * `redistribution.ts`, which says for which prefixes. After it: `slot-rules.ts`.
 *
 * Ours are followed too, for a slot holds routes of any protocol, but they never serve: what RIP has brought into the
 * kernel does not come back to RIP.
 */
import { type RouteMessage, routePrefix, routeTable } from '@ripstop/netlink';
import type { Prefix } from '@ripstop/wire';
import {
  emptySlot,
  isUnicast,
  type KernelRoute,
  type RouteNotification,
  type RoutePlace,
  type RouteSlot,
  type RouteWay,
  typeOf,
  waysOf,
} from '../kernel/kernel-route.ts';
import { observe, type SlotRules, slotRules } from '../kernel/slot-rules.ts';

/** The route that the kernel uses for a prefix. */
export interface ServingRoute {
  /** Number in rt_protos. */
  readonly protocol: number;
  readonly type: string;
  /** The kernel's. */
  readonly metric: number;
  /** Those that carry packets. */
  readonly ways: readonly RouteWay[];
}

/** A slot, and where it is. */
interface PlacedSlot {
  readonly table: number;
  readonly metric: number;
  readonly routes: RouteSlot;
}

export class ForeignRoutes {
  readonly #place: RoutePlace;
  readonly #rules: SlotRules;
  /** Of each prefix the slots that are not empty; the lowest metric first. */
  #slots = new Map<Prefix, readonly PlacedSlot[]>();

  constructor(place: RoutePlace) {
    this.#place = place;
    this.#rules = slotRules[place.family];
  }

  has(prefix: Prefix): boolean {
    return this.#slots.has(prefix);
  }

  prefixes(): Iterable<Prefix> {
    return this.#slots.keys();
  }

  /** Takes a complete list. @param followed prefixes; all others are forgotten */
  replace(routes: readonly RouteMessage[], followed: ReadonlySet<Prefix>): void {
    const known = this.#slots;
    this.#slots = new Map();
    for (const route of routes) {
      const prefix = routePrefix(route);
      if (!followed.has(prefix)) continue;
      const { table, metric } = placeOf(route);
      const before = slotIn(known.get(prefix), table, metric);
      const slot = slotIn(this.#slots.get(prefix), table, metric);
      this.#set(prefix, { table, metric, routes: this.#rules.slotListed(slot, route, before) });
    }
  }

  /** Takes what is told of a prefix, which is followed from now on. */
  receive(prefix: Prefix, notification: RouteNotification): void {
    const { table, metric } = placeOf(notification.message);
    const slot = slotIn(this.#slots.get(prefix), table, metric);
    const routes = this.#rules.slotAfter(slot, observe(this.#rules, notification));
    this.#set(prefix, { table, metric, routes });
  }

  /** @param isRunning whether an interface, by its index, carries packets */
  serving(
    prefix: Prefix,
    table: number,
    isRunning: (interfaceIndex: number) => boolean,
  ): ServingRoute | undefined {
    for (const { table: where, metric, routes } of this.#slots.get(prefix) ?? []) {
      if (where !== table) continue;
      const foreign = routes.filter(
        ({ protocol }) => protocol !== undefined && !this.#isOurs(protocol, table, metric),
      );
      for (const route of foreign) {
        const ways = groupOf(route, routes).flatMap(waysOf);
        const running = ways.filter(({ interfaceIndex }) => isRunning(interfaceIndex));
        // Linux: IPv4 routes over an interface that has gone down are dropped without a word, and passed over before that
        // if it has but lost its carrier (ignore_routes_with_linkdown).
        if (isUnicast(route) && ways.length > 0 && running.length === 0) continue;
        return { protocol: route.protocol ?? 0, type: typeOf(route), metric, ways: running };
      }
    }
    return undefined;
  }

  #isOurs(protocol: number, table: number, metric: number): boolean {
    const ours = this.#place;
    return protocol === ours.protocol && table === ours.table && metric === ours.metric;
  }

  #set(prefix: Prefix, placed: PlacedSlot): void {
    const { table, metric, routes } = placed;
    const others = (this.#slots.get(prefix) ?? []).filter(
      (one) => one.table !== table || one.metric !== metric,
    );
    if (routes.length > 0) {
      const behind = others.findIndex((one) => one.metric > metric);
      others.splice(behind < 0 ? others.length : behind, 0, placed);
    }
    if (others.length > 0) this.#slots.set(prefix, others);
    else this.#slots.delete(prefix);
  }
}

function placeOf(route: RouteMessage): { table: number; metric: number } {
  return { table: routeTable(route), metric: route.priority ?? 0 };
}

function slotIn(slots: readonly PlacedSlot[] | undefined, table: number, metric: number): RouteSlot {
  return slots?.find((one) => one.table === table && one.metric === metric)?.routes ?? emptySlot;
}

/** Linux: siblings of IPv6 share the traffic. */
function groupOf(route: KernelRoute, slot: RouteSlot): RouteSlot {
  return route.way?.isSibling ? slot.filter(({ way }) => way?.isSibling) : [route];
}

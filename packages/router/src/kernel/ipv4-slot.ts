/**
 * The slots of IPv4: how they follow what the kernel tells, and what to ask for. Pure. Before this file: `slot-rules.ts`.
 *
 * Linux: a slot holds routes of any protocols, each with all of its next hops; the first one serves. `NLM_F_REPLACE` takes
 * the place of the first, whosever it is; `NLM_F_APPEND` adds one at the end; without either a new route becomes the
 * first. A list tells a slot in its order, a notification tells the flag (`NLM_F_EXCL`: the slot was empty): so the slot can
 * be followed exactly. net/ipv4/fib_trie.c, fib_table_insert().
 *
 * So ours, replaced by someone else's, is put back beside it.
 */
import { messageFlags, type RouteMessage, routeNextHops, routeProtocol } from '@ripstop/netlink';
import type { NextHop } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import {
  type Asked,
  areDead,
  emptySlot,
  installRequest,
  type KernelRoute,
  type RouteObservation,
  type RoutePlace,
  type RouteRequest,
  type RouteSlot,
  removeRequest,
  routeShape,
  wantedShape,
  wantedShapeBy,
} from './kernel-route.ts';
import { type PlannedRoute, planOf, type RoutePlan } from './route-plan.ts';

const { create, exclusive, replace, append } = messageFlags.masks;

export const ipv4Slot = {
  routesOf(message: RouteMessage): readonly KernelRoute[] {
    const protocol = routeProtocol.numberOf(message.protocol);
    const hops = routeNextHops(message);
    return [{ protocol, shape: routeShape(message, hops), way: undefined, isDead: areDead(hops) }];
  },

  slotListed(slot: RouteSlot, message: RouteMessage): RouteSlot {
    return [...slot, ...ipv4Slot.routesOf(message)];
  },

  slotAfter(slot: RouteSlot, { operation, flags, routes }: RouteObservation): RouteSlot {
    const others = slot.filter((other) => !routes.some((told) => isSame(told, other)));
    if (operation === 'delete') return others;
    // The kernel says that nothing was there: what we remember was dropped silently.
    if ((flags & exclusive) !== 0) return routes;
    if ((flags & append) !== 0) return [...others, ...routes];
    const replaces = (flags & replace) !== 0 && others.length === slot.length;
    return [...routes, ...(replaces ? others.slice(1) : others)];
  },

  slotAfterRefusal(slot: RouteSlot, place: RoutePlace): RouteSlot {
    return slot.filter(({ protocol }) => protocol !== place.protocol);
  },

  /** Who removes one names no way: the kernel takes the first of ours. */
  routesAsked({ protocol }: RoutePlace, slot: RouteSlot, { request, shapes }: Asked): RouteSlot {
    if (request.operation === 'new')
      return shapes.map((shape) => ({ protocol, shape, way: undefined, isDead: false }));
    const first = slot.find((one) => one.protocol === protocol);
    return first === undefined ? emptySlot : [first];
  },

  shapesOf(nextHops: readonly NextHop[]): readonly string[] {
    const [only, ...others] = nextHops;
    return [only !== undefined && others.length === 0 ? wantedShapeBy(only) : wantedShape(nextHops)];
  },

  plan(place: RoutePlace, prefix: Prefix, slot: RouteSlot, wanted: PlannedRoute | undefined): RoutePlan {
    const ours = slot.filter(({ protocol }) => protocol === place.protocol);
    const foreign = slot.find(({ protocol }) => protocol !== place.protocol);
    const last = ours.at(-1);
    // Each removes the first of ours, so that the last one stays.
    const surplus = wanted === undefined ? ours.length : Math.max(0, ours.length - 1);
    const requests = Array.from({ length: surplus }, () => removeRequest(place, prefix));
    if (wanted === undefined || (last !== undefined && wanted.shapes.includes(last.shape)))
      return planOf(requests);

    const install = (flags: number): RouteRequest => installRequest(place, prefix, wanted.nextHops, flags);
    if (last === undefined) {
      if (foreign !== undefined && !wanted.held) return { type: 'conflict', protocol: foreign.protocol };
      return planOf([install(wanted.held ? create : create | exclusive)]);
    }
    if (foreign === undefined) return planOf([...requests, install(create | replace)]);
    // A replace takes the first route, and that may be the other one's: Linux drops ours without a word when its link goes.
    // That one serves until ours is back.
    return planOf([...requests, removeRequest(place, prefix), install(create)]);
  },
};

function isSame(one: KernelRoute, other: KernelRoute): boolean {
  return one.protocol === other.protocol && one.shape === other.shape;
}

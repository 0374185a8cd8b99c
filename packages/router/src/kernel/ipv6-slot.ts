/**
 * The slots of IPv6: how they follow what the kernel tells, and what to ask for. Pure. Before this file: `slot-rules.ts`.
 *
 * Linux: a route has one way out; those of a slot that have a gateway are *siblings*, one group that shares the traffic,
 * whatever their protocols. A new route with a gateway joins the group, unless `NLM_F_REPLACE` lets it take the place of the
 * whole group, or `NLM_F_EXCL` refuses it. A group is told as one route by several ways, with the protocol of its first:
 * whose the others are it never says. A request to delete that names no gateway takes the whole group, too, if only one of it
 * has the protocol; one that names the gateway takes that way, and only if it has the protocol.
 * net/ipv6/ip6_fib.c, fib6_add_rt2node(); net/ipv6/route.c, ip6_route_del().
 *
 * So a slot is kept as single ways; each deletion names one; and a group is replaced only if all of it is known to be ours.
 * Ours never shares a group with a route of another protocol: when one joins or replaces it, ours gives way.
 */
import {
  messageFlags,
  type RouteInput,
  type RouteMessage,
  routeNextHops,
  routeProtocol,
} from '@ripstop/netlink';
import type { NextHop } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import {
  type Asked,
  areDead,
  installRequest,
  type KernelRoute,
  type RouteObservation,
  type RoutePlace,
  type RouteSlot,
  removeRequest,
  routeShape,
  type Way,
  wantedShapeBy,
} from './kernel-route.ts';
import { type PlannedRoute, planOf, type RoutePlan } from './route-plan.ts';

const { create, exclusive, replace } = messageFlags.masks;
const { ra: routerAdvertisement, unspecified } = routeProtocol.values;
const NO_GATEWAY = '::';
/** The kernel has said that it is not ours, but not whose it is; Linux: no route is of this protocol. */
const NOT_OURS = unspecified;

export const ipv6Slot = {
  /** One for each way, all with the protocol of the first. */
  routesOf(message: RouteMessage): readonly KernelRoute[] {
    const protocol = routeProtocol.numberOf(message.protocol);
    // Linux: a route by a next-hop object has no siblings; what is told of its ways is the object's.
    if (message.nextHopId !== undefined)
      return [{ protocol, shape: routeShape(message, []), way: loneWay(undefined), isDead: false }];
    return routeNextHops(message).map((hop) => {
      const { gateway, interfaceIndex } = hop;
      // Linux: routers that advertise themselves are no siblings.
      const isSibling = gateway !== undefined && protocol !== routerAdvertisement;
      const way = isSibling ? { gateway, interfaceIndex, isSibling } : loneWay(interfaceIndex, gateway);
      return { protocol, shape: routeShape(message, [hop]), way, isDead: areDead([hop]) };
    });
  },

  slotListed(slot: RouteSlot, message: RouteMessage, known: RouteSlot): RouteSlot {
    return [...slot, ...withProtocols(ipv6Slot.routesOf(message), known)];
  },

  slotAfter(slot: RouteSlot, { operation, flags, routes }: RouteObservation): RouteSlot {
    if (operation === 'delete') return routes.reduce(without, slot);
    const isReplace = (flags & replace) !== 0;
    if (routes.some(isSibling)) {
      const lone = slot.filter((one) => !isSibling(one));
      const place = slot.findIndex(isSibling);
      // Only where there is no group, a way with a gateway takes the place of the first without one.
      if (place < 0) return isReplace ? [...routes, ...lone.slice(1)] : [...lone, ...routes];
      // What takes the place of all is of one protocol.
      const group = isReplace ? routes : withProtocols(routes, slot);
      return lone.toSpliced(place, 0, ...group);
    }
    if (!isReplace) return routes.reduce(withAdded, slot);
    const victim = slot.findIndex((one) => !isSibling(one));
    // And only where all have gateways, one without takes the place of the group.
    return victim < 0 ? routes : slot.toSpliced(victim, 1, ...routes);
  },

  /** It is gone, or it never was ours. */
  slotAfterRefusal(slot: RouteSlot, place: RoutePlace, { gateway, outputInterface }: RouteInput): RouteSlot {
    const isMeant = isWay(gateway, outputInterface);
    return slot
      .filter((one) => one.protocol !== place.protocol || !isMeant(one))
      .map((one) => (isMeant(one) ? { ...one, protocol: one.protocol ?? NOT_OURS } : one));
  },

  routesAsked({ protocol }: RoutePlace, slot: RouteSlot, { request, shapes }: Asked): RouteSlot {
    const { operation, message } = request;
    if (operation === 'delete') {
      const isMeant = isWay(message.gateway, message.outputInterface);
      // The kernel has removed it: so it was ours, though it had not said so.
      return slot.filter((one) => [protocol, undefined].includes(one.protocol) && isMeant(one)).slice(0, 1);
    }
    return (message.multipath ?? [message]).map((hop, at): KernelRoute => {
      const interfaceIndex = 'interfaceIndex' in hop ? hop.interfaceIndex : message.outputInterface;
      const way = { gateway: hop.gateway ?? NO_GATEWAY, interfaceIndex, isSibling: true };
      return { protocol, shape: shapes[at] ?? '', way, isDead: false };
    });
  },

  shapesOf(nextHops: readonly NextHop[]): readonly string[] {
    return nextHops.map(wantedShapeBy);
  },

  plan(place: RoutePlace, prefix: Prefix, slot: RouteSlot, wanted: PlannedRoute | undefined): RoutePlan {
    const known = slot.filter(({ protocol }) => protocol === place.protocol);
    // In a group that has none of ours, nothing is taken for ours.
    const doubtful = known.length === 0 ? [] : slot.filter(({ protocol }) => protocol === undefined);
    const ours = [...known, ...doubtful];
    const foreign = slot.filter((one) => !ours.includes(one));
    const remove = (routes: RouteSlot) => routes.map(({ way }) => removeRequest(place, prefix, way));
    if (wanted === undefined) return planOf(remove(ours));

    const isJoined = foreign.some(isSibling);
    if (!isJoined && isAll(ours, wanted.shapes)) return planOf([]);
    const lone = known.filter((one) => !isSibling(one));
    const install = (flags: number) => installRequest(place, prefix, wanted.nextHops, create | flags);
    if (foreign.length === 0 && known.length === 0) return planOf([install(exclusive)]);
    // A replace takes the group, or else the first way without a gateway, whosever it is.
    const wouldOverwrite = isJoined || (foreign.length > 0 && lone.length === known.length);
    if (wouldOverwrite)
      return ours.length > 0 ? planOf(remove(ours)) : { type: 'conflict', protocol: ownerOf(foreign) };
    // The answers tell whose they are; the first of the group, which is known, serves meanwhile.
    if (doubtful.length > 0) return planOf(remove(doubtful));
    const surplus = lone.length === known.length ? lone.slice(1) : lone;
    return planOf([...remove(surplus), install(replace)]);
  },
};

/** By gateway and interface, as a request to remove it names it. */
function isWay(gateway: string | undefined, interfaceIndex: number | undefined) {
  return ({ way }: KernelRoute): boolean =>
    way?.gateway === gateway && way?.interfaceIndex === interfaceIndex;
}

/** A way that no other joins. */
function loneWay(interfaceIndex: number | undefined, gateway = NO_GATEWAY): Way {
  return { gateway, interfaceIndex, isSibling: false };
}

const isSibling = ({ way }: KernelRoute): boolean => way?.isSibling === true;

/** The slot with one more route, which may have been listed already. */
function withAdded(slot: RouteSlot, added: KernelRoute): RouteSlot {
  const place = slot.findIndex((one) => isSameWay(one, added));
  return place < 0 ? [...slot, added] : slot.with(place, added);
}

/** The slot after one route is gone. Linux: a replace can make the same way without a gateway be there twice. */
function without(slot: RouteSlot, gone: KernelRoute): RouteSlot {
  const isIt = (one: KernelRoute): boolean => isSameWay(one, gone);
  const exact = slot.findIndex((one) => isIt(one) && one.protocol === gone.protocol);
  const place = exact < 0 ? slot.findIndex(isIt) : exact;
  return place < 0 ? slot : slot.toSpliced(place, 1);
}

function isSameWay({ way: one }: KernelRoute, { way: other }: KernelRoute): boolean {
  return one?.gateway === other?.gateway && one?.interfaceIndex === other?.interfaceIndex;
}

/** The first is told with its protocol; of the others we know it or not. */
function withProtocols(told: RouteSlot, known: RouteSlot): RouteSlot {
  return told.map((one, at) => {
    if (at === 0) return one;
    return { ...one, protocol: known.find((other) => isSameWay(one, other))?.protocol };
  });
}

function isAll(routes: RouteSlot, shapes: readonly string[]): boolean {
  return routes.length === shapes.length && routes.every(({ shape }) => shapes.includes(shape));
}

function ownerOf(foreign: RouteSlot): number | undefined {
  return foreign.find(({ protocol }) => protocol !== undefined && protocol !== NOT_OURS)?.protocol;
}

/**
 * One route in the kernel's words and in ours. Before this file: `fib.ts`. After it: `netlink/route`.
 *
 * Linux keeps several IPv4 routes for one prefix, table and metric, in an order: the first one serves. We call that list
 * a *slot*. `NLM_F_REPLACE` takes the place of the first route of a slot, whosever it is; `NLM_F_APPEND` adds one at the
 * end; without either a new route becomes the first. A dump tells a slot in its order, a notification tells the
 * flag (`NLM_F_EXCL`: the slot was empty): so the slot can be followed exactly. net/ipv4/fib_trie.c, fib_table_insert().
 */
import {
  messageFlags,
  type Notification,
  nextHopFlags,
  type Request,
  type RouteInput,
  type RouteMessage,
  type RouteNextHopInput,
  routeNextHops,
  routePrefix,
  routeProtocol,
  routeTable,
} from '@ripstop/netlink';
import type { NextHop } from '@ripstop/rip';
import { type AddressFamily, type Prefix, prefixAddress, prefixLength } from '@ripstop/wire';

/** RTN_UNICAST, with which each shape of such a route begins. */
const UNICAST = 'unicast';
/** RTNH_F_ONLINK: the kernel does not ask whether a subnet of the interface holds the gateway. */
const onLinkFlag = nextHopFlags.masks.onLink;

/** Where our routes are in the kernel, and how they are told from those of others. */
export interface RoutePlace {
  readonly family: AddressFamily;
  /** Number of the routing table: 254 is `main`. */
  readonly table: number;
  /** The kernel's priority of our routes: RTA_PRIORITY. */
  readonly metric: number;
  /** Number of our protocol in rt_protos: 189 is `rip`. */
  readonly protocol: number;
}

/** One of the routes in a slot. */
export interface KernelRoute {
  readonly protocol: number;
  /** Everything else that distinguishes it, as text: two routes of a slot are the same if both members are. */
  readonly shape: string;
}

/** The routes for one prefix in our table with our metric, in the kernel's order: the first one serves. */
export type RouteSlot = readonly KernelRoute[];

/** What happened to one route of a slot, and who did it. */
export interface RouteObservation {
  readonly prefix: Prefix;
  readonly operation: 'new' | 'delete';
  readonly flags: number;
  /** Netlink port of the socket that asked for it; 0 is the kernel itself. */
  readonly portId: number;
  readonly route: KernelRoute;
}

export type RouteNotification = Notification<'route'>;

/** Whether a kernel's route is in our table, with any metric. Routes for one type of service are no concern of ours. */
export function isInTable(place: RoutePlace, route: RouteMessage): boolean {
  return route.family === place.family && routeTable(route) === place.table && route.tos === 0;
}

/** Whether a kernel's route is in one of our slots, ours or not. */
export function isInPlace(place: RoutePlace, route: RouteMessage): boolean {
  return (route.priority ?? 0) === place.metric && isInTable(place, route);
}

export function kernelRoute(route: RouteMessage): KernelRoute {
  const { type, scope, preferredSource = '', metrics, nextHopId = '' } = route;
  const hops = routeNextHops(route).map(({ gateway, interfaceIndex, weight, flags }) =>
    hopShape(gateway ?? '', interfaceIndex, weight, (flags & onLinkFlag) !== 0),
  );
  return {
    protocol: routeProtocol.numberOf(route.protocol),
    shape: shape(type, scope, preferredSource, metrics, nextHopId, hops),
  };
}

/** Whether it leads somewhere. */
export function isUnicast({ shape }: KernelRoute): boolean {
  return shape.startsWith(`${UNICAST} `);
}

/** The shape of the route that `installRequest` makes. */
export function wantedShape(nextHops: readonly NextHop[]): string {
  const hops = nextHops.map((hop) => hopShape(hop.gateway, hop.interfaceIndex, 1, hop.onLink === true));
  return shape(UNICAST, 'global', '', undefined, '', hops);
}

/** What a notification of a route in our place says. */
export function observe(notification: RouteNotification): RouteObservation {
  const { operation, flags, portId, message } = notification;
  return { prefix: routePrefix(message), operation, flags, portId, route: kernelRoute(message) };
}

/** The slot after what was observed. Harmless if the slot had it already. */
export function slotAfter(slot: RouteSlot, { operation, flags, route }: RouteObservation): RouteSlot {
  const others = slot.filter((other) => other.protocol !== route.protocol || other.shape !== route.shape);
  if (operation === 'delete') return others;
  // The kernel says that nothing was there: what we remember was dropped silently.
  if ((flags & messageFlags.masks.exclusive) !== 0) return [route];
  if ((flags & messageFlags.masks.append) !== 0) return [...others, route];
  const replaces = (flags & messageFlags.masks.replace) !== 0 && others.length === slot.length;
  return [route, ...(replaces ? others.slice(1) : others)];
}

/**
 * Asks the kernel for a route.
 * @param flags what to do with the routes that are in the slot: the bits of `messageFlags`
 * @param nextHops at least one; several become an RTA_MULTIPATH
 */
export function installRequest(
  place: RoutePlace,
  prefix: Prefix,
  nextHops: readonly NextHop[],
  flags: number,
): Request {
  return {
    object: 'route',
    operation: 'new',
    flags,
    message: routeInput(place, prefix, 'unicast', nextHops),
  };
}

/** Asks the kernel to remove the first route in the slot that has our protocol, whatever its next hops. */
export function removeRequest(place: RoutePlace, prefix: Prefix): Request {
  return { object: 'route', operation: 'delete', message: routeInput(place, prefix, 'unspecified', []) };
}

/** One literal with every key: objects put together of others take several times as long to encode. */
function routeInput(
  place: RoutePlace,
  prefix: Prefix,
  type: 'unicast' | 'unspecified',
  nextHops: readonly NextHop[],
): RouteInput {
  const only = nextHops.length === 1 ? nextHops[0] : undefined;
  return {
    family: place.family,
    destination: prefixAddress(prefix),
    destinationLength: prefixLength(prefix),
    table: place.table,
    priority: place.metric,
    protocol: place.protocol,
    type,
    // Of a route to be removed: any.
    scope: type === 'unicast' ? 'global' : 'nowhere',
    flags: only?.onLink ? onLinkFlag : 0,
    outputInterface: only?.interfaceIndex,
    gateway: only?.gateway,
    multipath: nextHops.length > 1 ? nextHops.map(multipathEntry) : undefined,
  };
}

function multipathEntry({ gateway, interfaceIndex, onLink }: NextHop): RouteNextHopInput {
  return { flags: onLink ? onLinkFlag : 0, hops: 0, interfaceIndex, gateway };
}

function hopShape(gateway: string, interfaceIndex: number, weight: number, onLink: boolean): string {
  return `${gateway}%${interfaceIndex}*${weight}${onLink ? ' onlink' : ''}`;
}

/** The order of next hops says nothing. */
function shape(
  type: string | number,
  scope: string | number,
  source: string,
  metrics: object | undefined,
  nextHopId: string | number,
  hops: string[],
): string {
  const rest = metrics === undefined ? '' : JSON.stringify(metrics);
  return [type, scope, source, rest, nextHopId, ...hops.sort()].join(' ');
}

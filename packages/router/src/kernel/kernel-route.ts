/**
 * One route in the kernel's words and in ours. Before this file: `fib.ts`. After it: `netlink/route`.
 *
 * Linux keeps several routes for one prefix, table and metric, in an order. We call that list a *slot*. What it does with a
 * slot depends on the address family: `ipv4-slot.ts`, `ipv6-slot.ts`.
 */
import {
  type NextHop as KernelNextHop,
  type Notification,
  nextHopFlags,
  type Request,
  type RouteInput,
  type RouteMessage,
  type RouteNextHopInput,
  routeFlags,
  routeNextHops,
  routeTable,
  type Told,
} from '@ripstop/netlink';
import type { NextHop } from '@ripstop/rip';
import { type Address, type AddressFamily, type Prefix, prefixAddress, prefixLength } from '@ripstop/wire';
import type { FibEntry } from '../fib/entries.ts';

/** RTN_UNICAST, with which each shape of such a route begins. */
export const UNICAST = 'unicast';
/** RTNH_F_ONLINK: the kernel does not ask whether a subnet of the interface holds the gateway. */
const onLinkFlag = nextHopFlags.masks.onLink;
/**
 * RTNH_F_DEAD. Linux: told of a next hop whose interface is down, or, where `ignore_routes_with_linkdown` is 1, has no carrier:
 * nothing is sent there.
 */
const deadFlag = nextHopFlags.masks.dead;

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
  /** Undefined: the kernel has not said whose it is. */
  readonly protocol: number | undefined;
  /** Everything else that distinguishes it, as text. */
  readonly shape: string;
  /** The one next hop by which the kernel tells it from others of its slot; undefined: it does not ask for one. */
  readonly way: Way | undefined;
  /** Linux passes it over: none of its next hops can be used now. It is no part of what distinguishes a route. */
  readonly isDead: boolean;
}

/** What a request to delete names besides the protocol. */
export interface Way {
  /** `::`: there is none. */
  readonly gateway: Address;
  /** Undefined: whichever it is. */
  readonly interfaceIndex: number | undefined;
  /** The kernel joins it with others of its kind into one group. */
  readonly isSibling: boolean;
}

/** A way out of a route. */
export interface RouteWay {
  /** Undefined: the destination is on the link. */
  readonly gateway: Address | undefined;
  readonly interfaceIndex: number;
}

/** The routes for one prefix in one table with one metric, in the kernel's order. */
export type RouteSlot = readonly KernelRoute[];

export const emptySlot: RouteSlot = [];

/** What happened to routes of a slot, and who did it. */
export interface RouteObservation {
  readonly prefix: Prefix;
  readonly operation: 'new' | 'delete';
  readonly flags: number;
  /** Netlink port of the socket that asked for it; 0 is the kernel itself. */
  readonly portId: number;
  /** As told: that of the first route. */
  readonly protocol: number;
  /** None, if it was not known that ours was there. */
  readonly routes: readonly KernelRoute[];
}

export type RouteNotification = Notification<'route'>;

/** A change of routes, by others or by ourselves. */
export type RouteTold = Told<'route'>;

/** A change of one slot that we ask for. */
export interface Asked {
  readonly entry: FibEntry;
  readonly request: RouteRequest;
  /** Of the routes that it makes, by next hop; none if it removes one. */
  readonly shapes: readonly string[];
}

export type RouteRequest = Extract<Request, { object: 'route' }>;

/** Sees all lists of the kernel's routes, and what is told in between, in order. */
export interface RouteFollower {
  /** Numbers of the tables that it wants listed. */
  readonly tables: readonly number[];
  /** Takes a complete list: of its tables, and perhaps of others. */
  replace(routes: readonly RouteMessage[]): void;
  /** Takes what the kernel tells of others, of any table. */
  receive(notifications: readonly RouteNotification[]): void;
  /** Takes what we have done ourselves. Absent: it does not matter. */
  observed?(observation: RouteObservation): void;
}

/**
 * Whether a kernel's route is in a table, with any metric. Routes for one type of service or for some sources are no
 * concern of ours, nor is what the kernel has learned of a single destination.
 */
export function isInTable(place: Pick<RoutePlace, 'family' | 'table'>, route: RouteMessage): boolean {
  return (
    route.family === place.family &&
    routeTable(route) === place.table &&
    route.tos === 0 &&
    route.sourceLength === 0 &&
    (route.flags & routeFlags.masks.cloned) === 0
  );
}

/** Whether a kernel's route is in one of our slots, ours or not. */
export function isInPlace(place: RoutePlace, route: RouteMessage): boolean {
  return (route.priority ?? 0) === place.metric && isInTable(place, route);
}

/** Whether a gateway that could not be reached before may be reached now. */
export function opensSubnet({ operation, message }: RouteTold): boolean {
  return (
    message !== undefined &&
    operation === 'new' &&
    routeNextHops(message).some(({ gateway }) => gateway === undefined)
  );
}

/** Whether one of the routes is ours. */
export function hasOurs({ protocol }: RoutePlace, slot: RouteSlot): boolean {
  return slot.some((route) => route.protocol === protocol);
}

/** What happens to packets: `unicast`, `blackhole`, … */
export function typeOf({ shape }: KernelRoute): string {
  return shape.slice(0, shape.indexOf(' '));
}

/** Whether it leads somewhere. */
export function isUnicast(route: KernelRoute): boolean {
  return typeOf(route) === UNICAST;
}

/** The ways out that its shape tells of; none of a route by a next-hop object of IPv6. */
export function waysOf({ shape }: KernelRoute): RouteWay[] {
  return [...shape.matchAll(/(\S*)%(\d+)\*\d/g)].map(([, gateway = '', index]) => ({
    gateway: gateway === '' ? undefined : gateway,
    interfaceIndex: Number(index),
  }));
}

/** Whether nothing is sent by these next hops. Those of a route that drops packets are none, and it is alive. */
export function areDead(hops: readonly KernelNextHop[]): boolean {
  return hops.length > 0 && hops.every(({ flags }) => (flags & deadFlag) !== 0);
}

/** The shape of a kernel's route by these next hops, in whatever state its interfaces are. */
export function routeShape(route: RouteMessage, hops: readonly KernelNextHop[]): string {
  const { type, scope, preferredSource = '', metrics, nextHopId = '', preference, cacheInfo } = route;
  const details = route.multipath ?? [route];
  const rest = [
    ...(metrics === undefined ? [] : [JSON.stringify(metrics)]),
    // Linux: an IPv6 route that asks for no preference is told with this one.
    ...(preference === undefined || preference === 'medium' ? [] : [preference]),
    ...(cacheInfo === undefined || cacheInfo.expires === 0 ? [] : ['expires']),
    // Ours has none of these: that there is one tells enough.
    ...(details.some(({ encapsulationType }) => encapsulationType !== undefined) ? ['encapsulated'] : []),
    ...(details.some(({ flow }) => flow !== undefined) ? ['realm'] : []),
  ];
  const ways = hops.map(({ gateway, interfaceIndex, weight, flags }) =>
    hopShape(gateway ?? '', interfaceIndex, weight, (flags & onLinkFlag) !== 0),
  );
  return shape(type, scope, preferredSource, rest.join(' '), nextHopId, ways);
}

/** The shape of the route that `installRequest` makes by one next hop; remembered, for a neighbor's routes have the same. */
export function wantedShapeBy(nextHop: NextHop): string {
  let known = shapesByHop.get(nextHop);
  if (known === undefined) {
    known = wantedShape([nextHop]);
    shapesByHop.set(nextHop, known);
  }
  return known;
}

const shapesByHop = new WeakMap<NextHop, string>();

/** The shape of the route that `installRequest` makes. */
export function wantedShape(nextHops: readonly NextHop[]): string {
  const hops = nextHops.map((hop) => hopShape(hop.gateway, hop.interfaceIndex, 1, hop.onLink === true));
  return shape(UNICAST, 'global', '', '', '', hops);
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
): RouteRequest {
  return {
    object: 'route',
    operation: 'new',
    flags,
    message: routeInput(place, prefix, 'unicast', nextHops),
  };
}

/**
 * Asks the kernel to remove the first route in the slot that has our protocol.
 * @param way which one; undefined: whatever its next hops
 */
export function removeRequest(place: RoutePlace, prefix: Prefix, way?: Way): RouteRequest {
  return { object: 'route', operation: 'delete', message: routeInput(place, prefix, 'unspecified', [], way) };
}

/** One literal with every key: objects put together of others take several times as long to encode. */
function routeInput(
  place: RoutePlace,
  prefix: Prefix,
  type: 'unicast' | 'unspecified',
  nextHops: readonly NextHop[],
  way?: Way,
): RouteInput {
  const only = nextHops.length === 1 ? nextHops[0] : way;
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
    flags: nextHops.length === 1 && nextHops[0]?.onLink ? onLinkFlag : 0,
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
  rest: string,
  nextHopId: string | number,
  hops: string[],
): string {
  return [type, scope, source, rest, nextHopId, ...hops.sort()].join(' ');
}

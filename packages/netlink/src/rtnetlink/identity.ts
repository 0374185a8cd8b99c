/**
 * Which messages are about the same object. Whoever keeps a copy of the kernel's state files each object under its
 * identity; `difference.ts` says what has changed about it.
 *
 * Invariant: equal identities if and only if it is one object to Linux. Routes are the exception: their identity is a
 * place, in which several may stand; `isSameRoute` tells these apart.
 */

import type { Messages, ObjectName } from '../registry.ts';
import { differences } from './difference.ts';
import type { AddressMessage } from './interface-address.ts';
import type { LinkMessage } from './link.ts';
import { type NeighborMessage, neighborFlags } from './neighbor.ts';
import { nextHopFlags } from './route/route-enumerations.ts';
import { type RouteMessage, routeTable } from './route.ts';
import { type RuleMessage, ruleFlags } from './rule.ts';

const identities: { readonly [O in ObjectName]: (message: Messages[O]) => string | undefined } = {
  link: linkIdentity,
  address: addressIdentity,
  route: routePlace,
  neighbor: neighborIdentity,
  rule: ruleIdentity,
  nexthop: ({ id }) => (id === undefined ? undefined : String(id)),
};

/**
 * What stays when an object changes, as text. Equal texts of one kind of object: the same object, or routes that compete
 * for one place.
 *
 * @returns undefined if the message does not give the state of such an object: a bridge's port, what only IPv6 knows of an
 *   interface, a wireless event, an entry of a bridge's forwarding table
 */
export function identityOf<O extends ObjectName>(object: O, message: Messages[O]): string | undefined {
  return identities[object](message);
}

/** Linux: RTM_DELLINK of family `bridge` says that a port leaves its bridge; a wireless event has no state in it. */
function linkIdentity({ family, index, wireless }: LinkMessage): string | undefined {
  return family === 'unspecified' && wireless === undefined ? String(index) : undefined;
}

/** Linux: an interface has an IPv6 address once, but an IPv4 address once for each peer and prefix length. */
function addressIdentity({ family, interfaceIndex, local, address, prefixLength }: AddressMessage): string {
  return family === 'ipv6'
    ? `${interfaceIndex} ${local ?? address}`
    : `${interfaceIndex} ${local}/${prefixLength} ${address}`;
}

/** Linux: a proxy entry may stand beside a neighbor of the same address. */
function neighborIdentity(neighbor: NeighborMessage): string | undefined {
  const { family, interfaceIndex, destination, flags } = neighbor;
  if (family !== 'ipv4' && family !== 'ipv6') return undefined;
  return `${interfaceIndex} ${destination}${(flags & neighborFlags.masks.proxy) === 0 ? '' : ' proxy'}`;
}

/** Linux: a rule is never altered; these of its flags are no part of it but say what it meets. */
const RULE_CONDITIONS =
  ruleFlags.masks.unresolved |
  ruleFlags.masks.inputInterfaceDetached |
  ruleFlags.masks.outputInterfaceDetached;

function ruleIdentity({ flags, ...rest }: RuleMessage): string {
  const fields = Object.entries({ ...rest, flags: flags & ~RULE_CONDITIONS });
  return fields
    .map(([name, value]) => `${name}=${textOf(value)}`)
    .sort()
    .join(' ');
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value).map(([name, inner]) => `${name}=${textOf(inner)}`)}}`;
}

/**
 * Linux: among routes to one destination in one table the lowest metric counts, and for IPv4 the TOS must be the
 * packet's. What is alike in all of these competes.
 */
function routePlace(route: RouteMessage): string | undefined {
  const { family, destination, destinationLength, source, sourceLength, tos, priority } = route;
  if (family !== 'ipv4' && family !== 'ipv6') return undefined;
  const place = `${routeTable(route)} ${destination ?? family}/${destinationLength} ${priority ?? 0}`;
  return tos === 0 && sourceLength === 0 ? place : `${place} ${tos} ${source}/${sourceLength}`;
}

/** Flags of a next hop that were asked for. The others Linux sets by itself: the state of the interface, of the hardware. */
const LASTING = nextHopFlags.masks.onLink | nextHopFlags.masks.pervasive;

/** Whether two routes of one place are the same route, perhaps in another state. */
export function isSameRoute(one: RouteMessage, other: RouteMessage): boolean {
  const names = differences('route', one, other);
  if (names.length === 0) return true;
  if (!names.every((name) => name === 'flags' || name === 'multipath')) return false;
  return differences('route', withoutState(one), withoutState(other)).length === 0;
}

function withoutState(route: RouteMessage): RouteMessage {
  const multipath = route.multipath?.map((hop) => ({ ...hop, flags: hop.flags & LASTING }));
  return { ...route, flags: route.flags & LASTING, ...(multipath && { multipath }) };
}

/**
 * What is said of routes on one interface: split horizon and the next-hop field.
 *
 * Before: the table's routes, all or the changed ones. After: entries, which `packet` encodes. RFC 2453 §3.4.3, §4.4.
 */
import { type Address, ipv4ToNumber } from '@ripstop/wire';
import type { SplitHorizon } from './configuration.ts';
import { type Entry, infinity } from './packet.ts';
import type { Route } from './route.ts';
import { type Subnet, subnetHolding } from './subnet.ts';
import type { NextHop } from './vocabulary.ts';

/** The interface an update goes out of. */
export interface Outlet {
  readonly name: string;
  readonly splitHorizon: SplitHorizon;
  readonly subnets: readonly Subnet[];
  /** Number of the last change of the table that was announced here. */
  readonly announced: number;
}

/** One entry for each route that is spoken of on this interface, in the order given; metrics 1–16. */
export function updateEntries(routes: Iterable<Route>, outlet: Outlet): Entry[] {
  const entries: Entry[] = [];
  for (const route of routes) {
    const entry = updateEntry(route, outlet);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** Every route as lost: what a router says when it stops. */
export function farewellEntries(routes: Iterable<Route>): Entry[] {
  return Array.from(routes, ({ prefix, tag }) => ({ prefix, tag, nextHop: undefined, metric: infinity }));
}

/**
 * Split horizon is for what was learned here. A connected subnet was not: it is announced on its own interface too,
 * for neighbors in another subnet of the same link. A lost route is announced everywhere.
 */
function updateEntry(route: Route, outlet: Outlet): Entry | undefined {
  const { prefix, tag, metric } = route;
  const isLearnedHere = route.nextHops.some((hop) => hop.interface === outlet.name);
  if (!isLearnedHere) return { prefix, tag, nextHop: undefined, metric };
  if (outlet.splitHorizon === 'disabled')
    return { prefix, tag, nextHop: nextHopOnLink(route, outlet), metric };
  // Simple split horizon leaves it out. But if the route only now came to lead this way, neighbors may still hold
  // what we said before; one poisoned entry takes that back, which otherwise had to time out.
  if (outlet.splitHorizon === 'simple' && route.change <= outlet.announced) return undefined;
  return { prefix, tag, nextHop: undefined, metric: infinity };
}

/** RFC 2453 §4.4: named only if the neighbors on this link reach it directly. */
function nextHopOnLink(route: Route, outlet: Outlet): Address | undefined {
  const isOnLink = ({ gateway, interface: name }: NextHop): boolean =>
    name === outlet.name && subnetHolding(outlet.subnets, ipv4ToNumber(gateway) ?? 0) !== undefined;
  return route.nextHops.find(isOnLink)?.gateway;
}

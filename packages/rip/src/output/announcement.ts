/**
 * What is said of one route to those who hear us from one of our addresses: split horizon and the next-hop field.
 *
 * Before: the table's routes. After: `recipient` applies policy and versions, and remembers what was said.
 * RFC 2453 §3.4.3, §4.4; RFC 2080 §2.1.1, §2.6.
 */
import type { Address } from '@ripstop/wire';
import type { SplitHorizon } from '../configuration.ts';
import { type Entry, infinity } from '../packet/packet.ts';
import type { Subnet } from '../protocol.ts';
import { isUnreachable, type Route } from '../table/route.ts';

/** From where a route is spoken of. */
export interface Viewpoint {
  readonly interface: string;
  readonly splitHorizon: SplitHorizon;
  /** That of our source address: the routers that take us for a neighbor are in it. */
  readonly subnet: Subnet;
}

/**
 * The entry for a route; undefined if split horizon leaves it out. A lost route is announced everywhere, and so is one that
 * the kernel cannot have: who sends packets for it here would lose them.
 */
export function announcement(route: Route, from: Viewpoint): Entry | undefined {
  const { prefix, tag, metric } = route;
  if (isUnreachable(route)) return { prefix, tag, nextHop: undefined, metric: infinity };
  if (from.splitHorizon === 'disabled' || !leadsBack(route, from)) {
    return { prefix, tag, nextHop: nextHopOnLink(route, from), metric };
  }
  return from.splitHorizon === 'simple' ? undefined : { prefix, tag, nextHop: undefined, metric: infinity };
}

/**
 * Whether the neighbors know the route better than we do: it leads to them, or it is their own subnet. A subnet that is
 * one address of ours alone (`10.0.0.1/32`) is news to them, and so is every subnet to routers that are known by link-local
 * addresses: they need none in it.
 */
function leadsBack(route: Route, { interface: name, subnet }: Viewpoint): boolean {
  if (route.nextHops.some((hop) => hop.interface === name)) return true;
  const isTheirs = route.prefix === subnet.prefix && (subnet.length < 32 || subnet.peer !== undefined);
  return isTheirs && route.own[0]?.kind === 'connected';
}

/** RFC 2453 §4.4: named only if the neighbors on this subnet reach it directly. */
function nextHopOnLink(route: Route, { interface: name, subnet }: Viewpoint): Address | undefined {
  const own = route.own[0]?.nextHop;
  const hops = own === undefined ? route.nextHops : [own];
  return hops.find((hop) => hop.interface === name && subnet.isHost(hop.gateway))?.gateway;
}

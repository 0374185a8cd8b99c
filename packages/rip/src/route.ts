/**
 * A prefix, every neighbor's offer for it, and the choice among them.
 *
 * The choice: a connected prefix beats every offer; else the offers of the lowest metric are used together, up to
 * `maximumPaths`, ordered by interface name and then by the neighbor's address.
 *
 * RFC 2453 §3.9.2 suggests switching to an equal route when the one in use is half timed out, because a router that
 * keeps one route only would have none after the timeout. Here every offer is kept: what times out is replaced in the
 * same step, so there is no such rule.
 */
import type { Address, Prefix } from '@ripstop/wire';
import type { Timers } from './configuration.ts';
import { infinity } from './packet.ts';
import type { Millis } from './time.ts';
import type { NextHop } from './vocabulary.ts';

/** An interface, as far as routes are concerned. */
export interface Origin {
  readonly name: string;
  readonly timers: Timers;
}

/** Who offers routes: a neighbor on one interface. */
export interface Source {
  readonly origin: Origin;
  readonly address: Address;
  /** The address as a number: the order among sources of one interface. */
  readonly order: number;
  /** How many offers of it the table holds; only the table writes it. */
  offers: number;
}

/** What one neighbor last said of a prefix. Only its own source may refresh, change or withdraw it. */
export interface Offer {
  readonly source: Source;
  /** As it was sent, 1–15: what the interface's cost is added to. */
  readonly received: number;
  /** With the cost, 1–15. */
  readonly metric: number;
  readonly tag: number;
  readonly nextHop: NextHop;
  expires: Millis;
}

export interface Route {
  readonly prefix: Prefix;
  /** Interfaces that have an address in it. */
  connected: readonly Origin[];
  offers: readonly Offer[];
  /** The offers in use. */
  chosen: readonly Offer[];
  /** Where the chosen offers lead, each once. */
  nextHops: readonly NextHop[];
  /** 1–16. */
  metric: number;
  /** Of the first chosen offer; a lost route keeps its last. */
  tag: number;
  /** When a lost route is forgotten; Infinity while it can be reached. */
  garbageAt: Millis;
  /** Number of its last change among all changes of the table; 0: it has not been anything yet. */
  change: number;
  changedAt: Millis;
  /** What the kernel's side said last; undefined if nothing of it belongs in the kernel. */
  kernel: KernelState | undefined;
}

export type KernelState =
  | { readonly state: 'pending' | 'installed' }
  | { readonly state: 'failed'; readonly reason: string };

/** RFC 2453 §3.5 leaves it to the administrator; a subnet of our own costs one hop. */
const connectedMetric = 1;

export function newRoute(prefix: Prefix): Route {
  return {
    prefix,
    connected: [],
    offers: [],
    chosen: [],
    nextHops: [],
    metric: infinity,
    tag: 0,
    garbageAt: Number.POSITIVE_INFINITY,
    change: 0,
    changedAt: 0,
    kernel: undefined,
  };
}

/** Brings metric, tag, chosen offers and next hops in line with what the route is connected to and offered. */
export function choose(route: Route, maximumPaths: number): void {
  if (route.connected.length > 0) {
    route.metric = connectedMetric;
    route.tag = 0;
    route.chosen = [];
    route.nextHops = [];
    return;
  }
  route.chosen = bestOffers(route.offers, route.chosen, maximumPaths);
  route.nextHops = nextHopsOf(route.chosen);
  const [first] = route.chosen;
  route.metric = first?.metric ?? infinity;
  route.tag = first?.tag ?? route.tag;
}

function bestOffers(
  offers: readonly Offer[],
  inUse: readonly Offer[],
  maximumPaths: number,
): readonly Offer[] {
  if (offers.length < 2) return offers;
  const lowest = Math.min(...offers.map((offer) => offer.metric));
  const best = offers.filter((offer) => offer.metric === lowest).sort(bySource);
  if (best.length <= maximumPaths) return best;
  // An equal path does not displace one that is in use (RFC 2453 §3.9.2).
  const sources = new Set(inUse.map((offer) => offer.source));
  const used = best.filter((offer) => sources.has(offer.source));
  const unused = best.filter((offer) => !sources.has(offer.source));
  return [...used, ...unused].slice(0, maximumPaths).sort(bySource);
}

function bySource({ source: a }: Offer, { source: b }: Offer): number {
  if (a.origin.name !== b.origin.name) return a.origin.name < b.origin.name ? -1 : 1;
  return a.order - b.order;
}

/** Several neighbors may name the same router as their next hop. */
function nextHopsOf(offers: readonly Offer[]): readonly NextHop[] {
  const hops: NextHop[] = [];
  for (const { nextHop } of offers) {
    if (!hops.some((hop) => isSameNextHop(hop, nextHop))) hops.push(nextHop);
  }
  return hops;
}

export function isSameNextHop(a: NextHop, b: NextHop): boolean {
  return (
    a === b ||
    (a.gateway === b.gateway && a.interface === b.interface && a.interfaceIndex === b.interfaceIndex)
  );
}

export function areSameNextHops(a: readonly NextHop[], b: readonly NextHop[]): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every((hop, at) => {
        const other = b[at];
        return other !== undefined && isSameNextHop(hop, other);
      }))
  );
}

/**
 * A prefix, what we have of our own for it, every neighbor's offer, and the choice among them.
 *
 * The choice: a route of our own beats every offer; else the offers of the lowest metric are used together, up to
 * `maximumPaths`, ordered by interface name and then by the neighbor's address. An equal path does not displace one that
 * is in use, unless that one is half timed out (RFC 2453 §3.9.2).
 */
import type { Address, Prefix } from '@ripstop/wire';
import type { Timers } from '../configuration.ts';
import { infinity } from '../packet/packet.ts';
import type { Millis } from '../time.ts';
import type { NextHop } from '../vocabulary.ts';

/** An interface, as far as routes are concerned. */
export interface Origin {
  readonly name: string;
  readonly timers: Timers;
}

/** A route that this router brings into the network. */
export interface OwnRoute {
  /** In the order of preference. */
  readonly kind: 'connected' | 'redistributed' | 'originated';
  /** Of a redistributed one: who made it. */
  readonly source?: string;
  /** The interface that has an address in it. */
  readonly origin: Origin | undefined;
  /** 1–15. */
  readonly metric: number;
  readonly tag: number;
  /** Where the kernel sends it, if that is known. */
  readonly nextHop: NextHop | undefined;
}

/** Who offers routes: a neighbor on one interface. */
export interface Source {
  readonly origin: Origin;
  readonly address: Address;
  /** The address in hexadecimal: the order among sources of one interface. */
  readonly order: string;
  /** How many offers of it the table holds; only the table writes it. */
  offers: number;
}

export interface ReceivedEntry {
  /** 1–15. */
  readonly metric: number;
  readonly tag: number;
}

/** How long the offers of one packet live: the packet, come again, renews them together. */
export interface Lease {
  expires: Millis;
  /** Every offer of the packet is in the table and has this lease. */
  intact: boolean;
}

/** What one neighbor last said of a prefix. Only its own source may refresh, change or withdraw it. */
export interface Offer {
  readonly source: Source;
  /** As it was sent: what the interface's cost and the policy are applied to. */
  readonly received: ReceivedEntry;
  /** 1–15. */
  readonly metric: number;
  readonly tag: number;
  readonly nextHop: NextHop;
  lease: Lease;
}

export interface Route {
  readonly prefix: Prefix;
  /** The preferred one first. */
  own: readonly OwnRoute[];
  offers: readonly Offer[];
  /** The offers in use. */
  chosen: readonly Offer[];
  /** Where the chosen offers lead, each once. */
  nextHops: readonly NextHop[];
  /** 1–16. */
  metric: number;
  /** Of what is in use; a lost route keeps its last. */
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
  /** Packets would end here: the kernel does not have it, or serves a route that drops them. */
  | { readonly state: 'failed'; readonly reason: string }
  /** The kernel reaches the prefix by someone else's route: a better one beside ours, or one in its place. */
  | { readonly state: 'shadowed' | 'conflict'; readonly reason: string }
  /** The kernel is not asked for it. */
  | { readonly state: 'not-needed'; readonly reason: string };

export function newRoute(prefix: Prefix): Route {
  return {
    prefix,
    own: [],
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

/** The most preferred first: connected, redistributed, originated; of one kind the lower metric. */
export function byPreference(a: OwnRoute, b: OwnRoute): number {
  return preference[a.kind] - preference[b.kind] || a.metric - b.metric;
}

const preference = { connected: 0, redistributed: 1, originated: 2 } as const;

/** Brings metric, tag, chosen offers and next hops in line with what the route is of our own and offered. */
export function choose(route: Route, maximumPaths: number, now: Millis): void {
  const [own] = route.own;
  // Also an originated default route: two routers that claim to be the way out must not forward by each other's claim.
  route.chosen = own === undefined ? bestOffers(route.offers, route.chosen, maximumPaths, now) : [];
  route.nextHops = nextHopsOf(route.chosen);
  const best = own ?? route.chosen[0];
  route.metric = best?.metric ?? infinity;
  route.tag = best?.tag ?? route.tag;
}

/** Whether packets for it get nowhere from here: it is lost, or the kernel cannot have it. */
export function isUnreachable({ metric, kernel }: Route): boolean {
  return metric === infinity || kernel?.state === 'failed';
}

/** Whether a neighbor has been silent about it for half of the timeout or longer. */
export function isHalfExpired({ source, lease }: Offer, now: Millis): boolean {
  return lease.expires - now <= source.origin.timers.timeout / 2;
}

function bestOffers(
  offers: readonly Offer[],
  inUse: readonly Offer[],
  maximumPaths: number,
  now: Millis,
): readonly Offer[] {
  if (offers.length < 2) return offers;
  const lowest = Math.min(...offers.map((offer) => offer.metric));
  const best = offers.filter((offer) => offer.metric === lowest).sort(bySource);
  if (best.length <= maximumPaths) return best;
  const sources = new Set(inUse.map((offer) => offer.source));
  const rank = (offer: Offer): number => (isHalfExpired(offer, now) ? 2 : sources.has(offer.source) ? 0 : 1);
  return best
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, maximumPaths)
    .sort(bySource);
}

function bySource({ source: a }: Offer, { source: b }: Offer): number {
  if (a.origin.name !== b.origin.name) return a.origin.name < b.origin.name ? -1 : 1;
  return a.order < b.order ? -1 : 1;
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
    (a.gateway === b.gateway &&
      a.interface === b.interface &&
      a.interfaceIndex === b.interfaceIndex &&
      a.onLink === b.onLink)
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

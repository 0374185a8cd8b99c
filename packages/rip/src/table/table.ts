/**
 * The routing table: every prefix with every neighbor's offer, timers as deadlines in data, marks of what changed.
 *
 * Before: `receive` brings offers, `Router` brings routes of our own and lost interfaces. After: `settle` yields the
 * net changes of a step, from which `installer` makes kernel actions and `output` makes packets.
 *
 * Invariants, whenever a step has ended: a route has metric 16 if and only if it is not our own and offered by nobody, and only then has a garbage deadline; `deadline` is never later than the first deadline in the table;
 * neither routes nor offers exceed the limits. RFC 2453 §3.8, §3.9.2.
 */
import type { Prefix } from '@ripstop/wire';
import type { Limits } from '../configuration.ts';
import { infinity } from '../packet/packet.ts';
import type { Millis } from '../time.ts';
import type { NextHop } from '../vocabulary.ts';
import {
  areSameNextHops,
  byPreference,
  choose,
  isHalfExpired,
  isSameNextHop,
  isUnreachable,
  type Lease,
  newRoute,
  type Offer,
  type Origin,
  type OwnRoute,
  type ReceivedEntry,
  type Route,
  type Source,
} from './route.ts';

/** What a route was before a step. */
interface Before {
  readonly metric: number;
  readonly tag: number;
  readonly nextHops: readonly NextHop[];
  readonly unreachable: boolean;
}

/** What a step has made of a route. */
export interface RouteChange {
  readonly route: Route;
  readonly metricBefore: number;
  readonly hasOtherNextHops: boolean;
}

/** What a neighbor says of a prefix. */
export type Offered = Omit<Offer, 'lease'>;

/** Which limit an offer met. */
export type Refusal = 'neighbor-full' | 'table-full';

/** Deadlines are rounded up to this, so that routes learned in one burst do not each wake the router. */
const deadlineStep: Millis = 100;

export class RouteTable {
  readonly #routes = new Map<Prefix, Route>();
  /** In the order in which the prefixes became known. It can be gone through any number of times. */
  readonly routes: Iterable<Route> = { [Symbol.iterator]: () => this.#routes.values() };
  #limits: Limits;
  #maximumPaths: number;
  #offers = 0;
  /** Routes with more offers than can be used together. */
  #crowded = 0;
  #deadline: Millis = Number.POSITIVE_INFINITY;
  /** Routes that this step has altered, as they were before it. */
  readonly #touched = new Map<Route, Before>();
  /** Routes with a change that some interface has not announced yet. */
  readonly #changed = new Set<Route>();
  #lastChange = 0;

  constructor(maximumPaths: number, limits: Limits) {
    this.#maximumPaths = maximumPaths;
    this.#limits = limits;
  }

  /** No later than the first timeout or end of garbage collection; it may be earlier, then `expire` does nothing. */
  get deadline(): Millis {
    return this.#deadline;
  }

  /** RFC 2453 §3.9.2, the change flags: routes that wait for an update. */
  get changed(): ReadonlySet<Route> {
    return this.#changed;
  }

  /** Number of the newest change. An interface that has announced up to it owes its neighbors nothing. */
  get lastChange(): number {
    return this.#lastChange;
  }

  get(prefix: Prefix): Route | undefined {
    return this.#routes.get(prefix);
  }

  /** For the offers of one packet: they last until the timeout of the interface it came in on. */
  lease({ origin }: Source, now: Millis): Lease {
    return { expires: this.#wakeAt(now + origin.timers.timeout), intact: true };
  }

  /**
   * Renews all offers of a packet that has come again, as `offer` would do for each of them.
   * @returns false: each has to be offered, for one of them is not there any more, or may take the place of another route
   */
  renew(lease: Lease, { origin }: Source, now: Millis): boolean {
    if (!lease.intact || this.#crowded > 0) return false;
    lease.expires = this.#wakeAt(now + origin.timers.timeout);
    return true;
  }

  /**
   * Takes what a neighbor says of a prefix, RFC 2453 §3.9.2. Metric 16 withdraws its own offer and nobody else's.
   * @param offered its metric with cost and policy, 1–16
   * @param lease of its packet
   * @returns why it was not taken; undefined if it was
   */
  offer(
    prefix: Prefix,
    offered: Offered,
    now: Millis,
    lease = this.lease(offered.source, now),
  ): Refusal | undefined {
    const refusal = this.#offer(prefix, offered, now, lease);
    if (refusal !== undefined || offered.metric >= infinity) lease.intact = false;
    return refusal;
  }

  /** Takes back all offers that `isLost` holds for. */
  withdraw(isLost: (offer: Offer) => boolean, now: Millis): void {
    for (const route of this.#routes.values()) this.#withdraw(route, isLost, now);
  }

  /**
   * Judges all offers of an interface anew: its cost or the policy has changed.
   * @param judge of what was received, what it means now; undefined: it is not believed any more
   */
  rejudge(
    origin: Origin,
    judge: (prefix: Prefix, source: Source, received: ReceivedEntry) => ReceivedEntry | undefined,
    now: Millis,
  ): void {
    for (const route of this.#routes.values()) {
      if (!route.offers.some((offer) => offer.source.origin === origin)) continue;
      this.touch(route);
      const lost = new Set<Offer>();
      route.offers = route.offers.map((offer) => {
        if (offer.source.origin !== origin) return offer;
        const judged = judge(route.prefix, offer.source, offer.received);
        const after = judged === undefined ? offer : { ...offer, ...judged };
        if (judged === undefined || judged.metric >= infinity) lost.add(after);
        return after;
      });
      if (lost.size > 0) this.#withdraw(route, (offer) => lost.has(offer), now);
      else this.#choose(route, now);
    }
  }

  /** Takes a route of our own. Own routes are few or known to the administrator: they are not limited. */
  own(prefix: Prefix, own: OwnRoute, now: Millis): void {
    let route = this.#routes.get(prefix);
    if (route === undefined) {
      route = newRoute(prefix);
      this.#routes.set(prefix, route);
    }
    this.touch(route);
    const others = route.own.filter((other) => !isInPlaceOf(other, own));
    route.own = [...others, own].sort(byPreference);
    this.#choose(route, now);
  }

  /** Takes back a route of our own, if there is one. */
  disown(
    prefix: Prefix,
    own: Pick<OwnRoute, 'kind' | 'origin'>,
    garbageCollection: Millis,
    now: Millis,
  ): void {
    const route = this.#routes.get(prefix);
    if (route === undefined || !route.own.some((other) => isInPlaceOf(other, own))) return;
    this.touch(route);
    route.own = route.own.filter((other) => !isInPlaceOf(other, own));
    this.#choose(route, now);
    if (route.metric === infinity) this.#discard(route, garbageCollection, now);
  }

  setLimits(limits: Limits): void {
    this.#limits = limits;
  }

  setMaximumPaths(maximumPaths: number, now: Millis): void {
    if (maximumPaths === this.#maximumPaths) return;
    this.#maximumPaths = maximumPaths;
    this.#crowded = 0;
    for (const route of this.#routes.values()) {
      if (this.#isCrowded(route.offers)) this.#crowded += 1;
      this.touch(route);
      this.#choose(route, now);
    }
  }

  /** Times out offers and forgets lost routes whose time has come, RFC 2453 §3.8. */
  expire(now: Millis): void {
    if (now < this.#deadline) return;
    // What becomes garbage here lowers it again by itself.
    this.#deadline = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    const isExpired = (offer: Offer): boolean => offer.lease.expires <= now;
    for (const route of this.#routes.values()) {
      if (route.garbageAt <= now) {
        // A loss that has not been announced yet is forgotten by `clearChanged`.
        if (!this.#changed.has(route)) this.#routes.delete(route.prefix);
        continue;
      }
      this.#withdraw(route, isExpired, now);
      earliest = Math.min(earliest, route.garbageAt);
      for (const offer of route.offers) earliest = Math.min(earliest, offer.lease.expires);
    }
    this.#deadline = Math.min(this.#deadline, earliest);
  }

  /** Lets every offer live longer: nothing is refreshed for so long. */
  postpone(duration: Millis): void {
    const leases = new Set<Lease>();
    for (const route of this.#routes.values()) for (const { lease } of route.offers) leases.add(lease);
    for (const lease of leases) lease.expires += duration;
  }

  /** A route is about to be altered: `settle` will say whether it is another one then. */
  touch(route: Route): void {
    if (this.#touched.has(route)) return;
    const { metric, tag, nextHops } = route;
    this.#touched.set(route, { metric, tag, nextHops, unreachable: isUnreachable(route) });
  }

  /** Ends a step: marks and returns the routes that are not what they were before it. */
  settle(now: Millis): readonly RouteChange[] {
    const changes: RouteChange[] = [];
    for (const [route, before] of this.#touched) {
      if (route.metric === infinity && route.change === 0) {
        // Came and went within the step: nobody has heard of it.
        this.#routes.delete(route.prefix);
        continue;
      }
      const hasOtherNextHops = !areSameNextHops(before.nextHops, route.nextHops);
      const isAsBefore =
        before.metric === route.metric &&
        before.tag === route.tag &&
        before.unreachable === isUnreachable(route);
      if (!hasOtherNextHops && isAsBefore) continue;
      this.#lastChange += 1;
      route.change = this.#lastChange;
      route.changedAt = now;
      this.#changed.add(route);
      changes.push({ route, metricBefore: before.metric, hasOtherNextHops });
    }
    this.#touched.clear();
    return changes;
  }

  /** RFC 2453 §3.10.1: only when every interface has announced the changes. */
  clearChanged(now: Millis): void {
    for (const route of this.#changed) if (route.garbageAt <= now) this.#routes.delete(route.prefix);
    this.#changed.clear();
  }

  #offer(prefix: Prefix, offered: Offered, now: Millis, lease: Lease): Refusal | undefined {
    const { source, received, metric, tag, nextHop } = offered;
    let route = this.#routes.get(prefix);
    const previous = route?.offers.find((offer) => offer.source === source);
    if (metric >= infinity) {
      if (route !== undefined && previous !== undefined)
        this.#withdraw(route, (offer) => offer === previous, now);
      return undefined;
    }
    if (route !== undefined && previous !== undefined && isSameOffer(previous, offered)) {
      if (previous.lease !== lease) {
        previous.lease.intact = false;
        previous.lease = lease;
      }
      this.#preferFresh(route, previous, now);
      return undefined;
    }
    if (previous === undefined) {
      if (source.offers >= this.#limits.routesPerNeighbor) return 'neighbor-full';
      if (this.#offers >= this.#limits.offers) return 'table-full';
    }
    if (route === undefined) {
      if (this.#routes.size >= this.#limits.routes) return 'table-full';
      route = newRoute(prefix);
      this.#routes.set(prefix, route);
    }
    this.touch(route);
    // Spelled out: V8 takes twice as long to compare refreshes with an offer that was made by spreading another object.
    const offer: Offer = { source, received, metric, tag, nextHop, lease };
    if (previous === undefined) {
      this.#setOffers(route, [...route.offers, offer]);
      this.#count(source, 1);
    } else {
      previous.lease.intact = false;
      route.offers = route.offers.map((other) => (other === previous ? offer : other));
    }
    this.#choose(route, now);
    return undefined;
  }

  /** RFC 2453 §3.9.2: an equal route takes the place of one that is half timed out, before that one times out. */
  #preferFresh(route: Route, refreshed: Offer, now: Millis): void {
    if (!this.#isCrowded(route.offers) || refreshed.metric !== route.metric) return;
    if (route.chosen.includes(refreshed) || !route.chosen.some((offer) => isHalfExpired(offer, now))) return;
    this.touch(route);
    this.#choose(route, now);
  }

  /** Does nothing if no offer is lost. */
  #withdraw(route: Route, isLost: (offer: Offer) => boolean, now: Millis): void {
    const kept: Offer[] = [];
    let last: Offer | undefined;
    for (const offer of route.offers) {
      if (isLost(offer)) {
        offer.lease.intact = false;
        this.#count(offer.source, -1);
        last = offer;
      } else kept.push(offer);
    }
    if (last === undefined) return;
    this.touch(route);
    this.#setOffers(route, kept);
    this.#choose(route, now);
    if (route.metric === infinity) this.#discard(route, last.source.origin.timers.garbageCollection, now);
  }

  #count(source: Source, difference: 1 | -1): void {
    source.offers += difference;
    this.#offers += difference;
  }

  #setOffers(route: Route, offers: readonly Offer[]): void {
    this.#crowded += Number(this.#isCrowded(offers)) - Number(this.#isCrowded(route.offers));
    route.offers = offers;
  }

  #isCrowded({ length }: readonly Offer[]): boolean {
    return length > this.#maximumPaths;
  }

  #choose(route: Route, now: Millis): void {
    choose(route, this.#maximumPaths, now);
    if (route.metric < infinity) route.garbageAt = Number.POSITIVE_INFINITY;
  }

  /** RFC 2453 §3.8: a lost route is announced with metric 16 until its garbage collection ends. */
  #discard(route: Route, garbageCollection: Millis, now: Millis): void {
    route.garbageAt = this.#wakeAt(now + garbageCollection);
  }

  #wakeAt(time: Millis): Millis {
    const deadline = Math.ceil(time / deadlineStep) * deadlineStep;
    this.#deadline = Math.min(this.#deadline, deadline);
    return deadline;
  }
}

function isSameOffer(a: Offered, b: Offered): boolean {
  return (
    a.metric === b.metric &&
    a.tag === b.tag &&
    a.received.metric === b.received.metric &&
    a.received.tag === b.received.tag &&
    isSameNextHop(a.nextHop, b.nextHop)
  );
}

/** Of each kind there is one route for a prefix; of connected ones, one for each interface. */
function isInPlaceOf(a: Pick<OwnRoute, 'kind' | 'origin'>, b: Pick<OwnRoute, 'kind' | 'origin'>): boolean {
  return a.kind === b.kind && a.origin === b.origin;
}

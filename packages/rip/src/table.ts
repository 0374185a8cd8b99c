/**
 * The routing table: every prefix with every neighbor's offer, timers as deadlines in data, marks of what changed.
 *
 * Before: `receive` brings offers, `Router` brings connected subnets and lost interfaces. After: `settle` yields the
 * net changes of a step, from which `Router` makes kernel actions and `update` makes packets.
 *
 * Invariants, whenever a step has ended: a route has metric 16 if and only if it is connected to nothing and offered
 * by nobody, and only then has a garbage deadline; `deadline` is never later than the first deadline in the table;
 * neither routes nor offers exceed the limits. RFC 2453 §3.8, §3.9.2.
 */
import type { Prefix } from '@ripstop/wire';
import type { Limits } from './configuration.ts';
import { infinity } from './packet.ts';
import {
  areSameNextHops,
  choose,
  isSameNextHop,
  newRoute,
  type Offer,
  type Origin,
  type Route,
  type Source,
} from './route.ts';
import type { Millis } from './time.ts';
import type { NextHop } from './vocabulary.ts';

/** What a route was before a step. */
interface Before {
  readonly metric: number;
  readonly tag: number;
  readonly nextHops: readonly NextHop[];
}

/** What a step has made of a route. */
export interface RouteChange {
  readonly route: Route;
  readonly metricBefore: number;
  readonly nextHopsBefore: readonly NextHop[];
  readonly hasOtherNextHops: boolean;
}

/** Deadlines are rounded up to this, so that routes learned in one burst do not each wake the router. */
const deadlineStep: Millis = 100;

export class RouteTable {
  readonly #routes = new Map<Prefix, Route>();
  readonly #limits: Limits;
  #maximumPaths: number;
  #offers = 0;
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

  /** In the order in which the prefixes became known. */
  get routes(): Iterable<Route> {
    return this.#routes.values();
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

  /**
   * Takes what a neighbor says of a prefix, RFC 2453 §3.9.2. Metric 16 withdraws its own offer and nobody else's.
   * @param metric with the interface's cost, 1–16
   * @returns false if the table is full and the offer was not taken
   */
  offer(prefix: Prefix, offered: Omit<Offer, 'expires'>, now: Millis): boolean {
    const { source, received, metric, tag, nextHop } = offered;
    let route = this.#routes.get(prefix);
    const previous = route?.offers.find((offer) => offer.source === source);
    if (metric >= infinity) {
      if (route !== undefined && previous !== undefined)
        this.#withdraw(route, (offer) => offer === previous, now);
      return true;
    }
    const expires = this.#wakeAt(now + source.origin.timers.timeout);
    if (previous !== undefined && isSameOffer(previous, offered)) {
      previous.expires = expires;
      return true;
    }
    if (previous === undefined && this.#offers >= this.#limits.offers) return false;
    if (route === undefined) {
      if (this.#routes.size >= this.#limits.routes) return false;
      route = newRoute(prefix);
      this.#routes.set(prefix, route);
    }
    this.#touch(route);
    // Spelled out: V8 takes twice as long to compare refreshes with an offer that was made by spreading another object.
    const offer: Offer = { source, received, metric, tag, nextHop, expires };
    if (previous === undefined) {
      route.offers = [...route.offers, offer];
      this.#count(source, 1);
    } else route.offers = route.offers.map((other) => (other === previous ? offer : other));
    this.#choose(route);
    return true;
  }

  /** Takes back all offers that `isLost` holds for. */
  withdraw(isLost: (offer: Offer) => boolean, now: Millis): void {
    for (const route of this.#routes.values()) {
      if (route.offers.some(isLost)) this.#withdraw(route, isLost, now);
    }
  }

  /** Gives all offers of an interface a new cost. */
  reprice(origin: Origin, cost: number, now: Millis): void {
    for (const route of this.#routes.values()) {
      if (!route.offers.some((offer) => offer.source.origin === origin)) continue;
      this.#touch(route);
      route.offers = route.offers.map((offer) =>
        offer.source.origin === origin
          ? { ...offer, metric: Math.min(offer.received + cost, infinity) }
          : offer,
      );
      this.#withdraw(route, (offer) => offer.metric === infinity, now);
    }
  }

  /** A subnet of ours. Own subnets are few and known to the administrator: they are not limited. */
  connect(prefix: Prefix, origin: Origin): void {
    let route = this.#routes.get(prefix);
    if (route === undefined) {
      route = newRoute(prefix);
      this.#routes.set(prefix, route);
    }
    if (route.connected.includes(origin)) return;
    this.#touch(route);
    route.connected = [...route.connected, origin];
    this.#choose(route);
  }

  disconnect(prefix: Prefix, origin: Origin, now: Millis): void {
    const route = this.#routes.get(prefix);
    if (route === undefined || !route.connected.includes(origin)) return;
    this.#touch(route);
    route.connected = route.connected.filter((other) => other !== origin);
    this.#choose(route);
    if (route.metric === infinity) this.#discard(route, origin, now);
  }

  setMaximumPaths(maximumPaths: number): void {
    if (maximumPaths === this.#maximumPaths) return;
    this.#maximumPaths = maximumPaths;
    for (const route of this.#routes.values()) {
      this.#touch(route);
      this.#choose(route);
    }
  }

  /** Times out offers and forgets lost routes whose time has come, RFC 2453 §3.8. */
  expire(now: Millis): void {
    if (now < this.#deadline) return;
    // What becomes garbage here lowers it again by itself.
    this.#deadline = Number.POSITIVE_INFINITY;
    let earliest = Number.POSITIVE_INFINITY;
    const isExpired = (offer: Offer): boolean => offer.expires <= now;
    for (const route of this.#routes.values()) {
      if (route.garbageAt <= now) {
        // A loss that has not been announced yet stays in `changed`.
        this.#routes.delete(route.prefix);
        continue;
      }
      if (route.offers.some(isExpired)) this.#withdraw(route, isExpired, now);
      earliest = Math.min(earliest, route.garbageAt);
      for (const offer of route.offers) earliest = Math.min(earliest, offer.expires);
    }
    this.#deadline = Math.min(this.#deadline, earliest);
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
      if (!hasOtherNextHops && before.metric === route.metric && before.tag === route.tag) continue;
      this.#lastChange += 1;
      route.change = this.#lastChange;
      route.changedAt = now;
      this.#changed.add(route);
      changes.push({ route, metricBefore: before.metric, nextHopsBefore: before.nextHops, hasOtherNextHops });
    }
    this.#touched.clear();
    return changes;
  }

  /** RFC 2453 §3.10.1: only when every interface has announced the changes. */
  clearChanged(): void {
    this.#changed.clear();
  }

  #withdraw(route: Route, isLost: (offer: Offer) => boolean, now: Millis): void {
    const lost = route.offers.filter(isLost);
    this.#touch(route);
    route.offers = route.offers.filter((offer) => !lost.includes(offer));
    for (const offer of lost) this.#count(offer.source, -1);
    this.#choose(route);
    const last = lost.at(-1);
    if (last !== undefined && route.metric === infinity) this.#discard(route, last.source.origin, now);
  }

  #count(source: Source, difference: 1 | -1): void {
    source.offers += difference;
    this.#offers += difference;
  }

  #touch(route: Route): void {
    if (this.#touched.has(route)) return;
    this.#touched.set(route, { metric: route.metric, tag: route.tag, nextHops: route.nextHops });
  }

  #choose(route: Route): void {
    choose(route, this.#maximumPaths);
    if (route.metric < infinity) route.garbageAt = Number.POSITIVE_INFINITY;
  }

  /** RFC 2453 §3.8: a lost route is announced with metric 16 until its garbage collection ends. */
  #discard(route: Route, lastOrigin: Origin, now: Millis): void {
    route.garbageAt = this.#wakeAt(now + lastOrigin.timers.garbageCollection);
  }

  #wakeAt(time: Millis): Millis {
    const deadline = Math.ceil(time / deadlineStep) * deadlineStep;
    this.#deadline = Math.min(this.#deadline, deadline);
    return deadline;
  }
}

function isSameOffer(a: Omit<Offer, 'expires'>, b: Omit<Offer, 'expires'>): boolean {
  return (
    a.metric === b.metric &&
    a.received === b.received &&
    a.tag === b.tag &&
    isSameNextHop(a.nextHop, b.nextHop)
  );
}

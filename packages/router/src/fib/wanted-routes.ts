/**
 * All routes that the router wants the kernel to have, and what becomes of each: the router is told, and the operator,
 * each news once. Before this file: `fib.ts`, which tries to get them into the kernel. After it: `wanted-route.ts`, one of
 * them.
 */
import { routeProtocol } from '@ripstop/netlink';
import type { NextHop, RouteFate } from '@ripstop/rip';
import type { BetterRoute } from '../kernel/better-routes.ts';
import { UNICAST } from '../kernel/kernel-route.ts';
import type { SlotRules } from '../kernel/slot-rules.ts';
import type { Journal } from '../ports.ts';
import type { FibEntries, FibEntry } from './entries.ts';
import { WantedRoute } from './wanted-route.ts';

/** Of all wanted routes: how many stand how. */
interface WantedCounts {
  readonly wanted: number;
  readonly installed: number;
  readonly shadowed: number;
  readonly conflicting: number;
  readonly failed: number;
  readonly heals: number;
}

export class WantedRoutes {
  readonly #rules: SlotRules;
  readonly #journal: Journal;
  /** What the router was not told of yet. */
  #fates: RouteFate[] = [];
  readonly #entries: FibEntries;
  #count = 0;
  #heals = 0;

  constructor(entries: FibEntries, rules: SlotRules, journal: Journal) {
    this.#entries = entries;
    this.#rules = rules;
    this.#journal = journal;
  }

  /** How the routes stand of which there is news since this was last asked, in order. */
  takeFates(): readonly RouteFate[] {
    const fates = this.#fates;
    if (fates.length > 0) this.#fates = [];
    return fates;
  }

  /** From now on there should be a route by these next hops. */
  add(entry: FibEntry, nextHops: readonly NextHop[]): void {
    const shapes = this.#rules.shapesOf(nextHops);
    if (entry.wanted !== undefined) entry.wanted.changeNextHops(nextHops, shapes);
    else {
      entry.wanted = new WantedRoute(entry.prefix, nextHops, shapes);
      this.#count += 1;
    }
  }

  /** From now on there should be none. */
  delete(entry: FibEntry): void {
    if (entry.wanted === undefined) return;
    entry.wanted = undefined;
    this.#count -= 1;
  }

  /** The kernel has it as it is wanted. @param better what serves in its place; undefined: it serves */
  settled(route: WantedRoute, better: BetterRoute | undefined): void {
    const { prefix, injury } = route;
    route.held = true;
    if (better === undefined) this.#stands({ prefix, state: 'installed' }, route);
    else {
      // Where packets are dropped, nobody is to send them.
      const state = better.type === UNICAST ? 'shadowed' : 'failed';
      this.#stands({ prefix, state, reason: `${nameOf(better)} serves` }, route);
    }
    if (route.keptOut) {
      route.keptOut = false;
      this.#journal.report({ type: 'route-admitted', prefix });
    }
    this.#shadow(route, better);
    if (injury === undefined) return;
    route.injury = undefined;
    route.heals += 1;
    this.#heals += 1;
    this.#journal.report({ type: 'route-healed', prefix, ...injury });
  }

  /**
   * @param number of the protocol whose route keeps it out
   * @param isReached that route leads somewhere
   */
  conflicts(route: WantedRoute, number: number, isReached: boolean): void {
    const { prefix } = route;
    const protocol = protocolName(number);
    route.giveWay();
    const reason = `a route of proto ${protocol} has this prefix and metric`;
    if (!this.#stands({ prefix, state: isReached ? 'conflict' : 'failed', reason }, route)) return;
    route.keptOut = true;
    this.#journal.report({ type: 'route-conflict', prefix, protocol });
  }

  /** @param reason as the kernel told it */
  refused(route: WantedRoute, reason: string): void {
    const { prefix } = route;
    if (!this.#stands({ prefix, state: 'failed', reason }, route)) return;
    route.keptOut = true;
    this.#journal.report({ type: 'route-install-failed', prefix, reason });
  }

  /** Someone keeps taking it: it is not put back at once. */
  contested(route: WantedRoute, culprit: string): void {
    const { prefix } = route;
    this.#stands({ prefix, state: 'failed', reason: `taken again and again, by ${culprit}` }, route);
  }

  snapshot(): WantedCounts {
    const counts = { installed: 0, shadowed: 0, conflict: 0, failed: 0 };
    for (const { wanted } of this.#entries)
      if (wanted?.standing !== undefined) counts[wanted.standing.state] += 1;
    const { conflict: conflicting, ...others } = counts;
    return { wanted: this.#count, ...others, conflicting, heals: this.#heals };
  }

  /** Tells the router how the kernel stands to a route. @returns whether that is news */
  #stands(fate: RouteFate, route: WantedRoute): boolean {
    const { standing: before } = route;
    if (before?.state === fate.state && reasonOf(before) === reasonOf(fate)) return false;
    route.standing = fate;
    this.#fates.push(fate);
    return true;
  }

  #shadow(route: WantedRoute, better: BetterRoute | undefined): void {
    const { prefix, shadow } = route;
    if (shadow?.metric === better?.metric && shadow?.protocol === better?.protocol) return;
    route.shadow = better;
    if (better === undefined) this.#journal.report({ type: 'route-serves-again', prefix });
    else {
      const { metric, protocol } = better;
      this.#journal.report({ type: 'route-shadowed', prefix, metric, protocol: protocolName(protocol) });
    }
  }
}

function reasonOf(fate: RouteFate): string | undefined {
  return 'reason' in fate ? fate.reason : undefined;
}

function nameOf({ metric, protocol, type }: BetterRoute): string {
  const fate = type === UNICAST ? '' : ` (${type})`;
  return `a route of proto ${protocolName(protocol)} with metric ${metric}${fate}`;
}

/** Linux tells it of all but some members of an IPv6 group. */
function protocolName(protocol: number | undefined): string {
  return protocol === undefined ? 'unknown' : String(routeProtocol.nameOf(protocol));
}

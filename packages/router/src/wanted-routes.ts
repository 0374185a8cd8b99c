/**
 * All routes that the router wants the kernel to have, and what becomes of each: the router is told, and the operator,
 * each news once. Before this file: `fib.ts`, which tries to get them into the kernel. After it: `wanted-route.ts`, one of
 * them.
 */
import { routeProtocol } from '@ripstop/netlink';
import type { Event, Millis, NextHop } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { Injury } from './injury.ts';
import type { Journal } from './ports.ts';
import type { SlotRules } from './slot-rules.ts';
import { WantedRoute } from './wanted-route.ts';

/** What became of a wanted route. */
export type RouteFate = Extract<Event, { type: 'route-installed' | 'route-install-failed' }>;

export class WantedRoutes {
  readonly #rules: SlotRules;
  readonly #journal: Journal;
  readonly #tell: (fate: RouteFate) => void;
  readonly #routes = new Map<Prefix, WantedRoute>();
  #heals = 0;

  /** @param tell gets the first fate of each route, and every other one after that */
  constructor(rules: SlotRules, journal: Journal, tell: (fate: RouteFate) => void) {
    this.#rules = rules;
    this.#journal = journal;
    this.#tell = tell;
  }

  [Symbol.iterator](): IterableIterator<WantedRoute> {
    return this.#routes.values();
  }

  get(prefix: Prefix): WantedRoute | undefined {
    return this.#routes.get(prefix);
  }

  /** From now on there should be a route by these next hops. */
  add(prefix: Prefix, nextHops: readonly NextHop[]): void {
    const shapes = this.#rules.shapesOf(nextHops);
    const known = this.#routes.get(prefix);
    if (known === undefined) this.#routes.set(prefix, new WantedRoute(prefix, nextHops, shapes));
    else known.changeNextHops(nextHops, shapes);
  }

  /** @returns whether there was one */
  delete(prefix: Prefix): boolean {
    return this.#routes.delete(prefix);
  }

  /** The kernel has it as it is wanted. */
  settled(route: WantedRoute): void {
    const { prefix, injury } = route;
    route.held = true;
    if (route.told !== 'installed') {
      route.told = 'installed';
      this.#tell({ type: 'route-installed', prefix });
    }
    if (route.keptOut) {
      route.keptOut = false;
      this.#journal.report({ type: 'route-admitted', prefix });
    }
    if (injury === undefined) return;
    route.injury = undefined;
    this.#heals += 1;
    this.#journal.report({ type: 'route-healed', prefix, ...injury });
  }

  /** @param number of the protocol whose route keeps it out */
  conflicts(route: WantedRoute, number: number): void {
    const { prefix } = route;
    const protocol = String(routeProtocol.nameOf(number));
    route.giveWay();
    const isNews = this.#keptOut(route, `a route of proto ${protocol} has this prefix and metric`);
    if (isNews) this.#journal.report({ type: 'route-conflict', prefix, protocol });
  }

  /** @param reason as the kernel told it */
  refused(route: WantedRoute, reason: string): void {
    const { prefix } = route;
    const isNews = this.#keptOut(route, reason);
    if (isNews) this.#journal.report({ type: 'route-install-failed', prefix, reason });
  }

  /** @returns how long to wait before it is put back */
  injured(route: WantedRoute, injury: Injury, now: Millis): Millis {
    const { prefix, contested: contestedBefore } = route;
    const pause = route.injure(injury, now);
    if (route.contested && !contestedBefore)
      this.#journal.report({ type: 'route-contested', prefix, culprit: injury.culprit });
    return pause;
  }

  snapshot(): { readonly wanted: number; readonly installed: number; readonly heals: number } {
    const installed = [...this].filter(({ told }) => told === 'installed').length;
    return { wanted: this.#routes.size, installed, heals: this.#heals };
  }

  /** @returns whether that is news */
  #keptOut(route: WantedRoute, reason: string): boolean {
    if (route.told === reason) return false;
    route.told = reason;
    route.keptOut = true;
    this.#tell({ type: 'route-install-failed', prefix: route.prefix, reason });
    return true;
  }
}

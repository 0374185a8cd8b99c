/**
 * Takes routes of others into RIP: what of the kernel's tables, and of the connected subnets, the rules name. Before this
 * file: `kernel-table.ts` with lists and notifications, `interfaces.ts` with links and subnets. After it: `intake.ts`;
 * `runtime.ts` queues the event for the router.
 *
 * Invariants: a rule takes of a prefix the route that the kernel uses, or nothing; what it took goes as soon as that goes.
 * Between a loss of notifications and the list after it nothing goes.
 *
 * Only prefixes that a rule may take are remembered, and of a rule at its limit only those that it has taken: a table may
 * be much longer than what is wanted of it. So a prefix that is new here may have other routes that were not remembered;
 * therefore everything is listed a little later.
 */
import { type RouteMessage, routePrefix, routeProtocol, routeTable, routeTables } from '@ripstop/netlink';
import { type Interface, isRedistributable, type Millis, type NextHop, rip, ripng } from '@ripstop/rip';
import { type AddressFamily, addressFamily, type Prefix } from '@ripstop/wire';
import {
  isInTable,
  type RouteFollower,
  type RouteNotification,
  type RoutePlace,
  type RouteWay,
} from '../kernel/kernel-route.ts';
import type { RuntimeReport } from '../ports.ts';
import { ForeignRoutes } from './foreign-routes.ts';
import { Intake, type RedistributionEvent, type RuleSnapshot, type Taken } from './intake.ts';
import { type RedistributionRule, type RedistributionSettings, type RuleSubject, ruleFor } from './rule.ts';

/** What redistribution looks at and acts upon. */
export interface Surroundings {
  readonly links: Links;
  tell(event: RedistributionEvent): void;
  report(report: RuntimeReport): void;
  /** Has everything listed anew: so long from now, or earlier. */
  listWithin(delay: Millis): void;
}

/** The part of `Interfaces` that matters here. */
interface Links {
  /** Those that are up and have addresses. */
  readonly known: Iterable<Interface>;
  /** Undefined: it carries no packets. */
  runningName(index: number): string | undefined;
}

/** What the kernel uses for a prefix. */
interface Used extends RuleSubject {
  /** The kernel's. */
  readonly metric: number;
  readonly ways: readonly RouteWay[];
}

const protocols = { ipv4: rip, ipv6: ripng };
/** Linux: of the routes that come with an address; IP6_RT_PRIO_ADDRCONF. */
const connectedMetrics: Readonly<Record<AddressFamily, number>> = { ipv4: 0, ipv6: 256 };
const kernelProtocol = routeProtocol.values.kernel;
/** Where the subnets of interfaces are. */
const mainTable = routeTables.main;
/** How soon everything is listed when there may be routes that were not remembered. */
const DOUBT_MS: Millis = 1_000;
/** How often is looked whether what a rule had to leave out fits again. */
const FULL_MS: Millis = 60_000;

export class Redistribution implements RouteFollower {
  readonly #place: RoutePlace;
  readonly #surroundings: Surroundings;
  readonly #foreign: ForeignRoutes;
  readonly #intake: Intake;
  /** Subnets of the interfaces that are up. */
  #connected: ReadonlySet<Prefix> = new Set();

  constructor(place: RoutePlace, settings: RedistributionSettings, surroundings: Surroundings) {
    this.#place = place;
    this.#surroundings = surroundings;
    this.#foreign = new ForeignRoutes(place);
    this.#intake = new Intake(settings, (report) => surroundings.report(report));
  }

  get tables(): readonly number[] {
    const tables = this.#rules.map(({ source, table }) => (source === 'connected' ? mainTable : table));
    return [...new Set(tables)];
  }

  replace(routes: readonly RouteMessage[]): void {
    const { tables } = this;
    const here = routes.filter((route) => this.#isIn(tables, route));
    const { followed, overflowing } = this.#select(here);
    this.#foreign.replace(here, followed);
    this.#update(this.#known(), overflowing);
    if (this.#intake.hasFull) this.#surroundings.listWithin(FULL_MS);
  }

  receive(notifications: readonly RouteNotification[]): void {
    const { tables } = this;
    if (tables.length === 0) return;
    const told = new Set<Prefix>();
    let isDoubtful = false;
    for (const notification of notifications) {
      const { message, operation } = notification;
      if (!this.#isIn(tables, message)) continue;
      const prefix = routePrefix(message);
      if (!this.#foreign.has(prefix)) {
        if (operation === 'delete' || !this.#mayMatter(prefix, message)) continue;
        isDoubtful = true;
      }
      this.#foreign.receive(prefix, notification);
      told.add(prefix);
    }
    this.#update(told);
    if (isDoubtful) this.#surroundings.listWithin(DOUBT_MS);
  }

  /** Links or addresses are not what they were. */
  interfacesChanged(): void {
    const protocol = protocols[this.#place.family];
    const interfaces = [...this.#surroundings.links.known];
    const subnets = interfaces.flatMap(({ addresses }) => protocol.link(addresses).subnets);
    this.#connected = new Set(subnets.map(({ prefix }) => prefix));
    this.#update(this.#known());
  }

  /** Applies other rules: to what was taken at once, to everything after the list that follows. */
  reconfigure(settings: RedistributionSettings): void {
    if (!this.#intake.configure(settings)) return;
    this.#update(new Set(this.#intake.prefixes()));
    this.#surroundings.listWithin(0);
  }

  snapshot(): readonly RuleSnapshot[] {
    return this.#intake.snapshot();
  }

  get #rules(): readonly RedistributionRule[] {
    return this.#intake.settings.rules;
  }

  #isIn(tables: readonly number[], route: RouteMessage): boolean {
    return tables.some((table) => isInTable({ family: this.#place.family, table }, route));
  }

  /** Which prefixes of a list are to be remembered, and which rules would take more of them than they may. */
  #select(routes: readonly RouteMessage[]) {
    const followed = new Set<Prefix>([...this.#intake.prefixes(), ...this.#connected]);
    const counts = new Map<RedistributionRule, Set<Prefix>>();
    const overflowing = new Set<RedistributionRule>();
    for (const route of routes) {
      const rule = this.#ruleOf(route);
      if (rule === undefined) continue;
      const prefix = routePrefix(route);
      const counted = counts.get(rule) ?? new Set();
      counts.set(rule, counted);
      if (counted.has(prefix)) continue;
      if (counted.size === this.#intake.settings.mostPerRule) overflowing.add(rule);
      else {
        counted.add(prefix);
        followed.add(prefix);
      }
    }
    return { followed, overflowing };
  }

  #mayMatter(prefix: Prefix, route: RouteMessage): boolean {
    if (this.#connected.has(prefix)) return true;
    const rule = this.#ruleOf(route);
    return rule !== undefined && !this.#intake.isFull(rule);
  }

  /** The rule that takes a route if the kernel uses it. */
  #ruleOf(route: RouteMessage): RedistributionRule | undefined {
    const source = routeProtocol.numberOf(route.protocol);
    if (!this.#rules.some((rule) => rule.source === source)) return undefined;
    return ruleFor(this.#rules, { source, table: routeTable(route), type: route.type }, routePrefix(route));
  }

  #known(): Set<Prefix> {
    return new Set([...this.#foreign.prefixes(), ...this.#connected, ...this.#intake.prefixes()]);
  }

  #update(prefixes: ReadonlySet<Prefix>, overflowing?: ReadonlySet<RedistributionRule>): void {
    const taken = [...prefixes].map((prefix) => [prefix, this.#takenOf(prefix)] as const);
    const event = this.#intake.update(taken, overflowing);
    if (event.routes.length + event.withdrawn.length > 0) this.#surroundings.tell(event);
  }

  /** What the rules take of a prefix. Of several tables, the lowest metric of the kernel decides. */
  #takenOf(prefix: Prefix): Taken | undefined {
    if (!isRedistributable(protocols[this.#place.family], prefix)) return undefined;
    let best: { readonly rule: RedistributionRule; readonly used: Used } | undefined;
    for (const table of this.tables) {
      const used = this.#usedIn(table, prefix);
      if (used === undefined || (best !== undefined && best.used.metric <= used.metric)) continue;
      const rule = ruleFor(this.#rules, used, prefix);
      if (rule !== undefined) best = { rule, used };
    }
    if (best === undefined) return undefined;
    const { rule, used } = best;
    const { name: source, metric, tag } = rule;
    return { rule, route: { prefix, source, metric, tag, nextHop: this.#nextHopOf(used) } };
  }

  #usedIn(table: number, prefix: Prefix): Used | undefined {
    const { links } = this.#surroundings;
    const route = this.#foreign.serving(prefix, table, (index) => links.runningName(index) !== undefined);
    const isConnected = this.#connected.has(prefix);
    // It comes with the address. But not every address comes with one: those of a single host and `noprefixroute` do not.
    const other = isConnected && route?.protocol === kernelProtocol ? undefined : route;
    const metric = connectedMetrics[this.#place.family];
    if (table === mainTable && isConnected && (other === undefined || metric <= other.metric))
      return { source: 'connected', table, type: 'unicast', metric, ways: [] };
    return other && { ...other, source: other.protocol, table };
  }

  /** RFC 2453 §4.4. Routers behind one link cannot be told of several ways. */
  #nextHopOf({ ways }: Used): NextHop | undefined {
    const [way, ...others] = ways;
    if (way?.gateway === undefined || others.length > 0) return undefined;
    const { gateway, interfaceIndex } = way;
    const name = this.#surroundings.links.runningName(interfaceIndex);
    // Linux: the gateway may be of the other family (RFC 5549).
    if (name === undefined || addressFamily(gateway) !== this.#place.family) return undefined;
    return { gateway, interface: name, interfaceIndex };
  }
}

/**
 * Somebody whom an interface sends its updates to: the group, the hosts of a subnet, or one configured neighbor, spoken to
 * from one of our addresses.
 *
 * Before: `speaker` decides when; `announcement` what split horizon allows. After: entries, which the protocol makes packets of.
 *
 * Invariant: whatever was last announced here as reachable and is not announced any more (a policy, another split horizon,
 * another version) is announced as unreachable, at once and then in every update for as long as a lost route would be.
 */
import type { Address, Prefix } from '@ripstop/wire';
import type { SplitHorizon } from '../configuration.ts';
import { type Entry, infinity, type Version } from '../packet/packet.ts';
import { applyPolicy, type CompiledRule } from '../policy/policy.ts';
import type { Legible, Subnet } from '../protocol.ts';
import { isUnreachable, type Route } from '../table/route.ts';
import type { Millis } from '../time.ts';
import { announcement } from './announcement.ts';

/** Where packets go, and from which of our addresses. */
export interface Destination {
  readonly source: Address;
  readonly destination: Address;
  /** Undefined: that of routers. */
  readonly port?: number;
  readonly version: Version;
}

export interface RecipientOptions {
  readonly interface: string;
  readonly destination: Address;
  /** The address of ours that packets leave from, with its subnet. */
  readonly subnet: Subnet;
  readonly version: Version;
  /** RIPv1 routers may hear it: nothing is said that they would misread (RFC 2453 §3.7, §4.3). Undefined: no such care. */
  readonly legible: Legible | undefined;
  readonly splitHorizon: SplitHorizon;
  readonly rules: readonly CompiledRule[];
  /** How long what is not announced any more is announced as unreachable. */
  readonly garbageCollection: Millis;
}

export class Recipient {
  #options: RecipientOptions;
  /**
   * What was last announced as reachable, with its metric. Undefined while everything in the table is announced, be it
   * with metric 16: then nothing can be left out that would have to be taken back.
   */
  #said: Map<Prefix, number> | undefined;
  /** Until when what is left out now is announced as unreachable. */
  readonly #withdrawn = new Map<Prefix, Millis>();

  constructor(options: RecipientOptions) {
    this.#options = options;
    if (leavesOut(options)) this.#said = new Map();
  }

  get destination(): Address {
    return this.#options.destination;
  }

  get source(): Address {
    return this.#options.subnet.address;
  }

  get version(): Version {
    return this.#options.version;
  }

  /** Where packets go. @param port that of routers, if it is not given */
  at(port?: number): Destination {
    const { destination, source, version } = this;
    return { destination, source, version, ...(port !== undefined && { port }) };
  }

  /** What is said of a route to who asks for it alone: the policy holds, split horizon does not (RFC 2453 §3.9.1). */
  metricOf(route: Route | undefined): number {
    if (route === undefined || isUnreachable(route)) return infinity;
    return applyPolicy(this.#options.rules, route.prefix, route)?.metric ?? infinity;
  }

  /** Two of one key are the same to those who hear them. */
  get key(): string {
    return `${this.version} ${this.source} ${this.destination}`;
  }

  /** Speaks otherwise from now on. @param routes what it has spoken of until now */
  configure(options: RecipientOptions, routes: Iterable<Route>): void {
    this.#said ??= metricsOf(this.entries(routes));
    this.#options = options;
  }

  /** What is announced of these routes, whatever was said before. */
  entries(routes: Iterable<Route>): Entry[] {
    const entries: Entry[] = [];
    for (const route of routes) {
      const entry = this.#entry(route);
      if (entry !== undefined) entries.push(entry);
    }
    return this.#options.legible?.(entries) ?? entries;
  }

  /** A regular update. */
  whole(routes: Iterable<Route>, now: Millis): Entry[] {
    const entries = this.entries(routes);
    if (this.#said === undefined) return entries;
    const spokenOf = new Set(entries.map((entry) => entry.prefix));
    for (const prefix of this.#said.keys()) if (!spokenOf.has(prefix)) this.#withdraw(prefix, now);
    this.#said = reachable(entries);
    for (const [prefix, until] of this.#withdrawn) {
      if (spokenOf.has(prefix) || until <= now) this.#withdrawn.delete(prefix);
      else entries.push(unreachable(prefix));
    }
    if (this.#withdrawn.size === 0 && !leavesOut(this.#options)) this.#said = undefined;
    return entries;
  }

  /** A triggered update. @param changed those routes that have changed since the last update */
  news(changed: readonly Route[], routes: Iterable<Route>, now: Millis): Entry[] {
    const said = this.#said;
    if (said === undefined) return this.entries(changed);
    // A network's entry depends on all of its subnets, also on those that have not changed.
    if (this.#options.legible !== undefined) return this.#difference(said, changed, routes, now);
    const news: Entry[] = [];
    for (const route of changed) {
      const entry = this.#entry(route) ?? this.#takenBack(route.prefix, said, now);
      if (entry !== undefined) news.push(entry);
      note(said, entry);
    }
    return news;
  }

  /** Everything that is announced as unreachable at last. @param routes what it has spoken of until now */
  farewell(routes: Iterable<Route>): Entry[] {
    const said = this.#said ?? metricsOf(this.entries(routes));
    return Array.from(said.keys(), unreachable);
  }

  #entry(route: Route): Entry | undefined {
    const { interface: name, subnet, splitHorizon, rules } = this.#options;
    const entry = announcement(route, { interface: name, splitHorizon, subnet });
    if (entry === undefined || rules.length === 0) return entry;
    const allowed = applyPolicy(rules, entry.prefix, entry);
    if (allowed === undefined) return undefined;
    // No rule can make reachable what is not.
    return { ...entry, metric: entry.metric === infinity ? infinity : allowed.metric, tag: allowed.tag };
  }

  #difference(
    said: Map<Prefix, number>,
    changed: readonly Route[],
    routes: Iterable<Route>,
    now: Millis,
  ): Entry[] {
    const before = new Map(said);
    const lost = new Set(changed.filter(isUnreachable).map((route) => route.prefix));
    return this.whole(routes, now).filter(({ prefix, metric }) =>
      metric === infinity ? before.has(prefix) || lost.has(prefix) : before.get(prefix) !== metric,
    );
  }

  #takenBack(prefix: Prefix, said: ReadonlyMap<Prefix, number>, now: Millis): Entry | undefined {
    if (!said.has(prefix)) return undefined;
    this.#withdraw(prefix, now);
    return unreachable(prefix);
  }

  #withdraw(prefix: Prefix, now: Millis): void {
    this.#withdrawn.set(prefix, now + this.#options.garbageCollection);
  }
}

/** Whether something in the table may not be spoken of at all. */
function leavesOut({ splitHorizon, rules, legible }: RecipientOptions): boolean {
  return splitHorizon === 'simple' || rules.length > 0 || legible !== undefined;
}

/** Also of what is lost: nobody may have been told yet. */
function metricsOf(entries: readonly Entry[]): Map<Prefix, number> {
  return new Map(entries.map(({ prefix, metric }) => [prefix, metric]));
}

function reachable(entries: readonly Entry[]): Map<Prefix, number> {
  const metrics = new Map<Prefix, number>();
  for (const entry of entries) note(metrics, entry);
  return metrics;
}

function note(said: Map<Prefix, number>, entry: Entry | undefined): void {
  if (entry === undefined) return;
  if (entry.metric < infinity) said.set(entry.prefix, entry.metric);
  else said.delete(entry.prefix);
}

function unreachable(prefix: Prefix): Entry {
  return { prefix, tag: 0, nextHop: undefined, metric: infinity };
}

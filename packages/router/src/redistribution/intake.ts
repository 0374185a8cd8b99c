/**
 * What the rules have brought in so far, each up to its limit. Before this file: `redistribution.ts`, which says what a rule
 * takes. After it: the difference, for the router.
 *
 * Invariant: a rule at its limit brings in nothing new, and all of what it has brought in is still right.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Event, RedistributedRoute } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { RuntimeReport } from '../ports.ts';
import type { RedistributionRule, RedistributionSettings } from './rule.ts';

export type RedistributionEvent = Extract<Event, { type: 'redistribution-changed' }>;

/** What a rule does. */
export interface RuleSnapshot {
  /** As the operator calls its source. */
  readonly source: string;
  /** Routes that it brings in. */
  readonly routes: number;
  /** Routes that it may bring in. */
  readonly most: number;
  /** There are more: nothing new is taken in. */
  readonly full: boolean;
}

/** What a rule takes. */
export interface Taken {
  readonly rule: RedistributionRule;
  readonly route: RedistributedRoute;
}

export class Intake {
  #settings: RedistributionSettings;
  readonly #report: (report: RuntimeReport) => void;
  readonly #taken = new Map<Prefix, Taken>();
  readonly #counts = new Map<RedistributionRule, number>();
  /** Rules that have met their limit. */
  readonly #full = new Set<RedistributionRule>();

  constructor(settings: RedistributionSettings, report: (report: RuntimeReport) => void) {
    this.#settings = settings;
    this.#report = report;
  }

  get settings(): RedistributionSettings {
    return this.#settings;
  }

  /** @returns whether something is different; then everything that was taken is to be updated */
  configure(settings: RedistributionSettings): boolean {
    if (isDeepStrictEqual(settings, this.#settings)) return false;
    const before = this.#settings.rules;
    // What has not changed keeps its place, and its state.
    const rules = settings.rules.map((rule) => before.find((one) => isDeepStrictEqual(one, rule)) ?? rule);
    for (const rule of this.#full) if (!rules.includes(rule)) this.#full.delete(rule);
    this.#settings = { ...settings, rules };
    return true;
  }

  prefixes(): Iterable<Prefix> {
    return this.#taken.keys();
  }

  isFull(rule: RedistributionRule): boolean {
    return this.#full.has(rule);
  }

  get hasFull(): boolean {
    return this.#full.size > 0;
  }

  /**
   * @param now what a rule takes of each prefix; undefined: nothing
   * @param overflowing after a complete list: the rules that would take more than they may; of the others everything fits
   * @returns the difference
   */
  update(
    now: Iterable<readonly [Prefix, Taken | undefined]>,
    overflowing: ReadonlySet<RedistributionRule> = this.#full,
  ): RedistributionEvent {
    const routes: RedistributedRoute[] = [];
    const withdrawn: Prefix[] = [];
    const fresh = new Map(this.#settings.rules.map((rule): [RedistributionRule, Taken[]] => [rule, []]));
    for (const [prefix, taken] of now) {
      const before = this.#taken.get(prefix);
      if (taken === undefined) {
        if (before === undefined) continue;
        this.#drop(prefix, before);
        withdrawn.push(prefix);
      } else if (before === undefined) fresh.get(taken.rule)?.push(taken);
      else {
        this.#drop(prefix, before);
        this.#take(taken);
        if (!isDeepStrictEqual(before.route, taken.route)) routes.push(taken.route);
      }
    }
    for (const [rule, added] of fresh) {
      const isFull = overflowing.has(rule) || this.#count(rule) + added.length > this.#settings.mostPerRule;
      if (isFull !== this.#full.has(rule)) this.#turn(rule, isFull);
      if (isFull) continue;
      for (const taken of added) {
        this.#take(taken);
        routes.push(taken.route);
      }
    }
    return { type: 'redistribution-changed', routes, withdrawn };
  }

  snapshot(): readonly RuleSnapshot[] {
    const { rules, mostPerRule: most } = this.#settings;
    return rules.map((rule) => {
      return { source: rule.name, routes: this.#count(rule), most, full: this.#full.has(rule) };
    });
  }

  #count(rule: RedistributionRule): number {
    return this.#counts.get(rule) ?? 0;
  }

  #take(taken: Taken): void {
    this.#taken.set(taken.route.prefix, taken);
    this.#counts.set(taken.rule, this.#count(taken.rule) + 1);
  }

  #drop(prefix: Prefix, { rule }: Taken): void {
    this.#taken.delete(prefix);
    const left = this.#count(rule) - 1;
    if (left === 0) this.#counts.delete(rule);
    else this.#counts.set(rule, left);
  }

  #turn(rule: RedistributionRule, isFull: boolean): void {
    if (isFull) this.#full.add(rule);
    else this.#full.delete(rule);
    const { mostPerRule: most } = this.#settings;
    this.#report({
      type: isFull ? 'redistribution-full' : 'redistribution-resumed',
      source: rule.name,
      most,
    });
  }
}

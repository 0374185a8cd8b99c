/**
 * What the fib has to do, and when: plain data and times, no clock and no kernel. Before and after this file: `fib.ts`.
 */
import type { Millis } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';

/** Shortest time between two lists: links and addresses change in bursts. */
const LIST_INTERVAL_MS = 100;
/** Longest time between two lists: what the kernel has is checked, not assumed. */
const AUDIT_INTERVAL_MS = 600_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const NEVER = Number.POSITIVE_INFINITY;

export class Agenda {
  /** To be planned, in this order. */
  readonly #dirty = new Set<Prefix>();
  /** Refused by the kernel: planned again all together, after ever longer times. */
  readonly #refused = new Set<Prefix>();
  #retryAt = NEVER;
  #retryDelay = FIRST_RETRY_MS;
  /** Contested: not planned before their time. */
  readonly #paused = new Map<Prefix, Millis>();
  /** Adopted, and wanted by nobody yet: not planned before `#staleUntil`, which may not be known yet. */
  readonly #stale = new Set<Prefix>();
  #staleUntil = NEVER;
  #listAt = NEVER;
  #listNotBefore = Number.NEGATIVE_INFINITY;

  /** When there is something to do that is not there yet; Infinity: never. */
  get deadline(): Millis {
    let first = Math.min(this.#listAt, this.#retryAt, this.#staleUntil);
    for (const until of this.#paused.values()) first = Math.min(first, until);
    return first;
  }

  /** Adopted routes that nobody has claimed yet. */
  get stale(): number {
    return this.#stale.size;
  }

  plan(prefix: Prefix): void {
    this.#dirty.add(prefix);
  }

  /** Takes out the prefixes to be planned, one after the other. */
  *take(): Generator<Prefix, void, undefined> {
    for (const prefix of this.#dirty) {
      this.#dirty.delete(prefix);
      if (!this.#paused.has(prefix) && !this.#stale.has(prefix)) yield prefix;
    }
  }

  /** Leaves these alone until they are claimed or expire. */
  adopt(prefixes: readonly Prefix[]): void {
    for (const prefix of prefixes) this.#stale.add(prefix);
  }

  /** What was adopted, before this or after it, expires then. */
  expireAt(until: Millis): void {
    this.#staleUntil = until;
  }

  claim(prefix: Prefix): void {
    this.#stale.delete(prefix);
  }

  /** Ends the adoption. @returns the prefixes that nobody has claimed in time */
  expire(now: Millis): Prefix[] {
    if (now < this.#staleUntil) return [];
    this.#staleUntil = NEVER;
    const prefixes = [...this.#stale];
    this.#stale.clear();
    return prefixes;
  }

  pause(prefix: Prefix, until: Millis): void {
    this.#paused.set(prefix, until);
  }

  resume(prefix: Prefix): void {
    this.#paused.delete(prefix);
  }

  /** @returns whether it was not among the refused before */
  refuse(prefix: Prefix, now: Millis): boolean {
    if (this.#retryAt === NEVER) {
      this.#retryDelay =
        this.#refused.size === 0 ? FIRST_RETRY_MS : Math.min(LONGEST_RETRY_MS, this.#retryDelay * 2);
      this.#retryAt = now + this.#retryDelay;
    }
    const isNew = !this.#refused.has(prefix);
    this.#refused.add(prefix);
    return isNew;
  }

  accept(prefix: Prefix): void {
    this.#refused.delete(prefix);
  }

  /** The kernel's routes are to be listed. */
  list(now: Millis): void {
    this.#listAt = Math.min(this.#listAt, Math.max(now, this.#listNotBefore));
  }

  /** Whether to list now. Then `listed` or `listFailed` has to follow. */
  takeList(now: Millis): boolean {
    if (now < this.#listAt) return false;
    this.#listAt = NEVER;
    return true;
  }

  listed(now: Millis): void {
    this.#listNotBefore = now + LIST_INTERVAL_MS;
    this.list(now + AUDIT_INTERVAL_MS);
  }

  listFailed(now: Millis): void {
    this.#listNotBefore = now + FIRST_RETRY_MS;
    this.list(now);
  }

  /** Makes what has waited until now ready to be planned. */
  due(now: Millis): void {
    if (now >= this.#retryAt) {
      this.#retryAt = NEVER;
      for (const prefix of this.#refused) this.#dirty.add(prefix);
    }
    for (const [prefix, until] of this.#paused) {
      if (now < until) continue;
      this.#paused.delete(prefix);
      this.#dirty.add(prefix);
    }
  }
}

/**
 * What the fib has to do, and when: plain data and times, no clock and no kernel. Before and after this file: `fib.ts`.
 */
import type { Millis } from '@ripstop/rip';
import type { RouteSlot } from '../kernel/kernel-route.ts';
import type { FibEntry } from './entries.ts';

/** Shortest time between two lists: links and addresses change in bursts. */
const LIST_INTERVAL_MS = 100;
/** Longest time between two lists: what the kernel has is checked, not assumed. */
const AUDIT_INTERVAL_MS = 60_000;
/** After a list that failed; and how long a list lets changes go first. */
const PATIENCE_MS = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

export class Agenda {
  readonly #hasOurs: (slot: RouteSlot) => boolean;
  /** To be planned, in this order, from `#next` on; what is not planned any more is passed over. */
  #queue: FibEntry[] = [];
  #next = 0;
  #planned = 0;
  /** Adopted, and wanted by nobody yet: not planned before `#staleUntil`, which may not be known yet. */
  readonly #stale = new Set<FibEntry>();
  #staleUntil = NEVER;
  /** Adopted, and claimed since; whether they are wanted as they are is not known yet. */
  readonly #unconfirmed = new Set<FibEntry>();
  #unconfirmedUntil = NEVER;
  #listAt = NEVER;
  #auditAt = NEVER;
  #listNotBefore = Number.NEGATIVE_INFINITY;

  /** @param hasOurs whether a slot has a route of ours */
  constructor(hasOurs: (slot: RouteSlot) => boolean) {
    this.#hasOurs = hasOurs;
  }

  /** When there is something to do that is not there yet; Infinity: never. */
  get deadline(): Millis {
    const unconfirmedUntil = this.#unconfirmed.size === 0 ? NEVER : this.#unconfirmedUntil;
    return Math.min(this.#listAt, this.#auditAt, this.#staleUntil, unconfirmedUntil);
  }

  /** Adopted routes that nobody has claimed yet. */
  get stale(): number {
    return this.#stale.size;
  }

  plan(entry: FibEntry): void {
    if (entry.isPlanned) return;
    entry.isPlanned = true;
    this.#planned += 1;
    this.#queue.push(entry);
  }

  /** Takes back `plan`. */
  leave(entry: FibEntry): void {
    if (!entry.isPlanned) return;
    entry.isPlanned = false;
    this.#planned -= 1;
  }

  /** There is something to be planned. */
  get hasPlans(): boolean {
    return this.#planned > 0;
  }

  /** Takes out what is to be planned next; undefined: nothing is. */
  take(): FibEntry | undefined {
    while (this.#next < this.#queue.length) {
      const entry = this.#queue[this.#next];
      this.#next += 1;
      if (entry?.isPlanned !== true) continue;
      this.leave(entry);
      if (!this.#stale.has(entry)) return entry;
      if (this.#hasOurs(entry.slot)) continue;
      // Someone has taken it: nothing is left to expire.
      this.#stale.delete(entry);
      return entry;
    }
    this.#queue = [];
    this.#next = 0;
    return undefined;
  }

  /** Leaves these alone until they are claimed or expire. */
  adopt(entries: readonly FibEntry[]): void {
    for (const entry of entries) this.#stale.add(entry);
  }

  /** What was adopted, before this or after it, is left as it is until the one time, and expires at the other. */
  expireAt(unconfirmedUntil: Millis, staleUntil: Millis): void {
    this.#unconfirmedUntil = unconfirmedUntil;
    this.#staleUntil = staleUntil;
  }

  claim(entry: FibEntry): void {
    if (this.#stale.delete(entry)) this.#unconfirmed.add(entry);
  }

  /** It is as it is wanted. */
  confirm(entry: FibEntry): void {
    this.#unconfirmed.delete(entry);
  }

  /** Whether it is to be left as it is for now; it is planned again in time. */
  awaitsConfirmation(entry: FibEntry, now: Millis): boolean {
    return now < this.#unconfirmedUntil && this.#unconfirmed.has(entry);
  }

  /** From now on what was adopted may be changed. */
  endConfirmation(now: Millis): void {
    if (now < this.#unconfirmedUntil) return;
    for (const entry of this.#unconfirmed) this.plan(entry);
    this.#unconfirmed.clear();
  }

  /** Ends the adoption. @returns what nobody has claimed in time */
  expire(now: Millis): FibEntry[] {
    if (now < this.#staleUntil) return [];
    this.#staleUntil = NEVER;
    const expired = [...this.#stale];
    this.#stale.clear();
    return expired;
  }

  /** The kernel's routes are to be listed. */
  list(now: Millis): void {
    this.#listAt = Math.min(this.#listAt, Math.max(now, this.#listNotBefore));
  }

  /** A list that is asked for now is made then. */
  get listableAt(): Millis {
    return this.#listNotBefore;
  }

  /** Something may have changed that the last list did not tell of. */
  isListDue(now: Millis): boolean {
    return this.#listAt <= Math.max(now, this.#listNotBefore);
  }

  /**
   * Whether to list now. Then `listed` or `listFailed` has to follow. When a link goes down, what the router makes of it does
   * not wait for a long list.
   * @param isBlind plans cannot be made before
   * @returns audit: nothing but the time that has passed asks for it
   */
  takeList(now: Millis, isBlind: boolean): 'list' | 'audit' | undefined {
    const isAsked = now >= this.#listAt;
    if (!isAsked && now < this.#auditAt) return undefined;
    const canWait = this.hasPlans && !isBlind && now < Math.min(this.#listAt, this.#auditAt) + PATIENCE_MS;
    if (canWait) return undefined;
    this.#listAt = NEVER;
    this.#auditAt = NEVER;
    return isAsked ? 'list' : 'audit';
  }

  listed(now: Millis): void {
    this.#listNotBefore = now + LIST_INTERVAL_MS;
    this.#auditAt = now + AUDIT_INTERVAL_MS;
  }

  listFailed(now: Millis): void {
    this.#listNotBefore = now + PATIENCE_MS;
    this.list(now);
  }
}

/**
 * Prefixes that wait, each for one of a few times: what is tried again and again waits longer and longer. Plain data and
 * times. After this file: `retries.ts`, `fight.ts`.
 *
 * Invariant: all that wait equally long stand in the order in which they came. So the first of each line is due first, and no
 * other has to be looked at.
 */
import type { Millis } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';

export class DelayLine {
  readonly #lines: readonly { readonly delay: Millis; readonly until: Map<Prefix, Millis> }[];

  /** @param delays at least one; the last is that of every later time, too */
  constructor(delays: readonly Millis[]) {
    this.#lines = delays.map((delay) => ({ delay, until: new Map() }));
  }

  /** When the first is due; Infinity: none waits. */
  get deadline(): Millis {
    let first = Number.POSITIVE_INFINITY;
    for (const { until } of this.#lines) {
      const [earliest] = until.values();
      if (earliest !== undefined && earliest < first) first = earliest;
    }
    return first;
  }

  /** Until when it waits; undefined: it does not. */
  until(prefix: Prefix): Millis | undefined {
    for (const { until } of this.#lines) {
      const at = until.size === 0 ? undefined : until.get(prefix);
      if (at !== undefined) return at;
    }
    return undefined;
  }

  /** @param time how often it has waited before, from 0. @returns until when it waits */
  add(prefix: Prefix, time: number, now: Millis): Millis {
    this.delete(prefix);
    const line = this.#lines[Math.min(time, this.#lines.length - 1)];
    if (line === undefined) throw new RangeError('a delay line without delays');
    const until = now + line.delay;
    line.until.set(prefix, until);
    return until;
  }

  delete(prefix: Prefix): void {
    for (const { until } of this.#lines) until.delete(prefix);
  }

  /** Takes out those that are due. */
  take(now: Millis): Prefix[] {
    const due: Prefix[] = [];
    for (const { until } of this.#lines) {
      for (const [prefix, at] of until) {
        if (now < at) break;
        until.delete(prefix);
        due.push(prefix);
      }
    }
    return due;
  }
}

/**
 * What the kernel refused: why, and when it is asked again. Each route has a time of its own, so one that can never be
 * installed keeps no other waiting. Before and after this file: `fib.ts`.
 */
import type { Millis } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import { DelayLine } from './delay-line.ts';

const DELAYS_MS: readonly Millis[] = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000];

export class Retries {
  readonly #refused = new Map<Prefix, { readonly times: number; readonly reason: string }>();
  /** The answer was no answer (see `doubt`): the next one counts. */
  readonly #doubtful = new Set<Prefix>();
  readonly #waiting = new DelayLine(DELAYS_MS);

  get deadline(): Millis {
    return this.#waiting.deadline;
  }

  /** Nothing waits. */
  get isEmpty(): boolean {
    return this.#refused.size === 0;
  }

  /** The kernel's own words; undefined: it refused nothing. */
  reasonOf(prefix: Prefix): string | undefined {
    return this.#refused.get(prefix)?.reason;
  }

  /** @returns whether it was not among the refused before */
  refuse(prefix: Prefix, reason: string, now: Millis): boolean {
    const times = this.#refused.get(prefix)?.times ?? 0;
    this.#refused.set(prefix, { times: times + 1, reason });
    this.#waiting.add(prefix, times, now);
    return times === 0;
  }

  /** The kernel's table has to be read to know what an answer means. @returns false: that did not help the last time */
  doubt(prefix: Prefix): boolean {
    if (this.#doubtful.has(prefix)) return false;
    this.#doubtful.add(prefix);
    return true;
  }

  /** It is done, or not to be done any more. */
  accept(prefix: Prefix): void {
    this.#doubtful.delete(prefix);
    if (this.#refused.delete(prefix)) this.#waiting.delete(prefix);
  }

  /** Takes those that are to be asked for again now. */
  take(now: Millis): Prefix[] {
    return this.#waiting.take(now);
  }
}

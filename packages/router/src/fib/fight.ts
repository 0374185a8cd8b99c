/**
 * Somebody keeps changing our routes. How often each was taken, which ones therefore wait before they are put back, and
 * what the operator is told: once that there is a fight, and once that it is over, whatever the number of routes. Before and
 * after this file: `fib.ts`.
 *
 * Invariant: a route that nobody fights over waits for nothing.
 */
import type { Millis } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { RuntimeReport } from '../ports.ts';
import { DelayLine } from './delay-line.ts';

/**
 * Times a route is put back at once within a minute. From then on it waits before each. One `ip route flush` deletes up to
 * ten times what it still finds.
 */
const HEALS_AT_ONCE_MAX = 30;
const MINUTE_MS = 60_000;
/** The longest is below the minute after which the fight is over. */
const PAUSES_MS: readonly Millis[] = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
/** Who fights over one route fights over others, too: so long they are counted before the operator is told. */
const GATHERING_MS = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

/** How often one route was taken. */
interface Losses {
  readonly times: number;
  /** When it was first taken. */
  readonly since: Millis;
  /** When it was last taken, and put back. */
  readonly until: Millis;
}

export class Fight {
  readonly #losses = new Map<Prefix, Losses>();
  readonly #waiting = new DelayLine(PAUSES_MS);
  /** Routes that had to wait since the fight began; the first one first. */
  readonly #contested = new Set<Prefix>();
  #culprit = '';
  /** When to tell that there is a fight; and that it is over. */
  #tellAt = NEVER;
  #overAt = NEVER;

  get deadline(): Millis {
    return Math.min(this.#waiting.deadline, this.#tellAt, this.#overAt);
  }

  /** Whether it waits to be put back. */
  isPaused(prefix: Prefix): boolean {
    return this.#waiting.until(prefix) !== undefined;
  }

  /** Someone has taken a route. @returns whether it waits now before it is put back */
  lose(prefix: Prefix, culprit: string, now: Millis): boolean {
    const before = this.#losses.get(prefix);
    const times = before === undefined || isForgotten(before, now) ? 1 : before.times + 1;
    const since = times === 1 || before === undefined ? now : before.since;
    const excess = times - HEALS_AT_ONCE_MAX;
    const until = excess > 0 ? this.#waiting.add(prefix, excess - 1, now) : now;
    this.#losses.set(prefix, { times, since, until });
    if (excess <= 0) return false;
    this.#contested.add(prefix);
    this.#culprit = culprit;
    if (this.#overAt === NEVER) this.#tellAt = now + GATHERING_MS;
    this.#overAt = until + MINUTE_MS;
    return true;
  }

  /** Nobody wants the route any more. */
  forget(prefix: Prefix): void {
    if (this.#losses.delete(prefix)) this.#waiting.delete(prefix);
  }

  /** Takes those that are to be put back now. */
  take(now: Millis): Prefix[] {
    return this.#waiting.take(now);
  }

  /** What the operator is to be told now, if anything. */
  news(now: Millis): RuntimeReport | undefined {
    const [prefix] = this.#contested;
    if (prefix === undefined) return undefined;
    const routes = this.#contested.size;
    if (now >= this.#tellAt) {
      this.#tellAt = NEVER;
      return { type: 'routes-contested', routes, prefix, culprit: this.#culprit };
    }
    if (now < this.#overAt) return undefined;
    this.#overAt = NEVER;
    this.#contested.clear();
    return { type: 'routes-uncontested', routes };
  }
}

/** Below the limit a minute counts from the first time; above it, a minute of quiet has to come. */
function isForgotten({ times, since, until }: Losses, now: Millis): boolean {
  return now - (times <= HEALS_AT_ONCE_MAX ? since : until) > MINUTE_MS;
}

/** Keeps repeated messages out of the log: the same thing is said once in `QUIET_MS`, with the number kept back. */
import type { Clock } from '@ripstop/router';

export const QUIET_MS = 10_000;
/** Messages remembered; the oldest is forgotten first. */
const REMEMBERED_MAX = 4_096;

export class Quiet {
  readonly #clock: Clock;
  readonly #said = new Map<string, { until: number; suppressed: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls `say` unless the same was said a short while ago.
   * @param key what counts as the same
   * @param say gets the number kept back since the last time, if any
   */
  once(key: string, say: (more: { suppressed?: number }) => void): void {
    const now = this.#clock.now().monotonic;
    const known = this.#said.get(key);
    if (known !== undefined && now < known.until) {
      known.suppressed += 1;
      return;
    }
    this.#said.delete(key);
    this.#said.set(key, { until: now + QUIET_MS, suppressed: 0 });
    const [oldest] = this.#said.keys();
    if (this.#said.size > REMEMBERED_MAX && oldest !== undefined) this.#said.delete(oldest);
    const suppressed = known?.suppressed ?? 0;
    say(suppressed > 0 ? { suppressed } : {});
  }
}

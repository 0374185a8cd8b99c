/**
 * When the next triggered update is due, RFC 2453 §3.10.1.
 *
 * A lone change after quiet goes out at once, because its delay would be paid again at every hop. A burst of full
 * packets is collected first: sent at once, its first 25 routes would start the pause that all others then wait for.
 * For the same reason changes wait a moment when an interface starts on which neighbors may be about to tell all they know.
 * After a triggered update comes the random pause; what changes in it goes out together at its end.
 */
import type { Millis } from '../time.ts';

/** After a full packet more of the same update is expected for this long. */
const burstQuiet: Millis = 10;
/** No change waits longer than this for a burst to end. */
const burstLongest: Millis = 100;
/** How long a change waits for the neighbors of an interface that starts, also for those that start with it. */
const introduction: Millis = 200;

export class TriggeredUpdate {
  /** When the first change that waits was made. */
  #changedAt: Millis | undefined;
  #pauseEnd: Millis = Number.NEGATIVE_INFINITY;
  #introductionEnd: Millis = Number.NEGATIVE_INFINITY;
  /** Who sent the last full packet without one that was not full after it, and when. */
  #burst: { readonly sender: unknown; readonly at: Millis } | undefined;

  /** When it should be sent; Infinity if no change waits. */
  get deadline(): Millis {
    if (this.#changedAt === undefined) return Number.POSITIVE_INFINITY;
    const collected =
      this.#burst === undefined
        ? this.#changedAt
        : Math.min(this.#burst.at + burstQuiet, this.#changedAt + burstLongest);
    const introduced = Math.min(this.#introductionEnd, this.#changedAt + introduction);
    return Math.max(collected, introduced, this.#pauseEnd);
  }

  /** An interface on which we speak starts, or asks its neighbors for everything. */
  introduced(now: Millis): void {
    this.#introductionEnd = now + introduction;
  }

  changed(now: Millis): void {
    this.#changedAt ??= now;
  }

  /** A response came from this neighbor. @param full more of the same update will follow */
  heard(sender: object, full: boolean, now: Millis): void {
    if (full) this.#burst = { sender, at: now };
    else if (this.#burst?.sender === sender) this.#burst = undefined;
  }

  /** No change waits any more. */
  served(): void {
    this.#changedAt = undefined;
  }

  pauseUntil(end: Millis): void {
    this.#pauseEnd = end;
  }
}

/**
 * When the next triggered update is due, RFC 2453 §3.10.1.
 *
 * A lone change after quiet goes out at once, because its delay would be paid again at every hop. A burst of full
 * packets is collected first: sent at once, its first 25 routes would start the pause that all others then wait for. So
 * are changes of what is redistributed, which nobody marks as many.
 * For the same reason changes wait a moment when an interface starts on which neighbors may be about to tell all they know.
 * After a triggered update comes the random pause; what changes in it goes out together at its end.
 */
import type { Millis } from '../time.ts';

/** After a full packet more of the same update is expected for this long. */
const packetQuiet: Millis = 10;
/** After a change of what is redistributed more of them are expected for this long: the kernel tells of each alone. */
const kernelQuiet: Millis = 10;
/** No change waits longer than this for a burst to end: 12,500 routes, if 25 come each millisecond. */
const burstLongest: Millis = 500;
/** How long a change waits for the neighbors of an interface that starts, also for those that start with it. */
const introduction: Millis = 200;

export class TriggeredUpdate {
  /** When the first change that waits was made. */
  #changedAt: Millis | undefined;
  #pauseEnd: Millis = Number.NEGATIVE_INFINITY;
  #introductionEnd: Millis = Number.NEGATIVE_INFINITY;
  /** Who sent the last full packet without one that was not full after it, and until when more is expected. */
  #burst: { readonly sender: unknown; readonly end: Millis } | undefined;

  /** When it should be sent; Infinity if no change waits. */
  get deadline(): Millis {
    if (this.#changedAt === undefined) return Number.POSITIVE_INFINITY;
    const collected =
      this.#burst === undefined ? this.#changedAt : Math.min(this.#burst.end, this.#changedAt + burstLongest);
    const introduced = Math.min(this.#introductionEnd, this.#changedAt + introduction);
    return Math.max(collected, introduced, this.#pauseEnd);
  }

  /** Something is left that has come in: whatever the clock says, the burst is not over. */
  unfinished(now: Millis): void {
    const { sender, end } = this.#burst ?? { sender: undefined, end: Number.NEGATIVE_INFINITY };
    if ((this.#changedAt ?? now) < end && end <= now) this.#burst = { sender, end: now + 1 };
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
    if (full) this.#burst = { sender, end: now + packetQuiet };
    else if (this.#burst?.sender === sender) this.#burst = undefined;
  }

  /** What is redistributed has changed. */
  redistributed(now: Millis): void {
    const end = now + kernelQuiet;
    if (this.#burst === undefined || this.#burst.end < end) this.#burst = { sender: undefined, end };
  }

  /** No change waits any more. */
  served(): void {
    this.#changedAt = undefined;
  }

  pauseUntil(end: Millis): void {
    this.#pauseEnd = end;
  }
}

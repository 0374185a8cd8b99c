/**
 * The graceful shutdown of RFC 1812 §F.2.3: four updates, two to four seconds apart, that announce every route with metric
 * 15, so that traffic moves away while packets on their way are still carried. It has nothing after them; we then go on to
 * announce 16, as its own discussion says it really ought to be.
 *
 * `Router` asks it when to speak; nothing is learned until it has ended.
 */
import { infinity } from '../packet/packet.ts';
import type { Millis } from '../time.ts';

const updates = 4;
const shortestPause: Millis = 2_000;
const longestPause: Millis = 4_000;
/** No drain takes longer. */
export const longestDrain: Millis = updates * longestPause;

export class Drain {
  #sent = 0;
  /** When the next update is due. */
  deadline: Millis;

  constructor(now: Millis) {
    this.deadline = now;
  }

  /** The last update has been sent: from now on there is nothing to be had here. */
  get isOver(): boolean {
    return this.#sent > updates;
  }

  /** No route is announced with a lower metric. */
  get leastMetric(): number {
    return this.#sent < updates ? infinity - 1 : infinity;
  }

  /** An update has gone out everywhere. @param random from 0 to 1 */
  sent(now: Millis, random: number): void {
    this.#sent += 1;
    const pause = shortestPause + random * (longestPause - shortestPause);
    this.deadline = this.isOver ? Number.POSITIVE_INFINITY : now + pause;
  }
}

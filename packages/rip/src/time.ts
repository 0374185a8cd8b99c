/** Time as the router knows it: two clocks, both told by whoever calls it. */

/** Milliseconds. */
export type Millis = number;

/** One moment on two clocks. */
export interface Instant {
  /** Never goes back; every timer runs on it. */
  readonly monotonic: Millis;
  /** Since 1970 UTC; may jump. For key lifetimes and sequence numbers only. */
  readonly wall: Millis;
}

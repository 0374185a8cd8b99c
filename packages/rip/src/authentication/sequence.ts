/**
 * The sequence numbers of what a router signs: a clock in seconds that never goes back, whatever the wall clock does.
 * RFC 4822 §2.2.
 *
 * Before: `Router` makes one for all its interfaces and keys. After: `output` has packets signed with its numbers; the
 * host keeps what is reserved and gives it to the router of the next run.
 *
 * Invariant: no number is lower than one before it, in this run or, as far as the host remembers, in an earlier one. All
 * packets of one moment have the same number: two that overtake each other on the wire are not taken for a replay.
 */
import type { Instant, Millis } from '../time.ts';

const greatestSequence = 0xffff_ffff;
const year = 31_536_000;
/** 2020, in seconds since 1970: a clock that says less was never set. */
const earliestBelieved = 1_577_836_800;
/** A year before 32 bits end (2106): more comes from a broken clock or file, and would leave no numbers to count with. */
const latestBelieved = greatestSequence - year;
/** Numbers that are reserved at once: the host writes to its disk once a minute. */
const reservation = 60;

/** The number of a packet. */
export interface SequenceNumber {
  readonly number: number;
  /** Has to be remembered by the host before the packet leaves; undefined: what it remembers is enough. */
  readonly reserve: number | undefined;
}

export class SequenceNumbers {
  /** The greatest number that the host remembers. */
  #reserved: number;
  /** Where counting started, or was last put forward by the wall clock. */
  #base: { readonly number: number; readonly at: Millis } | undefined;

  /**
   * @param remembered the greatest number that an earlier run reserved; 0: none. One that leaves less than a year of
   * numbers is not believed: the neighbors accept a lower one again when the routes of the earlier run are gone.
   */
  constructor(remembered: number) {
    this.#reserved = remembered > 0 && remembered <= latestBelieved ? Math.floor(remembered) : 0;
  }

  /**
   * The number of a packet that leaves now: the wall clock in seconds, or where it stands behind, the last number and
   * the seconds since. A router that neither remembers a number nor knows the year begins with zero, as RFC 4822
   * §2.3.2 demands. At the end of 32 bits it stands still: another key has to be in use before (RFC 4822 §2.2).
   */
  next({ monotonic, wall }: Instant): SequenceNumber {
    this.#base ??= { number: this.#reserved, at: monotonic };
    const counted = this.#base.number + Math.floor((monotonic - this.#base.at) / 1_000);
    const told = believedSeconds(wall);
    if (told > counted) this.#base = { number: told, at: monotonic };
    const number = Math.min(Math.max(counted, told), greatestSequence);
    if (number <= this.#reserved) return { number, reserve: undefined };
    this.#reserved = Math.min(number + reservation, greatestSequence);
    return { number, reserve: this.#reserved };
  }
}

/** The wall clock in seconds, or 0 if it cannot be right. */
function believedSeconds(wall: Millis): number {
  const seconds = Math.floor(wall / 1_000);
  return seconds >= earliestBelieved && seconds <= latestBelieved ? seconds : 0;
}

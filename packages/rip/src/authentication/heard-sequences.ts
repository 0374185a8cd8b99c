/**
 * The sequence numbers that were heard from one neighbor: what protects from replayed packets. RFC 4822 §2.3.2.
 *
 * - A lower number is refused while the neighbor has routes here.
 * - When they are gone, a higher one, zero, or the number of a counter that has begun anew is accepted. (The RFC lists the
 *   first two. `ripd` of FRR counts packets from 0 at every start, and its packet 0 may have been refused.) A lower number
 *   that is a time, as BIRD and we send it, can only be a replay, or of a router whose clock was set back and that has
 *   forgotten: it is heard again when its clock has caught up.
 * - An equal number is accepted, because packets of one update share theirs. But not for long if the neighbor is known to
 *   count on: the last packet of a dead neighbor, sent again and again, would keep its routes alive for ever.
 *
 * The numbers outlive the neighbor: `interface` keeps them as long as it is up.
 */
import type { Millis } from '../time.ts';
import type { Key } from './key-chain.ts';

/** How long a number may be used: an update of 100,000 routes takes a slow sender some seconds. */
const numberLifetime: Millis = 10_000;
/** Below it a number counts something, above it is a time: in seconds since 1970, a day in 1978. */
const greatestCounter = 0x0fff_ffff;

interface HeardNumber {
  readonly number: number;
  /** When it was first heard, on the monotonic clock. */
  readonly since: Millis;
  /** The neighbor has sent another number before: it counts on. */
  readonly rises: boolean;
}

/** The greatest number by key: a key that was not used for a while is not held to the numbers of another. */
export type HeardSequences = Map<string, HeardNumber>;

/** Whose numbers they are. */
export interface SequencedSender {
  readonly sequences: HeardSequences;
  /** How many routes it offers here. */
  readonly offers: number;
}

/**
 * Takes the number of a packet that is signed rightly: of any other it must not be asked, or anyone could have all that
 * follow refused.
 * @returns what was expected; undefined: the number is accepted, and remembered
 */
export function sequenceFault(
  { sequences, offers }: SequencedSender,
  key: Key,
  number: number,
  now: Millis,
): string | undefined {
  const name = nameOf(key);
  const last = sequences.get(name);
  if (last === undefined || number > last.number) {
    sequences.set(name, { number, since: now, rises: last !== undefined });
    return undefined;
  }
  if (number === last.number) {
    const isRecent = now - last.since < numberLifetime;
    return !last.rises || isRecent
      ? undefined
      : `more than ${last.number}, which was first heard a while ago`;
  }
  if (offers > 0) return `at least ${last.number}; a lower one is accepted when its routes have timed out`;
  if (number > greatestCounter) return `at least ${last.number}: has its clock been set back?`;
  sequences.set(name, { number, since: now, rises: last.rises });
  return undefined;
}

/** A reload makes new keys of the same name, which must not open the door to replays. */
function nameOf({ id, algorithm }: Key): string {
  return `${id} ${algorithm}`;
}

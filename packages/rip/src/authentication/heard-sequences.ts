/**
 * The sequence numbers that were heard from one neighbor: what protects from replayed packets. RFC 4822 §2.3.2.
 *
 * They live exactly as long as their neighbor is known. While it is heard or has routes, a lower number is refused, and
 * afterwards any number is accepted. RFC 4822 §2.3.2 lists zero and higher numbers only, but the packet with number zero
 * of a router that has restarted is long gone by then: ripd of FRR 8.4 counts on from 1.
 *
 * Packets of one update may share their number, so an equal one is accepted, but not for long: else the last packet of a
 * neighbor that has died, sent again and again, would keep its routes alive for ever.
 *
 * What remains possible: when a neighbor has been silent until its routes timed out, its packets of an earlier time can
 * be replayed in its place while their key is accepted. The neighbor's own next packet ends that; so does the key's end.
 */
import type { Millis } from '../time.ts';
import type { Key } from './key-chain.ts';

/** How long a number may be used: an update of 100,000 routes takes a slow sender some seconds. */
const numberLifetime: Millis = 10_000;

interface HeardNumber {
  readonly number: number;
  /** When it was first heard, on the monotonic clock. */
  readonly since: Millis;
}

/** The greatest number by key: a key that was not used for a while is not held to the numbers of another. */
export type HeardSequences = Map<string, HeardNumber>;

/** The lowest number that a packet signed with this key may have now. */
export function leastSequence(heard: HeardSequences | undefined, key: Key, now: Millis): number {
  const greatest = heard?.get(nameOf(key));
  if (greatest === undefined) return 0;
  return now - greatest.since < numberLifetime ? greatest.number : greatest.number + 1;
}

/** Only for packets that are signed rightly: otherwise anyone could have all that follow refused. */
export function commitSequence(
  heard: HeardSequences | undefined,
  key: Key,
  number: number,
  now: Millis,
): void {
  const name = nameOf(key);
  if (heard?.get(name)?.number !== number) heard?.set(name, { number, since: now });
}

/** A reload makes new keys of the same name, which must not open the door to replays. */
function nameOf({ id, algorithm }: Key): string {
  return `${id} ${algorithm}`;
}

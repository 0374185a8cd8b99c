/**
 * The packets that this router has just sent, so that it knows them when they come back on another of its interfaces, on
 * the same link. RFC 2080 §2.4.2: a router that learns from itself believes whatever it has once said.
 *
 * A link-local address does not tell: an interface of ours may have the same one as a neighbor on another link (`fe80::1`
 * is everybody's favorite). So the bytes are compared as well, by a sum of them and of the address that they left from: a
 * neighbor may say the very same as we, a lost route with 16 for one.
 *
 * Before: `output` with every packet. After: `input/receive`.
 */
import { type Address, addressToBytes } from '@ripstop/wire';
import type { Millis } from '../time.ts';

/** How many are remembered: an update of 100,000 routes has 1,400. A power of two. */
const remembered = 4_096;
/** What came back later than this was not sent by us. */
const longestWay: Millis = 1_000;

export class Echo {
  readonly #sums = new Uint32Array(remembered);
  readonly #times = new Float64Array(remembered).fill(Number.NEGATIVE_INFINITY);
  #count = 0;

  note(source: Address, packet: Uint8Array, now: Millis): void {
    const at = this.#count % remembered;
    this.#sums[at] = sumOf(source, packet);
    this.#times[at] = now;
    this.#count += 1;
  }

  /** Whether these are the bytes of a packet that we have just sent from this address. */
  holds(source: Address, bytes: Uint8Array, now: Millis): boolean {
    const sum = sumOf(source, bytes);
    return this.#sums.some((known, at) => known === sum && (this.#times[at] ?? 0) >= now - longestWay);
  }
}

/** FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv: 32 bits. */
function sumOf(source: Address, packet: Uint8Array): number {
  let sum = 0x811c_9dc5;
  for (const bytes of [addressToBytes(source), packet]) {
    for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x0100_0193);
  }
  return sum >>> 0;
}

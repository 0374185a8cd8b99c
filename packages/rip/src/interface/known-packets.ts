/**
 * The packets that a neighbor repeats: every regular update says what the one before it said, as long as nothing changes.
 *
 * Before this file: `input/learn`, with a response that has passed its checks. After it: `table`, which renews the offers of
 * a packet that is known, without reading it.
 *
 * Invariant: a packet is known only if all that it says was taken and is in the table as it was taken, and if the same
 * bytes would mean the same today.
 */
import { viewOf } from '@ripstop/wire';
import { type Extent, entryBytes } from '../packet/packet.ts';
import type { Lease } from '../table/route.ts';

interface KnownPacket {
  readonly version: number;
  /** Of its entries: what lies around them is different in each packet that authenticates. */
  readonly entries: Uint8Array;
  readonly lease: Lease;
}

/** Up to twice as many are kept without looking whether they are still known. */
const FEW = 16;

export class KnownPackets {
  /** By their first entry: one destination comes first in one packet of an update. */
  readonly #packets = new Map<number, KnownPacket>();
  #era = 0;
  #prunedTo = FEW;

  /** How many are remembered, be they still known or not. */
  get size(): number {
    return this.#packets.size;
  }

  /**
   * @param era see `Reception`: nothing that was read in another one is known any more
   * @returns what its offers live by; undefined: it has to be read
   */
  leaseOf(bytes: Uint8Array, version: number, extent: Extent, era: number): Lease | undefined {
    if (era !== this.#era) {
      this.#era = era;
      this.#packets.clear();
      return undefined;
    }
    const known = this.#packets.get(keyOf(bytes, extent));
    if (known === undefined || known.version !== version || !isSame(known.entries, bytes, extent))
      return undefined;
    return known.lease;
  }

  /** It was read, and all of it was taken. */
  remember(bytes: Uint8Array, version: number, extent: Extent, lease: Lease): void {
    const entries = bytes.slice(extent.from, extent.to);
    this.#packets.set(keyOf(bytes, extent), { version, entries, lease });
    if (this.#packets.size > 2 * this.#prunedTo) this.#prune();
  }

  /** What is left has an offer in the table for each packet. */
  #prune(): void {
    for (const [key, { lease }] of this.#packets) if (!lease.intact) this.#packets.delete(key);
    this.#prunedTo = Math.max(FEW, this.#packets.size);
  }
}

/** Of the first entry: FNV-1a. Two packets with one key push each other out, and are read each time. */
function keyOf(bytes: Uint8Array, { from, to }: Extent): number {
  let hash = 0x811c_9dc5;
  const end = Math.min(to, from + entryBytes);
  for (let at = from; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  return hash;
}

function isSame(entries: Uint8Array, bytes: Uint8Array, { from, to }: Extent): boolean {
  const length = to - from;
  if (entries.byteLength !== length) return false;
  const known = viewOf(entries);
  const come = viewOf(bytes);
  let at = 0;
  for (; at + 4 <= length; at += 4) if (known.getInt32(at) !== come.getInt32(from + at)) return false;
  for (; at < length; at += 1) if (entries[at] !== bytes[from + at]) return false;
  return true;
}

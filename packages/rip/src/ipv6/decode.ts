/**
 * What the bytes of a RIPng response mean: RFC 2080 §2.1, §2.1.1, §2.4.2.
 *
 * Before: `header`. After: `input/learn` hands the entries to the table.
 *
 * Invariants: decoding never throws, whatever the bytes; every entry it yields has a canonical unicast prefix and a
 * metric from 1 to 16.
 */
import { type Address, bytesAt, ipv6FromBytes, type Prefix, prefixFromBytes, viewOf } from '@ripstop/wire';
import type { EntryDropReason } from '../drop.ts';
import { type Entry, type EntryDrop, type Extent, infinity } from '../packet/packet.ts';
import type { Response } from '../protocol.ts';
import { destinationFault, isLinkLocal } from './address.ts';
import { ipv6Bytes, nextHopMetric, packetEntry } from './packet.ts';

/** More entries than the link's MTU has room for, and bytes that do not fill an entry, are accepted as far as they are sound. */
export function decodeResponse(bytes: Uint8Array, { from, to }: Extent): Response {
  const view = viewOf(bytes);
  const { offsets } = packetEntry;
  const entries: Entry[] = [];
  const drops: EntryDrop[] = [];
  let nextHop: Address | undefined;
  let at = from;
  for (; at + packetEntry.size <= to; at += packetEntry.size) {
    if (view.getUint8(at + offsets.metric) === nextHopMetric) nextHop = decodeNextHop(view, at);
    else {
      const entry = decodeEntry(view, at, nextHop);
      if ('reason' in entry) drops.push(entry);
      else entries.push(entry);
    }
  }
  if (at < to) drops.push({ reason: 'truncated-entry', detail: `${to - at} bytes after the last entry` });
  return { entries, drops };
}

/** RFC 2080 §2.1.1: `::`, and what is not link-local, means the sender. */
function decodeNextHop(view: DataView, at: number): Address | undefined {
  const address = ipv6FromBytes(bytesAt(view, at, at + ipv6Bytes));
  return isLinkLocal(address) ? address : undefined;
}

function decodeEntry(view: DataView, at: number, nextHop: Address | undefined): Entry | EntryDrop {
  // Read at the table's offsets instead of by the table's codec: this runs for every route of every update.
  const { offsets } = packetEntry;
  const length = view.getUint8(at + offsets.length);
  const metric = view.getUint8(at + offsets.metric);
  const prefix = decodePrefix(view, at, Math.min(length, 128));
  const reason = entryFault(prefix, length, metric);
  if (reason !== undefined) return { reason, detail: describe(view, at) };
  return { prefix, tag: view.getUint16(at + offsets.tag), nextHop, metric };
}

/** RFC 2080 §2.1: the first bits of the address are the prefix; what follows them says nothing, as all of a default route's. */
export function decodePrefix(view: DataView, at: number, length: number): Prefix {
  return prefixFromBytes(bytesAt(view, at, at + ipv6Bytes), length);
}

function entryFault(prefix: Prefix, length: number, metric: number): EntryDropReason | undefined {
  if (metric < 1 || metric > infinity) return 'metric';
  return length > 128 ? 'prefix-length' : destinationFault(prefix);
}

function describe(view: DataView, at: number): string {
  const { address, length, metric } = packetEntry.decode(view, at, at + packetEntry.size);
  return `${address}/${length} metric ${metric}`;
}

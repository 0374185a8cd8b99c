/**
 * Responses as bytes. RFC 2453 §3.10.2.
 *
 * Before: entries from `output/recipient`. After: authentication, `send` actions.
 *
 * Invariant: a packet has at least one entry.
 */
import { ipv4ToNumber, maskFromLength, viewOf } from '@ripstop/wire';
import { type Entry, packetHeader, type Version } from '../packet/packet.ts';
import type { EncodeOptions } from '../protocol.ts';
import { addressFamily, entriesPerPacket, packetEntry } from './packet.ts';

/** Version 1 has no place for lengths, tags and next hops: they are lost. */
export function encodeResponses(
  entries: readonly Entry[],
  { version = 2, perPacket = entriesPerPacket }: EncodeOptions = {},
): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let first = 0; first < entries.length; first += perPacket) {
    packets.push(encodeResponse(entries.slice(first, first + perPacket), version));
  }
  return packets;
}

function encodeResponse(entries: readonly Entry[], version: Version): Uint8Array {
  const bytes = new Uint8Array(packetHeader.size + entries.length * packetEntry.size);
  const view = viewOf(bytes);
  packetHeader.encode({ command: 'response', version }, view, 0);
  let at = packetHeader.size;
  for (const entry of entries) {
    encodeEntry(entry, version, view, at);
    at += packetEntry.size;
  }
  return bytes;
}

/** Written at the table's offsets, as `decode` reads: this runs for every route of every update. */
function encodeEntry(
  { prefix, tag, nextHop, metric }: Entry,
  version: Version,
  view: DataView,
  at: number,
): void {
  const { offsets } = packetEntry;
  const slash = prefix.indexOf('/');
  view.setUint16(at + offsets.family, addressFamily.values.ipv4);
  view.setUint32(at + offsets.address, ipv4ToNumber(prefix.slice(0, slash)) ?? 0);
  view.setUint32(at + offsets.metric, metric);
  // What must be zero in version 1 is, in new memory.
  if (version === 1) return;
  view.setUint16(at + offsets.tag, tag);
  view.setUint32(at + offsets.mask, maskFromLength(Number(prefix.slice(slash + 1))));
  view.setUint32(at + offsets.nextHop, nextHop === undefined ? 0 : (ipv4ToNumber(nextHop) ?? 0));
}

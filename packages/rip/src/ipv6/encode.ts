/**
 * RIPng responses as bytes: RFC 2080 §2.1, §2.1.1.
 *
 * Before: entries from `output/recipient`. After: `send` actions.
 *
 * Invariants: a packet has at least one route; a next hop is named before the first of its routes in each packet.
 */
import { type Address, addressToBytes, prefixAddress, prefixLength, viewOf } from '@ripstop/wire';
import { type Entry, packetHeader } from '../packet/packet.ts';
import type { EncodeOptions } from '../protocol.ts';
import { entriesPerPacket, nextHopMetric, packetEntry } from './packet.ts';

/** What one entry of a packet says: a route, or whose routes follow. */
type Slot = Entry | { readonly nextHop: Address };

export function encodeResponses(
  entries: readonly Entry[],
  { version = 1, perPacket = entriesPerPacket() }: EncodeOptions = {},
): Uint8Array[] {
  return packetsOf(entries, perPacket).map((slots) => encodeResponse(slots, version));
}

/** Routes of one next hop together, those without one first: `::` need never be said. */
function packetsOf(entries: readonly Entry[], perPacket: number): Slot[][] {
  const packets: Slot[][] = [];
  let packet: Slot[] = [];
  let named: Address | undefined;
  for (const entry of byNextHop(entries)) {
    const isNamed = entry.nextHop === named;
    if (packets.length === 0 || packet.length + (isNamed ? 1 : 2) > perPacket) {
      packet = [];
      packets.push(packet);
      named = undefined;
    }
    if (entry.nextHop !== undefined && entry.nextHop !== named) packet.push({ nextHop: entry.nextHop });
    named = entry.nextHop;
    packet.push(entry);
  }
  return packets;
}

function byNextHop(entries: readonly Entry[]): readonly Entry[] {
  if (entries.every(({ nextHop }) => nextHop === undefined)) return entries;
  const groups = new Map<Address | undefined, Entry[]>([[undefined, []]]);
  for (const entry of entries) {
    const group = groups.get(entry.nextHop);
    if (group === undefined) groups.set(entry.nextHop, [entry]);
    else group.push(entry);
  }
  return [...groups.values()].flat();
}

function encodeResponse(slots: readonly Slot[], version: number): Uint8Array {
  const bytes = new Uint8Array(packetHeader.size + slots.length * packetEntry.size);
  const view = viewOf(bytes);
  packetHeader.encode({ command: 'response', version }, view, 0);
  let at = packetHeader.size;
  for (const slot of slots) {
    if ('prefix' in slot) encodeRoute(slot, bytes, view, at);
    else packetEntry.encode({ address: slot.nextHop, metric: nextHopMetric }, view, at);
    at += packetEntry.size;
  }
  return bytes;
}

/** Written at the table's offsets, as `decode` reads: this runs for every route of every update. */
function encodeRoute({ prefix, tag, metric }: Entry, bytes: Uint8Array, view: DataView, at: number): void {
  const { offsets } = packetEntry;
  bytes.set(addressToBytes(prefixAddress(prefix)), at);
  view.setUint16(at + offsets.tag, tag);
  view.setUint8(at + offsets.length, prefixLength(prefix));
  view.setUint8(at + offsets.metric, metric);
}

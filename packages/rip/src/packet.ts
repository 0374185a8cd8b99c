/**
 * RIPv2 packets: the two tables of RFC 2453 §3.6 and §4, and what bytes mean by them.
 *
 * Before: a datagram from `Runtime`. After: `receive`, which validates the sender and hands the entries to the table;
 * outgoing entries come from `update`.
 *
 * Invariants: decoding never throws, whatever the bytes; every entry it yields has a canonical unicast prefix and a
 * metric from 1 to 16. An encoded packet has 1 to 25 entries.
 */
import {
  type Address,
  encode,
  enumeration,
  type FixedCodec,
  ipv4FromNumber,
  ipv4ToNumber,
  lengthFromMask,
  maskFromLength,
  type Prefix,
  padding,
  struct,
  u8,
  u16be,
  u32be,
  viewOf,
} from '@ripstop/wire';
import type { EntryDropReason, PacketDropReason } from './drop.ts';
import { inferredLength, isSubnetBroadcast, type Subnet } from './subnet.ts';

/** RFC 2453 §3.6. */
export const ripPort = 520;
/** RFC 2453 §4.5: all RIPv2 routers of a link. */
export const ripGroup: Address = '224.0.0.9';
/** RFC 2453 §3.6: the metric of what cannot be reached. */
export const infinity = 16;
/** RFC 2453 §3.6. */
export const entriesPerPacket = 25;

/** An address that is calculated with: decodes to its number, is explained as a dotted quad. */
const ipv4Number: FixedCodec<number> = { ...u32be, name: 'ipv4', format: ipv4FromNumber };

const command = enumeration('command', u8, { request: 1, response: 2 });
const addressFamily = enumeration('address family', u16be, {
  unspecified: 0,
  ipv4: 2,
  authentication: 0xffff,
});

/** RFC 2453 §3.6: 4 bytes, most significant first. */
export const packetHeader = struct('rip', 4, { command, version: u8, zero: padding(2) });

/** RFC 2453 §4: 20 bytes, most significant first. */
export const packetEntry = struct('entry', 20, {
  family: addressFamily,
  tag: u16be,
  address: ipv4Number,
  mask: ipv4Number,
  nextHop: ipv4Number,
  metric: u32be,
});

/** One route as it is on the wire. */
export interface Entry {
  readonly prefix: Prefix;
  /** 0–65535. */
  readonly tag: number;
  /** Undefined: the sender of the packet. */
  readonly nextHop: Address | undefined;
  /** 1–16. */
  readonly metric: number;
}

/** An entry that was passed over. */
export interface EntryDrop {
  readonly reason: EntryDropReason;
  readonly detail: string;
}

export type Packet =
  | {
      readonly command: 'request';
      readonly version: number;
      /** What is asked for; nothing, if it has no entries (RFC 2453 §3.9.1). */
      readonly asks: 'whole-table' | 'destinations' | 'nothing';
    }
  | {
      readonly command: 'response';
      readonly version: number;
      /** The sound ones, in order. */
      readonly entries: readonly Entry[];
      readonly drops: readonly EntryDrop[];
      /** Has as many entries as a packet may have: more of the same update will follow. */
      readonly full: boolean;
    }
  | { readonly command: 'none'; readonly reason: PacketDropReason; readonly detail: string };

/**
 * Reads a datagram. More than 25 entries and bytes that do not fill an entry are accepted as far as they are sound.
 * Versions above 2 are read as 2, without a look at what must be zero (RFC 2453 §5).
 * @param subnets of the interface it came in on: give a mask to a destination that came without one
 */
export function decodePacket(bytes: Uint8Array, subnets: readonly Subnet[] = []): Packet {
  const none = (reason: PacketDropReason, detail: string): Packet => ({ command: 'none', reason, detail });
  if (bytes.byteLength < packetHeader.size) return none('too-short', `${bytes.byteLength} bytes`);
  const view = viewOf(bytes);
  const header = packetHeader.decode(view, 0, packetHeader.size);
  if (typeof header.command === 'number') return none('unknown-command', `command ${header.command}`);
  if (header.version === 0) return none('version-zero', 'version 0');
  if (header.version === 1) return none('version-one', 'version 1');
  const hasEntry = bytes.byteLength >= packetHeader.size + packetEntry.size;
  if (hasEntry && view.getUint16(packetHeader.size) === addressFamily.values.authentication) {
    return none('authentication-unexpected', `authentication type ${view.getUint16(packetHeader.size + 2)}`);
  }
  const { command: kind, version } = header;
  return kind === 'request'
    ? { command: kind, version, asks: askedFor(view) }
    : { command: kind, version, ...decodeEntries(view, subnets) };
}

/** RFC 2453 §3.9.1: the whole table is asked for by one entry alone, of no family and with metric 16. */
function askedFor(view: DataView): 'whole-table' | 'destinations' | 'nothing' {
  const count = Math.floor((view.byteLength - packetHeader.size) / packetEntry.size);
  if (count === 0) return 'nothing';
  const isOfNoFamily = view.getUint16(packetHeader.size) === addressFamily.values.unspecified;
  const isAll = count === 1 && isOfNoFamily && metricAt(view, packetHeader.size) === infinity;
  return isAll ? 'whole-table' : 'destinations';
}

function decodeEntries(
  view: DataView,
  subnets: readonly Subnet[],
): { readonly entries: readonly Entry[]; readonly drops: readonly EntryDrop[]; readonly full: boolean } {
  const entries: Entry[] = [];
  const drops: EntryDrop[] = [];
  let at = packetHeader.size;
  for (; at + packetEntry.size <= view.byteLength; at += packetEntry.size) {
    const entry = decodeEntry(view, at, subnets);
    if ('reason' in entry) drops.push(entry);
    else entries.push(entry);
  }
  const rest = view.byteLength - at;
  if (rest > 0) drops.push({ reason: 'truncated-entry', detail: `${rest} bytes after the last entry` });
  return { entries, drops, full: at >= fullPacketBytes };
}

const fullPacketBytes = packetHeader.size + entriesPerPacket * packetEntry.size;

function metricAt(view: DataView, at: number): number {
  return view.getUint32(at + packetEntry.offsets.metric);
}

/** The checks of RFC 2453 §3.9.2 that need no more than the entry and the interface's subnets. */
function decodeEntry(view: DataView, at: number, subnets: readonly Subnet[]): Entry | EntryDrop {
  // Read at the table's offsets instead of by the table's codec: this runs for every route of every update.
  const { offsets } = packetEntry;
  const family = view.getUint16(at + offsets.family);
  const address = view.getUint32(at + offsets.address);
  const mask = view.getUint32(at + offsets.mask);
  const nextHop = view.getUint32(at + offsets.nextHop);
  const metric = metricAt(view, at);

  const length = mask === 0 ? inferredLength(subnets, address) : lengthFromMask(mask);
  const reason = entryFault(family, address, length, metric, subnets);
  if (reason !== undefined || length === undefined) {
    return { reason: reason ?? 'mask-not-contiguous', detail: describe(family, address, mask, metric) };
  }
  return {
    prefix: `${ipv4FromNumber(address)}/${length}`,
    tag: view.getUint16(at + offsets.tag),
    nextHop: nextHop === 0 ? undefined : ipv4FromNumber(nextHop),
    metric,
  };
}

function entryFault(
  family: number,
  address: number,
  length: number | undefined,
  metric: number,
  subnets: readonly Subnet[],
): EntryDropReason | undefined {
  if (family === addressFamily.values.authentication) return 'authentication-not-first';
  if (family !== addressFamily.values.ipv4) return 'address-family';
  if (metric < 1 || metric > infinity) return 'metric';
  if (length === undefined) return 'mask-not-contiguous';
  if ((address & ~maskFromLength(length)) !== 0) return 'host-bits-set';
  const net = address >>> 24;
  if (net === 0) return length === 0 ? undefined : 'destination-net-zero';
  if (net === 127) return 'destination-loopback';
  if (net >= 224 || (length === 32 && isSubnetBroadcast(subnets, address))) return 'destination-not-unicast';
  return undefined;
}

function describe(family: number, address: number, mask: number, metric: number): string {
  const destination = `${ipv4FromNumber(address)} mask ${ipv4FromNumber(mask)} metric ${metric}`;
  return family === addressFamily.values.ipv4 ? destination : `family ${family}, ${destination}`;
}

/** A request for everything: one entry of no family, with metric 16 (RFC 2453 §3.9.1). */
export function encodeWholeTableRequest(): Uint8Array {
  const bytes = new Uint8Array(packetHeader.size + packetEntry.size);
  bytes.set(encode(packetHeader, { command: 'request', version: 2 }));
  bytes.set(encode(packetEntry, { metric: infinity }), packetHeader.size);
  return bytes;
}

/**
 * Answers a request for certain destinations: the same entries in the same order, each with our metric for it
 * (RFC 2453 §3.9.1).
 * @param metricOf 16 if there is no route to exactly this prefix
 */
export function answerRequest(
  request: Uint8Array,
  subnets: readonly Subnet[],
  metricOf: (prefix: Prefix) => number,
): Uint8Array {
  const count = Math.floor((request.byteLength - packetHeader.size) / packetEntry.size);
  const answer = request.slice(0, packetHeader.size + count * packetEntry.size);
  answer.set(encode(packetHeader, { command: 'response', version: 2 }));
  const view = viewOf(answer);
  for (let at = packetHeader.size; at < answer.byteLength; at += packetEntry.size) {
    const { family, address, mask } = packetEntry.decode(view, at, at + packetEntry.size);
    const length = mask === 0 ? inferredLength(subnets, address) : lengthFromMask(mask);
    const isKnown = family === 'ipv4' && length !== undefined;
    const metric = isKnown ? metricOf(`${ipv4FromNumber(address)}/${length}`) : infinity;
    view.setUint32(at + packetEntry.offsets.metric, metric);
  }
  return answer;
}

/** Responses of 25 entries, the last one of what is left. None for no entries. */
export function encodeResponses(entries: readonly Entry[]): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let first = 0; first < entries.length; first += entriesPerPacket) {
    packets.push(encodeResponse(entries.slice(first, first + entriesPerPacket)));
  }
  return packets;
}

function encodeResponse(entries: readonly Entry[]): Uint8Array {
  const bytes = new Uint8Array(packetHeader.size + entries.length * packetEntry.size);
  const view = viewOf(bytes);
  packetHeader.encode({ command: 'response', version: 2 }, view, 0);
  let at = packetHeader.size;
  for (const entry of entries) {
    encodeEntry(entry, view, at);
    at += packetEntry.size;
  }
  return bytes;
}

/** Written at the table's offsets, as `decodeEntry` reads: this runs for every route of every update. */
function encodeEntry({ prefix, tag, nextHop, metric }: Entry, view: DataView, at: number): void {
  const { offsets } = packetEntry;
  const slash = prefix.indexOf('/');
  view.setUint16(at + offsets.family, addressFamily.values.ipv4);
  view.setUint16(at + offsets.tag, tag);
  view.setUint32(at + offsets.address, ipv4ToNumber(prefix.slice(0, slash)) ?? 0);
  view.setUint32(at + offsets.mask, maskFromLength(Number(prefix.slice(slash + 1))));
  view.setUint32(at + offsets.nextHop, nextHop === undefined ? 0 : (ipv4ToNumber(nextHop) ?? 0));
  view.setUint32(at + offsets.metric, metric);
}

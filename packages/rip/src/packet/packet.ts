/**
 * RIP packets: the two tables of RFC 2453 §3.6 and §4, and the numbers that go with them.
 *
 * After: `header`, `request` and `decode` read by these tables, `encode` writes by them. A packet of version 1 has the
 * same tables; what version 2 uses must be zero in it.
 */
import {
  type Address,
  enumeration,
  type FixedCodec,
  ipv4FromNumber,
  type Prefix,
  padding,
  struct,
  u8,
  u16be,
  u32be,
} from '@ripstop/wire';
import type { EntryDropReason } from '../drop.ts';

/** RFC 2453 §3.6. */
export const ripPort = 520;
/** RFC 2453 §4.5: all RIPv2 routers of a link. */
export const ripGroup: Address = '224.0.0.9';
/** RFC 2453 §3.6: the metric of what cannot be reached. */
export const infinity = 16;
/** RFC 2453 §3.6. */
export const entriesPerPacket = 25;

/** By whose rules a packet is read and written. A higher version is read as 2 (RFC 2453 §5). */
export type Version = 1 | 2;

/** An address that is calculated with: decodes to its number, is explained as a dotted quad. */
const ipv4Number: FixedCodec<number> = { ...u32be, name: 'ipv4', format: ipv4FromNumber };

const command = enumeration('command', u8, { request: 1, response: 2 });
export const addressFamily = enumeration('address family', u16be, {
  unspecified: 0,
  ipv4: 2,
  authentication: 0xffff,
});

/** RFC 2453 §3.6: 4 bytes, most significant first. */
export const packetHeader = struct('rip', 4, { command, version: u8, zero: padding(2) });

/** RFC 2453 §4: 20 bytes, most significant first. Version 1 (§3.6) has zeros for tag, mask and next hop. */
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

/** Where in a datagram its routes are: authentication takes the place of the first entry, and may follow the last one. */
export interface Extent {
  readonly from: number;
  /** Exclusive; within the datagram. */
  readonly to: number;
}

/** Where the routes are if there is no authentication. */
export function afterHeader(bytes: Uint8Array): Extent {
  return { from: packetHeader.size, to: bytes.byteLength };
}

/**
 * What packets of RIP and RIPng have in common: the header, the metric, and what an entry says. RFC 2453 §3.6, RFC 2080 §2.1.
 *
 * After: `header` reads the first bytes; `ipv4` and `ipv6` have the entries, each in its own layout.
 */
import { type Address, enumeration, type Prefix, padding, struct, u8 } from '@ripstop/wire';
import type { EntryDropReason } from '../drop.ts';

/** The metric of what cannot be reached. */
export const infinity = 16;

/** By whose rules a packet is read and written. A higher version of RIP is read as 2 (RFC 2453 §5); RIPng is version 1. */
export type Version = 1 | 2;

const command = enumeration('command', u8, { request: 1, response: 2 });

/** 4 bytes, most significant first. */
export const packetHeader = struct('rip', 4, { command, version: u8, zero: padding(2) });

/** Of an entry, in both. */
export const entryBytes = 20;

/** Whether a packet has no room for another entry: more of the same update will follow. @param most entries it may have */
export function isFull(bytes: Uint8Array, most: number): boolean {
  return bytes.byteLength > packetHeader.size + (most - 1) * entryBytes;
}

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

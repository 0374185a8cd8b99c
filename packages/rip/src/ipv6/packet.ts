/**
 * RIPng packets: the entry of RFC 2080 §2.1, and the numbers that go with it.
 *
 * After: `decode` and `request` read by this table, `encode` writes by it.
 */
import { type Address, ipv6, struct, u8, u16be } from '@ripstop/wire';
import { packetHeader } from '../packet/packet.ts';

/** RFC 2080 §2.1. */
export const ripngPort = 521;
/** RFC 2080 §2.5: all RIPng routers of a link. */
export const ripngGroup: Address = 'ff02::9';
/** RFC 2080 §2.1.1: an entry with this metric is no route; it names the next hop of those after it. */
export const nextHopMetric = 0xff;

/** Of an address. */
export const ipv6Bytes = 16;

/** RFC 2080 §2.1: 20 bytes, most significant first. */
export const packetEntry = struct('entry', 20, { address: ipv6, tag: u16be, length: u8, metric: u8 });

/** IPv6 (RFC 8200 §3) and UDP (RFC 768). */
const outerHeaderBytes = 40 + 8;
/** Of Ethernet. `ripngd` of FRR drops what is longer than such a packet, also where the link carries more. */
const usualMtu = 1_500;

/**
 * RFC 2080 §2.1: as many as the link carries in one piece, and every router takes.
 * @param mtu bytes; IPv6 has at least 1280 (RFC 8200 §5)
 */
export function entriesPerPacket(mtu = usualMtu): number {
  const bytes = Math.min(mtu, usualMtu) - outerHeaderBytes - packetHeader.size;
  return Math.max(2, Math.floor(bytes / packetEntry.size));
}

/** One less than the most, for a next hop and its first route do not part. */
export function fullPacketEntries(mtu: number): number {
  return entriesPerPacket(mtu) - 1;
}

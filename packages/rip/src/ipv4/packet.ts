/**
 * RIPv1 and RIPv2 packets: the entry of RFC 2453 §3.6 and §4, and the numbers that go with it.
 *
 * After: `decode` and `request` read by this table, `encode` writes by it; `authentication` lays itself in the place of
 * entries. An entry of version 1 has the same table; what version 2 uses must be zero in it.
 */
import {
  type Address,
  enumeration,
  type FixedCodec,
  ipv4FromNumber,
  struct,
  u16be,
  u32be,
} from '@ripstop/wire';

/** RFC 2453 §4.5: all RIPv2 routers of a link. */
export const ripGroup: Address = '224.0.0.9';
/** RFC 2453 §3.6. */
export const entriesPerPacket = 25;

/** An address that is calculated with: decodes to its number, is explained as a dotted quad. */
const ipv4Number: FixedCodec<number> = { ...u32be, name: 'ipv4', format: ipv4FromNumber };

export const addressFamily = enumeration('address family', u16be, {
  unspecified: 0,
  ipv4: 2,
  authentication: 0xffff,
});

/** RFC 2453 §4: 20 bytes, most significant first. Version 1 (§3.6) has zeros for tag, mask and next hop. */
export const packetEntry = struct('entry', 20, {
  family: addressFamily,
  tag: u16be,
  address: ipv4Number,
  mask: ipv4Number,
  nextHop: ipv4Number,
  metric: u32be,
});

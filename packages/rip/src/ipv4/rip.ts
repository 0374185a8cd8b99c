/** RIPv1 and RIPv2, for IPv4: RFC 2453. The counterpart of `ipv6/ripng.ts`. */
import { ipv4ToNumber, type Prefix, prefixAddress } from '@ripstop/wire';
import type { Protocol } from '../protocol.ts';
import { encodeResponses } from './encode.ts';
import { Ipv4Link } from './link.ts';
import { entriesPerPacket, ripGroup } from './packet.ts';

export const rip: Protocol = {
  name: 'rip',
  family: 'ipv4',
  // RFC 2453 §3.6.
  port: 520,
  group: ripGroup,
  defaultPrefix: '0.0.0.0/0',
  isLinkScoped: () => false,
  isAnnounceable,
  link: (addresses) => new Ipv4Link(addresses),
  entriesPerPacket: () => entriesPerPacket,
  fullPacketEntries: () => entriesPerPacket,
  encodeResponses,
};

/**
 * Not what never leaves the host or the link (127/8, 169.254/16: RFC 1122 §3.2.1.3, RFC 3927 §2.7), nor what no neighbor
 * would take: network 0 and what is above class C (RFC 2453 §3.9.2).
 */
function isAnnounceable(prefix: Prefix): boolean {
  const network = ipv4ToNumber(prefixAddress(prefix)) ?? 0;
  const net = network >>> 24;
  return net !== 0 && net !== 127 && net < 224 && network >>> 16 !== 0xa9fe;
}

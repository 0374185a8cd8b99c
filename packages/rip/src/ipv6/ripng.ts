/** RIPng, for IPv6: RFC 2080. The counterpart of `ipv4/rip.ts`. */
import type { Prefix } from '@ripstop/wire';
import type { Protocol } from '../protocol.ts';
import { destinationFault, isLinkLocal } from './address.ts';
import { encodeResponses } from './encode.ts';
import { Ipv6Link } from './link.ts';
import { entriesPerPacket, fullPacketEntries, ripngGroup, ripngPort } from './packet.ts';

export const ripng: Protocol = {
  name: 'ripng',
  family: 'ipv6',
  port: ripngPort,
  group: ripngGroup,
  defaultPrefix: '::/0',
  isLinkScoped: isLinkLocal,
  isAnnounceable: (prefix: Prefix) => destinationFault(prefix) === undefined,
  link: (addresses, before) => new Ipv6Link(addresses, before),
  entriesPerPacket,
  fullPacketEntries,
  encodeResponses,
};

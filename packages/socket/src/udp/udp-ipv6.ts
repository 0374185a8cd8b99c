/**
 * UDP over IPv6, for RIPng: everything leaves with a hop limit of 255, and what routers say to all must come with it
 * (RFC 2080 §2.4.2). `udp-socket` uses it. ipv6(7), RFC 3493, RFC 3542.
 */
import { decode, encode } from '@ripstop/wire';
import { setOption } from '../system/descriptor.ts';
import {
  constants,
  controlHeader,
  internetAddress6,
  multicastRequest6,
  packetInformation6,
} from '../system/headers.ts';
import { controlMessage } from './control-message.ts';
import type { DatagramFormat } from './receive-queue.ts';
import { SystemReceiver } from './system-receiver.ts';
import { NEAR_TTL, networkByte, sourcePort } from './ttl-filter.ts';
import type { UdpFamily } from './udp-family.ts';

/** DSCP CS6, network control (RFC 4594), as a traffic class. */
const NETWORK_CONTROL_CLASS = 0xc0;
/** Where the IPv6 header has the hop limit. */
const HOP_LIMIT_OFFSET = 7;
/** Where it has the destination. */
const DESTINATION_OFFSET = 24;
/** Where the control message of an arrival has it, which is the only one. */
const TOLD_DESTINATION_OFFSET = controlHeader.size + packetInformation6.offsets.address;
/** The first byte of every multicast address. */
const MULTICAST = 0xff;

export const udpIpv6: UdpFamily = {
  domain: constants.AF_INET6,
  portTables: ['udp6'],
  nearby({ port, ttl }) {
    const passedNoRouter = { load: networkByte(HOP_LIMIT_OFFSET), is: NEAR_TTL, else: 'far' } as const;
    if (ttl !== undefined) return [passedNoRouter];
    // Queries, and answers to them, may come from afar.
    return [
      { load: sourcePort, is: port, else: 'near' },
      { load: networkByte(DESTINATION_OFFSET), is: MULTICAST, else: 'near' },
      passedNoRouter,
    ];
  },
  anyAddress: (port) => encode(internetAddress6, { family: constants.AF_INET6, port }),
  configure(fd, { interfaceIndex }, detail) {
    // Otherwise the port would be taken in IPv4 too.
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_V6ONLY', 1, detail);
    // Linux: otherwise a socket also gets the groups that others have joined.
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_MULTICAST_ALL', 0, detail);
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_MULTICAST_IF', interfaceIndex, detail);
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_MULTICAST_HOPS', NEAR_TTL, detail);
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_UNICAST_HOPS', NEAR_TTL, detail);
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_MULTICAST_LOOP', 0, detail);
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_TCLASS', NETWORK_CONTROL_CLASS, detail);
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_RECVPKTINFO', 1, detail);
    // A farewell leaves from the address that the neighbors know, even if the interface has it no more.
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_FREEBIND', 1, detail);
  },
  join(fd, { group, interfaceIndex }, detail) {
    const membership = encode(multicastRequest6, { group, interfaceIndex });
    setOption(fd, 'IPPROTO_IPV6', 'IPV6_JOIN_GROUP', membership, detail);
  },
  destination: ({ destination: address, port }, { interfaceIndex: scopeId }) =>
    encode(internetAddress6, { family: constants.AF_INET6, port, address, scopeId }),
  control({ source: address }, { interfaceIndex }) {
    return controlMessage(
      'IPPROTO_IPV6',
      'IPV6_PKTINFO',
      encode(packetInformation6, { address, interfaceIndex }),
    );
  },
  receiver: (fd, options) => new SystemReceiver(fd, datagramFormat, options),
};

const datagramFormat: DatagramFormat = {
  addressBytes: internetAddress6.size,
  sender: (address) => decode(internetAddress6, address),
  datagram({ address: source, port }, bytes, farAway, control) {
    const multicast = control[TOLD_DESTINATION_OFFSET] === MULTICAST;
    return { source, port, bytes, farAway, multicast };
  },
};

/** UDP over IPv4, for RIP: groups, broadcast, and a TTL of 1 where TTL security is off. `udp-socket` uses it. ip(7) */
import { decode, encode } from '@ripstop/wire';
import { setOption } from '../system/descriptor.ts';
import { constants, internetAddress, multicastRequest, packetInformation } from '../system/headers.ts';
import { intBytes } from '../system/libc.ts';
import { controlMessage } from './control-message.ts';
import { DgramReceiver } from './dgram-receiver.ts';
import type { DatagramFormat } from './receive-queue.ts';
import { networkByte } from './ttl-filter.ts';
import type { UdpFamily, UdpHome } from './udp-family.ts';

/** With which a packet ends at the next router. */
const LINK_TTL = 1;
/** DSCP CS6, network control (RFC 4594), as a TOS byte. */
const NETWORK_CONTROL_TOS = 0xc0;
/** Where the IP header has the TTL. */
const TTL_OFFSET = 8;

export const udpIpv4: UdpFamily = {
  domain: constants.AF_INET,
  // Linux: a socket of IPv6 has the port in IPv4 too, unless it asked not to.
  portTables: ['udp', 'udp6'],
  nearby: ({ ttl }) => (ttl === undefined ? [] : [{ load: networkByte(TTL_OFFSET), is: ttl, else: 'far' }]),
  anyAddress: (port) => encode(internetAddress, { family: constants.AF_INET, port }),
  configure(fd, home, detail) {
    const { interfaceIndex, ttl } = home;
    const interfaceOnly = encode(multicastRequest, { interfaceIndex });
    // Linux: otherwise a socket also gets the groups that others have joined on other interfaces.
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_ALL', 0, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_IF', interfaceOnly, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_TTL', linkTtl(home), detail);
    if (ttl !== undefined) setOption(fd, 'IPPROTO_IP', 'IP_TTL', ttl, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_LOOP', 0, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_TOS', NETWORK_CONTROL_TOS, detail);
    setOption(fd, 'SOL_SOCKET', 'SO_BROADCAST', 1, detail);
  },
  join(fd, { group, interfaceIndex }, detail) {
    const membership = encode(multicastRequest, { group, interfaceIndex });
    setOption(fd, 'IPPROTO_IP', 'IP_ADD_MEMBERSHIP', membership, detail);
  },
  destination: ({ destination: address, port }) =>
    encode(internetAddress, { family: constants.AF_INET, port, address }),
  control({ source, broadcast }, home) {
    const messages = [controlMessage('IPPROTO_IP', 'IP_PKTINFO', encode(packetInformation, { source }))];
    if (broadcast) messages.push(controlMessage('IPPROTO_IP', 'IP_TTL', intBytes(linkTtl(home))));
    return Buffer.concat(messages);
  },
  receiver: (fd, options) => new DgramReceiver(fd, datagramFormat, options),
};

const datagramFormat: DatagramFormat = {
  addressBytes: internetAddress.size,
  sender: (address) => decode(internetAddress, address),
  datagram: ({ address: source, port }, bytes, farAway) => ({ source, port, bytes, farAway }),
};

/** The TTL of what is for all on the link. */
const linkTtl = ({ ttl }: UdpHome): number => ttl ?? LINK_TTL;

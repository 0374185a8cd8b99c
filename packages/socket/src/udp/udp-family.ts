/** What differs between IPv4 and IPv6 in a UDP socket: addresses, options and control messages. `udp-socket` uses it. */
import { type Address, encode } from '@ripstop/wire';
import { setOption } from '../system/descriptor.ts';
import {
  constants,
  controlHeader,
  internetAddress,
  multicastRequest,
  packetInformation,
} from '../system/headers.ts';
import { intBytes } from '../system/libc.ts';

export interface UdpFamily {
  readonly domain: number;
  readonly dgramType: 'udp4';
  /** Where the IP header has the TTL. */
  readonly ttlOffset: number;
  /** The address to bind to: the port of every address of the interface. */
  anyAddress(port: number): Uint8Array;
  socketAddress(address: Address, port: number): Uint8Array;
  /** The control messages that give one packet its source address, and a TTL other than the socket's. cmsg(3) */
  control(source: Address, ttl: number | undefined): Uint8Array;
  /** The group, and what outgoing packets look like. */
  configure(fd: number, interfaceIndex: number, group: Address, ttls: Ttls, detail: string): void;
}

/** What packets leave with. */
interface Ttls {
  /** What is for all on the link. */
  readonly link: number;
  /** What is for one host; undefined: the system's. */
  readonly host: number | undefined;
}

/** Bytes of a `size_t`: CMSG_ALIGN. */
const CONTROL_ALIGNMENT = 8;
/** DSCP CS6, network control (RFC 4594), as a TOS byte. */
const NETWORK_CONTROL_TOS = 0xc0;

export const ipv4: UdpFamily = {
  domain: constants.AF_INET,
  dgramType: 'udp4',
  ttlOffset: 8,
  anyAddress: (port) => encode(internetAddress, { family: constants.AF_INET, port }),
  socketAddress: (address, port) => encode(internetAddress, { family: constants.AF_INET, port, address }),
  control(source, ttl) {
    const messages = [controlMessage(constants.IP_PKTINFO, encode(packetInformation, { source }))];
    if (ttl !== undefined) messages.push(controlMessage(constants.IP_TTL, intBytes(ttl)));
    return Buffer.concat(messages);
  },
  configure(fd, interfaceIndex, group, ttls, detail) {
    const interfaceOnly = encode(multicastRequest, { interfaceIndex });
    // Linux: otherwise a socket also gets the groups that others have joined on other interfaces.
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_ALL', 0, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_IF', interfaceOnly, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_TTL', ttls.link, detail);
    if (ttls.host !== undefined) setOption(fd, 'IPPROTO_IP', 'IP_TTL', ttls.host, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_LOOP', 0, detail);
    const membership = encode(multicastRequest, { group, interfaceIndex });
    setOption(fd, 'IPPROTO_IP', 'IP_ADD_MEMBERSHIP', membership, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_TOS', NETWORK_CONTROL_TOS, detail);
  },
};

/** One control message: its length is that without the padding, which is there all the same. */
function controlMessage(type: number, data: Uint8Array): Uint8Array {
  const length = controlHeader.size + data.byteLength;
  const message = new Uint8Array(Math.ceil(length / CONTROL_ALIGNMENT) * CONTROL_ALIGNMENT);
  message.set(encode(controlHeader, { length: BigInt(length), level: constants.IPPROTO_IP, type }));
  message.set(data, controlHeader.size);
  return message;
}

// UDP beside the socket under test: what is on the wire, and senders that do what RIP would not.
import { addressFromBytes } from '@ripstop/wire';
import { onTestFinished } from 'vitest';
import { openDescriptor, setOption } from '../src/system/descriptor.ts';
import { constants } from '../src/system/headers.ts';
import { intBytes, libc, succeed } from '../src/system/libc.ts';
import { withNamespace } from '../src/system/namespace.ts';
import { udpIpv4 } from '../src/udp/udp-ipv4.ts';
import { udpIpv6 } from '../src/udp/udp-ipv6.ts';
import { indexOf } from './namespaces.ts';

export interface WirePacket {
  readonly source: string;
  readonly destination: string;
  /** IPv6: the hop limit. */
  readonly ttl: number;
  /** IPv6: the traffic class. */
  readonly tos: number;
  /** Bytes of the IP packet. */
  readonly length: number;
}

const [AF_PACKET, ETH_P_ALL] = [17, Buffer.from([0, 3]).readUInt16LE()];
/** linux/if_packet.h: `sll_pkttype` of what was sent from here, and where it stands. */
const [PACKET_OUTGOING, PACKET_TYPE_OFFSET] = [4, 10];
const UDP = 17;
const IPV6_FRAGMENT = 44;

/** The UDP packets that have reached a namespace from now on, taken below IP by a packet socket (packet(7)). */
export function listenToPackets(namespace: string): () => readonly WirePacket[] {
  const fd = withNamespace(namespace, () =>
    openDescriptor(AF_PACKET, constants.SOCK_DGRAM, ETH_P_ALL, 'packet socket', (opened) => opened),
  );
  onTestFinished(() => void libc.close(fd));
  const seen: WirePacket[] = [];
  const packet = new Uint8Array(0xffff);
  const [sender, senderBytes] = [new Uint8Array(20), intBytes(20)];
  return () => {
    for (;;) {
      const length = libc.recvfrom(fd, packet, packet.length, 0, sender, senderBytes);
      if (length <= 0) return seen;
      const read = packetOf(packet.subarray(0, length));
      if (read !== undefined && sender[PACKET_TYPE_OFFSET] !== PACKET_OUTGOING) seen.push(read);
    }
  };
}

/** Undefined if it is not of UDP. */
function packetOf(bytes: Uint8Array): WirePacket | undefined {
  const { length } = bytes;
  const addressAt = (offset: number, size: number) => addressFromBytes(bytes.slice(offset, offset + size));
  const at = (offset: number): number => bytes[offset] ?? 0;
  if (at(0) >> 4 === 4) {
    if (at(9) !== UDP) return undefined;
    return { source: addressAt(12, 4), destination: addressAt(16, 4), ttl: at(8), tos: at(1), length };
  }
  if (at(0) >> 4 !== 6 || (at(6) !== UDP && at(6) !== IPV6_FRAGMENT)) return undefined;
  const tos = ((at(0) & 0xf) << 4) | (at(1) >> 4);
  return { source: addressAt(8, 16), destination: addressAt(24, 16), ttl: at(7), tos, length };
}

const senders = {
  IPv4: { family: udpIpv4, level: 'IPPROTO_IP', ttls: ['IP_TTL', 'IP_MULTICAST_TTL'] },
  IPv6: { family: udpIpv6, level: 'IPPROTO_IPV6', ttls: ['IPV6_UNICAST_HOPS', 'IPV6_MULTICAST_HOPS'] },
} as const;

/** Sends texts from a port of `eth0` to the same port or another, each with a TTL of its own. */
export function openFarSender(namespace: string, name: 'IPv4' | 'IPv6', ownPort: number) {
  const { family, level, ttls } = senders[name];
  const detail = 'far sender';
  const home = { interfaceIndex: indexOf(namespace, 'eth0'), port: ownPort, group: '', ttl: undefined };
  const fd = withNamespace(namespace, () =>
    openDescriptor(family.domain, constants.SOCK_DGRAM, 0, detail, (opened) => {
      setOption(opened, 'SOL_SOCKET', 'SO_BINDTODEVICE', Buffer.from('eth0'), detail);
      const own = family.anyAddress(ownPort);
      succeed('bind', libc.bind(opened, own, own.byteLength), detail);
      return opened;
    }),
  );
  onTestFinished(() => void libc.close(fd));
  return (ttl: number, words: string, destination: string, port = ownPort): void => {
    for (const option of ttls) setOption(fd, level, option, ttl, detail);
    const bytes = Buffer.from(words);
    const to = family.destination({ source: '', destination, port }, home);
    succeed('sendto', libc.sendto(fd, bytes, bytes.byteLength, 0, to, to.byteLength), detail);
  };
}

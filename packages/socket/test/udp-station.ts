// A UDP socket in a namespace with what it has heard, and the packets on the wire beside it.
import { onTestFinished } from 'vitest';
import { openDescriptor } from '../src/system/descriptor.ts';
import { constants } from '../src/system/headers.ts';
import { intBytes, libc, type SyscallError } from '../src/system/libc.ts';
import { withNamespace } from '../src/system/namespace.ts';
import { openUdpSocket, type UdpSocket, type UdpSocketOptions } from '../src/udp/udp-socket.ts';
import { indexOf } from './namespaces.ts';

export const GROUP = '224.0.0.9';
export const PORT = 520;
export const SECONDS = { timeout: 5000, interval: 5 };

export interface Station {
  readonly socket: UdpSocket;
  /** Texts received, as `source:port text`; `source:port far text` if they came from far away. */
  readonly received: string[];
  /** Datagrams in each batch. */
  readonly batches: number[];
  readonly unsent: SyscallError[];
}

/** Opens a socket that is closed when the test ends. */
export function open(
  namespace: string,
  name: string,
  options: Partial<Pick<UdpSocketOptions, 'port' | 'group' | 'ttl'>> = {},
): Station {
  const [received, batches, unsent]: [string[], number[], SyscallError[]] = [[], [], []];
  const socket = openUdpSocket({
    interface: { name, index: indexOf(namespace, name) },
    port: PORT,
    group: GROUP,
    ...options,
    namespace,
    receive(datagrams) {
      batches.push(datagrams.length);
      for (const { source, port, bytes, farAway } of datagrams)
        received.push(`${source}:${port} ${farAway ? 'far ' : ''}${Buffer.from(bytes)}`);
    },
    unsent: (error) => unsent.push(error),
    failed(error) {
      throw error;
    },
  });
  onTestFinished(() => socket.close());
  return { socket, received, batches, unsent };
}

export const text = (words: string): Uint8Array => Buffer.from(words);

/** An envelope from the address that the kernel chooses. */
export const to = (destination: string, port = PORT) => ({ source: '0.0.0.0', destination, port });

export interface WirePacket {
  readonly source: string;
  readonly destination: string;
  readonly ttl: number;
  readonly tos: number;
}

/** The UDP packets that have reached a namespace from now on, taken below IP by a packet socket (packet(7)). */
export function listenToPackets(namespace: string): () => readonly WirePacket[] {
  const [AF_PACKET, ETH_P_IP] = [17, Buffer.from([8, 0]).readUInt16LE()];
  const fd = withNamespace(namespace, () =>
    openDescriptor(AF_PACKET, constants.SOCK_DGRAM, ETH_P_IP, 'packet socket', (opened) => opened),
  );
  onTestFinished(() => void libc.close(fd));
  const seen: WirePacket[] = [];
  const packet = new Uint8Array(2048);
  const [sender, senderBytes] = [new Uint8Array(20), intBytes(20)];
  const addressAt = (offset: number): string => packet.slice(offset, offset + 4).join('.');
  return () => {
    while (libc.recvfrom(fd, packet, packet.length, 0, sender, senderBytes) > 0) {
      const [tos = 0, ttl = 0, protocol] = [packet[1], packet[8], packet[9]];
      if (protocol === 17) seen.push({ source: addressAt(12), destination: addressAt(16), ttl, tos });
    }
    return seen;
  };
}

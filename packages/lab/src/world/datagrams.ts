/**
 * A protocol's sockets in the world. Before this file: `router/runtime`, which sends. After it: `segment.ts`, which
 * carries; what arrives comes back through `RouterPort.sockets`.
 *
 * Invariants: as on a real socket, what arrives in one moment is handed on as one batch; a closed socket neither sends nor
 * hears. Sockets of different protocols know nothing of each other.
 */
import type { Datagram, Protocol } from '@ripstop/rip';
import type { DatagramSocket, Datagrams } from '@ripstop/router';
import type { Address } from '@ripstop/wire';
import { isMulticast, type RouterPort } from './port.ts';
import type { Packet } from './segment.ts';
import type { Timeline } from './timeline.ts';

/** Of unicast packets: net.ipv4.ip_default_ttl. */
const UNICAST_TTL = 64;
const LINK_TTL = 1;
const FULL_TTL = 255;

/** A packet that leaves a router. */
export interface Departure {
  readonly protocol: Protocol;
  readonly port: RouterPort;
  readonly source: Address;
  readonly destination: Address;
  readonly destinationPort: number;
  readonly bytes: Uint8Array;
}

/** @param departed is told of every packet that is sent, also of those that never arrive */
export function worldDatagrams(
  protocol: Protocol,
  ports: ReadonlyMap<string, RouterPort>,
  timeline: Timeline,
  departed: (departure: Departure) => void,
): Datagrams {
  return {
    open(target, { ttl }, receive): DatagramSocket {
      const port = ports.get(target.name);
      if (port === undefined) throw new Error(`${target.name} is on no segment`);
      const { sockets } = port;
      if (sockets.has(protocol.port))
        throw new Error(`UDP port ${protocol.port} on ${target.name} is in use`);
      let arrived: Datagram[] = [];
      const isOpen = (): boolean => sockets.get(protocol.port) === hear;
      const handOn = (): void => {
        const batch = arrived;
        arrived = [];
        if (isOpen()) receive(batch);
      };
      const hear = (packet: Packet): void => {
        if (arrived.length === 0) timeline.soon(handOn);
        arrived.push(datagram(packet, ttl ?? leastTtl(packet)));
      };
      sockets.set(protocol.port, hear);
      return {
        isWaiting: false, // What arrives is handed on in the same moment.
        send(bytes, { source, destination, port: destinationPort }): void {
          if (!isOpen()) return;
          departed({ protocol, port, source, destination, destinationPort, bytes });
          if (destinationPort !== protocol.port) return; // programs that look at routers are not part of the world
          const packet = {
            source,
            destination,
            port: protocol.port,
            bytes,
            ttl: ttl ?? usualTtl(destination),
          };
          port.segment.transmit(port, packet);
        },
        close(): Promise<void> {
          if (isOpen()) sockets.delete(protocol.port);
          return Promise.resolve();
        },
      };
    },
  };
}

/** What a socket with a least TTL makes of it: the first byte tells that something came. */
function datagram({ source, port, destination, bytes, ttl }: Packet, least: number): Datagram {
  const from = { source, port, ...(isIpv6(destination) && { multicast: isMulticast(destination) }) };
  return ttl >= least ? { ...from, bytes } : { ...from, bytes: bytes.subarray(0, 1), farAway: true };
}

/** What a socket refuses that wants no TTL: of RIPng what is multicast and comes from afar (RFC 2080 §2.4.2). */
function leastTtl({ destination }: Packet): number {
  return isIpv6(destination) && isMulticast(destination) ? FULL_TTL : 0;
}

function usualTtl(destination: Address): number {
  if (isIpv6(destination)) return FULL_TTL;
  return Number.parseInt(destination, 10) >= 224 ? LINK_TTL : UNICAST_TTL;
}

function isIpv6(address: Address): boolean {
  return address.includes(':');
}

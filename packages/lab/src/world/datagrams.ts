/**
 * RIP's sockets in the world. Before this file: `router/runtime`, which sends. After it: `segment.ts`, which carries; what
 * arrives comes back through `RouterPort.socket`.
 *
 * Invariants: as on a real socket, what arrives in one moment is handed on as one batch; a closed socket neither sends nor
 * hears.
 */
import { type Datagram, ripPort } from '@ripstop/rip';
import type { DatagramSocket, Datagrams } from '@ripstop/router';
import type { Address } from '@ripstop/wire';
import type { RouterPort } from './port.ts';
import type { Packet } from './segment.ts';
import type { Timeline } from './timeline.ts';

/** Of unicast packets: net.ipv4.ip_default_ttl. */
const UNICAST_TTL = 64;
const LINK_TTL = 1;

/** A packet that leaves a router. */
export interface Departure {
  readonly port: RouterPort;
  readonly source: Address;
  readonly destination: Address;
  readonly destinationPort: number;
  readonly bytes: Uint8Array;
}

/** @param departed is told of every packet that is sent, also of those that never arrive */
export function worldDatagrams(
  ports: ReadonlyMap<string, RouterPort>,
  timeline: Timeline,
  departed: (departure: Departure) => void,
): Datagrams {
  return {
    open(target, { ttl }, receive): DatagramSocket {
      const port = ports.get(target.name);
      if (port === undefined) throw new Error(`${target.name} is on no segment`);
      if (port.socket !== undefined) throw new Error(`UDP port ${ripPort} on ${target.name} is in use`);
      let arrived: Datagram[] = [];
      const handOn = (): void => {
        const batch = arrived;
        arrived = [];
        if (port.socket === hear) receive(batch);
      };
      const hear = (packet: Packet): void => {
        if (arrived.length === 0) timeline.soon(handOn);
        arrived.push(datagram(packet, ttl ?? 0));
      };
      port.socket = hear;
      return {
        send(bytes, { source, destination, port: destinationPort }): void {
          if (port.socket !== hear) return;
          departed({ port, source, destination, destinationPort, bytes });
          if (destinationPort !== ripPort) return; // programs that look at routers are not part of the world
          const packet = { source, destination, bytes, ttl: ttl ?? usualTtl(destination) };
          port.segment.transmit(port, packet);
        },
        close(): Promise<void> {
          if (port.socket === hear) port.socket = undefined;
          return Promise.resolve();
        },
      };
    },
  };
}

/** What a socket with a least TTL makes of it: the first byte tells that something came. */
function datagram({ source, bytes, ttl }: Packet, leastTtl: number): Datagram {
  if (ttl >= leastTtl) return { source, port: ripPort, bytes };
  return { source, port: ripPort, bytes: bytes.subarray(0, 1), farAway: true };
}

function usualTtl(destination: Address): number {
  return Number.parseInt(destination, 10) >= 224 ? LINK_TTL : UNICAST_TTL;
}

/**
 * What differs between IPv4 and IPv6 in a UDP socket: addresses, options, control messages, and which hop limits count.
 *
 * Before it: `udp-socket`, `send-queue`. After it: `udp-ipv4`, `udp-ipv6`, of which each is one.
 */
import type { Address } from '@ripstop/wire';
import type { Receiver, ReceiverOptions } from './receiver.ts';
import type { Condition } from './ttl-filter.ts';

/** Where a socket is at home, and what it asks of TTLs. */
export interface UdpHome {
  readonly interfaceIndex: number;
  readonly port: number;
  readonly group: Address;
  /** As in `UdpSocketOptions`. */
  readonly ttl: 255 | undefined;
}

/** The addresses on a packet that leaves. Its source port is the socket's. */
export interface UdpEnvelope {
  /**
   * Of the interface, its first address or any other; `0.0.0.0` or `::`: the kernel chooses.
   * IPv6: also one that the interface does not have any more. That it is not tentative is up to the caller.
   */
  readonly source: Address;
  /** A multicast group, a broadcast address or one host. */
  readonly destination: Address;
  /** It is a broadcast address: it gets the TTL of multicast. */
  readonly broadcast?: true;
  readonly port: number;
}

export interface UdpFamily {
  readonly domain: number;
  /** Tables of proc(5) with the sockets that can have the port in our way. */
  readonly portTables: readonly ('udp' | 'udp6')[];
  /** What must hold of a datagram that is handed on whole; none: all are. */
  nearby(home: UdpHome): readonly Condition[];
  /** The address to bind to: the port of every address of the interface. */
  anyAddress(port: number): Uint8Array;
  /** What comes in, and what outgoing packets look like. To be called before bind. @throws SyscallError */
  configure(fd: number, home: UdpHome, detail: string): void;
  /** Joins the group. @throws SyscallError */
  join(fd: number, home: UdpHome, detail: string): void;
  /** The socket address that a packet is for. */
  destination(envelope: UdpEnvelope, home: UdpHome): Uint8Array;
  /** The control messages that give one packet its source address, and a TTL other than the socket's. */
  control(envelope: UdpEnvelope, home: UdpHome): Uint8Array;
  /** Reads from a bound socket from now on. */
  receiver(fd: number, options: ReceiverOptions): Receiver;
}

/**
 * The way into a UDP socket: hands on what is queued, in batches. Before it: the kernel. After it: `udp-socket`.
 *
 * Both families are read by `receive-queue`. That something has come is told for IPv4 by `node:dgram`, which reads the first
 * datagram itself; for IPv6 by `readiness`: Node gives a link-local sender a zone, looks for the interface's name in the
 * namespace of the process, and throws if the socket is in another one. Nor does it tell where a datagram was sent to.
 */
import type { Address } from '@ripstop/wire';

/** A datagram as it came. Valid until `receive` returns. */
export interface UdpDatagram {
  /** Without a zone: the socket knows its interface. */
  readonly source: Address;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** It came with a TTL that is too low (see `UdpSocketOptions`). Then only the first byte is there. */
  readonly farAway: boolean;
  /** It was sent to a group. Told of IPv6 alone. */
  readonly multicast?: boolean;
}

export interface ReceiverOptions {
  /** Whether these bytes are what is left of a datagram from afar. */
  isFar(bytes: Uint8Array): boolean;
  /** Gets everything that was queued, up to 512 datagrams at once. */
  receive(batch: readonly UdpDatagram[]): void;
  /** Nothing more can be read. @param call of the system, which said so */
  failed(call: string, errno: number): void;
}

export interface Receiver {
  /** Whether something that came in has not been handed on yet. */
  readonly isWaiting: boolean;
  /** Hands on nothing more. */
  stop(): void;
  /** Closes the descriptor. */
  close(closed: () => void): void;
}

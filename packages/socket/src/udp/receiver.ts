/**
 * The way into a UDP socket: hands on what is queued, in batches. Before it: the kernel. After it: `udp-socket`.
 *
 * IPv4 is read by `node:dgram`, IPv6 by `recvmsg`: Node gives a link-local sender a zone, looks for the interface's name in
 * the namespace of the process, and throws if the socket is in another one. Nor does it tell where a datagram was sent to.
 */
import type { Address } from '@ripstop/wire';

/** A datagram as it came. Valid until `receive` returns. */
export interface Arrival {
  /** Without a zone: the socket knows its interface. */
  readonly source: Address;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** It was sent to a group. Told of IPv6 alone. */
  readonly multicast?: boolean;
}

export interface ReceiverOptions {
  /** Gets everything that was queued, up to `BATCH_DATAGRAMS_MAX` at once. */
  receive(batch: readonly Arrival[]): void;
  /** Nothing more can be read. @param call of the system, which said so */
  failed(call: string, errno: number): void;
}

export interface Receiver {
  /** Hands on nothing more. */
  stop(): void;
  /** Closes the descriptor. */
  close(closed: () => void): void;
}

/** Datagrams handed on at once, so that a flood cannot collect in memory. */
export const BATCH_DATAGRAMS_MAX = 512;

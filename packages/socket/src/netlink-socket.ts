/**
 * A netlink socket: datagrams to the kernel and from it, or between programs. `netlink-queue` reads them; `request-socket`
 * and `subscription` give them their meaning.
 *
 * Invariants: only what the accepted senders sent is handed on; a message is whole or the socket fails; a loss (ENOBUFS)
 * is always reported, the socket lives on, and nothing that changes after the report is part of that loss.
 * linux/netlink.h, netlink(7).
 */
import { constants as os } from 'node:os';
import {
  addressOf,
  destinationAddress,
  type NetlinkDestination,
  type NetlinkSender,
  ownAddress,
} from './netlink-address.ts';
import { NetlinkQueue, type NetlinkQueueOptions } from './netlink-queue.ts';
import { watchReadable } from './readiness.ts';
import { openDescriptor, optionOf, setOption, setReceiveBuffer } from './system/descriptor.ts';
import { constants, netlinkAddress } from './system/headers.ts';
import { intBytes, libc, SyscallError, succeed } from './system/libc.ts';
import { type NamespaceReference, withNamespace } from './system/namespace.ts';

export interface NetlinkSocketOptions extends NetlinkQueueOptions {
  /** NETLINK_*, the family of messages: NETLINK_ROUTE (0) if not given, NETLINK_GENERIC is 16. */
  readonly protocol?: number | undefined;
  /** `raw` if not given. Linux: there is no difference. */
  readonly type?: 'raw' | 'datagram' | undefined;
  /** The port to take, from 1 to 2^32 - 1; EADDRINUSE: somebody has it. If not given, the kernel gives a free one. */
  readonly portId?: number | undefined;
  /** Multicast groups from 1 to 32 to join, as a bit mask: bit 0 is group 1. */
  readonly groupMask?: number | undefined;
  /** Multicast groups to join, by number (RTNLGRP_…). */
  readonly groups?: readonly number[] | undefined;
  /** Namespace to open the socket in; the own one if not given. */
  readonly namespace?: NamespaceReference | undefined;
  /** Asked for; the kernel grants twice as much with CAP_NET_ADMIN, else no more than net.core.rmem_max allows. */
  readonly receiveBufferBytes?: number | undefined;
  /**
   * Gets what was queued, in order, and who sent it, at the same index. The bytes are the receiver's own, but may lie in one
   * `buffer` with others: mind their `byteOffset`.
   */
  readonly receive: (datagrams: readonly Uint8Array[], senders: readonly NetlinkSender[]) => void;
  /**
   * The kernel had to drop messages for this socket: its buffer was full (ENOBUFS) or memory short (ENOMEM). What was
   * still queued has been handed on before; what is listed from now on is true.
   */
  readonly overrun: () => void;
  /** The socket broke and is closed. */
  readonly failed: (error: SyscallError) => void;
}

/** Holds at least 10,000 notifications between two turns of the event loop. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** Linux: a datagram takes this many bytes of the send buffer besides its own. */
const SEND_OVERHEAD_BYTES = 32;
/** What rtnetlink's requests and answers need. Linux 4.20 has them all. */
const ROUTE_OPTIONS = ['NETLINK_GET_STRICT_CHK', 'NETLINK_EXT_ACK', 'NETLINK_CAP_ACK'] as const;
const socketTypes = { raw: constants.SOCK_RAW, datagram: constants.SOCK_DGRAM } as const;

/** @throws SyscallError if a step fails; nothing is left open then */
export function openNetlinkSocket(options: NetlinkSocketOptions): NetlinkSocket {
  const { protocol = constants.NETLINK_ROUTE, type = 'raw', namespace } = options;
  const detail = [
    'netlink socket',
    ...(protocol === constants.NETLINK_ROUTE ? [] : [`of protocol ${protocol}`]),
    ...(namespace === undefined ? [] : [`in ${namespace}`]),
  ].join(' ');
  return withNamespace(namespace, () =>
    openDescriptor(constants.AF_NETLINK, socketTypes[type], protocol, detail, (fd) => {
      const receiveBufferBytes = setReceiveBuffer(
        fd,
        options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES,
        detail,
      );
      const refusedOptions = setRouteOptions(fd, protocol, detail);
      const portId = bind(fd, options, detail);
      for (const group of options.groups ?? [])
        setOption(fd, 'SOL_NETLINK', 'NETLINK_ADD_MEMBERSHIP', group, detail);
      return new NetlinkSocket({ fd, detail, portId, receiveBufferBytes, refusedOptions }, options);
    }),
  );
}

/**
 * Sets what rtnetlink needs. Other protocols can do without; rtnetlink itself would list everything where it was asked
 * for a selection.
 * @returns the options that the kernel does not have
 */
function setRouteOptions(fd: number, protocol: number, detail: string): readonly string[] {
  return ROUTE_OPTIONS.filter((option) => {
    try {
      setOption(fd, 'SOL_NETLINK', option, 1, detail);
      return false;
    } catch (error) {
      const unknown = error instanceof SyscallError && error.code === 'ENOPROTOOPT';
      if (!unknown || protocol === constants.NETLINK_ROUTE) throw error;
      return true;
    }
  });
}

/** @returns the port */
function bind(fd: number, { portId, groupMask = 0 }: NetlinkSocketOptions, detail: string): number {
  const wanted = ownAddress(portId ?? 0, groupMask);
  const bound = libc.bind(fd, wanted, wanted.byteLength);
  succeed('bind', bound, portId === undefined ? detail : `${detail}, port ${portId}`);
  const given = new Uint8Array(netlinkAddress.size);
  succeed('getsockname', libc.getsockname(fd, given, intBytes(given.byteLength)), detail);
  return addressOf(given).portId;
}

/** What opening a socket gives. */
interface OpenedSocket {
  readonly fd: number;
  readonly detail: string;
  readonly portId: number;
  readonly receiveBufferBytes: number;
  readonly refusedOptions: readonly string[];
}

/** An open netlink socket: `openNetlinkSocket` makes it. */
export class NetlinkSocket {
  /** Our address: notifications with it answer what we sent. */
  readonly portId: number;
  /** Bytes that the kernel granted. */
  readonly receiveBufferBytes: number;
  /** NETLINK_*: what this kernel does not have of strict checks and of extended and capped acknowledgements. */
  readonly refusedOptions: readonly string[];

  readonly #fd: number;
  readonly #detail: string;
  readonly #options: NetlinkSocketOptions;
  /** Ends the watch for something to read; undefined while paused. */
  #unwatch: (() => void) | undefined;
  readonly #queue: NetlinkQueue;
  #closed = false;

  constructor(opened: OpenedSocket, options: NetlinkSocketOptions) {
    this.portId = opened.portId;
    this.receiveBufferBytes = opened.receiveBufferBytes;
    this.refusedOptions = opened.refusedOptions;
    this.#fd = opened.fd;
    this.#detail = opened.detail;
    this.#options = options;
    this.#queue = new NetlinkQueue(opened.fd, opened.detail, options);
    this.resume();
  }

  /** Datagrams dropped because `senders` does not name who sent them. */
  get foreignDatagrams(): number {
    return this.#queue.foreignDatagrams;
  }

  /**
   * Sends one datagram: to the kernel, which has acted on all of it when this returns, or to other sockets.
   *
   * Linux: of the same protocol and in the same namespace only. Without CAP_NET_ADMIN most protocols allow none but the
   * kernel (EPERM). A datagram for a group goes to the kernel too, where it speaks the protocol.
   * @throws SyscallError ECONNREFUSED: no socket has this port; EAGAIN: its receive buffer is full; EMSGSIZE: the
   *   datagram is longer than the send buffer
   */
  send(bytes: Uint8Array, destination?: NetlinkDestination): void {
    this.#requireOpen();
    const result =
      destination === undefined
        ? libc.send(this.#fd, bytes, bytes.byteLength, 0)
        : this.#sendTo(bytes, destination);
    if (result < 0) throw this.#unsent(-result, bytes.byteLength, destination);
  }

  /** Joins a multicast group by number. Joining twice is nothing. @throws SyscallError */
  join(group: number): void {
    this.#requireOpen();
    setOption(this.#fd, 'SOL_NETLINK', 'NETLINK_ADD_MEMBERSHIP', group, this.#detail);
  }

  /** Leaves a multicast group; what was queued of it still comes. @throws SyscallError */
  leave(group: number): void {
    this.#requireOpen();
    setOption(this.#fd, 'SOL_NETLINK', 'NETLINK_DROP_MEMBERSHIP', group, this.#detail);
  }

  /** Reads what is queued now, without waiting for the event loop's turn: the answers to what was just sent. */
  poll(): void {
    if (!this.#closed) this.#read();
  }

  /** Leaves what comes in the kernel's buffer: what does not fit there is an overrun. */
  pause(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** Reads on after `pause`. */
  resume(): void {
    if (!this.#closed) this.#unwatch ??= watchReadable(this.#fd, () => this.#read());
  }

  /** Calls back no more. Calling it again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pause();
    libc.close(this.#fd);
  }

  /** The descriptor of a closed socket may be somebody else's by now. */
  #requireOpen(): void {
    if (this.#closed) throw new Error('the netlink socket is closed');
  }

  /** @returns a negative errno if it failed */
  #sendTo(bytes: Uint8Array, destination: NetlinkDestination): number {
    const address = destinationAddress(destination);
    const result = libc.sendto(this.#fd, bytes, bytes.byteLength, 0, address, address.byteLength);
    // Linux: the group has it, and the kernel, which would have been next, does not speak this protocol.
    return 'group' in destination && result === -os.errno.ECONNREFUSED ? bytes.byteLength : result;
  }

  #unsent(errno: number, length: number, destination: NetlinkDestination | undefined): SyscallError {
    const call = destination === undefined ? 'send' : 'sendto';
    const reason = `${this.#detail}: datagram of ${length} bytes`;
    if (errno !== os.errno.EMSGSIZE) return new SyscallError(call, errno, reason);
    const limit = optionOf(this.#fd, 'SOL_SOCKET', 'SO_SNDBUF', this.#detail) - SEND_OVERHEAD_BYTES;
    return new SyscallError(call, errno, `${reason}, the send buffer takes at most ${limit}`);
  }

  #read(): void {
    const { datagrams, senders, isLossy, failure } = this.#queue.read();
    try {
      if (datagrams.length > 0) this.#options.receive(datagrams, senders);
    } finally {
      // Whatever becomes of the receiver; but it may have closed the socket: then nothing more is said.
      if (isLossy && !this.#closed) this.#options.overrun();
      if (failure !== undefined && !this.#closed) this.#fail(failure);
    }
  }

  #fail(failure: SyscallError): void {
    this.close();
    this.#options.failed(failure);
  }
}

/**
 * A netlink socket: datagrams to the kernel and from it. `rtnetlink.ts` gives the datagrams their meaning.
 *
 * Invariants: only the kernel's messages are handed on; a message is whole or the socket fails; a loss (ENOBUFS) is
 * always reported, the socket lives on, and nothing that changes after the report is part of that loss.
 * linux/netlink.h, netlink(7).
 */
import { constants as os } from 'node:os';
import { encode, littleEndianHost, viewOf } from '@ripstop/wire';
import { openDescriptor, setOption, setReceiveBuffer } from './descriptor.ts';
import { constants, netlinkAddress } from './headers.ts';
import { intBytes, libc, SyscallError, succeed } from './libc.ts';
import { type NamespaceReference, withNamespace } from './namespace.ts';
import { watchReadable } from './readiness.ts';

export interface NetlinkSocketOptions {
  /** NETLINK_ROUTE (0) if not given. */
  readonly protocol?: number | undefined;
  /** Multicast groups to join (RTNLGRP_…). */
  readonly groups?: readonly number[] | undefined;
  /** Namespace to open the socket in; the own one if not given. */
  readonly namespace?: NamespaceReference | undefined;
  /** Asked for; the kernel grants twice as much with CAP_NET_ADMIN, else no more than net.core.rmem_max allows. */
  readonly receiveBufferBytes?: number | undefined;
  /** Bytes of the longest datagram the kernel may send; 256 KiB if not given. A longer one is a failure. */
  readonly datagramBytesMax?: number | undefined;
  /** Gets what was queued, in order; the bytes are the receiver's own. */
  readonly receive: (datagrams: readonly Uint8Array[]) => void;
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
/** Dumps come in pieces of 32 KiB; only details that nobody here asks for (virtual functions) could take more. */
const DATAGRAM_BYTES_MAX = 256 * 1024;
/** Datagrams read before others get their turn: at most 4 MiB of a dump. After a loss it is everything queued. */
const DATAGRAMS_PER_TURN = 128;

/** @throws SyscallError if a step fails; nothing is left open then */
export function openNetlinkSocket(options: NetlinkSocketOptions): NetlinkSocket {
  const detail =
    options.namespace === undefined ? 'netlink socket' : `netlink socket in ${options.namespace}`;
  const protocol = options.protocol ?? constants.NETLINK_ROUTE;
  return withNamespace(options.namespace, () =>
    openDescriptor(constants.AF_NETLINK, constants.SOCK_RAW, protocol, detail, (fd) => {
      const bytes = setReceiveBuffer(fd, options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES, detail);
      setOption(fd, 'SOL_NETLINK', 'NETLINK_GET_STRICT_CHK', 1, detail);
      setOption(fd, 'SOL_NETLINK', 'NETLINK_EXT_ACK', 1, detail);
      setOption(fd, 'SOL_NETLINK', 'NETLINK_CAP_ACK', 1, detail);
      const portId = bindToAnyPort(fd, detail);
      for (const group of options.groups ?? [])
        setOption(fd, 'SOL_NETLINK', 'NETLINK_ADD_MEMBERSHIP', group, detail);
      return new NetlinkSocket(fd, portId, bytes, detail, options);
    }),
  );
}

function bindToAnyPort(fd: number, detail: string): number {
  const address = encode(netlinkAddress, { family: constants.AF_NETLINK });
  succeed('bind', libc.bind(fd, address, address.byteLength), detail);
  succeed('getsockname', libc.getsockname(fd, address, intBytes(address.byteLength)), detail);
  return portIdOf(address);
}

function portIdOf(address: Uint8Array): number {
  return viewOf(address).getUint32(netlinkAddress.offsets.portId, littleEndianHost);
}

/** An open netlink socket: `openNetlinkSocket` makes it. */
export class NetlinkSocket {
  /** Our address: notifications with it answer what we sent. */
  readonly portId: number;
  /** Bytes that the kernel granted. */
  readonly receiveBufferBytes: number;

  readonly #fd: number;
  readonly #detail: string;
  readonly #options: NetlinkSocketOptions;
  /** Ends the watch for something to read; undefined while paused. */
  #unwatch: (() => void) | undefined;
  readonly #received: Uint8Array;
  readonly #sender = encode(netlinkAddress, {});
  readonly #senderBytes = intBytes(netlinkAddress.size);
  #closed = false;
  #foreignDatagrams = 0;

  constructor(
    fd: number,
    portId: number,
    receiveBufferBytes: number,
    detail: string,
    options: NetlinkSocketOptions,
  ) {
    this.portId = portId;
    this.receiveBufferBytes = receiveBufferBytes;
    this.#fd = fd;
    this.#detail = detail;
    this.#options = options;
    this.#received = new Uint8Array(options.datagramBytesMax ?? DATAGRAM_BYTES_MAX);
    this.resume();
  }

  /** Datagrams dropped because another process had sent them, not the kernel. */
  get foreignDatagrams(): number {
    return this.#foreignDatagrams;
  }

  /** Sends one datagram; the kernel has acted on all of it when this returns. @throws SyscallError */
  send(bytes: Uint8Array): void {
    if (this.#closed) throw new Error('the netlink socket is closed');
    succeed(
      'send',
      libc.send(this.#fd, bytes, bytes.byteLength, 0),
      `${this.#detail}: datagram of ${bytes.byteLength} bytes`,
    );
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

  #read(): void {
    const datagrams: Uint8Array[] = [];
    let overrun = false;
    let failure: SyscallError | undefined;
    // Linux: after a loss the kernel drops whatever comes, without another ENOBUFS, until the queue has been read empty.
    for (let count = 0; (count < DATAGRAMS_PER_TURN || overrun) && failure === undefined; count += 1) {
      const length = this.#receiveOne();
      if (length === -os.errno.EAGAIN) break;
      if (length === -os.errno.ENOBUFS || length === -os.errno.ENOMEM) overrun = true;
      else if (length < 0) failure = new SyscallError('recvfrom', -length, this.#detail);
      else if (portIdOf(this.#sender) !== 0) this.#foreignDatagrams += 1;
      else if (length > this.#received.byteLength) failure = this.#tooLong(length);
      else datagrams.push(this.#received.slice(0, length));
    }
    // A receiver may close the socket: then nothing more is said.
    if (datagrams.length > 0) this.#options.receive(datagrams);
    if (overrun && !this.#closed) this.#options.overrun();
    if (failure === undefined || this.#closed) return;
    this.close();
    this.#options.failed(failure);
  }

  /** @returns the datagram's length, even if it is longer than what was read of it; or a negative errno */
  #receiveOne(): number {
    const memory = this.#received;
    const { MSG_TRUNC } = constants;
    return libc.recvfrom(this.#fd, memory, memory.byteLength, MSG_TRUNC, this.#sender, this.#senderBytes);
  }

  #tooLong(length: number): SyscallError {
    const reason = `datagram of ${length} bytes, at most ${this.#received.byteLength} expected`;
    return new SyscallError('recvfrom', os.errno.EMSGSIZE, `${this.#detail}: ${reason}`);
  }
}

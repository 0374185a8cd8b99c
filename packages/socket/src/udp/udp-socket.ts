/**
 * The UDP socket of one interface: the first and the last station of a packet's path. Before it: the kernel.
 * After it: `router/runtime`.
 *
 * Made with system calls that `node:dgram` does not have, then adopted by it, which receives; `send-queue.ts` sends.
 * Invariants: what comes in came in on this interface, and goes out on it; everything queued is handed on together; a lost
 * packet is never an exception. ip(7), udp(7), socket(7).
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { constants as os } from 'node:os';
import type { Address } from '@ripstop/wire';
import { openDescriptor, setOption, setReceiveBuffer } from '../system/descriptor.ts';
import { constants, filterInstruction, filterProgram } from '../system/headers.ts';
import { intBytes, intOf, libc, SyscallError, succeed } from '../system/libc.ts';
import { type NamespaceReference, withNamespace } from '../system/namespace.ts';
import { describePortHolder } from './port-holder.ts';
import { SendQueue, type UdpEnvelope } from './send-queue.ts';
import { FAR_DATAGRAM_BYTES, ttlFilter } from './ttl-filter.ts';
import { ipv4, type UdpFamily } from './udp-family.ts';

/** A received datagram. */
export interface UdpDatagram {
  readonly source: Address;
  readonly port: number;
  /** Valid until `receive` returns. */
  readonly bytes: Uint8Array;
  /** It came with a TTL below the one asked for. Then only the first byte is there. */
  readonly farAway: boolean;
}

export interface UdpSocketOptions {
  readonly interface: { readonly name: string; readonly index: number };
  readonly port: number;
  /** Multicast group to join on the interface. */
  readonly group: Address;
  /**
   * 255: everything leaves with it, and what comes with less is told as `farAway` (RFC 5082). If not given, what is
   * for all on the link leaves with TTL 1, and the rest with the system's; what comes may have any.
   */
  readonly ttl?: 255 | undefined;
  /** Namespace of the interface; the own one if not given. */
  readonly namespace?: NamespaceReference | undefined;
  /** Gets everything that was queued, up to 512 datagrams at once. */
  readonly receive: (datagrams: readonly UdpDatagram[]) => void;
  /**
   * A packet did not leave (no route, no such source address, interface down, queue full, a firewall's refusal); the
   * socket lives on. Never called before `send` returns.
   */
  readonly unsent?: ((error: SyscallError, destination: Address) => void) | undefined;
  /** The socket broke and is closed. */
  readonly failed: (error: SyscallError) => void;
}

/** Asked for; the kernel grants twice as much: room for 6,500 packets of 504 bytes while the event loop is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** Datagrams handed on at once, so that a flood cannot collect in memory. */
const BATCH_DATAGRAMS_MAX = 512;

/** With which a packet ends at the next router. */
const LINK_TTL = 1;
/** The queueing priority of network control: of DSCP CS6. */
const NETWORK_CONTROL_PRIORITY = 6;

/**
 * Binds a port on one interface and joins a multicast group there. Broadcast may be sent, and comes back to its sender.
 *
 * @throws SyscallError if a step fails, nothing is left open then; `EADDRINUSE` names the process that has the port
 */
export function openUdpSocket(options: UdpSocketOptions): UdpSocket {
  const { port, group, ttl } = options;
  const { name, index } = options.interface;
  const detail = `UDP port ${port} on ${name}`;
  const family = ipv4;
  return withNamespace(options.namespace, () =>
    openDescriptor(family.domain, constants.SOCK_DGRAM, 0, detail, (fd) => {
      // Before bind and without SO_REUSEADDR: sockets of other interfaces may share the port, nobody else can.
      setOption(fd, 'SOL_SOCKET', 'SO_BINDTODEVICE', Buffer.from(name), detail);
      // Before bind, so that nothing comes in past it.
      if (ttl !== undefined) attachFilter(fd, ttlFilter(family.ttlOffset), detail);
      bind(fd, family.anyAddress(port), port, detail);
      family.configure(fd, index, group, { link: ttl ?? LINK_TTL, host: ttl }, detail);
      setOption(fd, 'SOL_SOCKET', 'SO_BROADCAST', 1, detail);
      // Linux: setting the TOS resets the priority.
      setOption(fd, 'SOL_SOCKET', 'SO_PRIORITY', NETWORK_CONTROL_PRIORITY, detail);
      const bytes = setReceiveBuffer(fd, RECEIVE_BUFFER_BYTES, detail);
      return new UdpSocket(fd, family, adopt(fd, family), bytes, detail, options);
    }),
  );
}

function bind(fd: number, address: Uint8Array, port: number, detail: string): void {
  const result = libc.bind(fd, address, address.byteLength);
  const taken = result === -os.errno.EADDRINUSE;
  succeed('bind', result, taken ? `${detail} is taken by ${describePortHolder(port)}` : detail);
}

/** Has the kernel run a program of classic BPF for every datagram that comes in. */
function attachFilter(fd: number, filter: Uint8Array, detail: string): void {
  const { SOL_SOCKET, SO_ATTACH_FILTER } = constants;
  const program = { len: filter.byteLength / filterInstruction.size, filter };
  const result = libc.attachFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, filterProgram.size);
  succeed('setsockopt(SO_ATTACH_FILTER)', result, detail);
}

/** Hands the descriptor over to Node, which closes it from now on. */
function adopt(fd: number, family: UdpFamily): Socket {
  const socket = createSocket(family.dgramType);
  socket.bind({ fd, exclusive: true });
  // libuv sets it on every socket it adopts; it would let another daemon bind the same port.
  // On an open socket, clearing it cannot fail.
  const off = intBytes(0);
  libc.setsockopt(fd, constants.SOL_SOCKET, constants.SO_REUSEADDR, off, off.byteLength);
  return socket;
}

/** An open UDP socket: `openUdpSocket` makes it. */
export class UdpSocket {
  /** Bytes that the kernel granted. */
  readonly receiveBufferBytes: number;

  readonly #fd: number;
  readonly #socket: Socket;
  readonly #detail: string;
  readonly #options: UdpSocketOptions;
  readonly #waitingBytes = intBytes(0);
  readonly #sendQueue: SendQueue;
  #batch: UdpDatagram[] = [];
  #unsentPackets = 0;
  #closed: Promise<void> | undefined;

  constructor(
    fd: number,
    family: UdpFamily,
    socket: Socket,
    receiveBufferBytes: number,
    detail: string,
    options: UdpSocketOptions,
  ) {
    this.receiveBufferBytes = receiveBufferBytes;
    this.#fd = fd;
    this.#socket = socket;
    this.#detail = detail;
    this.#options = options;
    const linkTtl = options.ttl ?? LINK_TTL;
    this.#sendQueue = new SendQueue(fd, family, linkTtl, (errno, envelope) => this.#unsent(errno, envelope));
    socket.on('message', (bytes, source) => this.#received(bytes, source));
    socket.on('error', (error) => this.#broke(error));
  }

  /** Packets that did not leave. */
  get unsentPackets(): number {
    return this.#unsentPackets;
  }

  /**
   * Sends one packet, after all before it. A failure is reported by `unsent`; after `close` nothing is sent.
   *
   * @param packet not to be changed any more
   */
  send(packet: Uint8Array, envelope: UdpEnvelope): void {
    if (this.#closed === undefined) this.#sendQueue.send(packet, envelope);
  }

  /**
   * Receives no more. Resolves when everything sent has left and the socket is closed. What a slow link does not take
   * within a second is unsent.
   */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#batch = [];
      this.#sendQueue.end(() => this.#socket.close(resolve));
    });
    return this.#closed;
  }

  #received(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    if (this.#closed !== undefined) return;
    const farAway = this.#options.ttl !== undefined && bytes.length === FAR_DATAGRAM_BYTES;
    this.#batch.push({ source: address, port, bytes, farAway });
    if (this.#batch.length === BATCH_DATAGRAMS_MAX || !this.#moreWaiting()) this.#flush();
  }

  /** Whether another datagram is queued that is not empty: it will be received next. */
  #moreWaiting(): boolean {
    return (
      libc.ioctl(this.#fd, constants.FIONREAD, this.#waitingBytes) === 0 && intOf(this.#waitingBytes) > 0
    );
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) this.#options.receive(batch);
  }

  #unsent(errno: number, { source, destination, port }: UdpEnvelope): void {
    this.#unsentPackets += 1;
    const detail = `${this.#detail}: from ${source} to ${destination}:${port}`;
    this.#options.unsent?.(new SyscallError('sendmsg', errno, detail), destination);
  }

  #broke(error: NodeJS.ErrnoException): void {
    this.#flush(); // The receiver may close the socket: then nothing more is said.
    if (this.#closed !== undefined) return;
    void this.close();
    this.#options.failed(new SyscallError('recvmsg', -(error.errno ?? 0), this.#detail));
  }
}

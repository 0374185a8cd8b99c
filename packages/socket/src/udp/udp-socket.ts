/**
 * The UDP socket of one interface: the first and the last station of a packet's path. Before it: the kernel.
 * After it: `router/runtime`.
 *
 * Made with system calls that `node:dgram` does not have; then `receiver` reads from it, and `send-queue` sends.
 *
 * Invariants: what comes in came in on this interface, and goes out on it; everything queued is handed on together; a lost
 * packet is never an exception. ip(7), ipv6(7), udp(7), socket(7).
 */
import { constants as os } from 'node:os';
import { type Address, addressFamily } from '@ripstop/wire';
import { openDescriptor, setOption, setReceiveBuffer } from '../system/descriptor.ts';
import { constants, filterInstruction, filterProgram } from '../system/headers.ts';
import { libc, SyscallError, succeed } from '../system/libc.ts';
import { type NamespaceReference, withNamespace } from '../system/namespace.ts';
import { describePortHolder } from './port-holder.ts';
import type { Receiver, UdpDatagram } from './receiver.ts';
import { SendQueue } from './send-queue.ts';
import { FAR_DATAGRAM_BYTES, ttlFilter } from './ttl-filter.ts';
import type { UdpEnvelope, UdpFamily, UdpHome } from './udp-family.ts';
import { udpIpv4 } from './udp-ipv4.ts';
import { udpIpv6 } from './udp-ipv6.ts';

export interface UdpSocketOptions {
  readonly interface: { readonly name: string; readonly index: number };
  readonly port: number;
  /** Multicast group to join on the interface. It says of which family the socket is, of IPv4 or of IPv6 alone. */
  readonly group: Address;
  /**
   * 255: everything leaves with this TTL or hop limit, and what comes with less is told as `farAway` (RFC 5082). If not
   * given, IPv4: what is for all on the link leaves with TTL 1, and the rest with the system's; what comes may have any.
   * IPv6: everything leaves with 255; what another socket on `port` sent to a group must come with 255, or it is told as
   * `farAway`; all else may have any (RFC 2080 §2.4.2).
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

/** The queueing priority of network control: of DSCP CS6. */
const NETWORK_CONTROL_PRIORITY = 6;

/** `held-port` opens sockets of them, too. */
export const families = { ipv4: udpIpv4, ipv6: udpIpv6 } as const;

/**
 * Binds a port on one interface and joins a multicast group there. Broadcast may be sent, and comes back to its sender.
 *
 * @throws SyscallError if a step fails, nothing is left open then; `EADDRINUSE` names the process that has the port
 */
export function openUdpSocket(options: UdpSocketOptions): UdpSocket {
  const { port, group, ttl } = options;
  const { name, index } = options.interface;
  const detail = `UDP port ${port} on ${name}`;
  const family = families[addressFamily(group)];
  const home = { interfaceIndex: index, port, group, ttl };
  return withNamespace(options.namespace, () =>
    openDescriptor(family.domain, constants.SOCK_DGRAM, 0, detail, (fd) => {
      // Before bind and without SO_REUSEADDR: sockets of other interfaces may share the port, nobody else can.
      setOption(fd, 'SOL_SOCKET', 'SO_BINDTODEVICE', Buffer.from(name), detail);
      family.configure(fd, home, detail);
      // Linux: setting the TOS resets the priority.
      setOption(fd, 'SOL_SOCKET', 'SO_PRIORITY', NETWORK_CONTROL_PRIORITY, detail);
      const receiveBufferBytes = setReceiveBuffer(fd, RECEIVE_BUFFER_BYTES, detail);
      const conditions = family.nearby(home);
      // Before bind, so that nothing comes in past it.
      if (conditions.length > 0) attachFilter(fd, ttlFilter(conditions), detail);
      bindPort(fd, family, port, detail);
      family.join(fd, home, detail);
      const opened = { fd, family, home, detail, receiveBufferBytes, marksFar: conditions.length > 0 };
      return new UdpSocket(opened, options);
    }),
  );
}

/** @param detail what the port is, as errors say it. @throws SyscallError; `EADDRINUSE` names the process that has it */
export function bindPort(fd: number, family: UdpFamily, port: number, detail: string): void {
  const address = family.anyAddress(port);
  const result = libc.bind(fd, address, address.byteLength);
  if (result !== -os.errno.EADDRINUSE) succeed('bind', result, detail);
  else succeed('bind', result, `${detail} is taken by ${describePortHolder(port, family.portTables)}`);
}

/** Has the kernel run a program of classic BPF for every datagram that comes in. */
function attachFilter(fd: number, filter: Uint8Array, detail: string): void {
  const { SOL_SOCKET, SO_ATTACH_FILTER } = constants;
  const program = { len: filter.byteLength / filterInstruction.size, filter };
  const result = libc.attachFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, filterProgram.size);
  succeed('setsockopt(SO_ATTACH_FILTER)', result, detail);
}

/** What opening a socket gives. */
interface OpenedSocket {
  readonly fd: number;
  readonly family: UdpFamily;
  readonly home: UdpHome;
  /** What the socket is for, as errors say it. */
  readonly detail: string;
  readonly receiveBufferBytes: number;
  /** Whether datagrams from afar come cut. */
  readonly marksFar: boolean;
}

/** An open UDP socket: `openUdpSocket` makes it. */
export class UdpSocket {
  readonly #opened: OpenedSocket;
  readonly #options: UdpSocketOptions;
  readonly #sendQueue: SendQueue;
  readonly #receiver: Receiver;
  #unsentPackets = 0;
  #closed: Promise<void> | undefined;

  constructor(opened: OpenedSocket, options: UdpSocketOptions) {
    const { fd, family, home, marksFar } = opened;
    this.#opened = opened;
    this.#options = options;
    this.#sendQueue = new SendQueue(fd, family, home, (errno, envelope) => this.#unsent(errno, envelope));
    this.#receiver = family.receiver(fd, {
      isFar: (bytes) => marksFar && bytes.byteLength === FAR_DATAGRAM_BYTES,
      receive: options.receive,
      failed: (call, errno) => this.#fail(call, errno),
    });
  }

  /** Bytes that the kernel granted. */
  get receiveBufferBytes(): number {
    return this.#opened.receiveBufferBytes;
  }

  /** Whether something that came in has not been handed on yet. */
  get isWaiting(): boolean {
    return this.#closed === undefined && this.#receiver.isWaiting;
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
      this.#receiver.stop();
      this.#sendQueue.end(() => this.#receiver.close(resolve));
    });
    return this.#closed;
  }

  #unsent(errno: number, { source, destination, port }: UdpEnvelope): void {
    this.#unsentPackets += 1;
    const detail = `${this.#opened.detail}: from ${source} to ${destination} port ${port}`;
    this.#options.unsent?.(new SyscallError('sendmsg', errno, detail), destination);
  }

  #fail(call: string, errno: number): void {
    void this.close();
    this.#options.failed(new SyscallError(call, errno, this.#opened.detail));
  }
}

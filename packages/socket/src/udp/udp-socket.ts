/**
 * The UDP socket of one interface: the first and the last station of a packet's path. Before it: the kernel.
 * After it: `router/runtime`.
 *
 * Made with system calls that `node:dgram` does not have, then adopted by it. Invariants: what comes in came in on this
 * interface, and goes out on it; everything queued is handed on together; a lost packet is never an exception.
 * ip(7), udp(7), socket(7).
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { constants as os } from 'node:os';
import { type Address, encode } from '@ripstop/wire';
import { openDescriptor, setOption, setReceiveBuffer } from '../system/descriptor.ts';
import { constants, internetAddress, multicastRequest } from '../system/headers.ts';
import { intBytes, intOf, libc, SyscallError, succeed } from '../system/libc.ts';
import { type NamespaceReference, withNamespace } from '../system/namespace.ts';
import { describePortHolder } from './port-holder.ts';

/** A received datagram. */
export interface UdpDatagram {
  readonly source: Address;
  readonly port: number;
  /** Valid until `receive` returns. */
  readonly bytes: Uint8Array;
}

export interface UdpSocketOptions {
  readonly interface: { readonly name: string; readonly index: number };
  readonly port: number;
  /** Multicast group to join on the interface. */
  readonly group: Address;
  /** Namespace of the interface; the own one if not given. */
  readonly namespace?: NamespaceReference | undefined;
  /** Gets everything that was queued, up to 512 datagrams at once. */
  readonly receive: (datagrams: readonly UdpDatagram[]) => void;
  /**
   * A packet did not leave (no route, interface down, queue full, a firewall's refusal); the socket lives on. Never
   * called before `send` returns.
   */
  readonly unsent?: ((error: SyscallError, destination: Address) => void) | undefined;
  /** The socket broke and is closed. */
  readonly failed: (error: SyscallError) => void;
}

/** Asked for; the kernel grants twice as much: room for 6,500 packets of 504 bytes while the event loop is busy. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** Datagrams handed on at once, so that a flood cannot collect in memory. */
const BATCH_DATAGRAMS_MAX = 512;

/** What differs between IPv4 and IPv6. */
interface UdpFamily {
  readonly domain: number;
  readonly dgramType: 'udp4';
  /** The address to bind to: the port of every address of the interface. */
  anyAddress(port: number): Uint8Array;
  /** The group, and what outgoing packets look like. */
  configure(fd: number, interfaceIndex: number, group: Address, detail: string): void;
}

/** DSCP CS6, network control (RFC 4594), as a TOS byte; and the queueing priority that goes with it. */
const NETWORK_CONTROL_TOS = 0xc0;
const NETWORK_CONTROL_PRIORITY = 6;

const ipv4: UdpFamily = {
  domain: constants.AF_INET,
  dgramType: 'udp4',
  anyAddress: (port) => encode(internetAddress, { family: constants.AF_INET, port }),
  configure(fd, interfaceIndex, group, detail) {
    const interfaceOnly = encode(multicastRequest, { interfaceIndex });
    // Linux: otherwise a socket also gets the groups that others have joined on other interfaces.
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_ALL', 0, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_IF', interfaceOnly, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_TTL', 1, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_MULTICAST_LOOP', 0, detail);
    const membership = encode(multicastRequest, { group, interfaceIndex });
    setOption(fd, 'IPPROTO_IP', 'IP_ADD_MEMBERSHIP', membership, detail);
    setOption(fd, 'IPPROTO_IP', 'IP_TOS', NETWORK_CONTROL_TOS, detail);
  },
};

/**
 * Binds a port on one interface and joins a multicast group there. Sends multicast to the link only (TTL 1), unicast
 * with the system's TTL.
 *
 * @throws SyscallError if a step fails, nothing is left open then; `EADDRINUSE` names the process that has the port
 */
export function openUdpSocket(options: UdpSocketOptions): UdpSocket {
  const { port, group } = options;
  const { name, index } = options.interface;
  const detail = `UDP port ${port} on ${name}`;
  const family = ipv4;
  return withNamespace(options.namespace, () =>
    openDescriptor(family.domain, constants.SOCK_DGRAM, 0, detail, (fd) => {
      // Before bind and without SO_REUSEADDR: sockets of other interfaces may share the port, nobody else can.
      setOption(fd, 'SOL_SOCKET', 'SO_BINDTODEVICE', Buffer.from(name), detail);
      bind(fd, family.anyAddress(port), port, detail);
      family.configure(fd, index, group, detail);
      setOption(fd, 'SOL_SOCKET', 'SO_BROADCAST', 1, detail);
      // Linux: setting the TOS resets the priority.
      setOption(fd, 'SOL_SOCKET', 'SO_PRIORITY', NETWORK_CONTROL_PRIORITY, detail);
      const bytes = setReceiveBuffer(fd, RECEIVE_BUFFER_BYTES, detail);
      return new UdpSocket(fd, adopt(fd, family), bytes, detail, options);
    }),
  );
}

function bind(fd: number, address: Uint8Array, port: number, detail: string): void {
  const result = libc.bind(fd, address, address.byteLength);
  const taken = result === -os.errno.EADDRINUSE;
  succeed('bind', result, taken ? `${detail} is taken by ${describePortHolder(port)}` : detail);
}

/** Hands the descriptor over to Node, which closes it from now on. */
function adopt(fd: number, family: UdpFamily): Socket {
  // Destinations are addresses: without this, Node would ask its resolver and send a tick later.
  const socket = createSocket({
    type: family.dgramType,
    lookup: (host, _options, found) => found(null, host, 4),
  });
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
  #batch: UdpDatagram[] = [];
  #sending = 0;
  #unsentPackets = 0;
  #closed: Promise<void> | undefined;
  #allSent: () => void = () => undefined;

  constructor(
    fd: number,
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
    socket.on('message', (bytes, source) => this.#received(bytes, source));
    socket.on('error', (error) => this.#broke(error));
  }

  /** Packets that did not leave. */
  get unsentPackets(): number {
    return this.#unsentPackets;
  }

  /**
   * Sends one packet. A failure is reported by `unsent`; after `close` nothing is sent.
   *
   * @param packet not to be changed any more
   */
  send(packet: Uint8Array, destination: Address, port: number): void {
    if (this.#closed !== undefined) return;
    this.#sending += 1;
    const sent = (error: NodeJS.ErrnoException | null): void => {
      this.#sending -= 1;
      if (error !== null) this.#unsent(-(error.errno ?? 0), destination, port);
      if (this.#sending === 0) this.#allSent();
    };
    // A neighbor may have sent from port 0; Node would throw where the kernel says EINVAL.
    if (port === 0) process.nextTick(sent, { errno: -os.errno.EINVAL });
    else this.#socket.send(packet, port, destination, sent);
  }

  /** Receives no more. Resolves when everything sent has left and the socket is closed. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#batch = [];
      this.#allSent = () => this.#socket.close(resolve);
      if (this.#sending === 0) this.#allSent();
    });
    return this.#closed;
  }

  #received(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    if (this.#closed !== undefined) return;
    this.#batch.push({ source: address, port, bytes });
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

  #unsent(errno: number, destination: Address, port: number): void {
    this.#unsentPackets += 1;
    this.#options.unsent?.(
      new SyscallError('sendto', errno, `${this.#detail}: to ${destination}:${port}`),
      destination,
    );
  }

  #broke(error: NodeJS.ErrnoException): void {
    this.#flush(); // The receiver may close the socket: then nothing more is said.
    if (this.#closed !== undefined) return;
    void this.close();
    this.#options.failed(new SyscallError('recvmsg', -(error.errno ?? 0), this.#detail));
  }
}

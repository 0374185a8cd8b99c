/**
 * The way out of a UDP socket: packets leave in the order in which they were sent, each from the source address it was
 * given. Before this file: `udp-socket`. After it: the kernel.
 *
 * A router speaks to the second subnet of a link from its address there; Linux by itself takes the first address for groups
 * and 255.255.255.255. So every packet goes by sendmsg with its source as a control message. Nothing is pending afterwards:
 * a socket closes, and its port is free, at once.
 *
 * Invariants: a packet that waits holds up all after it; the number of those that wait is bounded. ip(7), ipv6(7), sendmsg(2).
 */
import { constants as os } from 'node:os';
import { libc } from '../system/libc.ts';
import type { UdpEnvelope, UdpFamily, UdpHome } from './udp-family.ts';

/** Packets that wait for a slow link. One more is lost. A table of 100,000 routes takes 4,000. */
const WAITING_PACKETS_MAX = 8_192;
/** The send buffer has room for 160 packets of 504 bytes: at this pace up to 30,000 leave in a second. */
const RETRY_MS = 5;
/** How long packets may still wait when the socket is to be closed. */
const LAST_PACKETS_MS = 1_000;

/** What sendmsg says while the send buffer is full. */
const FULL: ReadonlySet<number> = new Set([-os.errno.EAGAIN, -os.errno.ENOBUFS]);

interface Departure {
  readonly packet: Uint8Array;
  readonly envelope: UdpEnvelope;
}

export class SendQueue {
  readonly #fd: number;
  readonly #family: UdpFamily;
  readonly #home: UdpHome;
  readonly #unsent: (errno: number, envelope: UdpEnvelope) => void;
  #waiting: Departure[] = [];
  /** What to do when nothing waits any more. */
  #emptied: () => void = () => undefined;
  /** Infinity: the socket is not to be closed. */
  #giveUpAt = Number.POSITIVE_INFINITY;

  /** @param unsent gets the errno of what did not leave, in a later turn than the `send` of it */
  constructor(
    fd: number,
    family: UdpFamily,
    home: UdpHome,
    unsent: (errno: number, envelope: UdpEnvelope) => void,
  ) {
    this.#fd = fd;
    this.#family = family;
    this.#home = home;
    this.#unsent = unsent;
  }

  send(packet: Uint8Array, envelope: UdpEnvelope): void {
    const departure = { packet, envelope };
    if (this.#waiting.length >= WAITING_PACKETS_MAX) this.#tell(os.errno.ENOBUFS, envelope);
    else if (this.#waiting.length > 0) this.#waiting.push(departure);
    else if (!this.#leaves(departure)) {
      this.#waiting.push(departure);
      this.#wait();
    }
  }

  /** Nothing more is sent. Calls `emptied` when all has left or was given up: at once if nothing waits. */
  end(emptied: () => void): void {
    this.#emptied = emptied;
    this.#giveUpAt = performance.now() + LAST_PACKETS_MS;
    if (this.#waiting.length === 0) emptied();
  }

  #wait(): void {
    setTimeout(() => this.#retry(), RETRY_MS);
  }

  #retry(): void {
    const blocked = this.#waiting.findIndex((departure) => !this.#leaves(departure));
    this.#waiting = blocked < 0 ? [] : this.#waiting.slice(blocked);
    if (performance.now() >= this.#giveUpAt) {
      for (const { envelope } of this.#waiting) this.#tell(os.errno.EAGAIN, envelope);
      this.#waiting = [];
    }
    if (this.#waiting.length > 0) this.#wait();
    else this.#emptied();
  }

  /** @returns whether it has left, or never will: false if the send buffer is full */
  #leaves({ packet, envelope }: Departure): boolean {
    const address = this.#family.destination(envelope, this.#home);
    const control = this.#family.control(envelope, this.#home);
    const message = {
      msg_name: address,
      msg_namelen: address.byteLength,
      msg_iov: { iov_base: packet, iov_len: packet.byteLength },
      msg_iovlen: 1,
      msg_control: control,
      msg_controllen: control.byteLength,
      msg_flags: 0,
    } as const;
    const result = libc.sendmsg(this.#fd, message, 0);
    if (FULL.has(result)) return false;
    if (result < 0) this.#tell(-result, envelope);
    return true;
  }

  #tell(errno: number, envelope: UdpEnvelope): void {
    queueMicrotask(() => this.#unsent(errno, envelope));
  }
}

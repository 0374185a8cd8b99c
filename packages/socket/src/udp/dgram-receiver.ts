/**
 * Receives through `node:dgram`, which adopts the descriptor, waits, and reads the first datagram of what is queued; the
 * rest is read at once. `udp-ipv4` uses it.
 *
 * Invariant: one batch in a turn of the event loop, so that others come between those of a flood. libuv goes on reading
 * in the same turn; what it brings then waits for the next one.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { constants } from '../system/headers.ts';
import { intBytes, libc } from '../system/libc.ts';
import { type DatagramFormat, ReceiveQueue } from './receive-queue.ts';
import type { Receiver, ReceiverOptions, UdpDatagram } from './receiver.ts';

/** What `node:dgram` tells beside a datagram. */
const NO_CONTROL = new Uint8Array();

export class DgramReceiver implements Receiver {
  readonly #format: DatagramFormat;
  readonly #options: ReceiverOptions;
  readonly #socket: Socket;
  readonly #queue: ReceiveQueue;
  /** What `node:dgram` has read and nobody has got. */
  #batch: UdpDatagram[] = [];
  /** A full batch was handed on in this turn. */
  #isYielding = false;

  constructor(fd: number, format: DatagramFormat, options: ReceiverOptions) {
    this.#format = format;
    this.#options = options;
    this.#queue = new ReceiveQueue(fd, format, options);
    this.#socket = createSocket('udp4');
    this.#socket.bind({ fd, exclusive: true });
    // libuv sets it on every socket it adopts; it would let another daemon bind the same port.
    // On an open socket, clearing it cannot fail.
    const off = intBytes(0);
    libc.setsockopt(fd, constants.SOL_SOCKET, constants.SO_REUSEADDR, off, off.byteLength);
    this.#socket.on('message', (bytes, sender) => this.#received(bytes, sender));
    this.#socket.on('error', (error) => this.#broke(error));
  }

  get isWaiting(): boolean {
    return this.#batch.length > 0 || this.#queue.isWaiting;
  }

  stop(): void {
    this.#queue.stop();
  }

  close(closed: () => void): void {
    this.#socket.close(closed);
  }

  #received(bytes: Uint8Array, sender: RemoteInfo): void {
    this.#batch.push(this.#format.datagram(sender, bytes, this.#options.isFar(bytes), NO_CONTROL));
    if (!this.#isYielding) this.#handOn();
  }

  #handOn(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#isYielding = this.#queue.handOn(batch);
    if (this.#isYielding) setImmediate(() => this.#handOn());
  }

  #broke(error: NodeJS.ErrnoException): void {
    this.#handOn();
    this.#queue.fail('recvmsg', -(error.errno ?? 0));
  }
}

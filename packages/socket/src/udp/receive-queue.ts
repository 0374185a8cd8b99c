/**
 * What the kernel has queued for a UDP socket: read by `recvmmsg` and handed on in batches. Before it: the kernel;
 * `dgram-receiver` and `system-receiver` say when. After it: `udp-socket`.
 *
 * Invariants: datagrams are handed on in the order in which they came; everything queued is handed on together, up to
 * `BATCH_DATAGRAMS_MAX`; after `stop` nothing is handed on or told. recvmmsg(2)
 */
import { constants as os } from 'node:os';
import type { Address } from '@ripstop/wire';
import { constants, internetAddress6, packetInformation6 } from '../system/headers.ts';
import { intBytes, intOf, libc } from '../system/libc.ts';
import { MessageMemory } from '../system/message-memory.ts';
import { controlMessageBytes } from './control-message.ts';
import type { ReceiverOptions, UdpDatagram } from './receiver.ts';

/** Datagrams handed on at once, so that a flood cannot collect in memory. */
const BATCH_DATAGRAMS_MAX = 512;
/** Datagrams read by one call. With more, each costs hardly less, and takes as much room as the longest. */
const CALL_DATAGRAMS_MAX = 32;
/** No datagram is longer: so far counts the length field of UDP. */
const DATAGRAM_BYTES_MAX = 0xffff;

/** Who sent a datagram. */
interface Sender {
  readonly address: Address;
  readonly port: number;
}

/** What a family makes of a datagram and of what comes beside it. */
export interface DatagramFormat {
  /** Of a socket address. */
  readonly addressBytes: number;
  /** @param address a socket address, with anything behind it */
  sender(address: Uint8Array): Sender;
  /** @param control the messages that the socket asks for, then zeros */
  datagram(sender: Sender, bytes: Uint8Array, farAway: boolean, control: Uint8Array): UdpDatagram;
}

let memory: MessageMemory | undefined;

/** One for all sockets: what a call has read is out of it before there is another call. */
function sharedMemory(): MessageMemory {
  memory ??= new MessageMemory(CALL_DATAGRAMS_MAX, {
    address: internetAddress6.size,
    control: controlMessageBytes(packetInformation6.size),
    payload: DATAGRAM_BYTES_MAX,
  });
  return memory;
}

const nextBytes = intBytes(0);

export class ReceiveQueue {
  readonly #fd: number;
  readonly #format: DatagramFormat;
  readonly #options: ReceiverOptions;
  readonly #memory = sharedMemory();
  /** Of the last datagram: mostly the next has the same. */
  #sender: Sender | undefined;
  readonly #senderBytes: Uint8Array;
  #isStopped = false;

  constructor(fd: number, format: DatagramFormat, options: ReceiverOptions) {
    this.#fd = fd;
    this.#format = format;
    this.#options = options;
    this.#senderBytes = new Uint8Array(format.addressBytes);
  }

  /** Whether a datagram is queued that is not empty. */
  get isWaiting(): boolean {
    return libc.ioctl(this.#fd, constants.FIONREAD, nextBytes) === 0 && intOf(nextBytes) > 0;
  }

  /**
   * Hands on a batch with what is queued behind it.
   *
   * @param batch what has been read of the queue already
   * @returns whether the batch was full, so that more may be queued
   */
  handOn(batch: UdpDatagram[]): boolean {
    if (this.#isStopped) return false;
    const errno = this.#read(batch);
    const isFull = batch.length >= BATCH_DATAGRAMS_MAX;
    if (batch.length > 0) this.#options.receive(batch);
    // The receiver may have closed the socket: then nothing more is said.
    if (errno !== 0) this.fail('recvmmsg', errno);
    return isFull;
  }

  fail(call: string, errno: number): void {
    if (!this.#isStopped) this.#options.failed(call, errno);
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Reads on into a batch, until it is full or nothing is left. @returns the errno of a socket that is broken, or 0 */
  #read(batch: UdpDatagram[]): number {
    while (batch.length < BATCH_DATAGRAMS_MAX) {
      const count = Math.min(CALL_DATAGRAMS_MAX, BATCH_DATAGRAMS_MAX - batch.length);
      const received = this.#memory.receive(this.#fd, count);
      if (received < 0) return received === -os.errno.EAGAIN ? 0 : -received;
      this.#memory.takeEach((bytes, address, control) => {
        const farAway = this.#options.isFar(bytes);
        batch.push(this.#format.datagram(this.#senderOf(address), bytes, farAway, control));
      });
      // Linux: an error that ends a call early is told by the next one.
      if (received < count) return 0;
    }
    return 0;
  }

  #senderOf(address: Uint8Array): Sender {
    const known = this.#senderBytes;
    if (this.#sender === undefined || !beginsWith(address, known)) {
      known.set(address.subarray(0, known.length));
      this.#sender = this.#format.sender(address);
    }
    return this.#sender;
  }
}

function beginsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  for (let at = 0; at < beginning.length; at += 1) if (bytes[at] !== beginning[at]) return false;
  return true;
}

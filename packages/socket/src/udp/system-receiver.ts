/** Receives by `recvfrom`, when the descriptor is readable. `udp-ipv6` uses it. */
import { constants as os } from 'node:os';
import { watchReadable } from '../readiness.ts';
import { intBytes, libc } from '../system/libc.ts';
import { type Arrival, BATCH_DATAGRAMS_MAX, type Receiver, type ReceiverOptions } from './receiver.ts';
import type { UdpSender } from './udp-family.ts';

/** No datagram is longer: so far counts the length field of UDP. */
const DATAGRAM_BYTES_MAX = 0xffff;

/** How a socket address is read. */
interface AddressFormat {
  readonly bytes: number;
  decode(address: Uint8Array): UdpSender;
}

export class SystemReceiver implements Receiver {
  readonly #fd: number;
  readonly #format: AddressFormat;
  readonly #options: ReceiverOptions;
  /** Ends the watch for something to read. */
  readonly #unwatch: () => void;
  readonly #memory = new Uint8Array(DATAGRAM_BYTES_MAX);
  readonly #sender: Uint8Array;
  readonly #senderBytes: Uint8Array;
  #isStopped = false;

  constructor(fd: number, format: AddressFormat, options: ReceiverOptions) {
    this.#fd = fd;
    this.#format = format;
    this.#options = options;
    this.#sender = new Uint8Array(format.bytes);
    this.#senderBytes = intBytes(format.bytes);
    this.#unwatch = watchReadable(fd, () => this.#read());
  }

  stop(): void {
    this.#isStopped = true;
    this.#unwatch();
  }

  close(closed: () => void): void {
    libc.close(this.#fd);
    closed();
  }

  #read(): void {
    const batch: Arrival[] = [];
    let length = 0;
    while (batch.length < BATCH_DATAGRAMS_MAX) {
      length = this.#receiveOne();
      if (length < 0) break;
      batch.push({ ...this.#format.decode(this.#sender), bytes: this.#memory.slice(0, length) });
    }
    if (batch.length > 0) this.#options.receive(batch);
    // The receiver may have closed the socket: then nothing more is said.
    if (length < 0 && length !== -os.errno.EAGAIN && !this.#isStopped)
      this.#options.failed('recvfrom', -length);
  }

  /** @returns the datagram's length, or a negative errno */
  #receiveOne(): number {
    const memory = this.#memory;
    return libc.recvfrom(this.#fd, memory, memory.byteLength, 0, this.#sender, this.#senderBytes);
  }
}

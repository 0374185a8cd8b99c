/** Receives by `recvmsg`, when the descriptor is readable. `udp-ipv6` uses it. */
import { constants as os } from 'node:os';
import { watchReadable } from '../readiness.ts';
import { libc } from '../system/libc.ts';
import { MessageMemory } from '../system/message-memory.ts';
import { type Arrival, BATCH_DATAGRAMS_MAX, type Receiver, type ReceiverOptions } from './receiver.ts';

/** No datagram is longer: so far counts the length field of UDP. */
const DATAGRAM_BYTES_MAX = 0xffff;

/** What there is to read beside a datagram, and how. */
export interface ArrivalFormat {
  /** Of a socket address. */
  readonly addressBytes: number;
  /** Of all control messages that the socket asks for. */
  readonly controlBytes: number;
  /** @param bytes of the datagram, which are the arrival's then */
  decode(bytes: Uint8Array, sender: Uint8Array, control: Uint8Array): Arrival;
}

export class SystemReceiver implements Receiver {
  readonly #fd: number;
  readonly #format: ArrivalFormat;
  readonly #options: ReceiverOptions;
  /** Ends the watch for something to read. */
  readonly #unwatch: () => void;
  readonly #memory: MessageMemory;
  #isStopped = false;

  constructor(fd: number, format: ArrivalFormat, options: ReceiverOptions) {
    this.#fd = fd;
    this.#format = format;
    this.#options = options;
    const { addressBytes: address, controlBytes: control } = format;
    this.#memory = new MessageMemory({ address, control, payload: DATAGRAM_BYTES_MAX });
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
    const { address, control, payload } = this.#memory;
    const batch: Arrival[] = [];
    let length = 0;
    while (batch.length < BATCH_DATAGRAMS_MAX) {
      length = this.#memory.receive(this.#fd);
      if (length < 0) break;
      batch.push(this.#format.decode(payload.slice(0, length), address, control));
    }
    if (batch.length > 0) this.#options.receive(batch);
    // The receiver may have closed the socket: then nothing more is said.
    if (length < 0 && length !== -os.errno.EAGAIN && !this.#isStopped)
      this.#options.failed('recvmsg', -length);
  }
}

/** Receives when the descriptor is readable. `udp-ipv6` uses it. */
import { watchReadable } from '../readiness.ts';
import { libc } from '../system/libc.ts';
import { type DatagramFormat, ReceiveQueue } from './receive-queue.ts';
import type { Receiver, ReceiverOptions } from './receiver.ts';

export class SystemReceiver implements Receiver {
  readonly #fd: number;
  readonly #queue: ReceiveQueue;
  /** Ends the watch for something to read. */
  readonly #unwatch: () => void;

  constructor(fd: number, format: DatagramFormat, options: ReceiverOptions) {
    this.#fd = fd;
    this.#queue = new ReceiveQueue(fd, format, options);
    this.#unwatch = watchReadable(fd, () => this.#queue.handOn([]));
  }

  get isWaiting(): boolean {
    return this.#queue.isWaiting;
  }

  stop(): void {
    this.#queue.stop();
    this.#unwatch();
  }

  close(closed: () => void): void {
    libc.close(this.#fd);
    closed();
  }
}

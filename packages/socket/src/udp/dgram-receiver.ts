/** Receives through `node:dgram`, which adopts the descriptor. `udp-ipv4` uses it. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { constants } from '../system/headers.ts';
import { intBytes, intOf, libc } from '../system/libc.ts';
import { type Arrival, BATCH_DATAGRAMS_MAX, type Receiver, type ReceiverOptions } from './receiver.ts';

export class DgramReceiver implements Receiver {
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #options: ReceiverOptions;
  readonly #waitingBytes = intBytes(0);
  #batch: Arrival[] = [];
  #isStopped = false;

  constructor(fd: number, options: ReceiverOptions) {
    this.#fd = fd;
    this.#options = options;
    this.#socket = createSocket('udp4');
    this.#socket.bind({ fd, exclusive: true });
    // libuv sets it on every socket it adopts; it would let another daemon bind the same port.
    // On an open socket, clearing it cannot fail.
    const off = intBytes(0);
    libc.setsockopt(fd, constants.SOL_SOCKET, constants.SO_REUSEADDR, off, off.byteLength);
    this.#socket.on('message', (bytes, sender) => this.#received(bytes, sender));
    this.#socket.on('error', (error) => this.#broke(error));
  }

  stop(): void {
    this.#isStopped = true;
    this.#batch = [];
  }

  close(closed: () => void): void {
    this.#socket.close(closed);
  }

  #received(bytes: Uint8Array, { address: source, port }: RemoteInfo): void {
    if (this.#isStopped) return;
    this.#batch.push({ source, port, bytes });
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

  #broke(error: NodeJS.ErrnoException): void {
    this.#flush(); // The receiver may close the socket: then nothing more is said.
    if (!this.#isStopped) this.#options.failed('recvmsg', -(error.errno ?? 0));
  }
}

/**
 * What is queued for a netlink socket: read by `recvmmsg`, in batches. Before it: the kernel, and other programs. After it:
 * `netlink-socket`, which says when to read.
 *
 * Invariants: a batch has what came in order, from accepted senders alone, and each datagram whole. After a loss the queue is
 * read until it is empty, or until the next loss, which the next batch tells. recvmmsg(2), netlink(7)
 */
import { constants as os } from 'node:os';
import { addressOf, KERNEL_PORT, type NetlinkSender } from './netlink-address.ts';
import { constants, netlinkAddress } from './system/headers.ts';
import { SyscallError } from './system/libc.ts';
import { MessageMemory } from './system/message-memory.ts';

export interface NetlinkQueueOptions {
  /** Ports whose datagrams are handed on; all others are dropped and counted. The kernel's alone (0) if not given. */
  readonly senders?: 'any' | readonly number[] | undefined;
  /** Bytes of the longest datagram that may come; 256 KiB if not given. A longer one is a failure. */
  readonly datagramBytesMax?: number | undefined;
  /** Datagrams read before others get their turn; 128 if not given: at most 4 MiB of a dump. */
  readonly datagramsPerTurn?: number | undefined;
}

/** What was queued. */
interface NetlinkBatch {
  readonly datagrams: Uint8Array[];
  /** Of each datagram. */
  readonly senders: NetlinkSender[];
  /** The kernel had to drop messages. */
  isLossy: boolean;
  /** The socket is broken, or a datagram was longer than it may be. */
  failure: SyscallError | undefined;
}

/** Dumps come in pieces of 32 KiB; only details that nobody here asks for (virtual functions) could take more. */
const DATAGRAM_BYTES_MAX = 256 * 1024;
/** See `datagramsPerTurn`. After a loss, everything that is queued is read. */
const DATAGRAMS_PER_TURN = 128;
/** Datagrams read by one call. With more, each costs hardly less. */
const CALL_DATAGRAMS_MAX = 16;
/** Room for those of one call: so much it can come to where Linux makes every page a huge one. */
const CALL_BYTES_MAX = CALL_DATAGRAMS_MAX * DATAGRAM_BYTES_MAX;

let memory: MessageMemory | undefined;

/** One for all sockets with datagrams of the usual length: what a call has read is out of it before there is another call. */
function memoryFor(datagramBytesMax: number): MessageMemory {
  if (datagramBytesMax !== DATAGRAM_BYTES_MAX) return makeMemory(datagramBytesMax);
  memory ??= makeMemory(datagramBytesMax);
  return memory;
}

function makeMemory(payload: number): MessageMemory {
  const count = Math.min(Math.max(Math.floor(CALL_BYTES_MAX / payload), 1), CALL_DATAGRAMS_MAX);
  return new MessageMemory(count, { address: netlinkAddress.size, control: 0, payload });
}

export class NetlinkQueue {
  readonly #fd: number;
  /** What the socket is, for errors. */
  readonly #detail: string;
  readonly #datagramsPerTurn: number;
  readonly #datagramBytesMax: number;
  readonly #accepted: 'any' | readonly number[];
  readonly #memory: MessageMemory;
  #foreignDatagrams = 0;
  /** Of the last datagram: mostly the next has the same. */
  #sender: NetlinkSender | undefined;
  readonly #senderBytes = new Uint8Array(netlinkAddress.size);

  constructor(fd: number, detail: string, options: NetlinkQueueOptions) {
    this.#fd = fd;
    this.#detail = detail;
    this.#datagramsPerTurn = options.datagramsPerTurn ?? DATAGRAMS_PER_TURN;
    this.#datagramBytesMax = options.datagramBytesMax ?? DATAGRAM_BYTES_MAX;
    this.#accepted = options.senders ?? [KERNEL_PORT];
    this.#memory = memoryFor(this.#datagramBytesMax);
  }

  /** Datagrams dropped because nobody accepts who sent them. */
  get foreignDatagrams(): number {
    return this.#foreignDatagrams;
  }

  /** Reads what a turn allows; after a loss, all that is queued. The datagrams are the receiver's own. */
  read(): NetlinkBatch {
    const batch: NetlinkBatch = { datagrams: [], senders: [], isLossy: false, failure: undefined };
    let left = this.#datagramsPerTurn;
    // Linux: after a loss the kernel drops whatever comes, without another ENOBUFS, until the queue has been read empty.
    while ((left > 0 || batch.isLossy) && batch.failure === undefined) {
      const { count: room } = this.#memory;
      const count = batch.isLossy ? room : Math.min(room, left);
      const received = this.#memory.receive(this.#fd, count, constants.MSG_TRUNC);
      if (received === -os.errno.EAGAIN) break;
      if (received === -os.errno.ENOBUFS || received === -os.errno.ENOMEM) batch.isLossy = true;
      else if (received < 0) batch.failure = new SyscallError('recvmmsg', -received, this.#detail);
      else {
        this.#take(batch);
        left -= received;
        // The queue is empty now; or, rarely, an error has ended the call. Linux: the next call tells it.
        if (received < count) break;
      }
    }
    return batch;
  }

  /** Puts what was read behind what a batch has. */
  #take(batch: NetlinkBatch): void {
    this.#memory.takeEach((bytes, address, _control, length) => {
      const sender = this.#senderOf(address);
      if (!this.#accepts(sender)) this.#foreignDatagrams += 1;
      else if (length > bytes.byteLength) batch.failure ??= this.#tooLong(length);
      else if (batch.failure === undefined) {
        batch.datagrams.push(bytes);
        batch.senders.push(sender);
      }
    });
  }

  #accepts({ portId }: NetlinkSender): boolean {
    return this.#accepted === 'any' || this.#accepted.includes(portId);
  }

  #senderOf(address: Uint8Array): NetlinkSender {
    if (this.#sender === undefined || !areEqual(address, this.#senderBytes)) {
      this.#senderBytes.set(address);
      this.#sender = addressOf(address);
    }
    return this.#sender;
  }

  #tooLong(length: number): SyscallError {
    const reason = `datagram of ${length} bytes, at most ${this.#datagramBytesMax} expected`;
    return new SyscallError('recvmmsg', os.errno.EMSGSIZE, `${this.#detail}: ${reason}`);
  }
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  for (let at = 0; at < right.length; at += 1) if (left[at] !== right[at]) return false;
  return true;
}

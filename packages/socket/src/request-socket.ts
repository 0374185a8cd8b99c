/**
 * Requests and their answers on one rtnetlink socket: one call at a time is under way, in the order of the calls.
 *
 * Before it: `object-client` and `rtnetlink`, with requests. After it: `netlink-socket`, which carries the bytes that
 * netlink's `Exchange` makes of them.
 */
import { constants as os } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import {
  type DumpEnd,
  Exchange,
  type Messages,
  NetlinkError,
  type ObjectName,
  type Query,
  type Request,
} from '@ripstop/netlink';
import type { DecodeError } from '@ripstop/wire';
import { type NetlinkSocket, openNetlinkSocket } from './netlink-socket.ts';
import { SyscallError } from './system/libc.ts';
import type { HeldNamespace } from './system/namespace.ts';

/** What every socket of a client is opened with. */
export interface SocketOptions {
  readonly namespace?: HeldNamespace | undefined;
  readonly receiveBufferBytes?: number | undefined;
  /** Told of every message that could not be read; it is left out of the list. */
  readonly undecodable?: ((error: DecodeError) => void) | undefined;
}

export interface RequestSocketOptions extends SocketOptions {
  /** The socket broke and is closed. */
  readonly failed: (error: SyscallError) => void;
}

export interface CallOptions {
  /** Gives the call up: it fails with the signal's reason. What was sent before may have been carried out. */
  readonly signal?: AbortSignal | undefined;
}

export interface BatchOptions extends CallOptions {
  /**
   * Told before a part of the batch is sent: that the request at `index` has this sequence number, and each after it the
   * next one (`sequenceAfter`). Notifications of what the requests do carry it.
   */
  readonly numbered?: ((index: number, sequence: number) => void) | undefined;
}

/**
 * Requests sent before the event loop gets its turn: about a millisecond of the kernel's work. Even if each is refused,
 * a receive buffer of the default size (net.core.rmem_default) holds the answers.
 */
const REQUESTS_PER_TURN = 256;
/** Bytes of a datagram of requests; the default send buffer (net.core.wmem_default) takes three. */
export const DATAGRAM_BYTES_MAX = 64 * 1024;
/** A list that changes while it is read is read again, this many times in all. */
const DUMP_ATTEMPTS = 5;

/** Things changed during each of 5 attempts to list them. */
export class InterruptedDumpError extends Error {
  override readonly name = 'InterruptedDumpError';
  readonly code = 'DUMP_INTERRUPTED';
  /** What the last attempt gave: some may be missing, some may be there twice. */
  readonly partial: readonly Messages[ObjectName][];

  constructor(object: ObjectName, partial: readonly Messages[ObjectName][]) {
    super(`listing ${object}: interrupted by changes in each of ${DUMP_ATTEMPTS} attempts`);
    this.partial = partial;
  }
}

export class RequestSocket {
  readonly #socket: NetlinkSocket;
  readonly #exchange: Exchange;
  /** Resolves when the last call so far is done. */
  #idle: Promise<unknown> = Promise.resolve();
  /** Ends the call that is under way. */
  #reject: (error: SyscallError) => void = () => undefined;
  #closed: SyscallError | undefined;

  /** @throws SyscallError */
  constructor({ undecodable, failed, ...options }: RequestSocketOptions) {
    this.#socket = openNetlinkSocket({
      ...options,
      receive: (datagrams) => {
        for (const datagram of datagrams) this.#exchange.receive(datagram);
      },
      overrun: () => this.#exchange.overrun(),
      failed: (error) => {
        this.close(error);
        failed(error);
      },
    });
    this.#exchange = new Exchange({
      portId: this.#socket.portId,
      sequence: 1,
      datagramBytesMax: DATAGRAM_BYTES_MAX,
      undecodable,
    });
  }

  /** Our netlink port: notifications with it are our own changes. */
  get portId(): number {
    return this.#socket.portId;
  }

  /** All that a query selects. @throws NetlinkError, InterruptedDumpError, SyscallError, EncodeError */
  list<O extends ObjectName>(query: Query<O>, { signal }: CallOptions = {}): Promise<readonly Messages[O][]> {
    return this.#inTurn(signal, async () => {
      let found: Messages[O][] = [];
      for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt += 1) {
        found = [];
        const end = await this.#ask<DumpEnd>((done) =>
          this.#exchange.dump(query, (message) => found.push(message), done),
        );
        if (end.error !== undefined) throw end.error;
        if (!end.interrupted) return found;
      }
      throw new InterruptedDumpError(query.object, found);
    });
  }

  /** The one thing that a query names. @throws NetlinkError, SyscallError, EncodeError */
  get<O extends ObjectName>(query: Query<O>, { signal }: CallOptions = {}): Promise<Messages[O]> {
    return this.#inTurn(signal, async () => {
      const answer = await this.#ask<Messages[O] | NetlinkError>((done) => this.#exchange.get(query, done));
      if (answer instanceof NetlinkError) throw answer;
      return answer;
    });
  }

  /**
   * Sends requests in as few datagrams as fit, in order; a failed one does not keep back those after it. Others get
   * their turn between datagrams.
   *
   * @returns one outcome for each request, at the same index: undefined is success; ENOBUFS means that the answer was
   *   lost and what became of the request is not known
   * @throws EncodeError if a request cannot be written, SyscallError if the socket itself failed; requests before it may
   *   have been carried out
   */
  batch(
    requests: readonly Request[],
    { signal, numbered }: BatchOptions = {},
  ): Promise<readonly (NetlinkError | undefined)[]> {
    return this.#inTurn(signal, async () => {
      const outcomes: (NetlinkError | undefined)[] = [];
      for (let from = 0; from < requests.length; from += REQUESTS_PER_TURN) {
        signal?.throwIfAborted();
        const some = requests.slice(from, from + REQUESTS_PER_TURN);
        numbered?.(from, this.#exchange.nextSequence);
        const answers = await this.#ask<readonly (NetlinkError | undefined)[]>(
          (done) => this.#exchange.batch(some, done),
          () => this.#socket.poll(), // Linux: the kernel has answered when `send` returns.
        );
        outcomes.push(...answers);
        // Also behind the last: whoever sends one batch after the other leaves the event loop its turn as well.
        await setImmediate();
      }
      return outcomes;
    });
  }

  /** Calls under way and later ones fail with `error`. Calling it again does nothing. */
  close(error = closedError()): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#socket.close();
    this.#reject(error);
  }

  /** Runs a call when all earlier ones are done. */
  #inTurn<Result>(signal: AbortSignal | undefined, call: () => Promise<Result>): Promise<Result> {
    const result = this.#idle.then(() => {
      signal?.throwIfAborted();
      return call();
    });
    this.#idle = result.catch(() => undefined);
    return signal === undefined ? result : abortable(result, signal);
  }

  /** Sends what `start` gives, and then calls `sent`; resolves with what it is told. */
  #ask<Answer>(
    start: (done: (answer: Answer) => void) => readonly Uint8Array[],
    sent: () => void = () => undefined,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) throw this.#closed;
      this.#reject = reject;
      const datagrams = start(resolve);
      try {
        for (const datagram of datagrams) this.#socket.send(datagram);
        sent();
      } catch (error) {
        reject(error);
        this.#exchange.overrun(); // what could not be asked is not answered
      }
    });
  }
}

/** What calls on a closed client fail with. */
export function closedError(): SyscallError {
  return new SyscallError('close', os.errno.ECANCELED, 'the rtnetlink client is closed');
}

/** `result`, or the signal's reason as soon as it comes. The call itself goes on: its answers must be read. */
function abortable<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * The client of the kernel's routing: asks, changes and watches links, addresses and routes.
 *
 * Before it: `router/fib` and everyone else with requests. After it: `netlink-socket`, which carries the bytes that
 * netlink's `Exchange` makes of them. Requests have a socket of their own, so that a flood of notifications cannot
 * cost an answer. One call at a time is under way, in the order of the calls. rtnetlink(7).
 */
import { constants as os } from 'node:os';
import {
  type AddressMessage,
  type DumpEnd,
  Exchange,
  type LinkMessage,
  type Messages,
  type NetlinkError,
  type Notification,
  type ObjectName,
  type Query,
  type Request,
  type RouteFilter,
  type RouteMessage,
} from '@ripstop/netlink';
import type { AddressFamily, DecodeError } from '@ripstop/wire';
import { constants } from './headers.ts';
import { SyscallError } from './libc.ts';
import type { NamespaceReference } from './namespace.ts';
import { type NetlinkSocket, openNetlinkSocket } from './netlink-socket.ts';

export interface RtnetlinkOptions {
  /** The own namespace if not given. */
  readonly namespace?: NamespaceReference | undefined;
  /** Of each socket; 8 MiB if not given. See `NetlinkSocketOptions`. */
  readonly receiveBufferBytes?: number | undefined;
  /** Told of every message that could not be read; it is left out of the list or of the notifications. */
  readonly undecodable?: ((error: DecodeError) => void) | undefined;
}

/**
 * Requests sent before the event loop gets its turn: about a millisecond of the kernel's work. Even if each is refused,
 * a receive buffer of the default size (net.core.rmem_default) holds the answers.
 */
const REQUESTS_PER_TURN = 256;
/** Bytes of a datagram of requests; the default send buffer (net.core.wmem_default) takes three. */
const DATAGRAM_BYTES_MAX = 64 * 1024;
/** A list that changes while it is read is read again, this many times in all. */
const DUMP_ATTEMPTS = 5;

/** Multicast groups that tell of changes. */
const groups: Readonly<Record<ObjectName, readonly number[]>> = {
  link: [constants.RTNLGRP_LINK],
  address: [constants.RTNLGRP_IPV4_IFADDR, constants.RTNLGRP_IPV6_IFADDR],
  route: [constants.RTNLGRP_IPV4_ROUTE, constants.RTNLGRP_IPV6_ROUTE],
};

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

/** A client in one network namespace. It holds one socket, and one more for each subscription, until `close`. */
export class Rtnetlink {
  readonly #options: RtnetlinkOptions;
  readonly #socket: NetlinkSocket;
  readonly #exchange: Exchange;
  readonly #subscriptions = new Set<NetlinkSocket>();
  /** Resolves when the last call so far is done. */
  #idle: Promise<unknown> = Promise.resolve();
  /** Ends the call that is under way. */
  #reject: (error: SyscallError) => void = () => undefined;
  #closed: SyscallError | undefined;

  /** @throws SyscallError */
  static open(options: RtnetlinkOptions = {}): Rtnetlink {
    return new Rtnetlink(options);
  }

  private constructor(options: RtnetlinkOptions) {
    this.#options = options;
    this.#socket = openNetlinkSocket({
      namespace: options.namespace,
      receiveBufferBytes: options.receiveBufferBytes,
      receive: (datagrams) => {
        for (const datagram of datagrams) this.#exchange.receive(datagram);
      },
      overrun: () => this.#exchange.overrun(),
      failed: (error) => this.#broke(error),
    });
    this.#exchange = this.#exchangeOn(this.#socket);
  }

  /** Netlink port of the socket that `batch` uses: notifications with it are our own changes. */
  get portId(): number {
    return this.#socket.portId;
  }

  /** @throws NetlinkError, InterruptedDumpError, SyscallError */
  listLinks(): Promise<readonly LinkMessage[]> {
    return this.#list({ object: 'link', message: {} });
  }

  /** @throws NetlinkError, InterruptedDumpError, SyscallError */
  listAddresses(family: AddressFamily): Promise<readonly AddressMessage[]> {
    return this.#list({ object: 'address', message: { family } });
  }

  /** The kernel itself filters. @throws NetlinkError, InterruptedDumpError, SyscallError */
  async listRoutes({ family, table, protocol }: RouteFilter): Promise<readonly RouteMessage[]> {
    try {
      return await this.#list({ object: 'route', message: { family, table, protocol } });
    } catch (error) {
      // Linux: a table comes into being with its first route.
      if (table !== undefined && (error as { code?: unknown }).code === 'ENOENT') return [];
      throw error;
    }
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
  batch(requests: readonly Request[]): Promise<readonly (NetlinkError | undefined)[]> {
    return this.#inTurn(async () => {
      const outcomes: (NetlinkError | undefined)[] = [];
      for (let from = 0; from < requests.length; from += REQUESTS_PER_TURN) {
        const some = requests.slice(from, from + REQUESTS_PER_TURN);
        const answers = await this.#ask<readonly (NetlinkError | undefined)[]>((done) =>
          this.#exchange.batch(some, done),
        );
        outcomes.push(...answers);
      }
      return outcomes;
    });
  }

  /**
   * Subscribes to changes, on a socket of its own; everything that is queued comes as one batch.
   *
   * If a socket of this client breaks while there are subscriptions, the error is thrown from the event loop and ends
   * the process: a watcher must not go on blind, and no such error is one that waiting mends.
   *
   * @param overrun the kernel dropped notifications (ENOBUFS): list everything again
   * @returns ends the subscription; calling it again does nothing
   * @throws SyscallError
   */
  watch(
    objects: readonly ObjectName[],
    receive: (notifications: readonly Notification[]) => void,
    overrun: () => void,
  ): () => void {
    if (this.#closed !== undefined) throw this.#closed;
    const socket = openNetlinkSocket({
      groups: objects.flatMap((object) => groups[object]),
      namespace: this.#options.namespace,
      receiveBufferBytes: this.#options.receiveBufferBytes,
      receive: (datagrams) => {
        const notifications = datagrams.flatMap((datagram) => exchange.receive(datagram));
        if (notifications.length > 0) receive(notifications);
      },
      overrun: () => exchange.overrun(),
      failed: (error) => this.#broke(error),
    });
    const exchange = this.#exchangeOn(socket, overrun);
    this.#subscriptions.add(socket);
    return () => {
      this.#subscriptions.delete(socket);
      socket.close();
    };
  }

  /** Ends all subscriptions; calls under way and later ones fail with ECANCELED. Calling it again does nothing. */
  close(): void {
    this.#end(new SyscallError('close', os.errno.ECANCELED, 'the rtnetlink client is closed'));
  }

  #end(error: SyscallError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#socket.close();
    for (const subscription of this.#subscriptions) subscription.close();
    this.#subscriptions.clear();
    this.#reject(error);
  }

  /** A socket failed for good. Callers hear of it from their calls, watchers have none. */
  #broke(error: SyscallError): void {
    const watched = this.#subscriptions.size > 0;
    this.#end(error);
    if (watched) throw error;
  }

  #exchangeOn({ portId }: NetlinkSocket, overrun?: () => void): Exchange {
    const { undecodable } = this.#options;
    return new Exchange({ portId, sequence: 1, datagramBytesMax: DATAGRAM_BYTES_MAX, undecodable, overrun });
  }

  #list<O extends ObjectName>(query: Query<O>): Promise<readonly Messages[O][]> {
    return this.#inTurn(async () => {
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

  /** Runs a call when all earlier ones are done. */
  #inTurn<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#idle.then(call);
    this.#idle = result.catch(() => undefined);
    return result;
  }

  /** Sends what `start` gives; resolves with what it is told. */
  #ask<Answer>(start: (done: (answer: Answer) => void) => readonly Uint8Array[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) throw this.#closed;
      this.#reject = reject;
      const datagrams = start(resolve);
      try {
        for (const datagram of datagrams) this.#socket.send(datagram);
      } catch (error) {
        reject(error);
        this.#exchange.overrun(); // what could not be asked is not answered
      }
    });
  }
}

/**
 * The client of the kernel's routing: asks, changes and watches links, addresses, routes, neighbors, rules and next hops.
 *
 * Before it: `router/fib` and everyone else with requests. After it: `request-socket` and `subscription`. Requests have a
 * socket of their own, so that a flood of notifications cannot cost an answer. rtnetlink(7).
 */
import type { NetlinkError, Notification, ObjectName, Request } from '@ripstop/netlink';
import type { DecodeError } from '@ripstop/wire';
import type { SyscallError } from './libc.ts';
import type { NamespaceReference } from './namespace.ts';
import { ObjectClient } from './object-client.ts';
import { type CallOptions, closedError, RequestSocket } from './request-socket.ts';
import { Subscription } from './subscription.ts';
import { Watch, type WatchEvent, type WatchOptions } from './watch.ts';

export interface RtnetlinkOptions {
  /** The own namespace if not given. */
  readonly namespace?: NamespaceReference | undefined;
  /** Of each socket; 8 MiB if not given. See `NetlinkSocketOptions`. */
  readonly receiveBufferBytes?: number | undefined;
  /** Told of every message that could not be read; it is left out of the list or of the notifications. */
  readonly undecodable?: ((error: DecodeError) => void) | undefined;
}

/** What ends with the client. */
interface Subscriber {
  close(): void;
  /** A socket broke. */
  fail(error: SyscallError): void;
}

/** A client in one network namespace. It holds one socket, and one more for each subscription, until `close`. */
export class Rtnetlink {
  readonly links: ObjectClient<'link'>;
  readonly addresses: ObjectClient<'address'>;
  readonly routes: ObjectClient<'route'>;
  readonly neighbors: ObjectClient<'neighbor'>;
  readonly rules: ObjectClient<'rule'>;
  readonly nexthops: ObjectClient<'nexthop'>;

  readonly #options: RtnetlinkOptions;
  readonly #requests: RequestSocket;
  /** Watches and subscriptions. */
  readonly #open = new Set<Subscriber>();
  #closed = false;

  /** @throws SyscallError */
  static open(options: RtnetlinkOptions = {}): Rtnetlink {
    return new Rtnetlink(options);
  }

  private constructor(options: RtnetlinkOptions) {
    this.#options = options;
    this.#requests = new RequestSocket({ ...options, failed: (error) => this.#broke(error) });
    const client = <O extends ObjectName>(object: O) => new ObjectClient(object, this.#requests, options);
    this.links = client('link');
    this.addresses = client('address');
    this.routes = client('route');
    this.neighbors = client('neighbor');
    this.rules = client('rule');
    this.nexthops = client('nexthop');
  }

  /** Netlink port of the socket that requests use: notifications with it are our own changes. */
  get portId(): number {
    return this.#requests.portId;
  }

  /**
   * Many requests at once, of any objects and just as they are written: nothing is filled in. Sent in as few datagrams as
   * fit, in order; a failed one does not keep back those after it.
   *
   * @returns one outcome for each request, at the same index: undefined is success; ENOBUFS means that the answer was
   *   lost and what became of the request is not known
   * @throws EncodeError if a request cannot be written, SyscallError if the socket itself failed; requests before it may
   *   have been carried out
   */
  batch(requests: readonly Request[], options?: CallOptions): Promise<readonly (NetlinkError | undefined)[]> {
    return this.#requests.batch(requests, options);
  }

  /**
   * Changes, one by one, from the moment of this call. To know also what there is, use `Mirror`.
   *
   * A reader that is too slow is told so by an event `overrun`: what came between the event before and the one after it
   * is lost. The watch ends with the loop (`break`), with the signal, or with `close`.
   * @throws SyscallError
   */
  watch<O extends ObjectName>(
    objects: readonly O[],
    options: WatchOptions = {},
  ): AsyncIterableIterator<WatchEvent<O>> {
    const watch: Watch<O> = new Watch<O>((push) => {
      const overrun = (): void => push([{ object: 'watch', operation: 'overrun' }]);
      const subscription = this.#subscription(objects, push, overrun);
      return {
        pause: () => subscription.pause(),
        resume: () => subscription.resume(),
        close: () => {
          this.#open.delete(watch);
          subscription.close();
        },
      };
    }, options);
    this.#open.add(watch);
    return watch;
  }

  /**
   * Subscribes to changes, on a socket of its own; everything that is queued comes as one batch, at once. `watch` is
   * easier to use.
   *
   * If a socket of this client breaks while there are subscriptions, the error is thrown from the event loop and ends
   * the process: a watcher must not go on blind, and no such error is one that waiting mends.
   *
   * @param overrun the kernel dropped notifications (ENOBUFS): list everything again
   * @returns ends the subscription; calling it again does nothing
   * @throws SyscallError
   */
  subscribe<O extends ObjectName>(
    objects: readonly O[],
    receive: (notifications: readonly Notification<O>[]) => void,
    overrun: () => void,
  ): () => void {
    const subscription = this.#subscription(objects, receive, overrun);
    const subscriber: Subscriber = {
      close: () => subscription.close(),
      fail(error) {
        subscription.close();
        queueMicrotask(() => {
          throw error;
        });
      },
    };
    this.#open.add(subscriber);
    return () => {
      this.#open.delete(subscriber);
      subscription.close();
    };
  }

  /** Ends all watches and subscriptions; calls under way and later ones fail with ECANCELED. Calling it again does nothing. */
  close(): void {
    this.#closed = true;
    this.#requests.close();
    for (const subscriber of [...this.#open]) subscriber.close();
    this.#open.clear();
  }

  #subscription<O extends ObjectName>(
    objects: readonly O[],
    receive: (notifications: readonly Notification<O>[]) => void,
    overrun: () => void,
  ): Subscription<O> {
    if (this.#closed) throw closedError();
    const failed = (error: SyscallError): void => this.#broke(error);
    return new Subscription<O>({ ...this.#options, objects, receive, overrun, failed });
  }

  /** A socket failed for good: nobody goes on blind. */
  #broke(error: SyscallError): void {
    this.#closed = true;
    this.#requests.close(error);
    for (const subscriber of [...this.#open]) subscriber.fail(error);
    this.#open.clear();
  }
}

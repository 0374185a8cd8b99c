/**
 * The client of the kernel's routing: asks, changes and watches links, addresses, routes, neighbors, rules and next hops.
 *
 * Before it: `router/fib` and everyone else with requests. After it: `request-socket` and `subscription`. Requests have a
 * socket of their own, so that a flood of notifications cannot cost an answer. rtnetlink(7).
 */
import type { NetlinkError, Notification, ObjectName, Request, Told } from '@ripstop/netlink';
import type { AddressFamily, DecodeError } from '@ripstop/wire';
import { type Dependent, Dependents } from './dependents.ts';
import { ObjectClient } from './object-client.ts';
import { type BatchOptions, closedError, RequestSocket, type SocketOptions } from './request-socket.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';
import type { SyscallError } from './system/libc.ts';
import { HeldNamespace, type NamespaceReference } from './system/namespace.ts';
import { Watch, type WatchEvent, type WatchOptions } from './watch.ts';

/** Of 128 datagrams each: about what a socket's buffer holds. */
const POLL_ROUNDS_MAX = 64;

export interface RtnetlinkOptions {
  /** The own namespace if not given. */
  readonly namespace?: NamespaceReference | undefined;
  /** Of each socket; 8 MiB if not given. See `NetlinkSocketOptions`. */
  readonly receiveBufferBytes?: number | undefined;
  /** Told of every message that could not be read; it is left out of the list or of the notifications. */
  readonly undecodable?: ((error: DecodeError) => void) | undefined;
}

export interface SubscribeOptions {
  /** Only its addresses, routes and rules; of all, if not given. Links, neighbors and next hops are told of all. */
  readonly family?: AddressFamily | undefined;
  /**
   * What this client itself has asked for is told by a `Receipt`, without decoding it: whoever remembers its requests knows
   * them by their number (see `BatchOptions`).
   */
  readonly receipts?: boolean | undefined;
}

/**
 * A client in one network namespace, which it holds: it goes on when the namespace's name is deleted. It has one socket,
 * and one more for each subscription, watch and stream; they keep the process alive until `close`.
 */
export class Rtnetlink {
  readonly links: ObjectClient<'link'>;
  readonly addresses: ObjectClient<'address'>;
  readonly routes: ObjectClient<'route'>;
  readonly neighbors: ObjectClient<'neighbor'>;
  readonly rules: ObjectClient<'rule'>;
  readonly nexthops: ObjectClient<'nexthop'>;

  readonly #namespace: HeldNamespace | undefined;
  readonly #socketOptions: SocketOptions;
  readonly #requests: RequestSocket;
  readonly #dependents = new Dependents();

  /** @throws SyscallError if there is no such namespace, or CAP_SYS_ADMIN is missing to enter it */
  static open(options: RtnetlinkOptions = {}): Rtnetlink {
    const { namespace } = options;
    const held = namespace === undefined ? undefined : new HeldNamespace(namespace);
    try {
      return new Rtnetlink(options, held);
    } catch (error) {
      held?.close();
      throw error;
    }
  }

  private constructor(options: RtnetlinkOptions, namespace: HeldNamespace | undefined) {
    this.#namespace = namespace;
    this.#socketOptions = { ...options, namespace };
    this.#requests = new RequestSocket({ ...this.#socketOptions, failed: (error) => this.#broke(error) });
    const client = <O extends ObjectName>(object: O) =>
      new ObjectClient(object, this.#requests, { ...this.#socketOptions, dependents: this.#dependents });
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
   * fit, in order; a failed one does not keep back those after it. What the kernel echoes (flag `echo`) is passed over:
   * a watch tells it.
   *
   * @returns one outcome for each request, at the same index: undefined is success; ENOBUFS means that the answer was
   *   lost and what became of the request is not known
   * @throws EncodeError if a request cannot be written, SyscallError if the socket itself failed; requests before it may
   *   have been carried out
   */
  batch(
    requests: readonly Request[],
    options?: BatchOptions,
  ): Promise<readonly (NetlinkError | undefined)[]> {
    return this.#requests.batch(requests, options);
  }

  /**
   * Changes, one by one, from the moment of this call. To know also what there is, use `Mirror`.
   *
   * A reader that is too slow is told so by an event `overrun`: what came between the event before and the one after it
   * is lost. The watch ends with the loop (`break`), with the signal, or with `close`.
   * @throws SyscallError; the signal's reason, if it has come already
   */
  watch<O extends ObjectName>(
    objects: readonly O[],
    options: WatchOptions = {},
  ): AsyncIterableIterator<WatchEvent<O>, undefined, undefined> {
    const watch: Watch<WatchEvent<O>> = new Watch<WatchEvent<O>>((push) => {
      const overrun = (): void => push([{ object: 'watch', operation: 'overrun' }]);
      const subscription = this.#subscription(objects, push, overrun);
      return {
        pause: () => subscription.pause(),
        resume: () => subscription.resume(),
        close: () => {
          this.#dependents.delete(watch);
          subscription.close();
        },
      };
    }, options);
    this.#dependents.add(watch);
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
    options?: SubscribeOptions & { readonly receipts?: false },
  ): () => void;
  subscribe<O extends ObjectName>(
    objects: readonly O[],
    receive: (told: readonly Told<O>[]) => void,
    overrun: () => void,
    options: SubscribeOptions & { readonly receipts: true },
  ): () => void;
  subscribe<O extends ObjectName>(
    objects: readonly O[],
    receive: (notifications: readonly Notification<O>[]) => void,
    overrun: () => void,
    { family, receipts = false }: SubscribeOptions = {},
  ): () => void {
    const receiptsOf = receipts ? this.portId : undefined;
    const subscription = this.#subscription(objects, receive, overrun, { family, receiptsOf });
    const dependent: Dependent = {
      poll() {
        // A storm must not keep the caller for ever.
        for (let round = 0; round < POLL_ROUNDS_MAX && subscription.poll(); round += 1);
      },
      close: () => subscription.close(),
      fail(error) {
        subscription.close();
        queueMicrotask(() => {
          throw error;
        });
      },
    };
    this.#dependents.add(dependent);
    return () => {
      this.#dependents.delete(dependent);
      subscription.close();
    };
  }

  /**
   * Hands on what the kernel has told by now, before it returns: subscriptions need not wait for the event loop's turn. Whoever
   * is about to replace something sees what others have done to it.
   */
  poll(): void {
    this.#dependents.poll();
  }

  /**
   * Ends all: loops over a watch end, streams and calls under way and later ones fail with ECANCELED. Calling it again
   * does nothing.
   */
  close(): void {
    this.#requests.close();
    this.#dependents.close(closedError());
    this.#namespace?.close();
  }

  #subscription<O extends ObjectName>(
    objects: readonly O[],
    receive: (notifications: readonly Notification<O>[]) => void,
    overrun: () => void,
    options: Pick<SubscriptionOptions<O>, 'family' | 'receiptsOf'> = {},
  ): Subscription<O> {
    this.#dependents.requireOpen();
    const failed = (error: SyscallError): void => this.#broke(error);
    return new Subscription<O>({ ...this.#socketOptions, ...options, objects, receive, overrun, failed });
  }

  /** A socket failed for good: nobody goes on blind. */
  #broke(error: SyscallError): void {
    this.#requests.close(error);
    this.#dependents.fail(error);
    this.#namespace?.close();
  }
}

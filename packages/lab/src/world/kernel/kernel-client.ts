/**
 * A program's client of the simulated kernel: the runtime's port `Kernel`, over netlink's own `Exchange`.
 *
 * Before it: `Runtime`, and whoever plays another program. After it: `kernel-socket.ts`, datagrams.
 *
 * Invariant: nothing is called back, and no promise resolved, inside a call. After `close` nothing at all: as if the
 * program had been killed.
 */
import {
  type AddressFilter,
  type AddressMessage,
  type DumpEnd,
  Exchange,
  type Filters,
  type LinkFilter,
  type LinkMessage,
  type Messages,
  NetlinkError,
  type Notification,
  type ObjectName,
  queryOf,
  type Request,
  type RouteFilter,
  type RouteMessage,
  remainderOf,
  type Told,
} from '@ripstop/netlink';
import type { Kernel, KernelSubscriptionOptions, RequestOutcome } from '@ripstop/router';
import type { AddressFamily } from '@ripstop/wire';
import type { KernelSocket } from './kernel-socket.ts';

/** What a client needs of its kernel. */
export interface SocketSource {
  open(
    objects: readonly ObjectName[],
    receive: (datagrams: readonly Uint8Array[]) => void,
    overrun: () => void,
    family?: AddressFamily,
  ): KernelSocket;
  /** Carries out a datagram of requests; the answers come to the socket. */
  send(socket: KernelSocket, datagram: Uint8Array): void;
  close(socket: KernelSocket): void;
}

const DATAGRAM_BYTES_MAX = 64 * 1024;
/** As the real client does. */
const DUMP_ATTEMPTS = 5;
/** EINTR, asm-generic/errno-base.h. */
const INTERRUPTED = 4;

export class KernelClient implements Kernel {
  readonly links = {
    list: (filter: LinkFilter = {}): Promise<readonly LinkMessage[]> => this.#list('link', filter),
  };
  readonly addresses = {
    list: (filter: AddressFilter = {}): Promise<readonly AddressMessage[]> => this.#list('address', filter),
  };
  readonly routes = {
    list: (filter: RouteFilter = {}): Promise<readonly RouteMessage[]> => this.#list('route', filter),
  };
  readonly #source: SocketSource;
  readonly #socket: KernelSocket;
  readonly #exchange: Exchange;
  readonly #subscriptions = new Set<KernelSocket>();

  constructor(source: SocketSource) {
    this.#source = source;
    this.#socket = source.open(
      [],
      (datagrams) => {
        for (const datagram of datagrams) this.#exchange.receive(datagram);
      },
      () => this.#exchange.overrun(),
    );
    this.#exchange = new Exchange(exchangeOptions(this.#socket));
  }

  get portId(): number {
    return this.#socket.portId;
  }

  batch(
    requests: readonly Request[],
    { numbered }: Parameters<Kernel['batch']>[1] = {},
  ): Promise<readonly RequestOutcome[]> {
    return new Promise((resolve) => {
      numbered?.(0, this.#exchange.nextSequence);
      // A batch of nothing is done at once.
      this.#send(this.#exchange.batch(requests, resolve));
    });
  }

  subscribe<O extends ObjectName>(
    objects: readonly O[],
    receive: (notifications: readonly Notification<O>[]) => void,
    overrun: () => void,
    options?: KernelSubscriptionOptions & { readonly receipts?: false },
  ): () => void;
  subscribe<O extends ObjectName>(
    objects: readonly O[],
    receive: (told: readonly Told<O>[]) => void,
    overrun: () => void,
    options: KernelSubscriptionOptions & { readonly receipts: true },
  ): () => void;
  subscribe<O extends ObjectName>(
    objects: readonly O[],
    receive: (notifications: readonly Notification<O>[]) => void,
    overrun: () => void,
    { family, receipts = false }: KernelSubscriptionOptions = {},
  ): () => void {
    const socket = this.#source.open(
      objects,
      (datagrams) => {
        const told = datagrams.flatMap((datagram) => exchange.receive(datagram));
        // Only what was subscribed to is told.
        if (told.length > 0) receive(told as Notification<O>[]);
      },
      overrun,
      family,
    );
    const receiptsOf = receipts ? this.portId : undefined;
    const exchange = new Exchange({ ...exchangeOptions(socket), receiptsOf });
    this.#subscriptions.add(socket);
    return () => {
      this.#subscriptions.delete(socket);
      this.#source.close(socket);
    };
  }

  /** What is told comes in the same moment, and nothing is called back inside a call. */
  poll(): void {}

  close(): void {
    for (const socket of [this.#socket, ...this.#subscriptions]) this.#source.close(socket);
    this.#subscriptions.clear();
  }

  async #list<O extends ObjectName>(object: O, filter: Filters[O]): Promise<readonly Messages[O][]> {
    const query = { object, message: queryOf(object, filter) };
    const isSelected = remainderOf(object, filter) ?? (() => true);
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt += 1) {
      const found: Messages[O][] = [];
      const { error, interrupted } = await new Promise<DumpEnd>((resolve) => {
        this.#send(this.#exchange.dump(query, (message) => found.push(message), resolve));
      });
      // A table comes into being with its first route.
      if (error?.code === 'ENOENT' && object === 'route') return [];
      if (error !== undefined) throw error;
      if (!interrupted) return found.filter(isSelected);
    }
    const kernelMessage = `listing ${object}: interrupted by changes`;
    throw new NetlinkError({ errno: INTERRUPTED, operation: 'RTM_GET', sequence: 0, kernelMessage });
  }

  #send(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) this.#source.send(this.#socket, datagram);
  }
}

function exchangeOptions({ portId }: KernelSocket) {
  return { portId, sequence: 1, datagramBytesMax: DATAGRAM_BYTES_MAX };
}

/**
 * The openings through which a `Runtime` reaches the outside: clock, timers, datagrams, kernel, journal, state. The daemon
 * plugs in sockets, the real kernel and a directory; the lab plugs in its simulated world; the runtime cannot tell.
 *
 * What goes out through a port is never answered before the call returns: callbacks come later, from the event loop. Only
 * `Kernel.poll` calls back at once.
 */
import type {
  AddressFilter,
  AddressMessage,
  LinkFilter,
  LinkMessage,
  NetlinkError,
  Notification,
  ObjectName,
  Request,
  RouteFilter,
  RouteMessage,
  Told,
} from '@ripstop/netlink';
import type { Datagram, Instant, Interface, Millis, Report } from '@ripstop/rip';
import type { Address, AddressFamily, Prefix } from '@ripstop/wire';

export interface Clock {
  now(): Instant;
}

/** One alarm. Setting it again moves it. */
export interface Timer {
  /** Calls `due` once when the monotonic clock has reached `deadline` (Infinity: never); never before. */
  set(deadline: Millis, due: () => void): void;
  clear(): void;
}

/** UDP sockets of one protocol, RIP or RIPng: one per interface, so that every datagram comes with its interface. */
export interface Datagrams {
  /**
   * Binds the protocol's port on one interface and joins its group there.
   * @param options.ttl TTL or hop limit. 255: everything leaves with it, and what comes with less is handed on `farAway`.
   *   Undefined: the protocol's own. RIP: what is for all on the link leaves with 1, the rest with the system's, and
   *   everything is heard. RIPng: everything leaves with 255, and what routers say to a group is `farAway` with less
   * @param receive gets everything that was queued as one batch; the bytes are valid until it returns
   * @param failed the socket broke and is closed
   * @throws Error whose message says what is in the way (another daemon on the port, no permission)
   */
  open(
    target: Interface,
    options: { readonly ttl: 255 | undefined },
    receive: (datagrams: readonly Datagram[]) => void,
    failed: (error: Error) => void,
  ): DatagramSocket;
}

/** The addresses on a datagram that leaves. Its source port is the protocol's. */
export interface Envelope {
  /** An address of the interface. */
  readonly source: Address;
  /** A multicast group, a broadcast address or one host. */
  readonly destination: Address;
  /** It is a broadcast address: TTL 1, unless `open` says another. */
  readonly broadcast?: true;
  readonly port: number;
}

export interface DatagramSocket {
  /** Whether something that came in has not been handed on yet. */
  readonly isWaiting: boolean;
  /** Sends one datagram, after all before it. What cannot leave is lost: the network may lose it, too. */
  send(packet: Uint8Array, envelope: Envelope): void;
  /** Receives no more. Resolves when everything sent has left and the socket is closed. */
  close(): Promise<void>;
}

/** What became of one request of a batch: undefined is success. */
export type RequestOutcome = NetlinkError | undefined;

/** What there is of one kind of object. */
interface Listing<Message, Filter> {
  list(filter?: Filter): Promise<readonly Message[]>;
}

export interface KernelSubscriptionOptions {
  /** Only its addresses and routes; of both, if not given. */
  readonly family?: AddressFamily;
  /** Our own changes are told by receipts, with the numbers of the requests. */
  readonly receipts?: boolean;
}

/** The kernel's side of routing, in netlink's own vocabulary. */
export interface Kernel {
  /** Netlink port of the socket that `batch` uses: notifications with it are our own changes. */
  readonly portId: number;
  readonly links: Listing<LinkMessage, LinkFilter>;
  readonly addresses: Listing<AddressMessage, AddressFilter>;
  readonly routes: Listing<RouteMessage, RouteFilter>;
  /**
   * Sends requests in as few datagrams as fit, in order; a failed one does not keep back those after it.
   * @param options.numbered is told the sequence number of the request at an index before that one is sent; each after it
   *   has the next one. Notifications of what the requests do carry it
   * @returns one outcome for each request, at the same index
   * @throws SyscallError if the socket itself failed
   */
  batch(
    requests: readonly Request[],
    options?: { readonly numbered?: (index: number, sequence: number) => void },
  ): Promise<readonly RequestOutcome[]>;
  /**
   * Subscribes to the multicast groups of these objects; everything that is queued comes as one batch. Our own changes
   * are told too, in the kernel's order among those of others. A subscription that breaks for good ends the
   * process: a router that is not told of changes is blind.
   * @param overrun the kernel dropped notifications (ENOBUFS): list everything again
   * @returns ends the subscription
   */
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
  /** Hands on what has been told by now, before it returns: whoever replaces a route knows what others have done to it. */
  poll(): void;
}

/** Where reports go. */
export interface Journal {
  report(report: Report | RuntimeReport): void;
}

/** What outlives this run of the router. */
export interface State {
  /**
   * Remembers a sequence number for the next run, in place of the one before. It is on disk when this returns; if that
   * cannot be done, the host tells the operator, once, and the router goes on.
   */
  reserveSequence(sequence: number): void;
}

/** Everything a runtime needs of its host. */
export interface Ports {
  readonly clock: Clock;
  createTimer(): Timer;
  readonly datagrams: Datagrams;
  readonly kernel: Kernel;
  readonly journal: Journal;
  readonly state: State;
  /** At least 0, less than 1. */
  random(): number;
}

/** Reports of the runtime itself: the socket's and the kernel's side. Each is made once per change, not per retry. */
export type RuntimeReport =
  | { readonly type: 'listen-failed'; readonly interface: string; readonly reason: string }
  /** Another host on the link has this address of ours: it is not used. */
  | { readonly type: 'address-duplicate'; readonly interface: string; readonly address: Address }
  | { readonly type: 'route-install-failed'; readonly prefix: Prefix; readonly reason: string }
  | { readonly type: 'route-removal-failed'; readonly prefix: Prefix; readonly reason: string }
  /** Someone removed or altered our route; it was put back. `culprit`: the protocol or the netlink port that did it. */
  | {
      readonly type: 'route-healed';
      readonly prefix: Prefix;
      readonly change: 'deleted' | 'altered';
      readonly culprit: string;
    }
  /** Someone keeps removing or altering our routes: from now on these are put back after pauses. `prefix`: the first. */
  | {
      readonly type: 'routes-contested';
      readonly routes: number;
      readonly prefix: Prefix;
      readonly culprit: string;
    }
  /** That is over: nobody has touched them for a minute. */
  | { readonly type: 'routes-uncontested'; readonly routes: number }
  /** Someone's route with a smaller metric serves in the place of ours, which stays in the kernel. */
  | {
      readonly type: 'route-shadowed';
      readonly prefix: Prefix;
      readonly protocol: string;
      readonly metric: number;
    }
  /** That one is gone. */
  | { readonly type: 'route-serves-again'; readonly prefix: Prefix }
  /** Someone else holds this prefix with our metric: left alone, ours is not installed. */
  | { readonly type: 'route-conflict'; readonly prefix: Prefix; readonly protocol: string }
  /** The kernel has our route, which had been kept out of it (`route-install-failed`, `route-conflict`). */
  | { readonly type: 'route-admitted'; readonly prefix: Prefix }
  /** Rules want to bring in more routes from this source than they may: from now on nothing new. Now it all fits again. */
  | {
      readonly type: 'redistribution-full' | 'redistribution-resumed';
      readonly source: string;
      readonly most: number;
    }
  /** Routes with our protocol that were there before us; `removed`: nobody announced them again in time. */
  | { readonly type: 'stale-routes'; readonly change: 'adopted' | 'removed'; readonly routes: number }
  /** The kernel dropped notifications; everything was listed again. */
  | { readonly type: 'kernel-overrun' }
  /** Listing or changing routes failed as a whole; it is tried again. */
  | { readonly type: 'kernel-failed'; readonly reason: string };

/**
 * What goes into the router and what comes out of it: read this file first.
 *
 * Bytes and time come in as events, what has to happen in the world comes out as actions. Nothing here can reach a
 * socket, a clock or a source of randomness.
 */
import type { Address, Prefix } from '@ripstop/wire';
import type { RouterConfiguration } from './configuration.ts';
import type { EntryDropReason, PacketDropReason } from './drop.ts';
import type { Millis } from './time.ts';

/** An address of an interface, with the subnet that is reached over it. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefixLength: number;
  /** The other end of a point-to-point link: `ip address add 10.0.0.1 peer 10.0.0.2/32`. The subnet is the peer's then. */
  readonly peer?: Address;
}

/** An interface that is up, has carrier and has at least one address of the router's family. */
export interface Interface {
  readonly name: string;
  /** The kernel's number of it. A re-created interface has the same name and another index. */
  readonly index: number;
  /** Bytes of the largest IP packet. */
  readonly mtu: number;
  readonly loopback: boolean;
  /** Primary address first. */
  readonly addresses: readonly InterfaceAddress[];
}

/** A UDP datagram as it came. */
export interface Datagram {
  readonly source: Address;
  readonly port: number;
  /** Valid until the step that receives it returns. */
  readonly bytes: Uint8Array;
  /** It was sent to a group. Told of RIPng's alone. */
  readonly multicast?: boolean;
  /** It came with a TTL below the least that `listen` asked for; then only its first byte is there. */
  readonly farAway?: boolean;
}

/** Where packets for a prefix go. */
export interface NextHop {
  readonly gateway: Address;
  readonly interface: string;
  readonly interfaceIndex: number;
  /** The gateway is on the link though no subnet of the interface holds it: the kernel has to be told so. */
  readonly onLink?: boolean;
}

/** A route that the kernel has from elsewhere and that is to be announced. */
export interface RedistributedRoute {
  readonly prefix: Prefix;
  /** Who made it, as the operator calls it: `static`, `connected`. */
  readonly source: string;
  /** 1–16; undefined: the configured default metric. */
  readonly metric: number | undefined;
  readonly tag: number;
  /** Where the kernel sends it; routers on that link are told so (RFC 2453 §4.4). */
  readonly nextHop: NextHop | undefined;
}

/** How the kernel stands to a route that it was to have. */
export type RouteFate = { readonly prefix: Prefix } & (
  | { readonly state: 'installed' }
  /**
   * shadowed: the kernel has it, but serves a better one of someone else. conflict: the kernel has someone else's in its
   * place. failed: it has none, or serves one that drops packets. The route stays wanted: the kernel's side retries.
   */
  | { readonly state: 'shadowed' | 'conflict' | 'failed'; readonly reason: string }
);

/** What happened in the world. */
export type Event =
  | { readonly type: 'interface-up'; readonly interface: Interface }
  /** Another index, address or MTU; still up. */
  | { readonly type: 'interface-changed'; readonly interface: Interface }
  /** @param running the link carries packets: it has but lost its addresses */
  | { readonly type: 'interface-down'; readonly interface: string; readonly running?: true }
  | {
      readonly type: 'datagrams-received';
      readonly interface: string;
      readonly datagrams: readonly Datagram[];
    }
  /** The socket that `listen` asked for is bound and in the group. */
  | { readonly type: 'listening'; readonly interface: string }
  /** There is no socket, or no longer. The router asks again by itself, with another `listen`. */
  | { readonly type: 'listen-failed'; readonly interface: string; readonly reason: string }
  /** What became of routes that were to be installed, and every news of them after that; in order. */
  | { readonly type: 'routes-stand'; readonly fates: readonly RouteFate[] }
  /**
   * Routes of others are to be announced, and not any more; no prefix is in both. One that is announced already has changed.
   * All of a moment come together: so they are announced together, and not all but the first after a pause.
   */
  | {
      readonly type: 'redistribution-changed';
      readonly routes: readonly RedistributedRoute[];
      readonly withdrawn: readonly Prefix[];
    }
  /** Whether the kernel has a default route that is not ours. Until it is told, there is none. */
  | { readonly type: 'default-route'; readonly present: boolean }
  | { readonly type: 'reconfigured'; readonly configuration: RouterConfiguration }
  /**
   * stop: announce every route with metric 16 once. drain: the graceful shutdown of RFC 1812 §F.2.3, after which the
   * router goes on running, but with nothing to offer.
   */
  | { readonly type: 'commanded'; readonly command: 'stop' | 'drain' }
  /** The deadline has come, and nothing that has come in waits to be taken. */
  | { readonly type: 'tick' };

/** What has to happen in the world, in this order. */
export type Action =
  /** @param ttl with which packets leave, and the least with which they are heard whole; undefined: RIP's own */
  | { readonly type: 'listen'; readonly interface: Interface; readonly ttl: 255 | undefined }
  | { readonly type: 'unlisten'; readonly interface: string }
  | {
      readonly type: 'send';
      readonly interface: string;
      /** Of the interface: routers of its second subnet accept nothing that comes from the first. */
      readonly source: Address;
      /** A multicast group, a broadcast address or one router. */
      readonly destination: Address;
      /** `destination` is a broadcast address: the packet is to stay on the link (RFC 1812 §F.2.2). */
      readonly broadcast?: true;
      readonly port: number;
      readonly packet: Uint8Array;
    }
  /**
   * Sequence numbers up to this one may be used from now on. It has to be on disk before the packets after it leave, and
   * be given to the router of the next run.
   */
  | { readonly type: 'reserve-sequence'; readonly sequence: number }
  /** The kernel should have this route, with exactly these next hops; replaces what this prefix had before. */
  | { readonly type: 'install-route'; readonly prefix: Prefix; readonly nextHops: readonly NextHop[] }
  | { readonly type: 'remove-route'; readonly prefix: Prefix }
  | { readonly type: 'report'; readonly report: Report };

/** Something an operator may want to read. The journal decides what becomes a log line. */
export type Report =
  | {
      readonly type: 'packet-dropped';
      readonly interface: string;
      readonly neighbor: Address;
      readonly reason: PacketDropReason;
      /** What came and what was expected. */
      readonly detail: string;
    }
  /** Entries of one packet that were dropped for the same reason. */
  | {
      readonly type: 'entry-dropped';
      readonly interface: string;
      readonly neighbor: Address;
      readonly reason: EntryDropReason;
      /** What the first of them held. */
      readonly detail: string;
      readonly count: number;
    }
  /** A limit was reached; told once until it is far from it again. */
  | {
      readonly type: 'limit-reached';
      readonly limit: 'neighbors-per-interface' | 'routes-per-neighbor';
      readonly interface: string;
      readonly neighbor: Address;
      readonly most: number;
    }
  /** The key that packets are signed with has changed; `before` is absent at start. */
  | {
      readonly type: 'key-changed';
      readonly interface: string;
      readonly chain: string;
      readonly key: number;
      readonly before?: number;
    }
  /** A lifetime of a key has ended. */
  | {
      readonly type: 'key-ended';
      readonly interface: string;
      readonly chain: string;
      readonly key: number;
      readonly use: 'send' | 'accept';
      /** Wall clock. */
      readonly end: Millis;
    }
  /** The last key that may be sent ends at `end` (wall clock), soon or already: it is used on (RFC 4822 §5.1). */
  | {
      readonly type: 'key-expiring';
      readonly interface: string;
      readonly chain: string;
      readonly key: number;
      readonly end: Millis;
      readonly expired: boolean;
    }
  /** A graceful shutdown has begun: every route is announced with metric 15. It has ended: with 16. */
  | { readonly type: 'draining'; readonly state: 'metric-15' | 'drained' }
  | { readonly type: 'interface-started'; readonly interface: string; readonly passive: boolean }
  /** What ran there does no more. down: the link; no-address: there is none to speak from; not-configured: not any more. */
  | {
      readonly type: 'interface-stopped';
      readonly interface: string;
      readonly reason: 'down' | 'no-address' | 'not-configured';
    }
  /** A configured neighbor is on no subnet of the interface: what it sends is refused, for sources are validated. */
  | { readonly type: 'neighbor-off-subnet'; readonly interface: string; readonly neighbor: Address }
  | { readonly type: 'neighbor-appeared'; readonly interface: string; readonly neighbor: Address }
  | {
      readonly type: 'neighbor-lost';
      readonly interface: string;
      readonly neighbor: Address;
      readonly routes: number;
    }
  | {
      readonly type: 'route-changed';
      readonly prefix: Prefix;
      /** 16: was unreachable or unknown. */
      readonly metricBefore: number;
      /** 16: is unreachable now. */
      readonly metric: number;
      readonly nextHops: readonly NextHop[];
    };

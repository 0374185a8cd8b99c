/**
 * What goes into the router and what comes out of it: read this file first.
 *
 * Bytes and time come in as events, what has to happen in the world comes out as actions. Nothing here can reach a
 * socket, a clock or a source of randomness.
 */
import type { Address, Prefix } from '@ripstop/wire';
import type { RouterConfiguration } from './configuration.ts';
import type { EntryDropReason, PacketDropReason } from './drop.ts';

/** An address of an interface, with the subnet that is reached over it. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefixLength: number;
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
}

/** Where packets for a prefix go. */
export interface NextHop {
  readonly gateway: Address;
  readonly interface: string;
  readonly interfaceIndex: number;
}

/** What happened in the world. */
export type Event =
  | { readonly type: 'interface-up'; readonly interface: Interface }
  /** Another index, address or MTU; still up. */
  | { readonly type: 'interface-changed'; readonly interface: Interface }
  | { readonly type: 'interface-down'; readonly interface: string }
  | {
      readonly type: 'datagrams-received';
      readonly interface: string;
      readonly datagrams: readonly Datagram[];
    }
  /** The socket that `listen` asked for is bound and in the group. */
  | { readonly type: 'listening'; readonly interface: string }
  /** There is no socket, or no longer. The router asks again by itself, with another `listen`. */
  | { readonly type: 'listen-failed'; readonly interface: string; readonly reason: string }
  | { readonly type: 'route-installed'; readonly prefix: Prefix }
  /** The kernel refused a route. It stays wanted: the kernel's side retries. */
  | { readonly type: 'route-install-failed'; readonly prefix: Prefix; readonly reason: string }
  | { readonly type: 'reconfigured'; readonly configuration: RouterConfiguration }
  /** `stop`: announce every route with metric 16 once. */
  | { readonly type: 'commanded'; readonly command: 'stop' }
  | { readonly type: 'tick' };

/** What has to happen in the world, in this order. */
export type Action =
  | { readonly type: 'listen'; readonly interface: Interface }
  | { readonly type: 'unlisten'; readonly interface: string }
  | {
      readonly type: 'send';
      readonly interface: string;
      readonly destination: Address;
      readonly port: number;
      readonly packet: Uint8Array;
    }
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
  | { readonly type: 'interface-started'; readonly interface: string; readonly passive: boolean }
  | { readonly type: 'interface-stopped'; readonly interface: string }
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

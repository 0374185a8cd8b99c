/**
 * The router's state as plain JSON data: what `ripctl show` prints, what tests and checkers look at. Durations are in
 * milliseconds from the moment of the snapshot; what does not apply is absent.
 */
import { type Address, type Prefix, sortByPrefix } from '@ripstop/wire';
import { type CryptoAlgorithm, type KeyChain, sendKey } from './authentication/key-chain.ts';
import type { ReceiveVersion, SendVersion, SplitHorizon } from './configuration.ts';
import type { DropCounters, PacketDropReason } from './drop.ts';
import type { InterfaceCounters, RipInterface } from './interface/interface.ts';
import type { Neighbor } from './interface/neighbor.ts';
import { infinity } from './packet/packet.ts';
import type { Protocol } from './protocol.ts';
import type { KernelState, Offer, OwnRoute, Route } from './table/route.ts';
import type { RouteTable } from './table/table.ts';
import type { Instant, Millis } from './time.ts';
import type { NextHop } from './vocabulary.ts';

export interface RouterSnapshot {
  readonly status: StatusSnapshot;
  /** By name. */
  readonly interfaces: readonly InterfaceSnapshot[];
  /** By interface, then by address. */
  readonly neighbors: readonly NeighborSnapshot[];
  /** In the order of `comparePrefixes`. */
  readonly routes: readonly RouteSnapshot[];
}

export interface StatusSnapshot {
  readonly protocol: Protocol['name'];
  /**
   * draining: a graceful shutdown is under way. drained: it has ended; what there was is announced as lost. stopped: has
   * said farewell and sends nothing any more.
   */
  readonly state: 'running' | 'draining' | 'drained' | 'stopped';
  readonly interfaces: number;
  /** Those that were heard and believed at least once. */
  readonly neighbors: number;
  /** Prefixes that can be reached. */
  readonly routes: number;
  /** Prefixes that are lost and still announced with metric 16. */
  readonly garbage: number;
  /** Changes of routes since the start; refreshes are none (RFC 1724 §4.1). */
  readonly routeChanges: number;
  /** Absent: no change waits for a triggered update. */
  readonly triggeredUpdateIn?: Millis;
}

export interface InterfaceSnapshot {
  readonly name: string;
  readonly protocol: Protocol['name'];
  readonly index: number;
  /** Has no socket: its addresses are announced, nobody is heard. */
  readonly loopback: boolean;
  /**
   * opening: its socket is not bound yet. passive: learns, or is a loopback; sends no responses. no-address: there is no
   * link-local address to speak from.
   */
  readonly state: 'opening' | 'up' | 'passive' | 'listen-failed' | 'no-address';
  /** Why listening failed. */
  readonly reason?: string;
  /** The address it speaks from; RIP: in its first subnet. Absent: there is none. */
  readonly source?: Address;
  /** `10.0.0.1/24`, primary first. */
  readonly addresses: readonly string[];
  readonly cost: number;
  readonly splitHorizon: SplitHorizon;
  readonly sendVersion: SendVersion;
  readonly receiveVersion: ReceiveVersion;
  readonly noListen: boolean;
  /** Absent: none. */
  readonly authentication?: AuthenticationSnapshot;
  /** Absent: none is sent here. */
  readonly nextUpdateIn?: Millis;
  readonly neighbors: number;
  readonly counters: InterfaceCounters;
}

/** How packets are signed now. */
export interface AuthenticationSnapshot {
  /** Name of the key chain. */
  readonly chain: string;
  readonly algorithm: CryptoAlgorithm;
  /** Of no meaning for clear text. */
  readonly key: number;
  /** expired: it has ended, and is used on for want of another. early: none has begun yet. */
  readonly validity: 'valid' | 'expired' | 'early';
}

export interface NeighborSnapshot {
  readonly address: Address;
  readonly interface: string;
  readonly protocol: Protocol['name'];
  /** refused: its last packet was, or none was accepted yet. */
  readonly state: 'up' | 'refused';
  /** Of its last packet. */
  readonly version: number;
  readonly lastHeardAgo: Millis;
  /** Prefixes it offers now. */
  readonly routes: number;
  readonly packets: number;
  readonly badPackets: number;
  readonly badEntries: number;
  readonly dropped: DropCounters;
  /** The last packet that was refused; absent: none was since the last that was accepted. */
  readonly refusal?: RefusalSnapshot;
}

/** Why a neighbor is not heard. */
export interface RefusalSnapshot {
  readonly reason: PacketDropReason;
  /** What came and what was expected. */
  readonly detail: string;
  readonly ago: Millis;
}

export interface RouteSnapshot {
  readonly prefix: Prefix;
  readonly kind: OwnRoute['kind'] | 'learned';
  /** Of a redistributed one: who made it, `static`. */
  readonly source?: string;
  /** 1–16; 16: lost, in garbage collection. */
  readonly metric: number;
  readonly tag: number;
  readonly nextHops: readonly NextHop[];
  /** Of a connected prefix. */
  readonly connectedTo?: readonly string[];
  /** Since the last change of metric, tag or next hops. */
  readonly age: Millis;
  /** Until the best path times out; absent if it is our own or lost. */
  readonly expiresIn?: Millis;
  /** Until a lost route is forgotten. */
  readonly garbageIn?: Millis;
  /** Changed since the last update to every neighbor. */
  readonly changed: boolean;
  /** What the kernel's side said last; absent if nothing of ours belongs in the kernel. */
  readonly kernel?: KernelState;
  readonly offers: readonly OfferSnapshot[];
}

export interface OfferSnapshot {
  readonly neighbor: Address;
  readonly interface: string;
  readonly gateway: Address;
  /** With the interface's cost. */
  readonly metric: number;
  readonly tag: number;
  readonly expiresIn: Millis;
  /** Whether traffic goes this way. */
  readonly chosen: boolean;
}

/** What a snapshot is taken of. */
interface RouterParts {
  readonly protocol: Protocol;
  readonly state: StatusSnapshot['state'];
  readonly interfaces: Iterable<RipInterface>;
  readonly table: RouteTable;
  /** Infinity: no change waits for a triggered update. */
  readonly triggeredUpdateAt: Millis;
}

export function routerSnapshot(
  { protocol: { name: protocol }, state, interfaces: unordered, table, triggeredUpdateAt }: RouterParts,
  instant: Instant,
): RouterSnapshot {
  const now = instant.monotonic;
  const interfaces = [...unordered].sort((a, b) => (a.name < b.name ? -1 : 1));
  const neighbors = interfaces.flatMap((on) =>
    [...on.neighbors.values()].sort((a, b) => (a.order < b.order ? -1 : 1)),
  );
  const routes = routeSnapshots(table.routes, table.changed, now);
  const garbage = routes.filter((route) => route.garbageIn !== undefined).length;
  return {
    status: {
      protocol,
      state,
      interfaces: interfaces.length,
      neighbors: neighbors.filter(({ accepted }) => accepted).length,
      routes: routes.length - garbage,
      garbage,
      routeChanges: table.lastChange,
      ...(Number.isFinite(triggeredUpdateAt) && { triggeredUpdateIn: triggeredUpdateAt - now }),
    },
    interfaces: interfaces.map((on) => interfaceSnapshot(on, protocol, instant)),
    neighbors: neighbors.map((neighbor) => neighborSnapshot(neighbor, protocol, now)),
    routes,
  };
}

function interfaceSnapshot(
  on: RipInterface,
  protocol: Protocol['name'],
  { monotonic: now, wall }: Instant,
): InterfaceSnapshot {
  const { cost, splitHorizon, sendVersion, receiveVersion, noListen, authentication } = on.configuration;
  const [outlet] = on.link.outlets;
  return {
    name: on.name,
    protocol,
    index: on.interface.index,
    loopback: on.interface.loopback,
    state: interfaceState(on),
    ...(on.failure !== undefined && { reason: on.failure }),
    ...(outlet !== undefined && { source: outlet.address }),
    addresses: on.interface.addresses.map(({ address, prefixLength: length }) => `${address}/${length}`),
    cost,
    splitHorizon,
    sendVersion,
    receiveVersion,
    noListen,
    ...(authentication !== undefined && { authentication: authenticationSnapshot(authentication, wall) }),
    ...(Number.isFinite(on.updateAt) && { nextUpdateIn: on.updateAt - now }),
    neighbors: on.neighbors.size,
    counters: { ...on.counters, dropped: { ...on.counters.dropped } },
  };
}

function authenticationSnapshot(chain: KeyChain, wall: Millis): AuthenticationSnapshot {
  const { key, validity } = sendKey(chain, wall);
  return { chain: chain.name, algorithm: key.algorithm, key: key.id, validity };
}

function interfaceState(on: RipInterface): InterfaceSnapshot['state'] {
  if (on.socket === 'failed') return 'listen-failed';
  if (on.socket === 'opening') return 'opening';
  if (!on.interface.loopback && !on.isSpeakable) return 'no-address';
  return on.isSending ? 'up' : 'passive';
}

function neighborSnapshot(neighbor: Neighbor, protocol: Protocol['name'], now: Millis): NeighborSnapshot {
  const { address, origin, accepted, version, lastHeard, offers } = neighbor;
  const { packets, badPackets, badEntries, dropped, refusal } = neighbor;
  return {
    address,
    interface: origin.name,
    protocol,
    state: accepted && refusal === undefined ? 'up' : 'refused',
    version,
    lastHeardAgo: now - lastHeard,
    routes: offers,
    packets,
    badPackets,
    badEntries,
    dropped: { ...dropped },
    ...(refusal !== undefined && {
      refusal: { reason: refusal.reason, detail: refusal.detail, ago: now - refusal.at },
    }),
  };
}

function routeSnapshots(
  routes: Iterable<Route>,
  changed: ReadonlySet<Route>,
  now: Millis,
): readonly RouteSnapshot[] {
  return sortByPrefix(routes).map((route) => routeSnapshot(route, changed.has(route), now));
}

function routeSnapshot(route: Route, changed: boolean, now: Millis): RouteSnapshot {
  const { prefix, own, metric, tag, nextHops, chosen, kernel } = route;
  const connected = own.flatMap(({ kind, origin }) => (kind === 'connected' && origin ? [origin.name] : []));
  return {
    prefix,
    kind: own[0]?.kind ?? 'learned',
    ...(own[0]?.source !== undefined && { source: own[0].source }),
    metric,
    tag,
    nextHops,
    ...(connected.length > 0 && { connectedTo: connected }),
    age: now - route.changedAt,
    ...(chosen.length > 0 && { expiresIn: Math.max(...chosen.map(({ lease }) => lease.expires)) - now }),
    ...(metric === infinity && { garbageIn: Math.max(0, route.garbageAt - now) }),
    changed,
    ...(kernel !== undefined && { kernel }),
    offers: route.offers.map((offer) => offerSnapshot(offer, chosen.includes(offer), now)),
  };
}

function offerSnapshot(
  { source, nextHop, metric, tag, lease }: Offer,
  chosen: boolean,
  now: Millis,
): OfferSnapshot {
  return {
    neighbor: source.address,
    interface: source.origin.name,
    gateway: nextHop.gateway,
    metric,
    tag,
    expiresIn: lease.expires - now,
    chosen,
  };
}

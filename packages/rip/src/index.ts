/** RIPv1, RIPv2 and RIPng as a pure state machine: what goes in, what comes out, and everything about a router that can be shown. */
export type { Digest, DigestAlgorithm } from './authentication/digest.ts';
export {
  acceptedKeys,
  always,
  type CryptoAlgorithm,
  type Key,
  type KeyChain,
  type Lifetime,
  nextKeyChange,
  sendKey,
} from './authentication/key-chain.ts';
export {
  type DefaultOrigination,
  defaultInterfaceConfiguration,
  defaultLimits,
  defaultRipngInterfaceConfiguration,
  defaultRouterConfiguration,
  defaultTimers,
  type InterfaceConfiguration,
  interfaceConfiguration,
  type Limits,
  type ReceiveVersion,
  type RouterConfiguration,
  type SendVersion,
  type SplitHorizon,
  type Timers,
} from './configuration.ts';
export {
  type DropCounters,
  type DropReason,
  drops,
  type EntryDropReason,
  type PacketDropReason,
} from './drop.ts';
export type { InterfaceCounters } from './interface/interface.ts';
export { namesInterface } from './interface/interface-pattern.ts';
export { rip } from './ipv4/rip.ts';
export { ripng } from './ipv6/ripng.ts';
export { decodePacket, type Packet } from './packet/decode.ts';
export { type Entry, type EntryDrop, infinity, type Version } from './packet/packet.ts';
export type { PolicyChanges, PolicyRule } from './policy/policy.ts';
export { type PrefixRange, type PrefixSet, prefixSetHolds } from './policy/prefix-set.ts';
export {
  type EncodeOptions,
  isRedistributable,
  type Link,
  type Protocol,
  type Request,
  type Response,
  type Subnet,
} from './protocol.ts';
export { Router, type RouterOptions } from './router.ts';
export type {
  AuthenticationSnapshot,
  InterfaceSnapshot,
  NeighborSnapshot,
  OfferSnapshot,
  RefusalSnapshot,
  RouterSnapshot,
  RouteSnapshot,
  StatusSnapshot,
} from './snapshot.ts';
export type { KernelState } from './table/route.ts';
export type { Instant, Millis } from './time.ts';
export type {
  Action,
  Datagram,
  Event,
  Interface,
  InterfaceAddress,
  NextHop,
  RedistributedRoute,
  Report,
  RouteFate,
} from './vocabulary.ts';

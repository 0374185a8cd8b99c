/** RIPv2 as a pure state machine: what goes in, what comes out, and everything about a router that can be shown. */
export {
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  defaultTimers,
  type InterfaceConfiguration,
  interfaceConfiguration,
  type Limits,
  limits,
  type RouterConfiguration,
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
export type { InterfaceCounters } from './interface.ts';
export {
  decodePacket,
  type Entry,
  type EntryDrop,
  encodeResponses,
  entriesPerPacket,
  infinity,
  type Packet,
  ripGroup,
  ripPort,
} from './packet.ts';
export type { KernelState } from './route.ts';
export { Router } from './router.ts';
export type {
  InterfaceSnapshot,
  NeighborSnapshot,
  OfferSnapshot,
  RouterSnapshot,
  RouteSnapshot,
  StatusSnapshot,
} from './snapshot.ts';
export type { Instant, Millis } from './time.ts';
export type { Action, Datagram, Event, Interface, InterfaceAddress, NextHop, Report } from './vocabulary.ts';

/**
 * Sockets of the kernel for Node: netlink and UDP, in any network namespace. What a program needs of `netlink` and `wire`
 * beside them comes from here too, so that it has one thing to import.
 *
 * Beside this file: the rtnetlink client, from `rtnetlink` down to `netlink-socket`. `mirror`: a copy of the kernel's state
 * on top of it. `udp`: the sockets of RIP. `system`, under all: the C library, its headers, descriptors, namespaces.
 */
export {
  type AddressFilter,
  type AddressInput,
  type AddressMessage,
  addressFlags,
  differences,
  type Filters,
  type Inputs,
  type LinkFilter,
  type LinkInput,
  type LinkMessage,
  linkFlags,
  type Messages,
  messageFlags,
  type NeighborFilter,
  type NeighborInput,
  type NeighborMessage,
  NetlinkError,
  type NextHop,
  type NexthopFilter,
  type NexthopInput,
  type NexthopMessage,
  type Notification,
  neighborFlags,
  neighborState,
  nextHopFlags,
  type ObjectName,
  type Operation,
  type Receipt,
  type Request,
  type RouteFilter,
  type RouteInput,
  type RouteMessage,
  type RuleFilter,
  type RuleInput,
  type RuleMessage,
  routeFlags,
  routeNextHops,
  routePrefix,
  routeTable,
  routeTables,
  ruleFlags,
  type Specifications,
  sequenceAfter,
  type Told,
} from '@ripstop/netlink';
export { type Address, type AddressFamily, DecodeError, EncodeError, type Prefix } from '@ripstop/wire';
export { type NameKind, nameOfNumber, numberOfName } from './iproute2-names.ts';
export type { MirrorChange, ObjectChange } from './mirror/change.ts';
export { Mirror, type MirrorOptions } from './mirror/mirror.ts';
export type { NetlinkDestination, NetlinkSender } from './netlink-address.ts';
export { NetlinkPrograms } from './netlink-programs.ts';
export { type NetlinkSocket, type NetlinkSocketOptions, openNetlinkSocket } from './netlink-socket.ts';
export type { FlushOptions, ObjectClient } from './object-client.ts';
export { type BatchOptions, type CallOptions, InterruptedDumpError } from './request-socket.ts';
export { Rtnetlink, type RtnetlinkOptions, type SubscribeOptions } from './rtnetlink.ts';
export { SyscallError } from './system/libc.ts';
export {
  createNamespace,
  deleteNamespace,
  HeldNamespace,
  type NamespaceReference,
  withNamespace,
} from './system/namespace.ts';
export { notifyServiceManager } from './system/service-manager.ts';
export { HeldUdpPort } from './udp/held-port.ts';
export type { UdpDatagram } from './udp/receiver.ts';
export type { UdpEnvelope } from './udp/udp-family.ts';
export { openUdpSocket, type UdpSocket, type UdpSocketOptions } from './udp/udp-socket.ts';
export type { WatchEvent, WatchOptions } from './watch.ts';

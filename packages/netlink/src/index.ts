/** Netlink and rtnetlink without a socket: messages as typed tables, and the conversation with the kernel. */
export { completed, type Specifications } from './completion.ts';
export { datagramOf, multipartOf, type PlainMessage } from './datagram.ts';
export { deletionOf } from './deletion.ts';
export { differences } from './difference.ts';
export { type EncapsulationInput, tunnelFlags } from './encapsulation.ts';
export { errnoName } from './errno.ts';
export { type DumpEnd, Exchange, type ExchangeCounters, type ExchangeOptions } from './exchange.ts';
export { explainDatagram } from './explain-datagram.ts';
export { identityOf, isSameRoute } from './identity.ts';
export {
  type AddressFilter,
  type AddressInput,
  type AddressMessage,
  addressFlags,
  addressMessage,
  addressProtocol,
} from './interface-address.ts';
export { type LinkFilter, type LinkInput, type LinkMessage, linkDataOf, linkMessage } from './link.ts';
export { linkFlags } from './link-attributes.ts';
export { bridgeVlanFlags } from './link-bridge.ts';
export type { LinkData, LinkPortData } from './link-info.ts';
export { bridgeSwitches } from './link-kinds/bridge.ts';
export { macvlanFlags } from './link-kinds/macvlan.ts';
export { vlanFlags } from './link-kinds/vlan.ts';
export { controlTypes, type Message, messageFlags, messagesOf } from './message.ts';
export type { RouteNextHop, RouteNextHopInput } from './multipath.ts';
export {
  type NeighborFilter,
  type NeighborInput,
  type NeighborMessage,
  neighborExtendedFlags,
  neighborFlags,
  neighborMessage,
  neighborState,
} from './neighbor.ts';
export { NetlinkError, type NetlinkFailure } from './netlink-error.ts';
export { type NexthopFilter, type NexthopInput, type NexthopMessage, nexthopMessage } from './nexthop.ts';
export { type Filters, queryOf, remainderOf } from './object.ts';
export {
  type Inputs,
  type Messages,
  type ObjectName,
  type Operation,
  type RegistryEntry,
  registry,
} from './registry.ts';
export type { Notification, Query, Request } from './request.ts';
export {
  type NextHop,
  type RouteFilter,
  type RouteInput,
  type RouteMessage,
  routeMessage,
  routeNextHops,
  routePrefix,
  routeTable,
} from './route.ts';
export {
  nextHopFlags,
  routeFlags,
  routeProtocol,
  routeScope,
  routeTables,
  routeType,
} from './route-enumerations.ts';
export { type RuleFilter, type RuleInput, type RuleMessage, ruleFlags, ruleMessage } from './rule.ts';
export type { SegmentRoutingHeader } from './segment-routing.ts';

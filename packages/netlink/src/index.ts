/** Netlink and rtnetlink without a socket: messages as typed tables, and the conversation with the kernel. */

export { errorHeader, extendedAcknowledgement } from './acknowledgement.ts';
export { datagramOf, multipartOf, type PlainMessage } from './datagram.ts';
export { errnoName, errnoWords } from './errno.ts';
export { type DumpEnd, Exchange, type ExchangeCounters, type ExchangeOptions } from './exchange.ts';
export { explainDatagram } from './explain-datagram.ts';
export { controlTypes, type Message, messageFlags, messagesOf } from './message.ts';
export { NetlinkError, type NetlinkFailure } from './netlink-error.ts';
export {
  type Inputs,
  type Messages,
  type ObjectName,
  type Operation,
  type RegistryEntry,
  registry,
} from './registry.ts';
export type { Notification, Query, Receipt, Request, Told } from './request.ts';
export { completed, type Specifications } from './rtnetlink/completion.ts';
export { deletionOf } from './rtnetlink/deletion.ts';
export { differences } from './rtnetlink/difference.ts';
export { identityOf, isSameRoute } from './rtnetlink/identity.ts';
export {
  type AddressFilter,
  type AddressInput,
  type AddressMessage,
  addressFlags,
  addressMessage,
  addressProtocol,
} from './rtnetlink/interface-address.ts';
export { bridgeVlanFlags } from './rtnetlink/link/bridge-vlans.ts';
export { bridgeSwitches } from './rtnetlink/link/kinds/bridge.ts';
export { macvlanFlags } from './rtnetlink/link/kinds/macvlan.ts';
export { vlanFlags } from './rtnetlink/link/kinds/vlan.ts';
export { linkFlags } from './rtnetlink/link/link-attributes.ts';
export type { LinkData, LinkPortData } from './rtnetlink/link/link-info.ts';
export {
  type LinkFilter,
  type LinkInput,
  type LinkMessage,
  linkDataOf,
  linkMessage,
} from './rtnetlink/link.ts';
export {
  type NeighborFilter,
  type NeighborInput,
  type NeighborMessage,
  neighborExtendedFlags,
  neighborFlags,
  neighborMessage,
  neighborState,
} from './rtnetlink/neighbor.ts';
export {
  type NexthopFilter,
  type NexthopInput,
  type NexthopMessage,
  nexthopMessage,
} from './rtnetlink/nexthop.ts';
export { type EncapsulationInput, tunnelFlags } from './rtnetlink/route/encapsulation.ts';
export type { RouteNextHop, RouteNextHopInput } from './rtnetlink/route/multipath.ts';
export {
  nextHopFlags,
  routeFlags,
  routeProtocol,
  routeScope,
  routeTables,
  routeType,
} from './rtnetlink/route/route-enumerations.ts';
export type { SegmentRoutingHeader } from './rtnetlink/route/segment-routing.ts';
export {
  type NextHop,
  type RouteFilter,
  type RouteInput,
  type RouteMessage,
  routeMessage,
  routeNextHops,
  routePrefix,
  routeTable,
} from './rtnetlink/route.ts';
export {
  type RuleFilter,
  type RuleInput,
  type RuleMessage,
  ruleFlags,
  ruleMessage,
} from './rtnetlink/rule.ts';
export { type Filters, queryOf, remainderOf } from './rtnetlink/selection.ts';
export { sequenceAfter } from './transmission.ts';

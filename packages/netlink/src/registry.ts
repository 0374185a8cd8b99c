/** Which message is which: the type's number, its name, the object, the operation and the table of the payload. */
import type { AnyCodec } from '@ripstop/wire';
import { type AddressInput, type AddressMessage, addressMessage } from './rtnetlink/interface-address.ts';
import { type LinkInput, type LinkMessage, linkMessage } from './rtnetlink/link.ts';
import { type NeighborInput, type NeighborMessage, neighborMessage } from './rtnetlink/neighbor.ts';
import { type NexthopInput, type NexthopMessage, nexthopMessage } from './rtnetlink/nexthop.ts';
import { type RouteInput, type RouteMessage, routeMessage } from './rtnetlink/route.ts';
import { type RuleInput, type RuleMessage, ruleMessage } from './rtnetlink/rule.ts';

/** What each object decodes to. */
export interface Messages {
  readonly link: LinkMessage;
  readonly address: AddressMessage;
  readonly route: RouteMessage;
  readonly neighbor: NeighborMessage;
  readonly rule: RuleMessage;
  readonly nexthop: NexthopMessage;
}

/** What each object is encoded from. */
export interface Inputs {
  readonly link: LinkInput;
  readonly address: AddressInput;
  readonly route: RouteInput;
  readonly neighbor: NeighborInput;
  readonly rule: RuleInput;
  readonly nexthop: NexthopInput;
}

export type ObjectName = keyof Messages;
export type Operation = 'new' | 'delete' | 'get' | 'set' | 'new-property' | 'delete-property';

/** One type of message. */
export interface RegistryEntry {
  /** RTM_*, linux/rtnetlink.h. */
  readonly name: string;
  readonly type: number;
  readonly object: ObjectName;
  readonly operation: Operation;
  readonly codec: AnyCodec;
}

/** Every message that this package reads and writes. */
export const registry: readonly RegistryEntry[] = [
  { name: 'RTM_NEWLINK', type: 16, object: 'link', operation: 'new', codec: linkMessage },
  { name: 'RTM_DELLINK', type: 17, object: 'link', operation: 'delete', codec: linkMessage },
  { name: 'RTM_GETLINK', type: 18, object: 'link', operation: 'get', codec: linkMessage },
  { name: 'RTM_SETLINK', type: 19, object: 'link', operation: 'set', codec: linkMessage },
  { name: 'RTM_NEWADDR', type: 20, object: 'address', operation: 'new', codec: addressMessage },
  { name: 'RTM_DELADDR', type: 21, object: 'address', operation: 'delete', codec: addressMessage },
  { name: 'RTM_GETADDR', type: 22, object: 'address', operation: 'get', codec: addressMessage },
  { name: 'RTM_NEWROUTE', type: 24, object: 'route', operation: 'new', codec: routeMessage },
  { name: 'RTM_DELROUTE', type: 25, object: 'route', operation: 'delete', codec: routeMessage },
  { name: 'RTM_GETROUTE', type: 26, object: 'route', operation: 'get', codec: routeMessage },
  { name: 'RTM_NEWNEIGH', type: 28, object: 'neighbor', operation: 'new', codec: neighborMessage },
  { name: 'RTM_DELNEIGH', type: 29, object: 'neighbor', operation: 'delete', codec: neighborMessage },
  { name: 'RTM_GETNEIGH', type: 30, object: 'neighbor', operation: 'get', codec: neighborMessage },
  { name: 'RTM_NEWRULE', type: 32, object: 'rule', operation: 'new', codec: ruleMessage },
  { name: 'RTM_DELRULE', type: 33, object: 'rule', operation: 'delete', codec: ruleMessage },
  { name: 'RTM_GETRULE', type: 34, object: 'rule', operation: 'get', codec: ruleMessage },
  { name: 'RTM_NEWNEXTHOP', type: 104, object: 'nexthop', operation: 'new', codec: nexthopMessage },
  { name: 'RTM_DELNEXTHOP', type: 105, object: 'nexthop', operation: 'delete', codec: nexthopMessage },
  { name: 'RTM_GETNEXTHOP', type: 106, object: 'nexthop', operation: 'get', codec: nexthopMessage },
  { name: 'RTM_NEWLINKPROP', type: 108, object: 'link', operation: 'new-property', codec: linkMessage },
  { name: 'RTM_DELLINKPROP', type: 109, object: 'link', operation: 'delete-property', codec: linkMessage },
];

/** The entry of type n at index n: every message that is received is looked up. */
const byType: readonly (RegistryEntry | undefined)[] = Array.from(
  { length: Math.max(...registry.map(({ type }) => type)) + 1 },
  (_, type) => registry.find((entry) => entry.type === type),
);
const byOperation: Readonly<Record<Operation, ReadonlyMap<ObjectName, RegistryEntry>>> = {
  new: objectsWith('new'),
  delete: objectsWith('delete'),
  get: objectsWith('get'),
  set: objectsWith('set'),
  'new-property': objectsWith('new-property'),
  'delete-property': objectsWith('delete-property'),
};

function objectsWith(operation: Operation): Map<ObjectName, RegistryEntry> {
  const entries = registry.filter((entry) => entry.operation === operation);
  return new Map(entries.map((entry) => [entry.object, entry]));
}

/** The entry of a message's type; undefined if this package does not know it. */
export function entryOfType(type: number): RegistryEntry | undefined {
  return byType[type];
}

/** The entry of an operation on an object; undefined if there is no such message (`set route`). */
export function entryOf(object: ObjectName, operation: Operation): RegistryEntry | undefined {
  return byOperation[operation].get(object);
}

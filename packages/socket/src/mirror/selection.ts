/**
 * What a mirror lists at once.
 *
 * Before it: `doubts` and `feed`, which know what must be listed. After it: the lists of `object-client`.
 */
import {
  type Messages,
  type Notification,
  type ObjectName,
  type RouteMessage,
  routeTable,
} from '@ripstop/netlink';
import type { AddressFamily } from '@ripstop/wire';
import type { Rtnetlink } from '../rtnetlink.ts';

/** All objects of a kind; of routes those of one family, or of one of its tables. */
export interface Selection {
  readonly object: ObjectName;
  readonly family?: AddressFamily;
  readonly table?: number;
}

/** Everything about some kinds of objects. */
export function selectionsOf(objects: Iterable<ObjectName>): Selection[] {
  return [...objects].flatMap((object): Selection[] =>
    object === 'route'
      ? [
          { object, family: 'ipv4' },
          { object, family: 'ipv6' },
        ]
      : [{ object }],
  );
}

/** What would show the object of a notification. */
export function selectionAround({ object, message }: Notification): Selection {
  return object === 'route' ? tableOf(message) : { object };
}

/** The table of a route. */
export function tableOf(route: RouteMessage): Selection {
  return { object: 'route', family: route.family === 'ipv6' ? 'ipv6' : 'ipv4', table: routeTable(route) };
}

/** Whether a list of the selection would hold an object of its kind. */
export function selects({ object, family, table }: Selection, message: Messages[ObjectName]): boolean {
  if (object !== 'route') return true;
  const route = message as RouteMessage;
  return route.family === family && (table === undefined || table === routeTable(route));
}

/** Lists it. @throws as `ObjectClient.list` */
export async function listSelection(
  { links, addresses, routes, neighbors, rules, nexthops }: Rtnetlink,
  { object, family, table }: Selection,
): Promise<readonly Messages[ObjectName][]> {
  switch (object) {
    case 'link':
      return await links.list();
    case 'address':
      return await addresses.list();
    case 'route':
      return await routes.list({ family, table });
    case 'neighbor':
      return await neighbors.list();
    case 'rule':
      return await rules.list();
    case 'nexthop':
      return await nexthops.list();
  }
}

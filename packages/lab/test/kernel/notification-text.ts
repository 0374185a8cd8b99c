/** What a kernel tells and what it lists, a line each: as the facts have it. */
import {
  addressFlags,
  linkFlags,
  messageFlags,
  type Notification,
  nextHopFlags,
  type RouteMessage,
  routeNextHops,
  routePrefix,
} from '@ripstop/netlink';

/** Of the links, by index. */
type Names = ReadonlyMap<number, string>;

const { create, exclusive, replace, append } = messageFlags.masks;
const { up, running, lowerUp } = linkFlags.masks;
const { secondary, tentative } = addressFlags.masks;
const { dead, onLink, linkDown } = nextHopFlags.masks;

/** `new route 10.9.0.0/16 via 10.0.0.2 eth0 static (create exclusive)`. */
export function notificationText(notification: Notification, names: Names): string {
  const { object, operation, flags } = notification;
  const how = wordsOf(flags, { create, exclusive, replace, append }).join(' ');
  return `${operation} ${object} ${objectText(notification, names)}${how === '' ? '' : ` (${how})`}`;
}

/** `10.9.0.0/16 via 10.0.0.2 eth0, via 10.1.0.2 eth1 dead linkdown boot`. */
export function routeText(route: RouteMessage, names: Names): string {
  const { type, protocol, priority, preferredSource, tos, scope } = route;
  const hops = routeNextHops(route).map(({ gateway, interfaceIndex, weight, flags }) =>
    [
      gateway === undefined ? 'on' : `via ${gateway}`,
      names.get(interfaceIndex) ?? interfaceIndex,
      ...(weight === 1 ? [] : [`weight ${weight}`]),
      ...wordsOf(flags, { dead, onlink: onLink, linkdown: linkDown }),
    ].join(' '),
  );
  return [
    ...(type === 'unicast' ? [] : [type]),
    routePrefix(route),
    hops.join(', '),
    protocol,
    ...(scope === 'global' ? [] : [`scope ${scope}`]),
    ...(priority === undefined ? [] : [`metric ${priority}`]),
    ...(preferredSource === undefined ? [] : [`src ${preferredSource}`]),
    ...(tos === 0 ? [] : [`tos ${tos}`]),
  ].join(' ');
}

function objectText(notification: Notification, names: Names): string {
  if (notification.object === 'route') return routeText(notification.message, names);
  if (notification.object === 'address') {
    const { family, local, address, prefixLength, interfaceIndex, flags = 0 } = notification.message;
    const peer = local === undefined || local === address ? '' : ` peer ${address}`;
    // The same bit means temporary for IPv6.
    const state = wordsOf(flags, family === 'ipv6' ? { tentative } : { secondary });
    const name = names.get(interfaceIndex) ?? interfaceIndex;
    return [`${local ?? address}${peer}/${prefixLength}`, name, ...state].join(' ');
  }
  if (notification.object !== 'link') return '';
  const { name, flags } = notification.message;
  return [name, ...wordsOf(flags, { up, running, lowerUp })].join(' ');
}

function wordsOf(flags: number, masks: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(masks)
    .filter(([, mask]) => (flags & mask) !== 0)
    .map(([word]) => word);
}

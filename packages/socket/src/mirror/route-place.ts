/**
 * What a notification does to the routes of one place: those with the same destination, table, TOS and metric.
 *
 * Before it: a notification, in `picture`. After it: the routes that stand there now, in the kernel's order.
 */
import {
  differences,
  isSameRoute,
  messageFlags,
  type Notification,
  type RouteMessage,
} from '@ripstop/netlink';

const { append, replace } = messageFlags.masks;

/** What became of a place. */
export interface PlaceChange<Message> {
  readonly after: readonly Message[];
  /** The one that was changed or deleted. */
  readonly before: Message | undefined;
  /** Linux did not tell all: list again. */
  readonly uncertain: boolean;
}

/** @param place the routes that are known to stand there, in the kernel's order */
export function routePlaceAfter(
  place: readonly RouteMessage[],
  notification: Notification<'route'>,
): PlaceChange<RouteMessage> {
  return notification.operation === 'delete'
    ? withoutRoute(place, notification.message)
    : withRoute(place, notification);
}

/**
 * Linux: of an IPv6 route with several next hops that loses one, only that hop is told, as if it were the route. So a
 * deletion that fits nothing here may still take something away.
 */
function withoutRoute(place: readonly RouteMessage[], deleted: RouteMessage): PlaceChange<RouteMessage> {
  const before = place.find((route) => isSameRoute(route, deleted));
  if (before === undefined) return { after: place, before, uncertain: place.length > 0 };
  return { after: place.filter((route) => route !== before), before, uncertain: false };
}

function withRoute(
  place: readonly RouteMessage[],
  { flags, message }: Notification<'route'>,
): PlaceChange<RouteMessage> {
  const replaces = (flags & replace) !== 0;
  const before =
    place.find((route) => isSameRoute(route, message)) ??
    (replaces ? replacedBy(place, message) : place.find((route) => isGrownTo(route, message)));
  if (before === undefined) {
    // Linux: the newest IPv4 route serves, unless it was appended. IPv6 routes are always appended.
    const last = message.family === 'ipv6' || (flags & append) !== 0;
    return { after: last ? [...place, message] : [message, ...place], before, uncertain: false };
  }
  const after = place.map((route) => (route === before ? message : route));
  return {
    after,
    before,
    uncertain: message.family === 'ipv6' && isUncertain(place, before, message, replaces),
  };
}

/** Linux: a new IPv4 route replaces the first; a new IPv6 route the first that has a gateway or has none, as itself. */
function replacedBy(place: readonly RouteMessage[], message: RouteMessage): RouteMessage | undefined {
  const alike = place.find((route) => hasGateway(route) === hasGateway(message));
  return message.family === 'ipv6' ? (alike ?? place[0]) : place[0];
}

function hasGateway({ gateway, multipath, nextHopId }: RouteMessage): boolean {
  return nextHopId === undefined && (gateway !== undefined || multipath !== undefined);
}

/** What one way out of an IPv6 route has for itself. */
const OF_NEXT_HOP: ReadonlySet<string> = new Set(['flags', 'gateway', 'outputInterface', 'multipath']);

function isUncertain(
  place: readonly RouteMessage[],
  before: RouteMessage,
  message: RouteMessage,
  replaces: boolean,
): boolean {
  // Linux: which one is replaced is not told, and a gateway that came with a router's advertisement does not count.
  if (replaces) return place.length > 1;
  // Linux: a grown route is told with the preferred source and the metrics of its new next hop, and listed with those of
  // its first.
  return differences('route', before, message).some((name) => !OF_NEXT_HOP.has(name));
}

/** Linux: an IPv6 route that gets a further next hop is told whole, as a new one. */
function isGrownTo(route: RouteMessage, message: RouteMessage): boolean {
  if (message.family !== 'ipv6' || message.multipath === undefined || message.nextHopId !== undefined)
    return false;
  const { multipath = [{ gateway: route.gateway, interfaceIndex: route.outputInterface }] } = route;
  const [first] = multipath;
  return message.multipath.some(
    ({ gateway, interfaceIndex }) => gateway === first?.gateway && interfaceIndex === first?.interfaceIndex,
  );
}

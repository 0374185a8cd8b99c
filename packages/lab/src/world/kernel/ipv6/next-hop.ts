/**
 * Makes IPv6 routes of a request, one for each way out, or refuses it: net/ipv6/route.c, ip6_route_info_create().
 *
 * Before it: a decoded RTM_NEWROUTE. After it: `fib.ts`, which finds places for the routes.
 */
import { nextHopFlags, type RouteMessage, routeProtocol, routeTables, routeType } from '@ripstop/netlink';
import { type Address, addressToBytes, type Prefix, prefixOf } from '@ripstop/wire';
import type { Device, Devices } from '../device.ts';
import { requestedTable } from '../ipv4/next-hop.ts';
import { Refusal } from '../refusal.ts';
import type { Ipv6Fib } from './fib.ts';
import { type Ipv6Route, isSameWay } from './route.ts';

const { dead, linkDown, onLink } = nextHopFlags.masks;
const { values: types } = routeType;

/** Linux: IP6_RT_PRIO_USER, the priority of a route that asks for none. */
const USUAL_PRIORITY = 1024;
/** Linux: the device of routes that drop packets is `lo`, which always is the first. */
const LOOPBACK_INDEX = 1;
const DROPPING: ReadonlySet<number> = new Set([
  types.blackhole,
  types.unreachable,
  types.prohibit,
  types.throw,
]);

/** The destination; Linux: bits behind the length are passed over. */
export function ipv6PrefixOf({ destination = '::', destinationLength }: RouteMessage): Prefix {
  return prefixOf(destination, destinationLength);
}

/** @throws Refusal of a request that makes no sense, whatever is there */
export function requireSound(request: RouteMessage): void {
  const { nextHopId, encapsulation, sourceLength, destinationLength, flags, multipath } = request;
  if (nextHopId !== undefined || encapsulation !== undefined || sourceLength > 0)
    throw new Refusal('EOPNOTSUPP', 'The simulated kernel knows destinations and gateways only');
  if (destinationLength > 128) throw new Refusal('EINVAL', 'Invalid prefix length');
  if (routeType.numberOf(request.type) > types.throw) throw new Refusal('EINVAL', 'Invalid route type');
  if ((flags & (dead | linkDown)) !== 0)
    throw new Refusal('EINVAL', 'Invalid rtm_flags - can not contain DEAD or LINKDOWN');
  if (multipath?.some((hop) => hop.gateway === undefined))
    throw new Refusal('EINVAL', 'Device only routes can not be added for IPv6 using the multipath API.');
}

/** @param request sound @throws Refusal */
export function ipv6RoutesOf(request: RouteMessage, fib: Ipv6Fib, devices: Devices): readonly Ipv6Route[] {
  const type = routeType.numberOf(request.type);
  const protocol = routeProtocol.numberOf(request.protocol);
  const shared = {
    table: requestedTable(request),
    prefix: ipv6PrefixOf(request),
    priority: request.priority || USUAL_PRIORITY,
    protocol: protocol === 0 ? routeProtocol.values.boot : protocol,
    type,
    metrics: request.metrics,
    preferredSource: request.preferredSource,
  };
  if (DROPPING.has(type))
    return [{ ...shared, gateway: undefined, device: LOOPBACK_INDEX, extraWeight: 0, flags: 0 }];
  const { multipath, gateway, outputInterface = 0, flags } = request;
  const asked = multipath ?? [{ gateway, interfaceIndex: outputInterface, hops: 0, flags: flags & 0xff }];
  const routes: Ipv6Route[] = [];
  for (const hop of asked) {
    const device = deviceOf(hop.gateway, hop.interfaceIndex, hop.flags, shared.table, fib, devices);
    const isOurs = type === types.local || type === types.anycast;
    const state = isOurs || device.hasCarrier ? 0 : linkDown;
    const way = { gateway: hop.gateway, device: device.index, extraWeight: hop.hops };
    const route = { ...shared, ...way, flags: (hop.flags & onLink) | state };
    if (routes.some((other) => isSameWay(other, route))) throw new Refusal('EEXIST');
    routes.push(route);
  }
  return routes;
}

function deviceOf(
  gateway: Address | undefined,
  index: number,
  flags: number,
  table: number,
  fib: Ipv6Fib,
  devices: Devices,
): Device {
  const given = index === 0 ? undefined : devices.require(index);
  if ((flags & onLink) !== 0) {
    if (given === undefined) throw new Refusal('ENODEV', 'Nexthop device required for onlink');
    if (!given.isUp) throw new Refusal('ENETDOWN', 'Nexthop device is not up');
  }
  const device = gateway === undefined ? given : gatewayDevice(gateway, given, flags, table, fib, devices);
  if (device === undefined) throw new Refusal('ENODEV');
  if (!device.isUp) throw new Refusal('ENETDOWN', 'Nexthop device is not up');
  return device;
}

function gatewayDevice(
  gateway: Address,
  given: Device | undefined,
  flags: number,
  table: number,
  fib: Ipv6Fib,
  devices: Devices,
): Device {
  // Linux: a link-local address counts on its own device only.
  const isLocal = (device: Device): boolean => fib.isLocal(gateway, isLinkLocal(gateway) ? device.index : 0);
  if (given !== undefined && isLocal(given)) throw localGateway();
  const isOnLink = (flags & onLink) !== 0;
  if (isOnLink && given !== undefined && !isLinkLocal(gateway)) requireNoOtherWay(gateway, given, fib);
  const device = isLinkLocal(gateway) || isOnLink ? given : connected(gateway, given, table, fib, devices);
  if (device === undefined) throw new Refusal('EINVAL', 'Egress device not specified');
  if (device.isLoopback)
    throw new Refusal('EINVAL', 'Egress device can not be loopback device for this route');
  if (given === undefined && isLocal(device)) throw localGateway();
  return device;
}

/** Linux: a gateway that is said to be on the link must not be known to be elsewhere; a default route knows nothing. */
function requireNoOtherWay(gateway: Address, device: Device, fib: Ipv6Fib): void {
  const route = fib.resolve(gateway, 0, [routeTables.main]);
  if (route === undefined || DROPPING.has(route.type) || route.prefix.startsWith('::/')) return;
  if (route.type !== types.unicast || route.device !== device.index)
    throw new Refusal('EINVAL', 'Nexthop has invalid gateway or device mismatch');
}

function localGateway(): Refusal {
  return new Refusal('EINVAL', 'Gateway can not be a local address');
}

/** The device by which a gateway is reached without another gateway. */
function connected(
  gateway: Address,
  given: Device | undefined,
  table: number,
  fib: Ipv6Fib,
  devices: Devices,
): Device {
  for (const tables of [[table], [routeTables.local, routeTables.main]]) {
    const route = fib.resolve(gateway, given?.index ?? 0, tables);
    if (route === undefined || route.gateway !== undefined || DROPPING.has(route.type)) continue;
    return devices.require(route.device);
  }
  throw new Refusal('EHOSTUNREACH');
}

/** fe80::/10 */
export function isLinkLocal(address: Address): boolean {
  const [first = 0, second = 0] = addressToBytes(address);
  return first === 0xfe && (second & 0xc0) === 0x80;
}

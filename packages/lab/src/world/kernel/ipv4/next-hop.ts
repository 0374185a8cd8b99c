/**
 * Makes an IPv4 route of a request, or refuses it: net/ipv4/fib_semantics.c, fib_create_info() and fib_check_nh().
 *
 * Before it: a decoded RTM_NEWROUTE. After it: `fib.ts`, which finds a place for the route.
 */
import {
  nextHopFlags,
  type RouteMessage,
  routeProtocol,
  routeScope,
  routeTable,
  routeTables,
  routeType,
} from '@ripstop/netlink';
import { type Address, type Prefix, prefixOf } from '@ripstop/wire';
import type { Devices } from '../device.ts';
import { type ErrorName, Refusal } from '../refusal.ts';
import type { Ipv4Fib } from './fib.ts';
import type { Ipv4Hop, Ipv4Route } from './route.ts';

const { dead, linkDown, onLink, pervasive } = nextHopFlags.masks;
const { link, host, nowhere } = routeScope.values;

/** Of each RTN_*: the nearest scope that a route of this type may have, and what its packets are answered with. */
const typeRules: Readonly<Record<number, { readonly scope: number; readonly error?: ErrorName }>> = {
  [routeType.values.unspecified]: { scope: nowhere },
  [routeType.values.unicast]: { scope: 0 },
  [routeType.values.local]: { scope: host },
  [routeType.values.broadcast]: { scope: link },
  [routeType.values.anycast]: { scope: link },
  [routeType.values.multicast]: { scope: 0 },
  [routeType.values.blackhole]: { scope: 0, error: 'EINVAL' },
  [routeType.values.unreachable]: { scope: 0, error: 'EHOSTUNREACH' },
  [routeType.values.prohibit]: { scope: 0, error: 'EACCES' },
  [routeType.values.throw]: { scope: 0, error: 'EAGAIN' },
  [routeType.values.nat]: { scope: nowhere, error: 'EINVAL' },
  [routeType.values.xresolve]: { scope: nowhere, error: 'EINVAL' },
};

/** What packets of a type are answered with; undefined: they go on. */
export function errorOfType(type: number): ErrorName | undefined {
  return typeRules[type]?.error;
}

/** The destination. @throws Refusal if there are bits behind the length */
export function ipv4PrefixOf({ destination = '0.0.0.0', destinationLength }: RouteMessage): Prefix {
  if (destinationLength > 32) throw new Refusal('EINVAL', 'Invalid prefix length');
  const prefix = prefixOf(destination, destinationLength);
  if (prefix === `${destination}/${destinationLength}`) return prefix;
  throw new Refusal('EINVAL', 'Invalid prefix for given prefix length');
}

/** RTA_TABLE, or the header's; nothing is the main table. */
export function requestedTable(request: RouteMessage): number {
  const table = routeTable(request);
  return table === routeTables.unspecified ? routeTables.main : table;
}

/** @throws Refusal */
export function ipv4RouteOf(request: RouteMessage, fib: Ipv4Fib, devices: Devices): Ipv4Route {
  if (request.nextHopId !== undefined || request.via !== undefined || request.encapsulation !== undefined)
    throw new Refusal('EOPNOTSUPP', 'The simulated kernel knows gateways of the same family only');
  const type = routeType.numberOf(request.type);
  const scope = routeScope.numberOf(request.scope);
  const table = requestedTable(request);
  const prefix = ipv4PrefixOf(request);
  const rule = typeRules[type];
  if (rule === undefined) throw new Refusal('EINVAL', 'Invalid route type');
  if (rule.scope > scope) throw new Refusal('EINVAL', 'Invalid scope');
  if ((request.flags & (dead | linkDown)) !== 0)
    throw new Refusal('EINVAL', 'Invalid rtm_flags - can not contain DEAD or LINKDOWN');
  const route = {
    table,
    prefix,
    tos: request.tos,
    priority: request.priority ?? 0,
    protocol: routeProtocol.numberOf(request.protocol),
    scope,
    type,
    preferredSource: known(request.preferredSource),
    metrics: request.metrics,
    hops: rule.error === undefined ? hopsOf(request, scope, table, fib, devices) : droppingHop(request),
  };
  requireSource(route, fib);
  return route;
}

/** Linux: packets leave from an address of ours, or from the one that this very route makes ours. */
function requireSource({ preferredSource, type, prefix }: Ipv4Route, fib: Ipv4Fib): void {
  const { local } = routeType.values;
  if (preferredSource === undefined || (type === local && prefix === `${preferredSource}/32`)) return;
  if (fib.typeOf(preferredSource) !== local) throw new Refusal('EINVAL', 'Invalid prefsrc address');
}

function droppingHop({ gateway, outputInterface, multipath }: RouteMessage): readonly Ipv4Hop[] {
  if (known(gateway) === undefined && !outputInterface && multipath === undefined)
    return [{ gateway: undefined, device: 0, extraWeight: 0, scope: 0, flags: 0 }];
  throw new Refusal('EINVAL', 'Gateway, device and multipath can not be specified for this route type');
}

/** What one hop is asked for with. */
interface AskedHop {
  readonly gateway: Address | undefined;
  readonly device: number;
  readonly extraWeight: number;
  readonly flags: number;
}

function hopsOf(
  request: RouteMessage,
  scope: number,
  table: number,
  fib: Ipv4Fib,
  devices: Devices,
): readonly Ipv4Hop[] {
  if (scope > host) throw new Refusal('EINVAL', 'Invalid scope');
  const asked: readonly AskedHop[] = request.multipath?.map(({ gateway, interfaceIndex, hops, flags }) => {
    if ((flags & (dead | linkDown)) !== 0)
      throw new Refusal('EINVAL', 'Invalid flags for nexthop - can not contain DEAD or LINKDOWN');
    return { gateway: known(gateway), device: interfaceIndex, extraWeight: hops, flags };
  }) ?? [
    {
      gateway: known(request.gateway),
      device: request.outputInterface ?? 0,
      extraWeight: 0,
      flags: request.flags & 0xff,
    },
  ];
  if (scope !== host) return asked.map((hop) => checkedHop(hop, scope, table, fib, devices));
  const [only] = asked;
  if (only === undefined || asked.length > 1)
    throw new Refusal('EINVAL', 'Route with host scope can not have multiple nexthops');
  if (only.gateway !== undefined) throw new Refusal('EINVAL', 'Route with host scope can not have a gateway');
  return [{ ...only, device: devices.require(only.device).index, scope: nowhere }];
}

function checkedHop(hop: AskedHop, scope: number, table: number, fib: Ipv4Fib, devices: Devices): Ipv4Hop {
  if (hop.gateway === undefined) return onDevice(hop, devices);
  if ((hop.flags & onLink) !== 0) return onLinkHop(hop, hop.gateway, scope, fib, devices);
  const found = fib.resolve(hop.gateway, Math.max(scope + 1, link), hop.device, table);
  if (typeof found === 'string') throw new Refusal(found, 'Nexthop has invalid gateway');
  const { unicast, local } = routeType.values;
  if (found.route.type !== unicast && found.route.type !== local)
    throw new Refusal('EINVAL', 'Nexthop has invalid gateway');
  const device = devices.require(found.hop.device);
  if (!device.isUp) throw new Refusal('ENETDOWN');
  return { ...hop, device: device.index, scope: found.route.scope, flags: hop.flags | downFlag(device) };
}

function onDevice(hop: AskedHop, devices: Devices): Ipv4Hop {
  if ((hop.flags & (pervasive | onLink)) !== 0)
    throw new Refusal('EINVAL', 'Invalid flags for nexthop - PERVASIVE and ONLINK can not be set');
  const device = devices.require(hop.device);
  if (!device.isUp) throw new Refusal('ENETDOWN', 'Device for nexthop is not up');
  return { ...hop, scope: host, flags: hop.flags | downFlag(device) };
}

/** The caller says that the gateway is on the wire, whatever the routes say. */
function onLinkHop(hop: AskedHop, gateway: Address, scope: number, fib: Ipv4Fib, devices: Devices): Ipv4Hop {
  if (scope >= link) throw new Refusal('EINVAL', 'Nexthop has invalid scope');
  const device = devices.find(hop.device);
  if (device === undefined) throw new Refusal('ENODEV', 'Nexthop device required for onlink');
  if (!device.isUp) throw new Refusal('ENETDOWN', 'Nexthop device is not up');
  if (fib.typeOf(gateway) !== routeType.values.unicast)
    throw new Refusal('EINVAL', 'Nexthop has invalid gateway');
  return { ...hop, scope: link, flags: hop.flags | downFlag(device) };
}

function downFlag({ hasCarrier }: { readonly hasCarrier: boolean }): number {
  return hasCarrier ? 0 : linkDown;
}

/** Linux: 0.0.0.0 is no address. */
function known(address: Address | undefined): Address | undefined {
  return address === '0.0.0.0' ? undefined : address;
}

/**
 * A route as `ip -j -d route` shows it: names, values and order of iproute2. Before this file: the decoded message. After
 * it: `route-text.ts`.
 */
import { type NexthopMessage, type RouteMessage, routeFlags, routeTable } from '@ripstop/netlink';
import { type Address, addressBits } from '@ripstop/wire';
import type { Context } from '../command.ts';
import { encapsulationFields } from '../encapsulation/encapsulation-fields.ts';
import { definedOnly, type Fields, namesOfBits } from '../fields.ts';
import { dsFieldName, protocolName, scopeName, tableName, typeName } from '../names.ts';
import { nexthopFields } from '../nexthop/nexthop-fields.ts';
import { hexadecimal, secondsOf } from '../numerals.ts';
import { flowFields, gatewayFields, labelFields, namesOfFlags, nextHopFields } from './next-hop-fields.ts';
import { metricFields } from './route-metrics.ts';

/** @param nexthops the next-hop objects that routes name by their ids */
export function routeFields(
  route: RouteMessage,
  context: Context,
  nexthops: ReadonlyMap<number, NexthopMessage>,
): Fields {
  const { interfaces } = context;
  const { outputInterface, inputInterface, tos, metrics, multipath, nextHopId } = route;
  const isCached = (route.flags & routeFlags.masks.cloned) !== 0;
  const table = routeTable(route);
  const nexthop = nextHopId === undefined ? undefined : nexthops.get(nextHopId);
  return definedOnly({
    type: typeName(route.type),
    dst: prefixText(route, route.destination, route.destinationLength) ?? 'default',
    from: prefixText(route, route.source, route.sourceLength),
    nhid: nextHopId,
    ...labelFields(route),
    ...encapsulationFields(route, context),
    tos: tos === 0 ? undefined : dsFieldName(tos),
    ...gatewayFields(route),
    dev: outputInterface && interfaces.nameOf(outputInterface),
    table: table === 0 ? undefined : tableName(table),
    ...(!isCached && { protocol: protocolName(route.protocol), scope: scopeName(route.scope) }),
    prefsrc: route.preferredSource,
    metric: route.priority,
    flags: namesOfFlags(route.flags),
    mark: route.mark || undefined,
    ...flowFields(route),
    uid: route.userId,
    ...(isCached && route.family === 'ipv4' && { cache: namesOfBits(route.flags, cacheFlags) }),
    ...cacheFields(route, context.statistics),
    metrics: metrics && [metricFields(metrics)],
    iif: inputInterface && interfaces.nameOf(inputInterface),
    pref: route.preference,
    'ttl-propogate': route.ttlPropagate === undefined ? undefined : route.ttlPropagate !== 0,
    nh_info: nexthop && nexthopFields(nexthop, context),
    nexthops: multipath?.map((hop) => nextHopFields(hop, context)),
  });
}

/** An address without the length of a host's prefix; undefined for everything. */
function prefixText(
  { family }: RouteMessage,
  address: Address | undefined,
  length: number,
): string | undefined {
  if (address === undefined) return length === 0 ? undefined : `0/${length}`;
  const isHost = (family === 'ipv4' || family === 'ipv6') && length === addressBits(family);
  return isHost ? address : `${address}/${length}`;
}

/** RTCF_*, linux/in_route.h, in the order of `ip`: what the kernel's answer says of the packet it was asked for. */
const cacheFlags: Readonly<Record<string, number>> = {
  local: 0x8000_0000,
  reject: 0x4000_0000,
  mc: 0x2000_0000,
  brd: 0x1000_0000,
  'dst-nat': 0x0800_0000,
  'src-nat': 0x0080_0000,
  masq: 0x0040_0000,
  'dst-direct': 0x0002_0000,
  'src-direct': 0x0400_0000,
  redirected: 0x0004_0000,
  redirect: 0x0100_0000,
  fastroute: 0x0020_0000,
  notify: 0x0001_0000,
  proxy: 0x0008_0000,
};

function cacheFields({ cacheInfo }: RouteMessage, statistics: number): Fields {
  if (cacheInfo === undefined) return {};
  const { expires, error, references, used, lastUse, id, timestamp, timestampAge } = cacheInfo;
  const hasTimestamp = timestamp !== 0 || timestampAge !== 0;
  return {
    ...(expires !== 0 && { expires: secondsOf(expires) }),
    ...(error !== 0 && { error }),
    ...(statistics > 0 && {
      ...(references !== 0 && { users: references }),
      ...(used !== 0 && { used }),
      ...(lastUse !== 0 && { age: secondsOf(lastUse) }),
    }),
    ...(id !== 0 && { ipid: hexadecimal(id) }),
    ...(hasTimestamp && { ts: hexadecimal(timestamp), tsage: timestampAge }),
  };
}

/** A route as `ip -j -d route` shows it, and as text made of the same fields. Before this file: the decoded message. */
import { type NexthopMessage, type RouteMessage, routeFlags, routeTable } from '@ripstop/netlink';
import { type Address, addressBits } from '@ripstop/wire';
import type { Context, Fields, Shown } from '../command.ts';
import { nexthopFields, nexthopText } from '../nexthop/nexthop-fields.ts';
import { definedOnly, encapsulationFields } from './encapsulation-fields.ts';
import { dsFieldName, protocolName, scopeName, tableName, typeName } from './named-number.ts';
import {
  flowFields,
  gatewayFields,
  labelFields,
  namesOfFlags,
  nextHopFields,
  nextHopRules,
  nextHopText,
} from './next-hop-fields.ts';
import { lockedMetrics, metricFields, metricsText } from './route-metrics.ts';
import { bare, sentence } from './sentence.ts';

/** Linux: the times of a route are told in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/**
 * @param hidden fields that all routes of a list have alike, because they were asked for: `ip` leaves them out
 * @param nexthops the next-hop objects that routes name by their ids
 */
export function shownRoute(
  route: RouteMessage,
  context: Context,
  hidden: ReadonlySet<string> = new Set(),
  nexthops: ReadonlyMap<number, NexthopMessage> = new Map(),
): Shown {
  const all = Object.entries(routeFields(route, context, nexthops));
  const fields = Object.fromEntries(all.filter(([name, value]) => value !== undefined && !hidden.has(name)));
  return { fields, text: routeText(fields, lockedMetrics(route.metrics)) };
}

function routeFields(
  route: RouteMessage,
  context: Context,
  nexthops: ReadonlyMap<number, NexthopMessage>,
): Fields {
  const { interfaces } = context;
  const { outputInterface, inputInterface, tos, metrics, multipath, nextHopId } = route;
  const isCached = (route.flags & routeFlags.masks.cloned) !== 0;
  const table = routeTable(route);
  const nexthop = nextHopId === undefined ? undefined : nexthops.get(nextHopId);
  return {
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
    ...(isCached && route.family === 'ipv4' && { cache: cacheNames(route.flags) }),
    ...cacheFields(route, context.statistics),
    metrics: metrics && [metricFields(metrics)],
    iif: inputInterface && interfaces.nameOf(inputInterface),
    pref: route.preference,
    'ttl-propogate': route.ttlPropagate === undefined ? undefined : route.ttlPropagate !== 0,
    nh_info: nexthop && nexthopFields(nexthop, context),
    nexthops: multipath?.map((hop) => definedOnly(nextHopFields(hop, context))),
  };
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

function cacheNames(flags: number): readonly string[] {
  return Object.keys(cacheFlags).filter((name) => (flags & (cacheFlags[name] ?? 0)) !== 0);
}

function cacheFields({ cacheInfo }: RouteMessage, statistics: boolean): Fields {
  if (cacheInfo === undefined) return {};
  const { expires, error, references, used, lastUse, id, timestamp, timestampAge } = cacheInfo;
  const hasTimestamp = timestamp !== 0 || timestampAge !== 0;
  return {
    ...(expires !== 0 && { expires: Math.trunc(expires / TICKS_PER_SECOND) }),
    ...(error !== 0 && { error }),
    ...(statistics && {
      ...(references !== 0 && { users: references }),
      ...(used !== 0 && { used }),
      ...(lastUse !== 0 && { age: Math.trunc(lastUse / TICKS_PER_SECOND) }),
    }),
    ...(id !== 0 && { ipid: `0x${id.toString(16)}` }),
    ...(hasTimestamp && { ts: `0x${timestamp.toString(16)}`, tsage: timestampAge }),
  };
}

function routeText(fields: Fields, locked: readonly string[]): string {
  return sentence(fields, {
    ...nextHopRules,
    type: bare,
    dst: bare,
    prefsrc: (address: string) => `src ${address}`,
    mark: (mark: number) => `mark ${mark < 16 ? mark : `0x${mark.toString(16)}`}`,
    cache: (names: readonly string[]) => `\n    cache${names.length === 0 ? '' : ` <${names.join(',')}>`}`,
    expires: (seconds: number) => `expires ${seconds}sec`,
    age: (seconds: number) => `age ${seconds}sec`,
    tsage: (seconds: number) => `tsage ${seconds}sec`,
    metrics: ([values = {}]: readonly Fields[]) => metricsText(values, locked),
    'ttl-propogate': (isOn: boolean) => `ttl-propogate ${isOn ? 'enabled' : 'disabled'}`,
    nh_info: (nexthop: Fields) => `\n\tnh_info ${nexthopText(nexthop)}`,
    nexthops: (hops: readonly Fields[]) => hops.map((hop) => `\n\tnexthop ${nextHopText(hop)}`).join(''),
  });
}

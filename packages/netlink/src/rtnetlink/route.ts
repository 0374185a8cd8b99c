/**
 * Routes: RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE (linux/rtnetlink.h). Where a route's request becomes bytes; before
 * it `router/fib` decides what to request, after it `socket/rtnetlink` sends the bytes.
 */
import {
  type Address,
  type AddressFamily,
  address,
  attributes,
  bytes,
  cString,
  flags,
  type InputOf,
  i32,
  nested,
  type Prefix,
  prefixOf,
  struct,
  u8,
  u16be,
  u32,
  u32be,
  u64,
  type ValueOf,
} from '@ripstop/wire';
import { family } from './family.ts';
import { encapsulating } from './route/encapsulation.ts';
import { encapsulationNumbers, multipath, nextHopTable } from './route/multipath.ts';
import {
  routeFlags,
  routePreference,
  routeProtocol,
  routeScope,
  routeType,
} from './route/route-enumerations.ts';

/** struct rtmsg: 12 bytes, host byte order. */
const routeHeader = struct('rtmsg', 12, {
  family,
  destinationLength: u8,
  sourceLength: u8,
  tos: u8,
  headerTable: u8,
  protocol: routeProtocol,
  scope: routeScope,
  type: routeType,
  flags: routeFlags,
});

/** struct rta_cacheinfo: 32 bytes. `lastUse` and `expires` in hundredths of a second, `error` a negative number. */
const routeCacheInfo = struct('rta_cacheinfo', 32, {
  references: u32,
  lastUse: u32,
  expires: i32,
  error: u32,
  used: u32,
  id: u32,
  timestamp: u32,
  timestampAge: u32,
});

/** struct rta_mfc_stats: 24 bytes. */
const multicastForwardingStatistics = struct('rta_mfc_stats', 24, {
  packets: u64,
  bytes: u64,
  wrongInterface: u64,
});

/** RTAX_FEATURE_*. */
const routeFeatures = flags('RTAX_FEATURE', u32, {
  ecn: 0x1,
  sack: 0x2,
  timestamp: 0x4,
  allFragment: 0x8,
});

/** RTAX_*: what TCP and IP assume about the path. Sizes are in bytes, congestion windows in segments. */
const routeMetrics = attributes('RTAX', {
  /** Bits by RTAX_* number: these metrics do not adapt. */
  lock: [1, u32],
  mtu: [2, u32],
  window: [3, u32],
  /** In eighths of a millisecond; `roundTripVariance` in quarters. */
  roundTripTime: [4, u32],
  roundTripVariance: [5, u32],
  slowStartThreshold: [6, u32],
  congestionWindow: [7, u32],
  advertisedMss: [8, u32],
  reordering: [9, u32],
  hopLimit: [10, u32],
  initialCongestionWindow: [11, u32],
  features: [12, routeFeatures],
  /** Milliseconds. */
  minimumRto: [13, u32],
  initialReceiveWindow: [14, u32],
  quickAcknowledge: [15, u32],
  congestionControl: [16, cString],
  fastOpenNoCookie: [17, u32],
});

/** RTA_*. `priority` is what `ip route` calls metric; interfaces are indexes. */
const routeAttributes = {
  /** Of an MPLS route: the four bytes of its label. */
  destination: [1, address],
  source: [2, address],
  inputInterface: [3, u32],
  outputInterface: [4, u32],
  priority: [6, u32],
  preferredSource: [7, address],
  metrics: [8, nested(routeMetrics)],
  multipath: [9, nested(multipath)],
  protocolInfo: [10, bytes],
  cacheInfo: [12, routeCacheInfo],
  session: [13, bytes],
  multipathAlgorithm: [14, bytes],
  table: [15, u32],
  mark: [16, u32],
  multicastStatistics: [17, multicastForwardingStatistics],
  preference: [20, routePreference],
  /** Seconds from now. Only in requests, for IPv6. */
  expires: [23, u32],
  pad: [24, bytes],
  userId: [25, u32],
  ttlPropagate: [26, u8],
  ipProtocol: [27, u8],
  sourcePort: [28, u16be],
  destinationPort: [29, u16be],
  nextHopId: [30, u32],
  flowLabel: [31, u32be],
  ...nextHopTable,
} as const;

/** Payload of the RTM_*ROUTE messages. */
export const routeMessage = encapsulating('RTA', routeHeader, routeAttributes, encapsulationNumbers);

export type RouteMessage = ValueOf<typeof routeMessage>;
export type RouteInput = InputOf<typeof routeMessage>;

/** Which routes to list. */
export interface RouteFilter {
  /** Absent: all families. */
  readonly family?: AddressFamily | undefined;
  /** Absent: all tables. */
  readonly table?: number | undefined;
  /** Absent: of every protocol. */
  readonly protocol?: number | (keyof typeof routeProtocol.values & string) | undefined;
  /** Absent: of every type. */
  readonly type?: number | (keyof typeof routeType.values & string) | undefined;
  /** Absent: through every interface. */
  readonly outputInterface?: number | undefined;
  /**
   * Not the routes, but what the kernel has learned of single destinations, such as the MTU on the way. Linux: those of
   * IPv4 cannot be deleted.
   */
  readonly cached?: boolean | undefined;
}

/** The request that lists what a filter selects. */
export function routeQuery({ family, cached, ...others }: RouteFilter): RouteInput {
  return { ...others, family: family ?? 'unspecified', flags: cached ? routeFlags.masks.cloned : undefined };
}

/** One way out of a route, whether it was its only one or one of many. */
export interface NextHop {
  /** Undefined: the destination is on the link. */
  readonly gateway: Address | undefined;
  readonly interfaceIndex: number;
  /** Share of the traffic: 1 to 256. */
  readonly weight: number;
  /** RTNH_F_* bits. */
  readonly flags: number;
}

/** The destination: `0.0.0.0/0` or `::/0` where the message has none. */
export function routePrefix(route: RouteMessage): Prefix {
  const absent = route.family === 'ipv6' ? '::' : '0.0.0.0';
  return prefixOf(route.destination ?? absent, route.destinationLength);
}

/** The table: RTA_TABLE, which holds 32 bits, or where it is absent the header's. */
export function routeTable(route: RouteMessage): number {
  return route.table ?? route.headerTable;
}

/** All next hops; none of a route that drops packets or that names a next hop object. */
export function routeNextHops(route: RouteMessage): readonly NextHop[] {
  const { multipath, outputInterface, flags } = route;
  if (multipath !== undefined) {
    return multipath.map((hop) => nextHop(hop, hop.interfaceIndex, hop.hops + 1, hop.flags));
  }
  return outputInterface === undefined ? [] : [nextHop(route, outputInterface, 1, flags & 0xff)];
}

function nextHop(
  { gateway, via }: Pick<RouteMessage, 'gateway' | 'via'>,
  interfaceIndex: number,
  weight: number,
  flags: number,
): NextHop {
  return { gateway: gateway ?? via, interfaceIndex, weight, flags };
}

/**
 * An IPv4 route as the simulated kernel keeps it (struct fib_alias and struct fib_info in one), what is told of it, and
 * which request means it. Before it: `next-hop.ts`, which makes routes of requests. After it: `fib.ts`.
 */
import {
  nextHopFlags,
  type RouteInput,
  type RouteMessage,
  routeProtocol,
  routeScope,
  routeType,
} from '@ripstop/netlink';
import { type Address, type Prefix, prefixAddress, prefixLength } from '@ripstop/wire';

const { dead, linkDown, onLink } = nextHopFlags.masks;
const NOWHERE = routeScope.values.nowhere;

type RouteMetrics = RouteMessage['metrics'];

export interface Ipv4Hop {
  readonly gateway: Address | undefined;
  /** Index of the device; 0: none, packets are dropped. */
  readonly device: number;
  /** Less one, as RTA_MULTIPATH has it. */
  readonly extraWeight: number;
  /** RT_SCOPE_* of what the hop itself is reached by. */
  readonly scope: number;
  /** RTNH_F_*. */
  flags: number;
}

export interface Ipv4Route {
  readonly table: number;
  readonly prefix: Prefix;
  readonly tos: number;
  readonly priority: number;
  /** RTPROT_*, RT_SCOPE_* and RTN_* numbers. */
  readonly protocol: number;
  readonly scope: number;
  readonly type: number;
  readonly preferredSource: Address | undefined;
  readonly metrics: RouteMetrics;
  readonly hops: readonly Ipv4Hop[];
}

/** What a hop is told with: whether it is usable depends on its device. */
const TOLD_FLAGS = dead | linkDown | onLink;

export function isDead(route: Ipv4Route): boolean {
  return route.hops.every((hop) => (hop.flags & dead) !== 0);
}

/** The payload of RTM_NEWROUTE and RTM_DELROUTE. */
export function ipv4RouteMessage(route: Ipv4Route): RouteInput {
  const { table, prefix, tos, priority, protocol, scope, type, preferredSource, metrics, hops } = route;
  const only = hops.length === 1 ? hops[0] : undefined;
  const length = prefixLength(prefix);
  const isDown = hops.every((hop) => (hop.flags & linkDown) !== 0);
  return {
    family: 'ipv4',
    destinationLength: length,
    tos,
    headerTable: table < 256 ? table : 252,
    protocol,
    scope,
    type,
    flags: only === undefined ? (isDown ? linkDown : 0) : only.flags & TOLD_FLAGS,
    table,
    destination: length === 0 ? undefined : prefixAddress(prefix),
    priority: priority === 0 ? undefined : priority,
    metrics,
    preferredSource,
    gateway: only?.gateway,
    outputInterface: only === undefined || only.device === 0 ? undefined : only.device,
    multipath:
      only === undefined
        ? hops.map(({ gateway, device, extraWeight, flags }) => {
            return { flags: flags & TOLD_FLAGS, hops: extraWeight, interfaceIndex: device, gateway };
          })
        : undefined,
  };
}

/** Whether the second, in the place of the first, would be no change at all. */
export function isSameIpv4Route(one: Ipv4Route, other: Ipv4Route): boolean {
  return (
    one.type === other.type &&
    one.protocol === other.protocol &&
    one.scope === other.scope &&
    one.preferredSource === other.preferredSource &&
    one.hops.length === other.hops.length &&
    one.hops.every((hop, at) => isSameHop(hop, other.hops[at])) &&
    metricsText(one.metrics) === metricsText(other.metrics)
  );
}

function isSameHop(one: Ipv4Hop, other: Ipv4Hop | undefined): boolean {
  return (
    one.gateway === other?.gateway &&
    one.device === other?.device &&
    one.extraWeight === other.extraWeight &&
    one.scope === other.scope &&
    (one.flags & onLink) === (other.flags & onLink)
  );
}

function metricsText(metrics: RouteMetrics): string {
  return JSON.stringify(Object.entries(metrics ?? {}).sort());
}

/**
 * Whether a request to delete means this route of its prefix. What the request leaves open matches everything.
 *
 * Linux: a gateway or an interface beside the list of hops is compared with the first hop only, and then the list is not
 * read; a list must have at least all hops of the route (fib_nh_match).
 */
export function isMeantIpv4(request: RouteMessage, route: Ipv4Route): boolean {
  const { priority, preferredSource, outputInterface, gateway, multipath, metrics } = request;
  const type = routeType.numberOf(request.type);
  const scope = routeScope.numberOf(request.scope);
  const protocol = routeProtocol.numberOf(request.protocol);
  const [first] = route.hops;
  if (
    (type !== 0 && type !== route.type) ||
    (scope !== NOWHERE && scope !== route.scope) ||
    (preferredSource !== undefined && preferredSource !== route.preferredSource) ||
    (protocol !== 0 && protocol !== route.protocol) ||
    (priority !== undefined && priority !== 0 && priority !== route.priority) ||
    !Object.entries(metrics ?? {}).every(
      ([name, value]) => (route.metrics as Record<string, unknown> | undefined)?.[name] === value,
    )
  )
    return false;
  if (outputInterface || gateway !== undefined) {
    return (
      (!outputInterface || outputInterface === first?.device) &&
      (gateway === undefined || gateway === first?.gateway)
    );
  }
  if (multipath === undefined) return true;
  return route.hops.every((hop, at) => {
    const asked = multipath[at];
    return (
      asked !== undefined &&
      (asked.interfaceIndex === 0 || asked.interfaceIndex === hop.device) &&
      (asked.gateway === undefined || asked.gateway === hop.gateway)
    );
  });
}

/**
 * An IPv6 route as the simulated kernel keeps it (struct fib6_info), and what is told of it. It has one way out: a route
 * of several is several routes that know each other, *siblings*. Before it: `next-hop.ts`. After it: `fib.ts`.
 */
import { nextHopFlags, type RouteInput, type RouteMessage } from '@ripstop/netlink';
import { type Address, type Prefix, prefixAddress, prefixLength } from '@ripstop/wire';

const { dead, linkDown, onLink } = nextHopFlags.masks;
const TOLD_FLAGS = dead | linkDown | onLink;

export interface Ipv6Route {
  readonly table: number;
  readonly prefix: Prefix;
  readonly priority: number;
  /** RTPROT_* and RTN_* numbers. */
  readonly protocol: number;
  readonly type: number;
  readonly metrics: RouteMessage['metrics'];
  readonly preferredSource: Address | undefined;
  readonly gateway: Address | undefined;
  /** Index of the device: of `lo` if packets are dropped. */
  readonly device: number;
  /** Less one, as RTA_MULTIPATH has it. */
  readonly extraWeight: number;
  /** RTNH_F_*. */
  flags: number;
}

/** Linux: only routes by a gateway are siblings. */
export function mayHaveSiblings({ gateway }: Ipv6Route): boolean {
  return gateway !== undefined;
}

/** The payload of RTM_NEWROUTE and RTM_DELROUTE. @param siblings the route itself among them, in their order */
export function ipv6RouteMessage(route: Ipv6Route, siblings: readonly Ipv6Route[]): RouteInput {
  const { table, prefix, priority, protocol, type, metrics, preferredSource, gateway, device } = route;
  const length = prefixLength(prefix);
  const isSingle = siblings.length < 2;
  return {
    family: 'ipv6',
    destinationLength: length,
    headerTable: table < 256 ? table : 252,
    protocol,
    scope: 'global',
    type,
    flags: isSingle ? route.flags & TOLD_FLAGS : 0,
    table,
    destination: length === 0 ? undefined : prefixAddress(prefix),
    priority,
    metrics,
    preferredSource,
    gateway: isSingle ? gateway : undefined,
    outputInterface: isSingle ? device : undefined,
    multipath: isSingle
      ? undefined
      : turnedTo(route, siblings).map((each) => {
          const { gateway: via, device: interfaceIndex, extraWeight: hops, flags } = each;
          return { flags: flags & TOLD_FLAGS, hops, interfaceIndex, gateway: via };
        }),
    preference: 'medium',
  };
}

/** Whether both lead to the same place by the same way. */
export function isSameWay(one: Ipv6Route, other: Ipv6Route): boolean {
  return one.device === other.device && one.gateway === other.gateway;
}

/** A request to delete, or one hop of it. 0 and undefined match everything; the gateway `::` a route without one. */
export interface Ipv6Deletion {
  readonly table: number;
  readonly prefix: Prefix;
  readonly priority: number;
  readonly protocol: number;
  readonly gateway: Address | undefined;
  readonly device: number;
}

/** Whether a request to delete means this route of its prefix. */
export function isMeantIpv6(wanted: Ipv6Deletion, route: Ipv6Route): boolean {
  return (
    (wanted.device === 0 || wanted.device === route.device) &&
    (wanted.gateway === undefined || wanted.gateway === (route.gateway ?? '::')) &&
    (wanted.priority === 0 || wanted.priority === route.priority) &&
    (wanted.protocol === 0 || wanted.protocol === route.protocol)
  );
}

/** Linux: siblings are a ring, told from the route on that the message is about. */
function turnedTo(route: Ipv6Route, siblings: readonly Ipv6Route[]): readonly Ipv6Route[] {
  const at = siblings.indexOf(route);
  return [...siblings.slice(at), ...siblings.slice(0, at)];
}

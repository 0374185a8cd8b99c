/**
 * Neighbors, that is the ARP and NDP caches, proxies and bridges' forwarding tables: RTM_NEWNEIGH, RTM_DELNEIGH,
 * RTM_GETNEIGH (linux/neighbour.h). A message of family `bridge` is an entry of a forwarding table.
 */
import {
  type AddressFamily,
  address,
  attributes,
  flags,
  headed,
  type InputOf,
  i32,
  nested,
  padding,
  present,
  struct,
  u8,
  u16,
  u16be,
  u32,
  type ValueOf,
} from '@ripstop/wire';
import { family } from './family.ts';
import { linkAddress } from './link-address.ts';
import { routeProtocol, routeType } from './route/route-enumerations.ts';

/** NUD_*: what is known of a neighbor's reachability (RFC 4861 §7.3.2). 0: nothing (NUD_NONE). */
export const neighborState = flags('NUD', u16, {
  incomplete: 0x1,
  reachable: 0x2,
  stale: 0x4,
  delay: 0x8,
  probe: 0x10,
  failed: 0x20,
  noArp: 0x40,
  permanent: 0x80,
});

/** NTF_*. */
export const neighborFlags = flags('NTF', u8, {
  use: 0x1,
  self: 0x2,
  master: 0x4,
  proxy: 0x8,
  externallyLearned: 0x10,
  offloaded: 0x20,
  sticky: 0x40,
  router: 0x80,
});

/** NTF_EXT_*. */
export const neighborExtendedFlags = flags('NTF_EXT', u32, { managed: 0x1, locked: 0x2, validated: 0x4 });

/** struct ndmsg: 12 bytes, host byte order. */
const neighborHeader = struct('ndmsg', 12, {
  family,
  pad: padding(3),
  interfaceIndex: i32,
  state: neighborState,
  flags: neighborFlags,
  type: routeType,
});

/** struct nda_cacheinfo: 16 bytes. Times in hundredths of a second, since the event. */
const neighborCacheInfo = struct('nda_cacheinfo', 16, {
  confirmed: u32,
  used: u32,
  updated: u32,
  references: u32,
});

/** NFEA_*. */
const forwardingAttributes = attributes('NFEA', { activityNotify: [1, u8], dontRefresh: [2, present] });

/** NDA_*. What an entry of a forwarding table alone has: `vlan` to `sourceVni`, `nextHopId`, `forwarding`. */
const neighborAttributes = attributes('NDA', {
  destination: [1, address],
  linkAddress: [2, linkAddress],
  cacheInfo: [3, neighborCacheInfo],
  probes: [4, u32],
  vlan: [5, u16],
  /** UDP, of a VXLAN's other end, whose address is `destination`. */
  destinationPort: [6, u16be],
  vni: [7, u32],
  /**
   * Of an entry of a VXLAN's forwarding table: index of the interface that its packets leave by. In a query: of the
   * neighbors' own.
   */
  tunnelInterface: [8, u32],
  master: [9, u32],
  /** Where `tunnelInterface` is, unless it is here. */
  tunnelNetNamespaceId: [10, i32],
  sourceVni: [11, u32],
  protocol: [12, routeProtocol],
  nextHopId: [13, u32],
  forwarding: [14, nested(forwardingAttributes)],
  extendedFlags: [15, neighborExtendedFlags],
  stateMask: [16, neighborState],
  flagsMask: [17, neighborFlags],
});

/** Payload of the RTM_*NEIGH messages. */
export const neighborMessage = headed(neighborHeader, neighborAttributes);

export type NeighborMessage = ValueOf<typeof neighborMessage>;
export type NeighborInput = InputOf<typeof neighborMessage>;

/** Which neighbors to list. */
export interface NeighborFilter {
  /** Absent: IPv4 and IPv6. */
  readonly family?: AddressFamily | 'bridge' | undefined;
  readonly interfaceIndex?: number | undefined;
  /** Index of the bridge or VRF that the interface belongs to. */
  readonly master?: number | undefined;
  /** Proxy entries instead of neighbors. */
  readonly proxy?: boolean | undefined;
}

/** The request that lists what a filter selects. */
export function neighborQuery({ family, interfaceIndex, master, proxy }: NeighborFilter): NeighborInput {
  return {
    family: family ?? 'unspecified',
    flags: proxy === true ? neighborFlags.masks.proxy : 0,
    // Linux: in a request the interface is NDA_IFINDEX; a strict kernel wants 0 in the header.
    tunnelInterface: interfaceIndex,
    master,
  };
}

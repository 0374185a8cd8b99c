/**
 * Next-hop objects and groups of them, which routes name by id: RTM_NEWNEXTHOP, RTM_DELNEXTHOP, RTM_GETNEXTHOP
 * (linux/nexthop.h). The next hops inside a multipath route are in `multipath.ts`.
 *
 * "Nexthop", one word, is such an object in all our names; a "next hop", two words, is a gateway and an interface.
 */
import {
  type AddressFamily,
  address,
  array,
  attributes,
  bytes,
  enumeration,
  flags,
  type InputOf,
  nested,
  padding,
  present,
  struct,
  u8,
  u16,
  u32,
  u64,
  type ValueOf,
} from '@ripstop/wire';
import { family } from './family.ts';
import { encapsulating } from './route/encapsulation.ts';
import { nextHopFlags, routeProtocol, routeScope } from './route/route-enumerations.ts';

/** struct nhmsg: 8 bytes, host byte order. */
const nexthopHeader = struct('nhmsg', 8, {
  family,
  scope: routeScope,
  protocol: routeProtocol,
  reserved: padding(1),
  /** In 32 bits here. */
  flags: flags('RTNH_F', u32, nextHopFlags.masks),
});

/** struct nexthop_grp: 8 bytes. The weight less one; `weightHigh` are its upper 8 bits (Linux 6.12). */
const nexthopGroupMember = struct('nexthop_grp', 8, {
  id: u32,
  weight: u8,
  weightHigh: u8,
  reserved: padding(2),
});

/** NEXTHOP_GRP_TYPE_*: how a group shares the traffic. */
const nexthopGroupType = enumeration('NEXTHOP_GRP_TYPE', u16, { multipath: 0, resilient: 1 });

/** NHA_RES_GROUP_*. Times in hundredths of a second. */
const resilientGroup = attributes('NHA_RES_GROUP', {
  pad: [0, bytes],
  buckets: [1, u16],
  idleTimer: [2, u32],
  unbalancedTimer: [3, u32],
  unbalancedTime: [4, u64],
});

/** NHA_RES_BUCKET_*: a slot of a resilient group. Time in hundredths of a second. */
const resilientBucket = attributes('NHA_RES_BUCKET', {
  pad: [0, bytes],
  index: [1, u16],
  idleTime: [2, u64],
  nextHopId: [3, u32],
});

/** NHA_*. */
const nexthopAttributes = {
  id: [1, u32],
  group: [2, array(nexthopGroupMember)],
  groupType: [3, nexthopGroupType],
  blackhole: [4, present],
  outputInterface: [5, u32],
  gateway: [6, address],
  groups: [9, present],
  master: [10, u32],
  forwarding: [11, present],
  resilientGroup: [12, nested(resilientGroup)],
  resilientBucket: [13, nested(resilientBucket)],
  operationFlags: [14, u32],
  groupStatistics: [15, nested(bytes)],
  hardwareStatisticsEnable: [16, u32],
  hardwareStatisticsUsed: [17, u32],
} as const;

/** NHA_ENCAP_TYPE and NHA_ENCAP. */
const encapsulationNumbers = { type: 7, encapsulation: 8 } as const;

/** Payload of the RTM_*NEXTHOP messages. */
export const nexthopMessage = encapsulating('NHA', nexthopHeader, nexthopAttributes, encapsulationNumbers);

export type NexthopMessage = ValueOf<typeof nexthopMessage>;
export type NexthopInput = InputOf<typeof nexthopMessage>;

/**
 * Which next-hop objects to list.
 *
 * Linux: NHA_FDB, those of forwarding tables, is accepted here and ignored.
 */
export interface NexthopFilter {
  /** Absent: all. */
  readonly family?: AddressFamily | undefined;
  readonly outputInterface?: number | undefined;
  readonly master?: number | undefined;
  /** Only groups. */
  readonly groups?: boolean | undefined;
}

/** The request that lists what a filter selects. */
export function nexthopQuery(filter: NexthopFilter): NexthopInput {
  const { family, outputInterface, master, groups } = filter;
  return {
    family: family ?? 'unspecified',
    outputInterface,
    master,
    groups: groups === true ? true : undefined,
  };
}

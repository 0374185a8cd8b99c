/** What kind of interface it is and what only that kind has: IFLA_LINKINFO, linux/if_link.h. */
import {
  attributes,
  bytes,
  cString,
  fixedBytes,
  headed,
  nested,
  present,
  struct,
  u8,
  u16,
  u16be,
  u32,
  u64,
  variants,
} from '@ripstop/wire';
import { linkAddress } from './link-address.ts';
import { linkHeader, linkTable } from './link-attributes.ts';

/** VETH_INFO_*, linux/veth.h: the other end, as it is to be made. */
const vethAttributes = attributes('VETH_INFO', {
  peer: [1, nested(headed(linkHeader, attributes('IFLA', linkTable)))],
});

/** struct br_boolopt_multi, linux/if_bridge.h: 8 bytes. */
const bridgeOptions = struct('br_boolopt_multi', 8, { value: u32, mask: u32 });

/** IFLA_BR_*. Times are in hundredths of a second. */
const bridgeAttributes = attributes('IFLA_BR', {
  forwardDelay: [1, u32],
  helloTime: [2, u32],
  maxAge: [3, u32],
  ageingTime: [4, u32],
  stpState: [5, u32],
  priority: [6, u16],
  vlanFiltering: [7, u8],
  vlanProtocol: [8, u16be],
  groupForwardMask: [9, u16],
  rootId: [10, fixedBytes(8)],
  bridgeId: [11, fixedBytes(8)],
  rootPort: [12, u16],
  rootPathCost: [13, u32],
  topologyChange: [14, u8],
  topologyChangeDetected: [15, u8],
  helloTimer: [16, u64],
  tcnTimer: [17, u64],
  topologyChangeTimer: [18, u64],
  garbageCollectionTimer: [19, u64],
  groupAddress: [20, linkAddress],
  forwardingFlush: [21, present],
  multicastRouter: [22, u8],
  multicastSnooping: [23, u8],
  multicastQueryUseInterfaceAddress: [24, u8],
  multicastQuerier: [25, u8],
  multicastHashElasticity: [26, u32],
  multicastHashMaximum: [27, u32],
  multicastLastMemberCount: [28, u32],
  multicastStartupQueryCount: [29, u32],
  multicastLastMemberInterval: [30, u64],
  multicastMembershipInterval: [31, u64],
  multicastQuerierInterval: [32, u64],
  multicastQueryInterval: [33, u64],
  multicastQueryResponseInterval: [34, u64],
  multicastStartupQueryInterval: [35, u64],
  callIptables: [36, u8],
  callIp6tables: [37, u8],
  callArptables: [38, u8],
  vlanDefaultPvid: [39, u16],
  pad: [40, bytes],
  vlanStatistics: [41, u8],
  multicastStatistics: [42, u8],
  igmpVersion: [43, u8],
  mldVersion: [44, u8],
  vlanStatisticsPerPort: [45, u8],
  options: [46, bridgeOptions],
  multicastQuerierState: [47, nested(bytes)],
  forwardingLearned: [48, u32],
  forwardingLearnedMaximum: [49, u32],
});

/** IFLA_INFO_*; `data` is raw. */
const infoTable = {
  kind: [1, cString],
  data: [2, nested(bytes)],
  statistics: [3, bytes],
  slaveKind: [4, cString],
  slaveData: [5, nested(bytes)],
} as const;

/** IFLA_LINKINFO: `data` is typed where `kind` is veth or bridge, and bytes where it is any other. */
export const linkInfo = variants('kind', attributes('IFLA_INFO', infoTable), {
  veth: attributes('IFLA_INFO', { ...infoTable, data: [2, nested(vethAttributes)] }),
  bridge: attributes('IFLA_INFO', { ...infoTable, data: [2, nested(bridgeAttributes)] }),
});

/**
 * The attributes of an interface (IFLA_*, linux/if_link.h) except IFLA_LINKINFO, which depends on the kind of interface
 * and may hold a whole other interface: `link-info.ts` is made of this table, `link.ts` of both.
 */
import {
  address,
  attributes,
  bytes,
  cString,
  enumeration,
  flags,
  i32,
  nested,
  padding,
  repeated,
  struct,
  u8,
  u16,
  u32,
} from '@ripstop/wire';
import { family } from '../family.ts';
import { linkAddress } from '../link-address.ts';
import { uint } from '../uint.ts';
import { linkMap, linkStatistics, linkStatistics64 } from './link-statistics.ts';
import { wirelessEvent } from './link-wireless.ts';

/** IFF_*, linux/if.h. */
export const linkFlags = flags('IFF', u32, {
  up: 0x1,
  broadcast: 0x2,
  debug: 0x4,
  loopback: 0x8,
  pointToPoint: 0x10,
  noTrailers: 0x20,
  running: 0x40,
  noArp: 0x80,
  promiscuous: 0x100,
  allMulticast: 0x200,
  master: 0x400,
  slave: 0x800,
  multicast: 0x1000,
  portSelection: 0x2000,
  autoMedia: 0x4000,
  dynamic: 0x8000,
  lowerUp: 0x1_0000,
  dormant: 0x2_0000,
  echo: 0x4_0000,
});

/** struct ifinfomsg, linux/rtnetlink.h: 16 bytes, host byte order. `type` is an ARPHRD_* number. */
export const linkHeader = struct('ifinfomsg', 16, {
  family,
  pad: padding(1),
  type: u16,
  index: i32,
  flags: linkFlags,
  /** Which bits of `flags` a request changes. */
  change: linkFlags,
});

/** IF_OPER_*, linux/if.h, RFC 2863 §3.1.14. */
const operationalState = enumeration('IF_OPER', u8, {
  unknown: 0,
  'not-present': 1,
  down: 2,
  'lower-layer-down': 3,
  testing: 4,
  dormant: 5,
  up: 6,
});

/** IF_LINK_MODE_*, linux/if.h. */
const linkMode = enumeration('IF_LINK_MODE', u8, { default: 0, dormant: 1, testing: 2 });

/** IN6_ADDR_GEN_MODE_*: how an interface makes its link-local IPv6 address. */
const addressGeneration = enumeration('IN6_ADDR_GEN_MODE', u8, {
  eui64: 0,
  none: 1,
  'stable-privacy': 2,
  random: 3,
});

/** struct ifla_cacheinfo: 16 bytes. `updated` in hundredths of a second since boot, the other times in milliseconds. */
const linkCacheInfo = struct('ifla_cacheinfo', 16, {
  maximumReassemblyLength: u32,
  updated: u32,
  reachableTime: u32,
  retransmitTime: u32,
});

/** IFLA_EVENT_*: why the message was sent, where it is not for a change. */
const linkEvent = enumeration('IFLA_EVENT', u32, {
  none: 0,
  reboot: 1,
  features: 2,
  'bonding-failover': 3,
  'notify-peers': 4,
  'igmp-resend': 5,
  'bonding-options': 6,
});

/** RTEXT_FILTER_*, linux/rtnetlink.h: what an answer is to have besides (or, `skipStatistics`, not to have). */
const extendedMask = flags('RTEXT_FILTER', u32, {
  virtualFunctions: 0x1,
  bridgeVlans: 0x2,
  bridgeVlansCompressed: 0x4,
  skipStatistics: 0x8,
  mediaRedundancy: 0x10,
  connectivityFaultConfiguration: 0x20,
  connectivityFaultStatus: 0x40,
  multipleSpanningTrees: 0x80,
});

/** IFLA_INET_*: settings (sysctl) by their number. */
const linkIpv4Attributes = attributes('IFLA_INET', { configuration: [1, bytes] });

/** IFLA_INET6_*; settings and counters by their number. */
const linkIpv6Attributes = attributes('IFLA_INET6', {
  flags: [1, u32],
  configuration: [2, bytes],
  statistics: [3, bytes],
  multicast: [4, bytes],
  cacheInfo: [5, linkCacheInfo],
  icmpStatistics: [6, bytes],
  token: [7, address],
  addressGeneration: [8, addressGeneration],
  routerMtu: [9, u32],
});

/** IFLA_AF_SPEC of an interface: one set for each address family, by its AF_* number. */
const linkFamilyAttributes = attributes('IFLA_AF_SPEC', {
  ipv4: [2, nested(linkIpv4Attributes)],
  ipv6: [10, nested(linkIpv6Attributes)],
});

/** IFLA_XDP_*. */
const linkXdpAttributes = attributes('IFLA_XDP', {
  fileDescriptor: [1, i32],
  attached: [2, u8],
  flags: [3, u32],
  programId: [4, u32],
  driverProgramId: [5, u32],
  genericProgramId: [6, u32],
  hardwareProgramId: [7, u32],
  expectedFileDescriptor: [8, i32],
});

/** IFLA_PROTO_DOWN_REASON_*. */
const protocolDownReason = attributes('IFLA_PROTO_DOWN_REASON', { mask: [1, u32], value: [2, u32] });

/**
 * IFLA_*; what the address family decides is raw. Counts are in packets, lengths and sizes in bytes.
 *
 * An interface is named by its index, in its own network namespace or, where a namespace is told beside it, in that one.
 */
export const linkTable = {
  address: [1, linkAddress],
  broadcast: [2, linkAddress],
  name: [3, cString],
  mtu: [4, u32],
  /** The interface that carries this one; of a veth its peer; 0: none. */
  parentIndex: [5, u32],
  qdisc: [6, cString],
  statistics32: [7, linkStatistics],
  cost: [8, bytes],
  priority: [9, bytes],
  /** Index of the bridge, bond or VRF that it belongs to. */
  master: [10, u32],
  wireless: [11, wirelessEvent],
  protocolInfo: [12, bytes],
  txQueueLength: [13, u32],
  map: [14, linkMap],
  weight: [15, u32],
  operationalState: [16, operationalState],
  linkMode: [17, linkMode],
  /** In a request: the namespace of this process. */
  netNamespacePid: [19, u32],
  alias: [20, cString],
  virtualFunctions: [21, u32],
  virtualFunctionInfo: [22, nested(bytes)],
  statistics: [23, linkStatistics64],
  virtualFunctionPorts: [24, nested(bytes)],
  portSelf: [25, nested(bytes)],
  families: [26, nested(bytes)],
  group: [27, u32],
  /** In a request: the namespace that this is open on. */
  netNamespaceFileDescriptor: [28, u32],
  extendedMask: [29, extendedMask],
  promiscuity: [30, u32],
  txQueues: [31, u32],
  rxQueues: [32, u32],
  carrier: [33, u8],
  physicalPortId: [34, bytes],
  carrierChanges: [35, u32],
  physicalSwitchId: [36, bytes],
  /** Where `parentIndex` is, unless it is here. */
  parentNetNamespaceId: [37, i32],
  physicalPortName: [38, cString],
  protocolDown: [39, u8],
  gsoMaxSegments: [40, u32],
  gsoMaxSize: [41, u32],
  pad: [42, bytes],
  xdp: [43, nested(linkXdpAttributes)],
  event: [44, linkEvent],
  /** Where the interface went: its namespace and its index there. */
  newNetNamespaceId: [45, i32],
  /** Of the interface itself, where it is not the asker's. */
  targetNetNamespaceId: [46, i32],
  carrierUpCount: [47, u32],
  carrierDownCount: [48, u32],
  newIndex: [49, i32],
  minMtu: [50, u32],
  maxMtu: [51, u32],
  alternativeNames: [52, nested(repeated('IFLA_PROP_LIST', 53, cString))],
  alternativeName: [53, cString],
  permanentAddress: [54, linkAddress],
  protocolDownReason: [55, nested(protocolDownReason)],
  parentDeviceName: [56, cString],
  parentDeviceBus: [57, cString],
  groMaxSize: [58, u32],
  tsoMaxSize: [59, u32],
  tsoMaxSegments: [60, u32],
  allMulticastCount: [61, u32],
  devlinkPort: [62, nested(bytes)],
  gsoIpv4MaxSize: [63, u32],
  groIpv4MaxSize: [64, u32],
  dpllPin: [65, nested(bytes)],
  /** Nanoseconds. */
  maxPacingOffloadHorizon: [66, uint],
  netNamespaceImmutable: [67, u8],
  headroom: [68, u16],
  tailroom: [69, u16],
} as const;

/** IFLA_* in messages about an interface itself, of whatever family (but `bridge`). */
export const interfaceTable = {
  ...linkTable,
  protocolInfo: [12, nested(linkIpv6Attributes)],
  families: [26, nested(linkFamilyAttributes)],
} as const;

/** Ethernet over UDP (RFC 7348): IFLA_VXLAN_*, linux/if_link.h. */
import {
  address,
  attributes,
  bytes,
  bytesAt,
  type Codec,
  enumeration,
  ipv4,
  present,
  struct,
  u8,
  u16be,
  u32,
  u32be,
} from '@ripstop/wire';

/** struct ifla_vxlan_port_range: 4 bytes, network byte order. */
const portRange = struct('ifla_vxlan_port_range', 4, { low: u16be, high: u16be });

/** VXLAN_DF_*: the Don't Fragment bit of the outer IPv4 header. */
const dontFragment = enumeration('VXLAN_DF', u8, { unset: 0, set: 1, inherit: 2 });

/** VXLAN_LABEL_*: where the outer IPv6 header's flow label comes from. */
const labelPolicy = enumeration('VXLAN_LABEL', u32, { fixed: 0, inherit: 1 });

/** Linux: asked for by an attribute without bytes, told as a byte that is 0 or 1. */
const askedByPresence: Codec<boolean> = {
  name: 'presence',
  sizeOf: (value) => (value ? 0 : 1),
  encode: () => undefined,
  decode: (view, start, end) => start === end || bytesAt(view, start, end).some((byte) => byte !== 0),
};

export const vxlanAttributes = attributes('IFLA_VXLAN', {
  vni: [1, u32],
  /** Group or remote address. */
  group: [2, ipv4],
  /** Index of the interface that carries it; the link's `parentIndex` too. */
  parentIndex: [3, u32],
  local: [4, ipv4],
  ttl: [5, u8],
  tos: [6, u8],
  learning: [7, u8],
  /** Seconds. */
  ageing: [8, u32],
  /** Most addresses in the forwarding table; 0: no limit. */
  limit: [9, u32],
  sourcePorts: [10, portRange],
  proxy: [11, u8],
  routeShortCircuit: [12, u8],
  l2Miss: [13, u8],
  l3Miss: [14, u8],
  destinationPort: [15, u16be],
  group6: [16, address],
  local6: [17, address],
  udpChecksum: [18, u8],
  udpZeroChecksum6Send: [19, u8],
  udpZeroChecksum6Receive: [20, u8],
  remoteChecksumSend: [21, u8],
  remoteChecksumReceive: [22, u8],
  groupPolicy: [23, present],
  remoteChecksumNoPartial: [24, present],
  collectMetadata: [25, u8],
  label: [26, u32be],
  genericProtocol: [27, present],
  ttlInherit: [28, askedByPresence],
  dontFragment: [29, dontFragment],
  vniFilter: [30, u8],
  localBypass: [31, u8],
  labelPolicy: [32, labelPolicy],
  reservedBits: [33, bytes],
  multicastRoute: [34, u8],
});

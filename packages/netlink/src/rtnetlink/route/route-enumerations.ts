/** The named numbers of routes, linux/rtnetlink.h. */
import { enumeration, flags, u8, u16, u32 } from '@ripstop/wire';

/** RTPROT_*: who put a route there. The names are those of iproute2's rt_protos. */
export const routeProtocol = enumeration('RTPROT', u8, {
  unspecified: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  mrouted: 17,
  keepalived: 18,
  babel: 42,
  ovn: 84,
  openr: 99,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
});

/** RT_SCOPE_*: how far away the destination is. */
export const routeScope = enumeration('RT_SCOPE', u8, {
  global: 0,
  site: 200,
  link: 253,
  host: 254,
  nowhere: 255,
});

/** RTN_*: what happens to a packet. */
export const routeType = enumeration('RTN', u8, {
  unspecified: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
});

/** RT_TABLE_*: tables that have a name. A number, because most have none; above 255 only RTA_TABLE holds it. */
export const routeTables = {
  unspecified: 0,
  compatibility: 252,
  default: 253,
  main: 254,
  local: 255,
} as const;

const nextHopMasks = {
  dead: 0x1,
  pervasive: 0x2,
  onLink: 0x4,
  offload: 0x8,
  linkDown: 0x10,
  unresolved: 0x20,
  trap: 0x40,
} as const;

/** RTNH_F_*. */
export const nextHopFlags = flags('RTNH_F', u8, nextHopMasks);

/** RTM_F_*; of a route with a single next hop also that hop's RTNH_F_*. */
export const routeFlags = flags('RTM_F', u32, {
  ...nextHopMasks,
  notify: 0x100,
  cloned: 0x200,
  equalize: 0x400,
  prefix: 0x800,
  lookupTable: 0x1000,
  fibMatch: 0x2000,
  routeOffload: 0x4000,
  routeTrap: 0x8000,
  offloadFailed: 0x2000_0000,
});

/** ICMPV6_ROUTER_PREF_*, linux/icmpv6.h, RFC 4191 §2.1. */
export const routePreference = enumeration('ICMPV6_ROUTER_PREF', u8, {
  medium: 0,
  high: 1,
  invalid: 2,
  low: 3,
});

/** LWTUNNEL_ENCAP_*, linux/lwtunnel.h. */
export const encapsulation = enumeration('LWTUNNEL_ENCAP', u16, {
  none: 0,
  mpls: 1,
  ip: 2,
  ila: 3,
  ip6: 4,
  seg6: 5,
  bpf: 6,
  'seg6-local': 7,
  rpl: 8,
  ioam6: 9,
  xfrm: 10,
});

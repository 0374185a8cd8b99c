/** Rules of policy routing, which choose the routing table: RTM_NEWRULE, RTM_DELRULE, RTM_GETRULE (linux/fib_rules.h). */
import {
  type AddressFamily,
  address,
  attributes,
  bytes,
  cString,
  enumeration,
  flags,
  headed,
  type InputOf,
  padding,
  struct,
  u8,
  u16,
  u32,
  u32be,
  u64be,
  type ValueOf,
} from '@ripstop/wire';
import { family } from './family.ts';
import { routeProtocol } from './route/route-enumerations.ts';

/** FR_ACT_*: what a rule does with a packet that it matches. */
const ruleAction = enumeration('FR_ACT', u8, {
  unspecified: 0,
  'to-table': 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
});

/** FIB_RULE_*. */
export const ruleFlags = flags('FIB_RULE', u32, {
  permanent: 0x1,
  invert: 0x2,
  unresolved: 0x4,
  inputInterfaceDetached: 0x8,
  outputInterfaceDetached: 0x10,
});

/** struct fib_rule_hdr: 12 bytes, host byte order. */
const ruleHeader = struct('fib_rule_hdr', 12, {
  family,
  destinationLength: u8,
  sourceLength: u8,
  tos: u8,
  headerTable: u8,
  reserved: padding(2),
  action: ruleAction,
  flags: ruleFlags,
});

/** struct fib_rule_uid_range: 8 bytes, both ends included. */
const userIdRange = struct('fib_rule_uid_range', 8, { start: u32, end: u32 });
/** struct fib_rule_port_range: 4 bytes, both ends included. */
const portRange = struct('fib_rule_port_range', 4, { start: u16, end: u16 });

/** FRA_*: what a packet must have, and what becomes of it. Ports and marks are in host byte order. */
const ruleAttributes = attributes('FRA', {
  destination: [1, address],
  source: [2, address],
  inputInterfaceName: [3, cString],
  /** Priority of the rule to go on with. */
  goto: [4, u32],
  unused2: [5, bytes],
  priority: [6, u32],
  unused3: [7, bytes],
  unused4: [8, bytes],
  unused5: [9, bytes],
  mark: [10, u32],
  flow: [11, u32],
  tunnelId: [12, u64be],
  /** No route by an interface of this group is taken. Linux: tells 0xffffffff where there is none; so below. */
  suppressInterfaceGroup: [13, u32],
  /** No route of this prefix length or a shorter one is taken. */
  suppressPrefixLength: [14, u32],
  table: [15, u32],
  markMask: [16, u32],
  outputInterfaceName: [17, cString],
  pad: [18, bytes],
  /** 1: the table is that of the packet's VRF. */
  l3Master: [19, u8],
  userIdRange: [20, userIdRange],
  protocol: [21, routeProtocol],
  ipProtocol: [22, u8],
  sourcePorts: [23, portRange],
  destinationPorts: [24, portRange],
  dscp: [25, u8],
  flowLabel: [26, u32be],
  flowLabelMask: [27, u32be],
  sourcePortMask: [28, u16],
  destinationPortMask: [29, u16],
  dscpMask: [30, u8],
});

/** Payload of the RTM_*RULE messages. */
export const ruleMessage = headed(ruleHeader, ruleAttributes);

export type RuleMessage = ValueOf<typeof ruleMessage>;
export type RuleInput = InputOf<typeof ruleMessage>;

/** Which rules to list. */
export interface RuleFilter {
  /** Absent: all, those of multicast routing (families 128 and 129) too. */
  readonly family?: AddressFamily | undefined;
}

/** The request that lists what a filter selects. */
export function ruleQuery({ family }: RuleFilter): RuleInput {
  return { family: family ?? 'unspecified' };
}

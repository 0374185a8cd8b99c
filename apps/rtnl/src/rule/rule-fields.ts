/**
 * A rule as `ip -j -d rule` shows it: names, values and order of iproute2. Before this file: the decoded message. After it:
 * `rule-text.ts`.
 */
import { type RuleMessage, ruleFlags } from '@ripstop/netlink';
import { type Address, addressBits } from '@ripstop/wire';
import { definedOnly, type Fields } from '../fields.ts';
import { ipProtocolName } from '../ip-protocol.ts';
import { dsFieldName, groupName, protocolName, realmNames, tableName } from '../names.ts';
import { hexadecimal } from '../numerals.ts';

/** Linux: nothing is suppressed. */
const NONE = 0xffff_ffff;
const EVERY_BIT = 0xffff_ffff;

const { invert, unresolved, inputInterfaceDetached, outputInterfaceDetached } = ruleFlags.masks;

export function ruleFields(rule: RuleMessage): Fields {
  const { flags, tos, userIdRange, tunnelId } = rule;
  return definedOnly({
    priority: rule.priority ?? 0,
    not: markOf((flags & invert) !== 0),
    ...endFields('src', rule, rule.source, rule.sourceLength),
    ...(rule.source === undefined && rule.sourceLength === 0 && { src: 'all' }),
    ...endFields('dst', rule, rule.destination, rule.destinationLength),
    tos: tos === 0 ? undefined : dsFieldName(tos),
    ...markFields(rule),
    iif: rule.inputInterfaceName,
    iif_detached: markOf((flags & inputInterfaceDetached) !== 0),
    oif: rule.outputInterfaceName,
    oif_detached: markOf((flags & outputInterfaceDetached) !== 0),
    l3mdev: markOf((rule.l3Master ?? 0) !== 0),
    uid_start: userIdRange?.start,
    uid_end: userIdRange?.end,
    ipproto: rule.ipProtocol === undefined ? undefined : ipProtocolName(rule.ipProtocol),
    ...portFields('sport', rule.sourcePorts),
    ...portFields('dport', rule.destinationPorts),
    tun_id: tunnelId,
    ...tableFields(rule),
    ...flowFields(rule),
    ...actionFields(rule),
    protocol: rule.protocol === undefined ? undefined : protocolName(rule.protocol),
  });
}

/** A field that says all by being there. */
function markOf(isSet: boolean): null | undefined {
  return isSet ? null : undefined;
}

/** `src` and `srclen`, or `dst` and `dstlen`; a host's has no length. */
function endFields(
  name: 'src' | 'dst',
  { family }: RuleMessage,
  address: Address | undefined,
  length: number,
): Fields {
  if (address === undefined && length === 0) return {};
  const isHost = (family === 'ipv4' || family === 'ipv6') && length === addressBits(family);
  return { [name]: address ?? '0', [`${name}len`]: isHost && address !== undefined ? undefined : length };
}

function markFields({ mark, markMask }: RuleMessage): Fields {
  if (mark === undefined && markMask === undefined) return {};
  const hasMask = markMask !== undefined && markMask !== EVERY_BIT;
  return { fwmark: hexadecimal(mark ?? 0), fwmask: hasMask ? hexadecimal(markMask) : undefined };
}

function portFields(name: 'sport' | 'dport', ports: RuleMessage['sourcePorts']): Fields {
  if (ports === undefined) return {};
  const { start, end } = ports;
  return start === end ? { [name]: start } : { [`${name}_start`]: start, [`${name}_end`]: end };
}

function tableFields(rule: RuleMessage): Fields {
  const table = rule.table ?? rule.headerTable;
  const { suppressPrefixLength = NONE, suppressInterfaceGroup = NONE } = rule;
  if (table === 0) return {};
  return {
    table: tableName(table),
    suppress_prefixlen: suppressPrefixLength === NONE ? undefined : suppressPrefixLength,
    suppress_ifgroup: suppressInterfaceGroup === NONE ? undefined : groupName(suppressInterfaceGroup),
  };
}

function flowFields({ flow }: RuleMessage): Fields {
  if (flow === undefined) return {};
  const { from, to } = realmNames(flow);
  return { flow_from: from, flow_to: to };
}

function actionFields({ action, goto, flags }: RuleMessage): Fields {
  switch (action) {
    case 'to-table':
      return {};
    case 'goto':
      return { goto: goto ?? 'none', unresolved: markOf((flags & unresolved) !== 0) };
    case 'nop':
      return { nop: null };
    default:
      return { action: action === 'unspecified' ? 'none' : String(action) };
  }
}

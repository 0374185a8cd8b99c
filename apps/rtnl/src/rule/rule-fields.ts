/** A rule as `ip -j -d rule` shows it, and as text made of the same fields. Before this file: the decoded message. */
import { type RuleMessage, ruleFlags } from '@ripstop/netlink';
import { nameOfNumber } from '@ripstop/socket';
import { type Address, addressBits } from '@ripstop/wire';
import type { Fields } from '../command.ts';
import { definedOnly } from '../route/encapsulation-fields.ts';
import { dsFieldName, protocolName, realmNames, tableName } from '../route/named-number.ts';
import { sentence } from '../route/sentence.ts';
import { ipProtocolName } from './ip-protocol.ts';

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
    iif: rule.inputInterface,
    iif_detached: markOf((flags & inputInterfaceDetached) !== 0),
    oif: rule.outputInterface,
    oif_detached: markOf((flags & outputInterfaceDetached) !== 0),
    l3mdev: markOf((rule.l3Master ?? 0) !== 0),
    uid_start: userIdRange?.start,
    uid_end: userIdRange?.end,
    ipproto: rule.ipProtocol === undefined ? undefined : ipProtocolName(rule.ipProtocol),
    ...portFields('sport', rule.sourcePorts),
    ...portFields('dport', rule.destinationPorts),
    tun_id: tunnelId === undefined ? undefined : Number(tunnelId),
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

/** As C's `%#x`: zero has no prefix. */
function hexadecimal(number: number): string {
  return number === 0 ? '0' : `0x${number.toString(16)}`;
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

function groupName(group: number): string {
  return nameOfNumber('group', group) ?? String(group);
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

/** The line of a rule in the manner of `ip`. */
export function ruleText({ priority, not, src, srclen, dst, dstlen, ...fields }: Fields): string {
  const from = srclen === undefined ? src : `${src}/${srclen}`;
  const to = dstlen === undefined ? dst : `${dst}/${dstlen}`;
  const selectors = `${not === null ? 'not ' : ''}from ${from}${dst === undefined ? '' : ` to ${to}`}`;
  const others = sentence(fields, {
    // The second half of what is written as a range or a pair stands behind the first without a space.
    fwmark: (mark: string) => `fwmark ${mark}${fields.fwmask === undefined ? '' : `/${fields.fwmask}`}`,
    fwmask: unsaid,
    iif_detached: () => '[detached]',
    oif_detached: () => '[detached]',
    l3mdev: () => 'lookup [l3mdev-table]',
    uid_start: (start: number) => `uidrange ${start}-${fields.uid_end}`,
    uid_end: unsaid,
    sport_start: (start: number) => `sport ${start}-${fields.sport_end}`,
    sport_end: unsaid,
    dport_start: (start: number) => `dport ${start}-${fields.dport_end}`,
    dport_end: unsaid,
    table: (table: string) => `lookup ${table}`,
    suppress_prefixlen: (length: number) => `suppress_prefixlength ${length}`,
    flow_from: unsaid,
    flow_to: (to: string) => `realms ${fields.flow_from === undefined ? '' : `${fields.flow_from}/`}${to}`,
    unresolved: () => '[unresolved]',
    action: (action: string) => action,
    protocol: (protocol: string) => `proto ${protocol}`,
  });
  return `${priority}:\t${selectors} ${others}`;
}

function unsaid(): string {
  return '';
}

/**
 * Which rules: the words behind `rule list` and `rule flush`, as `ip` has them. Linux cannot filter rules. Before this
 * file: `rule.ts`.
 */
import { type RuleMessage, routeProtocol, ruleFlags } from '@ripstop/netlink';
import { type AddressFamily, addressFamily } from '@ripstop/wire';
import type { Context } from '../command.ts';
import { takeDsField, takeProtocol, takeTable } from '../route/named-number.ts';
import { holds, type NamedPrefix, takePrefix } from '../route/prefix-words.ts';
import type { Words } from '../words.ts';
import { takeIpProtocol } from './ip-protocol.ts';
import { takeMark, takeRange } from './rule-specification.ts';

/** What is selected: the rules of a family of which all conditions are true. */
export interface RuleSelection {
  readonly family: AddressFamily;
  readonly where: (rule: RuleMessage) => boolean;
}

type Condition = (rule: RuleMessage) => boolean;
type Reader = (words: Words) => Condition;

const priority: Reader = (words) => {
  const wanted = words.number('priority');
  return (rule) => (rule.priority ?? 0) === wanted;
};
const tos: Reader = (words) => {
  const wanted = takeDsField(words);
  return (rule) => rule.tos === wanted;
};
const inputInterface: Reader = (words) => {
  const wanted = words.value('iif');
  return (rule) => rule.inputInterface === wanted;
};
const table: Reader = (words) => {
  const wanted = takeTable(words);
  return (rule) => (rule.table ?? rule.headerTable) === wanted;
};
const protocol: Reader = (words) => {
  const wanted = takeProtocol(words);
  return (rule) => rule.protocol !== undefined && routeProtocol.numberOf(rule.protocol) === wanted;
};

const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    priority,
    pref: priority,
    preference: priority,
    order: priority,
    not:
      () =>
      ({ flags }) =>
        (flags & ruleFlags.masks.invert) !== 0,
    tos,
    dsfield: tos,
    fwmark(words) {
      const { mark, markMask } = takeMark(words);
      return (rule) => (rule.mark ?? 0) === mark && (markMask === undefined || rule.markMask === markMask);
    },
    dev: inputInterface,
    iif: inputInterface,
    oif(words) {
      const wanted = words.value('oif');
      return (rule) => rule.outputInterface === wanted;
    },
    l3mdev: () => (rule) => (rule.l3Master ?? 0) !== 0,
    uidrange: (words) => rangeIs(takeRange('uidrange', words, 0xffff_ffff), (rule) => rule.userIdRange),
    tun_id(words) {
      const wanted = BigInt(words.number('tun_id', 0, Number.MAX_SAFE_INTEGER));
      return (rule) => rule.tunnelId === wanted;
    },
    table,
    lookup: table,
    proto: protocol,
    protocol,
    ipproto(words) {
      const wanted = takeIpProtocol(words);
      return (rule) => rule.ipProtocol === wanted;
    },
    sport: (words) => rangeIs(takeRange('sport', words, 0xffff), (rule) => rule.sourcePorts),
    dport: (words) => rangeIs(takeRange('dport', words, 0xffff), (rule) => rule.destinationPorts),
  }),
);

interface Range {
  readonly start: number;
  readonly end: number;
}

function rangeIs({ start, end }: Range, rangeOf: (rule: RuleMessage) => Range | undefined): Condition {
  return (rule) => rangeOf(rule)?.start === start && rangeOf(rule)?.end === end;
}

/** Takes all words; one that is no selector is a destination. @throws CommandError */
export function ruleSelection(words: Words, context: Context): RuleSelection {
  const conditions: Condition[] = [];
  let family = context.family;
  const within = (wanted: NamedPrefix, prefixOfRule: (rule: RuleMessage) => NamedPrefix): void => {
    if (wanted.address === undefined) return;
    family ??= addressFamily(wanted.address);
    conditions.push((rule) => holds(wanted, prefixOfRule(rule)));
  };
  for (let word = words.peek; word !== undefined; word = words.peek) {
    const reader = readers.get(word);
    if (reader !== undefined) {
      words.take();
      conditions.push(reader(words));
    } else if (words.takeIf('from', 'src')) {
      within(takePrefix('from', words), (rule) => ({ address: rule.source, length: rule.sourceLength }));
    } else {
      words.takeIf('to', 'dst');
      const prefix = takePrefix('to', words);
      within(prefix, (rule) => ({ address: rule.destination, length: rule.destinationLength }));
    }
  }
  return { family: family ?? 'ipv4', where: (rule) => conditions.every((isTrue) => isTrue(rule)) };
}

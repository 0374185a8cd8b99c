/** Which rules: the words behind `rule list` and `rule flush`, as `ip` has them. Before this file: `rule.ts`. */
import { type RuleFilter, type RuleMessage, routeProtocol, ruleFlags } from '@ripstop/netlink';
import type { Grammar } from '../command.ts';
import { takeIpProtocol } from '../ip-protocol.ts';
import { takeDsField, takeProtocol, takeTable } from '../names.ts';
import { familyOf, holds, type NamedPrefix, takePrefix } from '../prefix.ts';
import { everything, narrowed, type Selection } from '../selection.ts';
import { type Reader, Vocabulary } from '../vocabulary.ts';
import { type NumberRange, takeMark, takeRange } from './rule-words.ts';

/** Linux: cannot filter rules by more than their family. */
export type RuleSelection = Selection<RuleFilter, RuleMessage>;

const vocabulary = new Vocabulary<RuleSelection>(
  {
    'from|src PREFIX': within('from', ({ source, sourceLength }) => ({
      address: source,
      length: sourceLength,
    })),
    '[to|dst] PREFIX': within('to', ({ destination, destinationLength }) => ({
      address: destination,
      length: destinationLength,
    })),
    'priority|prio|pref|preference|order NUMBER': (words) => {
      const wanted = words.number('priority');
      return { where: ({ priority = 0 }) => priority === wanted };
    },
    not: () => ({ where: ({ flags }) => (flags & ruleFlags.masks.invert) !== 0 }),
    'tos|dsfield TOS': (words) => {
      const wanted = takeDsField(words);
      return { where: ({ tos }) => tos === wanted };
    },
    'fwmark MARK[/MASK]': (words) => {
      const wanted = takeMark(words);
      return {
        where: ({ mark = 0, markMask }) =>
          mark === wanted.mark && (wanted.markMask === undefined || markMask === wanted.markMask),
      };
    },
    'iif|dev NAME': (words) => {
      const wanted = words.value('iif');
      return { where: ({ inputInterfaceName }) => inputInterfaceName === wanted };
    },
    'oif NAME': (words) => {
      const wanted = words.value('oif');
      return { where: ({ outputInterfaceName }) => outputInterfaceName === wanted };
    },
    l3mdev: () => ({ where: ({ l3Master = 0 }) => l3Master !== 0 }),
    'uidrange FIRST-LAST': range('uidrange', 0xffff_ffff, ({ userIdRange }) => userIdRange),
    'tun_id NUMBER': (words) => {
      const wanted = words.number64('tun_id');
      return { where: ({ tunnelId }) => tunnelId === wanted };
    },
    'table|lookup TABLE': (words) => {
      const wanted = takeTable(words);
      return { where: ({ table, headerTable }) => (table ?? headerTable) === wanted };
    },
    'protocol|proto PROTOCOL': (words) => {
      const wanted = takeProtocol(words);
      return {
        where: ({ protocol }) => protocol !== undefined && routeProtocol.numberOf(protocol) === wanted,
      };
    },
    'ipproto PROTOCOL': (words) => {
      const wanted = takeIpProtocol(words);
      return { where: ({ ipProtocol }) => ipProtocol === wanted };
    },
    'sport FIRST-LAST': range('sport', 0xffff, ({ sourcePorts }) => sourcePorts),
    'dport FIRST-LAST': range('dport', 0xffff, ({ destinationPorts }) => destinationPorts),
  },
  narrowed<RuleSelection>(),
);

function range(
  of: string,
  highest: number,
  rangeOf: (rule: RuleMessage) => NumberRange | undefined,
): Reader<RuleSelection> {
  return (words) => {
    const { start, end } = takeRange(of, words, highest);
    return { where: (rule) => rangeOf(rule)?.start === start && rangeOf(rule)?.end === end };
  };
}

/** What is in the prefix; it also says the family, if nothing has said it. */
function within(of: string, prefixOfRule: (rule: RuleMessage) => NamedPrefix): Reader<RuleSelection> {
  return (words, _, { filter }) => {
    const wanted = takePrefix(of, words);
    if (wanted.address === undefined) return {};
    return {
      filter: { family: filter.family ?? familyOf(wanted) },
      where: (rule) => holds(wanted, prefixOfRule(rule)),
    };
  };
}

export const ruleSelection: Grammar<RuleSelection> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const start = { filter: { family: context.family }, where: everything };
    const { filter, where } = vocabulary.read(words, context, start);
    return { filter: { family: filter.family ?? 'ipv4' }, where };
  },
};

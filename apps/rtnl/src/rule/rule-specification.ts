/**
 * One rule as people write it: the words behind `rule add` and `rule delete`, as `ip` has them. Before this file:
 * `rule.ts`. After it: the library's `completion` for what is left out.
 */
import { type RuleInput, ruleFlags } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import { CommandError, demanding, type Grammar } from '../command.ts';
import { takeIpProtocol } from '../ip-protocol.ts';
import { takeDsField, takeGroup, takeProtocol, takeRealms, takeTable } from '../names.ts';
import { takePrefix } from '../prefix.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { Words } from '../words.ts';
import { takeMark, takeRange } from './rule-words.ts';

const vocabulary = new Vocabulary<RuleInput>({
  not: () => ({ flags: ruleFlags.masks.invert }),
  'from PREFIX': (words) => {
    const { address, length } = takePrefix('from', words);
    return { source: length === 0 ? undefined : address, sourceLength: length };
  },
  'to PREFIX': (words) => {
    const { address, length } = takePrefix('to', words);
    return { destination: length === 0 ? undefined : address, destinationLength: length };
  },
  'priority|prio|pref|preference|order NUMBER': (words) => ({ priority: words.number('priority') }),
  'tos|dsfield TOS': (words) => ({ tos: takeDsField(words) }),
  'fwmark MARK[/MASK]': (words) => takeMark(words),
  'iif|dev NAME': (words) => ({ inputInterfaceName: words.value('iif') }),
  'oif NAME': (words) => ({ outputInterfaceName: words.value('oif') }),
  l3mdev: () => ({ l3Master: 1 }),
  'uidrange FIRST-LAST': (words) => ({ userIdRange: takeRange('uidrange', words, 0xffff_ffff) }),
  'ipproto PROTOCOL': (words) => ({ ipProtocol: takeIpProtocol(words) }),
  'sport FIRST-LAST': (words) => ({ sourcePorts: takeRange('sport', words, 0xffff) }),
  'dport FIRST-LAST': (words) => ({ destinationPorts: takeRange('dport', words, 0xffff) }),
  'tun_id NUMBER': (words) => ({ tunnelId: words.number64('tun_id') }),
  'table|lookup TABLE': (words) => ({ table: takeTable(words) }),
  'suppress_prefixlength|sup_pl LENGTH': (words) => ({
    suppressPrefixLength: words.number('suppress_prefixlength', 0, 128),
  }),
  'suppress_ifgroup|sup_group GROUP': (words) => ({
    suppressInterfaceGroup: takeGroup('suppress_ifgroup', words),
  }),
  'realms|realm REALM/REALM': (words) => ({ flow: takeRealms(words) }),
  'protocol|proto PROTOCOL': (words) => ({ protocol: takeProtocol(words) }),
  'goto NUMBER': (words) => ({ action: 'goto', goto: words.number('goto') }),
  '[type] nop|blackhole|unreachable|prohibit': takeAction,
});

function takeAction(words: Words): Partial<RuleInput> {
  const action = words.value('type');
  switch (action) {
    case 'nop':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return { action };
    default:
      throw new CommandError(`"${action}" is not understood here`);
  }
}

const grammar: Grammar<RuleInput> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const rule = vocabulary.read(words, context, {});
    const address = rule.source ?? rule.destination;
    return { ...rule, family: context.family ?? (address === undefined ? 'ipv4' : addressFamily(address)) };
  },
};

export const ruleSpecification = demanding(grammar, 'which rule? say what it selects');

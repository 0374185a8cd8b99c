/**
 * One rule as people write it: the words behind `rule add` and `rule del`, as `ip` has them. Before this file: `rule.ts`.
 * After it: the library's `completion` for what is left out.
 */
import { type RuleInput, ruleFlags } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import { takeDsField, takeProtocol, takeRealms, takeTable } from '../route/named-number.ts';
import { takePrefix } from '../route/prefix-words.ts';
import type { Words } from '../words.ts';
import { takeIpProtocol } from './ip-protocol.ts';

type Reader = (words: Words) => RuleInput;

const table: Reader = (words) => ({ table: takeTable(words) });
const priority: Reader = (words) => ({ priority: words.number('priority') });
const tos: Reader = (words) => ({ tos: takeDsField(words) });
const protocol: Reader = (words) => ({ protocol: takeProtocol(words) });
const inputInterface: Reader = (words) => ({ inputInterface: words.value('iif') });
const suppressPrefixLength: Reader = (words) => ({
  suppressPrefixLength: words.number('suppress_prefixlength', 0, 128),
});
const suppressInterfaceGroup: Reader = (words) => ({
  suppressInterfaceGroup: words.named('suppress_ifgroup', 'group', 0xffff_ffff),
});

const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    not: () => ({ flags: ruleFlags.masks.invert }),
    from(words) {
      const { address, length } = takePrefix('from', words);
      return { source: length === 0 ? undefined : address, sourceLength: length };
    },
    to(words) {
      const { address, length } = takePrefix('to', words);
      return { destination: length === 0 ? undefined : address, destinationLength: length };
    },
    priority,
    pref: priority,
    preference: priority,
    order: priority,
    tos,
    dsfield: tos,
    fwmark: takeMark,
    realms: (words) => ({ flow: takeRealms(words) }),
    proto: protocol,
    protocol,
    tun_id: (words) => ({ tunnelId: BigInt(words.number('tun_id', 0, Number.MAX_SAFE_INTEGER)) }),
    table,
    lookup: table,
    suppress_prefixlength: suppressPrefixLength,
    sup_pl: suppressPrefixLength,
    suppress_ifgroup: suppressInterfaceGroup,
    sup_group: suppressInterfaceGroup,
    dev: inputInterface,
    iif: inputInterface,
    oif: (words) => ({ outputInterface: words.value('oif') }),
    l3mdev: () => ({ l3Master: 1 }),
    uidrange: (words) => ({ userIdRange: takeRange('uidrange', words, 0xffff_ffff) }),
    ipproto: (words) => ({ ipProtocol: takeIpProtocol(words) }),
    sport: (words) => ({ sourcePorts: takeRange('sport', words, 0xffff) }),
    dport: (words) => ({ destinationPorts: takeRange('dport', words, 0xffff) }),
    type: takeAction,
    goto: (words) => ({ action: 'goto', goto: words.number('goto') }),
  }),
);

/** `MARK` or `MARK/MASK`. */
export function takeMark(words: Words): { readonly mark: number; readonly markMask?: number } {
  const word = words.value('fwmark');
  const [mark = Number.NaN, markMask] = word.split('/').map(Number);
  for (const number of [mark, markMask ?? 0]) {
    if (!Number.isInteger(number) || number < 0 || number > 0xffff_ffff)
      throw new CommandError(`fwmark: MARK or MARK/MASK expected, got "${word}"`);
  }
  return markMask === undefined ? { mark } : { mark, markMask };
}

/** `FIRST-LAST`, or one number for both. */
export function takeRange(
  of: string,
  words: Words,
  highest: number,
): { readonly start: number; readonly end: number } {
  const word = words.value(of);
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (first === undefined || Number(first) > highest || Number(last) > highest)
    throw new CommandError(`${of}: NUMBER or NUMBER-NUMBER up to ${highest} expected, got "${word}"`);
  return { start: Number(first), end: Number(last) };
}

/** `nop`, `blackhole`, `unreachable`, `prohibit`. */
function takeAction(words: Words): RuleInput {
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

/** Takes all words. @throws CommandError */
export function ruleSpecification(words: Words, context: Context): RuleInput {
  if (words.peek === undefined) throw new CommandError('which rule? say what it selects');
  let rule: RuleInput = {};
  for (let word = words.peek; word !== undefined; word = words.peek) {
    const reader = readers.get(word);
    if (reader !== undefined) words.take();
    rule = { ...rule, ...(reader ?? takeAction)(words) };
  }
  const address = rule.source ?? rule.destination;
  return { ...rule, family: context.family ?? (address === undefined ? 'ipv4' : addressFamily(address)) };
}

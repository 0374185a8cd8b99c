/** `type vlan`: what `ip` calls the attributes of a VLAN, in the order in which it shows them. */
import { type LinkData, vlanFlags } from '@ripstop/netlink';
import { CommandError } from '../../command.ts';
import { type LinkOption, linkKind, option } from './link-option.ts';
import { number16, vlanProtocol } from './notation.ts';

type Data = LinkData['vlan'];
type PriorityMapping = NonNullable<Data['egressPriorities']>[number];

const { reorderHeader, gvrp, mvrp, looseBinding, bridgeBinding } = vlanFlags.masks;
const flagWords: Readonly<Record<string, number>> = {
  reorder_hdr: reorderHeader,
  gvrp,
  mvrp,
  loose_binding: looseBinding,
  bridge_binding: bridgeBinding,
};

const flags: LinkOption<Data> = {
  words: Object.keys(flagWords),
  read(word, words, data) {
    const bit = flagWords[word] ?? 0;
    const before = data.flags ?? { flags: 0, mask: 0 };
    const set = words.onOff(word) ? before.flags | bit : before.flags & ~bit;
    return { ...data, flags: { flags: set, mask: before.mask | bit } };
  },
  show({ flags: told }) {
    if (told === undefined) return {};
    const set = Object.keys(flagWords).filter((name) => (told.flags & (flagWords[name] ?? 0)) !== 0);
    return { flags: set.map((name) => name.toUpperCase()) };
  },
  text: ({ flags: names }) => (Array.isArray(names) ? `<${names.join(',')}>` : ''),
};

/** `FROM:TO …`, priorities of packets and of tags. */
function priorities(
  attribute: 'ingressPriorities' | 'egressPriorities',
  field: string,
  word: string,
): LinkOption<Data> {
  return {
    words: [word],
    read(of, words, data) {
      const mappings: PriorityMapping[] = [];
      while (words.peek?.includes(':')) mappings.push(mapping(of, words.value(of)));
      return { ...data, [attribute]: mappings };
    },
    show(data) {
      const mappings = data[attribute];
      return mappings === undefined ? {} : { [field]: mappings };
    },
    text(fields) {
      const mappings = fields[field] as readonly PriorityMapping[] | undefined;
      if (mappings === undefined) return '';
      return `${word} { ${mappings.map(({ from, to }) => `${from}:${to} `).join('')}}`;
    },
  };
}

function mapping(of: string, word: string): PriorityMapping {
  const [, from, to] = /^(\d+):(\d+)$/.exec(word) ?? [];
  if (from === undefined) throw new CommandError(`${of}: FROM:TO expected, got "${word}"`);
  return { from: Number(from), to: Number(to) };
}

export const vlan = linkKind<Data>([
  option('protocol', vlanProtocol, 'protocol'),
  option('id', number16, 'id'),
  flags,
  priorities('ingressPriorities', 'ingress_qos', 'ingress-qos-map'),
  priorities('egressPriorities', 'egress_qos', 'egress-qos-map'),
]);

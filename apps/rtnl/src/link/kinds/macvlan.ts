/** `type macvlan`: what `ip` calls the attributes of a macvlan, in the order in which it shows them. */
import { type LinkData, macvlanFlags } from '@ripstop/netlink';
import { type LinkOption, linkKind, option, told } from './link-option.ts';
import { choice, number32 } from './notation.ts';

type Data = LinkData['macvlan'];

const { noPromiscuous, noDestination } = macvlanFlags.masks;
const flagWords: Readonly<Record<string, number>> = { nopromisc: noPromiscuous, nodst: noDestination };

/** Each of them is a word of its own, and may also stand behind `flag`. */
const flags: LinkOption<Data> = {
  words: ['flag', ...Object.keys(flagWords)],
  read(word, words, data) {
    const name = word === 'flag' ? words.oneOf(word, ['null', ...Object.keys(flagWords)]) : word;
    return { ...data, flags: (data.flags ?? 0) | (flagWords[name] ?? 0) };
  },
  show({ flags: set = 0 }) {
    const names = Object.keys(flagWords).filter((name) => (set & (flagWords[name] ?? 0)) !== 0);
    return Object.fromEntries(names.map((name) => [name, true]));
  },
  text: (fields) =>
    Object.keys(flagWords)
      .filter((name) => fields[name] === true)
      .join(' '),
};

/** Source addresses of mode `source`: `macaddr add ADDRESS`, `del ADDRESS`, `set ADDRESS …`, `flush`. */
const sources: LinkOption<Data> = {
  words: ['macaddr'],
  read(word, words, data) {
    const sourceOperation = words.oneOf(word, ['add', 'del', 'set', 'flush']);
    if (sourceOperation === 'flush') return { ...data, sourceOperation };
    if (sourceOperation !== 'set') return { ...data, sourceOperation, source: words.value(word) };
    const addresses: string[] = [];
    while (words.peek?.includes(':')) addresses.push(words.value(word));
    return { ...data, sourceOperation, sources: addresses };
  },
  show({ mode, sourceCount, sources: addresses }) {
    if (mode !== 'source' || sourceCount === undefined) return {};
    return {
      macaddr_count: sourceCount,
      ...(addresses !== undefined && { macaddr_data: addresses }),
    };
  },
  text({ macaddr_count: count, macaddr_data: addresses }) {
    if (count === undefined) return '';
    return [`remotes (${count})`, ...((addresses ?? []) as readonly string[])].join(' ');
  },
};

export const macvlan = linkKind<Data>([
  option('mode', choice('private', 'vepa', 'bridge', 'passthru', 'source'), 'mode'),
  flags,
  option('broadcastQueueLength', number32, 'bcqueuelen'),
  told('broadcastQueueLengthUsed', number32, 'usedbcqueuelen'),
  sources,
]);

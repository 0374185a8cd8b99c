/**
 * A link as people write it, up to its type: the words behind `link add`, `replace` and `set`, and those behind `peer`.
 * After this file: `link-specification.ts`.
 */
import { openSync } from 'node:fs';
import { type LinkInput, linkFlags } from '@ripstop/netlink';
import { CommandError, type Context } from '../command.ts';
import type { Words } from '../words.ts';

/** A message about an interface itself: not of family `bridge`, which would be about a port. */
export type InterfaceInput = Extract<LinkInput, { readonly family: 'unspecified' }>;
type Members = Partial<InterfaceInput>;

/** What the words say. */
export interface LinkWords {
  readonly link: InterfaceInput;
  /** Which interface it is; absent if a whole group is meant, or a name is to be made up. */
  readonly device?: string;
  /** Behind `type`, which is the last word that is taken. */
  readonly kind?: string;
}

type Reader = (word: string, words: Words, context: Context) => Members;

const number =
  (attribute: keyof Members, highest = 0xffff_ffff): Reader =>
  (word, words) => ({ [attribute]: words.number(word, 0, highest) });

const text =
  (attribute: keyof Members): Reader =>
  (word, words) => ({ [attribute]: words.value(word) });

/** Words that one attribute stands for. */
const readers: Readonly<Record<string, Reader>> = {
  address: text('address'),
  broadcast: text('broadcast'),
  brd: text('broadcast'),
  mtu: number('mtu'),
  txqueuelen: number('txQueueLength'),
  txqlen: number('txQueueLength'),
  qlen: number('txQueueLength'),
  numtxqueues: number('txQueues'),
  numrxqueues: number('rxQueues'),
  gso_max_size: number('gsoMaxSize'),
  gso_max_segs: number('gsoMaxSegments', 0xffff),
  gro_max_size: number('groMaxSize'),
  index: number('index', 0x7fff_ffff),
  alias: text('alias'),
  link: (word, words, { interfaces }) => ({ parentIndex: interfaces.indexOf(words.value(word)) }),
  master: (word, words, { interfaces }) => ({ master: interfaces.indexOf(words.value(word)) }),
  vrf: (word, words, { interfaces }) => ({ master: interfaces.indexOf(words.value(word)) }),
  nomaster: () => ({ master: 0 }),
  group: (word, words) => ({ group: words.named(word, 'group', 0xffff_ffff) }),
  carrier: (word, words) => ({ carrier: Number(words.onOff(word)) }),
  protodown: (word, words) => ({ protocolDown: Number(words.onOff(word)) }),
  mode: (word, words) => ({ linkMode: words.oneOf(word, ['default', 'dormant']) }),
  addrgenmode: (word, words) => ({
    families: { ipv6: { addressGeneration: addressGeneration(word, words) } },
  }),
  netns: namespace,
  'link-netnsid': number('peerNamespaceId', 0x7fff_ffff),
};

/** Bits of the header, and which of `on` and `off` sets them. */
const flagWords: Readonly<Record<string, readonly [bit: number, sets: 'on' | 'off']>> = {
  multicast: [linkFlags.masks.multicast, 'on'],
  allmulticast: [linkFlags.masks.allMulticast, 'on'],
  promisc: [linkFlags.masks.promiscuous, 'on'],
  dynamic: [linkFlags.masks.dynamic, 'on'],
  arp: [linkFlags.masks.noArp, 'off'],
  trailers: [linkFlags.masks.noTrailers, 'off'],
};

/** Takes all words, or those up to `type KIND`. @throws CommandError */
export function linkWords(words: Words, context: Context): LinkWords {
  let link: InterfaceInput = { family: 'unspecified' };
  let device: string | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const reader = Object.hasOwn(readers, word) ? readers[word] : undefined;
    const flag = Object.hasOwn(flagWords, word) ? flagWords[word] : undefined;
    if (reader !== undefined) link = { ...link, ...reader(word, words, context) };
    else if (flag !== undefined) link = withFlag(link, flag[0], words.oneOf(word, ['on', 'off']) === flag[1]);
    else if (word === 'up' || word === 'down') link = withFlag(link, linkFlags.masks.up, word === 'up');
    else if (word === 'name') link = { ...link, name: words.value(word) };
    else if (word === 'type')
      return { link, ...(device !== undefined && { device }), kind: words.value(word) };
    else if (device === undefined) device = word === 'dev' ? words.value(word) : word;
    else throw new CommandError(`"${word}" is not understood here`);
  }
  return { link, ...(device !== undefined && { device }) };
}

function withFlag(link: InterfaceInput, bit: number, isSet: boolean): InterfaceInput {
  const { flags = 0, change = 0 } = link;
  return { ...link, flags: isSet ? flags | bit : flags & ~bit, change: change | bit };
}

function addressGeneration(of: string, words: Words) {
  const mode = words.oneOf(of, ['eui64', 'none', 'stable_secret', 'random']);
  return mode === 'stable_secret' ? 'stable-privacy' : mode;
}

/** A name of `ip netns`, a path, or the id of a process in it. */
function namespace(word: string, words: Words): Members {
  const name = words.value(word);
  try {
    // It is closed with the process: the kernel looks at it when the request comes.
    return { netNamespaceFd: openSync(name.includes('/') ? name : `/run/netns/${name}`, 'r') };
  } catch {
    if (/^\d+$/.test(name)) return { netNamespacePid: Number(name) };
    throw new CommandError(`${word}: there is no network namespace "${name}"`);
  }
}

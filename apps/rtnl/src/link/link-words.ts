/**
 * A link as people write it, up to its type: the words behind `link add`, `replace` and `set`, and those behind `peer`.
 * After this file: `link-specification.ts`.
 */
import { openSync } from 'node:fs';
import { type LinkInput, linkFlags } from '@ripstop/netlink';
import { CommandError, type Context } from '../command.ts';
import { takeGroup } from '../names.ts';
import { ofMember, type Reader, type Readers, Vocabulary } from '../vocabulary.ts';
import type { Words } from '../words.ts';

/** A message about an interface itself: not of family `bridge`, which would be about a port. */
export type InterfaceInput = Extract<LinkInput, { readonly family: 'unspecified' }>;

/** What the words say. */
interface LinkWords {
  readonly link: InterfaceInput;
  /** Which interface it is; undefined if a whole group is meant, or a name is to be made up. */
  readonly device: string | undefined;
}

const number =
  (attribute: keyof InterfaceInput, highest = 0xffff_ffff): Reader<InterfaceInput> =>
  (words, _context, _before, keyword) => ({ [attribute]: words.number(keyword, 0, highest) });

const text =
  (attribute: keyof InterfaceInput): Reader<InterfaceInput> =>
  (words, _context, _before, keyword) => ({ [attribute]: words.value(keyword) });

const device =
  (attribute: keyof InterfaceInput): Reader<InterfaceInput> =>
  (words, { interfaces }, _before, keyword) => ({ [attribute]: interfaces.indexOf(words.value(keyword)) });

/** `on` or `off`, for a byte that is 1 or 0. */
const onOff =
  (attribute: keyof InterfaceInput): Reader<InterfaceInput> =>
  (words, _context, _before, keyword) => ({ [attribute]: Number(words.onOff(keyword)) });

/** `on` or `off`, for a bit of the header. @param sets which of them sets it */
const flag =
  (bit: number, sets: 'on' | 'off' = 'on'): Reader<InterfaceInput> =>
  (words, _, before, keyword) =>
    withFlag(before, bit, words.onOff(keyword) === (sets === 'on'));

const { masks } = linkFlags;
const readers: Readers<InterfaceInput> = {
  'name NAME': text('name'),
  up: (_words, _context, before) => withFlag(before, masks.up, true),
  down: (_words, _context, before) => withFlag(before, masks.up, false),
  'address ADDRESS': text('address'),
  'broadcast|brd ADDRESS': text('broadcast'),
  'mtu BYTES': number('mtu'),
  'link NAME': device('parentIndex'),
  'master|vrf NAME': device('master'),
  nomaster: () => ({ master: 0 }),
  'group GROUP': (words) => ({ group: takeGroup('group', words) }),
  'alias TEXT': text('alias'),
  'netns NAME|PATH|PID': namespace,
  'link-netnsid ID': number('parentNetNamespaceId', 0x7fff_ffff),
  'index NUMBER': number('index', 0x7fff_ffff),
  'txqueuelen|txqlen|qlen PACKETS': number('txQueueLength'),
  'numtxqueues NUMBER': number('txQueues'),
  'numrxqueues NUMBER': number('rxQueues'),
  'gso_max_size BYTES': number('gsoMaxSize'),
  'gso_max_segs NUMBER': number('gsoMaxSegments', 0xffff),
  'gro_max_size BYTES': number('groMaxSize'),
  'multicast on|off': flag(masks.multicast),
  'allmulticast on|off': flag(masks.allMulticast),
  'promisc on|off': flag(masks.promiscuous),
  'dynamic on|off': flag(masks.dynamic),
  'arp on|off': flag(masks.noArp, 'off'),
  'trailers on|off': flag(masks.noTrailers, 'off'),
  'carrier on|off': onOff('carrier'),
  'protodown on|off': onOff('protocolDown'),
  'mode default|dormant': (words) => ({ linkMode: words.oneOf('mode', ['default', 'dormant']) }),
  'addrgenmode eui64|none|stable_secret|random': (words) => {
    const mode = words.oneOf('addrgenmode', ['eui64', 'none', 'stable_secret', 'random']);
    return { families: { ipv6: { addressGeneration: mode === 'stable_secret' ? 'stable-privacy' : mode } } };
  },
};

const vocabulary = new Vocabulary<LinkWords>({
  '[dev] NAME': (words, _, before) => {
    if (before.device !== undefined) words.end();
    return { device: words.value('dev') };
  },
  ...ofMember<LinkWords, 'link'>('link', readers),
});

export const linkPhrases: readonly string[] = vocabulary.phrases;

/** Takes all words, or those before `type`. @throws CommandError */
export function linkWords(words: Words, context: Context): LinkWords {
  return vocabulary.read(words, context, { link: { family: 'unspecified' }, device: undefined }, 'type');
}

function withFlag(
  { flags = 0, change = 0 }: InterfaceInput,
  bit: number,
  isSet: boolean,
): Pick<InterfaceInput, 'flags' | 'change'> {
  return { flags: isSet ? flags | bit : flags & ~bit, change: change | bit };
}

/** A name of `ip netns`, a path, or the id of a process in it. */
function namespace(words: Words, { descriptors }: Context): Partial<InterfaceInput> {
  const name = words.value('netns');
  try {
    const descriptor = openSync(name.includes('/') ? name : `/run/netns/${name}`, 'r');
    descriptors.push(descriptor);
    return { netNamespaceFileDescriptor: descriptor };
  } catch {
    if (/^\d+$/.test(name)) return { netNamespacePid: Number(name) };
    throw new CommandError(`netns: there is no network namespace "${name}"`);
  }
}

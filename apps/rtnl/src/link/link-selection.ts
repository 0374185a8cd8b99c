/** Which links: the words behind `link list`, and what `address list` says of links. After this file: `link.ts`. */
import { type LinkFilter, type LinkMessage, linkFlags } from '@ripstop/netlink';
import type { Context, Grammar } from '../command.ts';
import { takeGroup } from '../names.ts';
import { everything, narrowed, type Selection } from '../selection.ts';
import { type Reader, type Readers, Vocabulary } from '../vocabulary.ts';

export interface LinkSelection extends Selection<LinkFilter, LinkMessage> {
  /** The only one that is meant. */
  readonly index: number | undefined;
}

/** How one selection is narrowed by another. */
export const narrowedLinks = narrowed<LinkSelection>();
export const allLinks: LinkSelection = { index: undefined, filter: {}, where: everything };

const ofMaster: Reader<LinkSelection> = (words, { interfaces }, _, keyword) => {
  const wanted = interfaces.indexOf(words.value(keyword));
  return { filter: { master: wanted }, where: ({ master }) => master === wanted };
};

export const linkReaders: Readers<LinkSelection> = {
  '[dev] NAME': (words, { interfaces }) => ({ index: interfaces.indexOf(words.value('dev')) }),
  up: () => ({ where: ({ flags }) => (flags & linkFlags.masks.up) !== 0 }),
  'master|vrf NAME': ofMaster,
  nomaster: () => ({ where: ({ master = 0 }) => master === 0 }),
  'group GROUP': (words) => {
    const wanted = takeGroup('group', words);
    return { where: ({ group }) => group === wanted };
  },
  'type KIND|KIND_slave': (words) => {
    const kind = words.value('type');
    const masterKind = /^(\w+)_slave$/.exec(kind)?.[1];
    if (masterKind !== undefined) return { where: ({ linkInfo }) => linkInfo?.slaveKind === masterKind };
    // Linux: a kind that the kernel does not know selects everything.
    return { filter: { kind }, where: ({ linkInfo }) => linkInfo?.kind === kind };
  },
};

const vocabulary = new Vocabulary(linkReaders, narrowedLinks);

export const linkSelection: Grammar<LinkSelection> = {
  phrases: vocabulary.phrases,
  read: (words, context) => vocabulary.read(words, context, allLinks),
};

/** What is selected, as the kernel tells it. @throws NetlinkError, SyscallError */
export async function selectedLinks(
  { index, filter, where }: LinkSelection,
  { rtnetlink: { links } }: Context,
): Promise<readonly LinkMessage[]> {
  const found = index === undefined ? await links.list(filter) : [await links.get({ index })];
  return found.filter(where);
}

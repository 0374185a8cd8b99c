/** Which links are listed: the words behind `link list`. After this file: `link.ts`. */
import { type LinkFilter, type LinkMessage, linkFlags } from '@ripstop/netlink';
import type { Context } from '../command.ts';
import type { Words } from '../words.ts';

export interface LinkSelection {
  /** The only one that is meant. */
  readonly index: number | undefined;
  /** What the kernel selects by. */
  readonly filter: LinkFilter;
  /** What it does not. */
  readonly where: (link: LinkMessage) => boolean;
}

/** `[dev] NAME`, `up`, `type KIND`, `master NAME`, `vrf NAME`, `nomaster`, `group GROUP`. @throws CommandError */
export function linkSelection(words: Words, { interfaces }: Context): LinkSelection {
  let index: number | undefined;
  let filter: LinkFilter = {};
  const conditions: ((link: LinkMessage) => boolean)[] = [];
  while (words.peek !== undefined) {
    if (words.takeIf('up')) conditions.push(({ flags }) => (flags & linkFlags.masks.up) !== 0);
    else if (words.takeIf('nomaster')) conditions.push(({ master = 0 }) => master === 0);
    else if (words.takeIf('master', 'vrf')) {
      filter = { ...filter, master: interfaces.indexOf(words.value('master')) };
    } else if (words.takeIf('type')) {
      const kind = words.value('type');
      const masterKind = /^(\w+)_slave$/.exec(kind)?.[1];
      if (masterKind === undefined) {
        filter = { ...filter, kind };
        // Linux: a kind that the kernel does not know selects everything.
        conditions.push(({ linkInfo }) => linkInfo?.kind === kind);
      } else conditions.push(({ linkInfo }) => linkInfo?.slaveKind === masterKind);
    } else if (words.takeIf('group')) {
      const wanted = words.named('group', 'group', 0xffff_ffff);
      conditions.push(({ group }) => group === wanted);
    } else {
      words.takeIf('dev');
      index = interfaces.indexOf(words.value('dev'));
    }
  }
  return { index, filter, where: (link) => conditions.every((holds) => holds(link)) };
}

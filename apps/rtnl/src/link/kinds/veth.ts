/** `type veth`: `peer` and the words of a link, for the other end. */
import type { LinkData } from '@ripstop/netlink';
import { linkWords } from '../link-words.ts';
import { type LinkOption, linkKind } from './link-option.ts';

type Data = LinkData['veth'];

/** Linux: the other end is not told as data, but by its index (`link`). */
const peer: LinkOption<Data> = {
  words: ['peer'],
  read(_word, words, data, context) {
    const { link, device } = linkWords(words, context);
    return { ...data, peer: { ...link, name: link.name ?? device } } as Data;
  },
  show: () => ({}),
  text: () => '',
};

export const veth = linkKind<Data>([peer]);

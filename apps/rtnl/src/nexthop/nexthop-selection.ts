/** Which next-hop objects: the words behind `nexthop list` and `nexthop flush`, as `ip` has them. After this file: `nexthop.ts`. */
import { type NexthopFilter, type NexthopMessage, routeProtocol } from '@ripstop/netlink';
import type { Grammar } from '../command.ts';
import { takeProtocol } from '../names.ts';
import { everything, narrowed, type Selection } from '../selection.ts';
import { Vocabulary } from '../vocabulary.ts';

export interface NexthopSelection extends Selection<NexthopFilter, NexthopMessage> {
  /** The only one that is meant. */
  readonly id: number | undefined;
}

const vocabulary = new Vocabulary<NexthopSelection>(
  {
    'id ID': (words) => ({ id: words.number('id') }),
    'dev NAME': (words, { interfaces }) => ({
      filter: { outputInterface: interfaces.indexOf(words.value('dev')) },
    }),
    'master|vrf NAME': (words, { interfaces }, _, keyword) => ({
      filter: { master: interfaces.indexOf(words.value(keyword)) },
    }),
    groups: () => ({ filter: { groups: true } }),
    // Linux: accepts this in its own filter and ignores it.
    fdb: () => ({ where: ({ forwarding }) => forwarding === true }),
    'protocol|proto PROTOCOL': (words) => {
      const wanted = takeProtocol(words);
      return { where: ({ protocol }) => routeProtocol.numberOf(protocol) === wanted };
    },
  },
  narrowed<NexthopSelection>(),
);

export const nexthopSelection: Grammar<NexthopSelection> = {
  phrases: vocabulary.phrases,
  read: (words, context) =>
    vocabulary.read(words, context, {
      id: undefined,
      filter: { family: context.family },
      where: everything,
    }),
};

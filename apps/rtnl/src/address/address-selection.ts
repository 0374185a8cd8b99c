/**
 * Which addresses, and of which interfaces: the words behind `address list` and `address flush`, as `ip` has them.
 * After this file: `address-list.ts`.
 */
import { type AddressFilter, type AddressMessage, routeScope } from '@ripstop/netlink';
import type { Grammar } from '../command.ts';
import { allLinks, type LinkSelection, linkReaders, narrowedLinks } from '../link/link-selection.ts';
import { takeScope } from '../names.ts';
import { familyOf, holdsAddress, takePrefix } from '../prefix.ts';
import { everything, narrowed, type Selection } from '../selection.ts';
import { ofMember, type Readers, Vocabulary } from '../vocabulary.ts';
import { flagConditions } from './address-flags.ts';
import { shellPattern } from './shell-pattern.ts';

export interface AddressSelection extends Selection<AddressFilter, AddressMessage> {
  /** The interfaces that have them. */
  readonly links: LinkSelection;
  /** Asked for by their labels: an interface without any address has none. */
  readonly labeled: boolean;
}

const ofFlags: Readers<AddressSelection> = Object.fromEntries(
  flagConditions.map(({ name, mask, isSet }) => [
    `${name}|-${name}`,
    (_words, _context, _before, keyword) => {
      const wanted = keyword.startsWith('-') ? !isSet : isSet;
      return { where: ({ flags, headerFlags }) => (((flags ?? headerFlags) & mask) !== 0) === wanted };
    },
  ]),
);

const vocabulary = new Vocabulary<AddressSelection>(
  {
    ...ofMember<AddressSelection, 'links'>('links', linkReaders, narrowedLinks),
    'to PREFIX': (words, _, before) => {
      const prefix = takePrefix('to', words);
      return {
        filter: { family: familyOf(prefix) ?? before.filter.family },
        where: ({ local, address }) => holdsAddress(prefix, local ?? address),
      };
    },
    'scope SCOPE|all': (words) => {
      if (words.takeIf('all')) return {};
      const wanted = takeScope(words);
      return { where: ({ scope }) => routeScope.numberOf(scope) === wanted };
    },
    'label PATTERN': (words, { interfaces }) => {
      const pattern = shellPattern(words.value('label'));
      return {
        labeled: true,
        where: ({ label, interfaceIndex }) => pattern.test(label ?? interfaces.nameOf(interfaceIndex)),
      };
    },
    ...ofFlags,
  },
  narrowed<AddressSelection>(),
);

export const addressSelection: Grammar<AddressSelection> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const { family } = context;
    const { links, labeled, filter, where } = vocabulary.read(words, context, {
      links: allLinks,
      labeled: false,
      filter: { family },
      where: everything,
    });
    return { links, labeled, filter: { ...filter, interfaceIndex: links.index }, where };
  },
};

/**
 * Which addresses, and of which interfaces: the words behind `address list` and `address flush`, as `ip` has them.
 * After this file: `address-list.ts`.
 */
import { type AddressMessage, type LinkMessage, linkFlags, routeScope } from '@ripstop/netlink';
import { type AddressFamily, addressFamily, prefixContains, prefixOf } from '@ripstop/wire';
import type { Context } from '../command.ts';
import type { Words } from '../words.ts';
import { flagCondition } from './address-flags.ts';
import { shellPattern } from './shell-pattern.ts';

type Condition<Message> = (message: Message) => boolean;

/** What is selected: that of which all conditions hold. */
export interface AddressSelection {
  /** Undefined: both. */
  family: AddressFamily | undefined;
  /** Index of the only interface. */
  index: number | undefined;
  readonly links: Condition<LinkMessage>[];
  readonly addresses: Condition<AddressMessage>[];
}

type Selector = (words: Words, selection: AddressSelection, context: Context) => void;

const selectors = new Map<string, Selector>(
  Object.entries<Selector>({
    dev: (words, selection, { interfaces }) => {
      selection.index = interfaces.indexOf(words.value('dev'));
    },
    up: (_, { links }) => links.push(({ flags }) => (flags & linkFlags.masks.up) !== 0),
    nomaster: (_, { links }) => links.push(({ master }) => master === undefined),
    master: ofMaster,
    vrf: ofMaster,
    type(words, { links }) {
      const kind = words.value('type');
      links.push(({ linkInfo }) => linkInfo?.kind === kind);
    },
    group(words, { links }) {
      const number = words.named('group', 'group', 0xffff_ffff);
      links.push(({ group }) => group === number);
    },
    to(words, selection) {
      const { address, length } = words.interfaceAddress('to');
      const prefix = prefixOf(address, length);
      selection.family = addressFamily(address);
      selection.addresses.push((message) => {
        const local = message.local ?? message.address;
        return local !== undefined && prefixContains(prefix, local);
      });
    },
    scope(words, { addresses }) {
      if (words.takeIf('all')) return;
      const number = words.named('scope', 'rt_scopes', 0xff);
      addresses.push(({ scope }) => routeScope.numberOf(scope) === number);
    },
    label(words, { addresses }, { interfaces }) {
      const pattern = shellPattern(words.value('label'));
      addresses.push(({ label, index }) => pattern.test(label ?? interfaces.nameOf(index)));
    },
  }),
);

function ofMaster(words: Words, { links }: AddressSelection, { interfaces }: Context): void {
  const index = interfaces.indexOf(words.value('master'));
  links.push(({ master }) => master === index);
}

/** Takes all words; one that is no selector is an interface's name. @throws CommandError */
export function addressSelection(words: Words, context: Context): AddressSelection {
  const { family } = context;
  const selection: AddressSelection = { family, index: undefined, links: [], addresses: [] };
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const selector = selectors.get(word);
    const condition = flagCondition(word);
    if (selector !== undefined) selector(words, selection, context);
    else if (condition !== undefined) {
      const { mask, isSet } = condition;
      selection.addresses.push(({ flags, headerFlags }) => (((flags ?? headerFlags) & mask) !== 0) === isSet);
    } else selection.index = context.interfaces.indexOf(word);
  }
  return selection;
}

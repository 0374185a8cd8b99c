/**
 * `rtnl link`: the commands. Before this file: `objects.ts`. After it: `link-selection.ts` and `link-specification.ts` read
 * the words, `link-fields.ts` and `link-text.ts` show; what only one kind of link has is in `kinds`.
 */
import type { LinkInput, LinkMessage } from '@ripstop/netlink';
import type { Command, Context, ObjectCommands, Shown } from '../command.ts';
import type { Words } from '../words.ts';
import { linkFields } from './link-fields.ts';
import { linkSelection } from './link-selection.ts';
import { changedLink, namedLink, newLink } from './link-specification.ts';
import { linkText } from './link-text.ts';

export const linkCommands: ObjectCommands<'link'> = {
  object: 'link',
  commands: {
    async list(words, context) {
      const { index, filter, where } = linkSelection(words, context);
      const { links } = context.rtnetlink;
      const found = index === undefined ? await links.list(filter) : [await links.get({ index })];
      return found.filter(where).map((link) => show(link, context));
    },
    async get(words, context) {
      return [show(await context.rtnetlink.links.get(namedLink(words, context)), context)];
    },
    add: changing('add', newLink),
    replace: changing('replace', newLink),
    set: changing('set', changedLink),
    del: changing('delete', namedLink),
  },
  show,
};

function changing(
  method: 'add' | 'replace' | 'set' | 'delete',
  specification: (words: Words, context: Context) => LinkInput,
): Command {
  return async (words, context) => {
    await context.rtnetlink.links[method](specification(words, context));
    return [];
  };
}

function show(link: LinkMessage, context: Context): Shown {
  const fields = linkFields(link, context);
  return { fields, text: linkText(fields) };
}

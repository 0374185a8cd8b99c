/**
 * `rtnl link`: the commands. Before this file: `objects.ts`. After it: `link-selection.ts` and `link-specification.ts` read
 * the words, `link-fields.ts` and `link-text.ts` show; what only one kind of link has is in `kinds`.
 */
import type { LinkMessage } from '@ripstop/netlink';
import { type Context, changing, type ObjectCommands, type Shown, showing } from '../command.ts';
import { briefLink } from './brief-link.ts';
import { linkFields } from './link-fields.ts';
import { changeProperty, linkProperty } from './link-property.ts';
import { linkSelection, selectedLinks } from './link-selection.ts';
import { changedLink, namedLink, newLink } from './link-specification.ts';
import { linkText } from './link-text.ts';

export const linkCommands: ObjectCommands<'link'> = {
  commands: {
    add: changing(newLink, (link, { rtnetlink }) => rtnetlink.links.add(link)),
    set: changing(changedLink, (link, { rtnetlink }) => rtnetlink.links.set(link)),
    replace: changing(newLink, (link, { rtnetlink }) => rtnetlink.links.replace(link)),
    delete: changing(namedLink, (link, { rtnetlink }) => rtnetlink.links.delete(link)),
    list: showing(linkSelection, async (selection, context) => {
      const links = await selectedLinks(selection, context);
      const shown = links.map((link) => show(link, context));
      return context.brief ? shown.map(briefLink) : shown;
    }),
    get: showing(namedLink, async (link, context) => [
      show(await context.rtnetlink.links.get(link), context),
    ]),
    property: changing(linkProperty, changeProperty),
  },
  show,
};

function show(link: LinkMessage, context: Context): Shown {
  const fields = linkFields(link, context);
  return { fields, text: () => linkText(fields) };
}

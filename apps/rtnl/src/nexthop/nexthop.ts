/**
 * `rtnl nexthop`: the commands. Before this file: `objects.ts`. After it: `nexthop-selection.ts` and
 * `nexthop-specification.ts` read the words, `nexthop-fields.ts` and `nexthop-text.ts` show.
 */
import type { NexthopMessage } from '@ripstop/netlink';
import { type Context, changing, type ObjectCommands, type Shown, showing } from '../command.ts';
import { nexthopFields } from './nexthop-fields.ts';
import { nexthopSelection } from './nexthop-selection.ts';
import { nexthopId, nexthopSpecification } from './nexthop-specification.ts';
import { nexthopText } from './nexthop-text.ts';

export const nexthopCommands: ObjectCommands<'nexthop'> = {
  commands: {
    list: showing(nexthopSelection, async ({ id, filter, where }, context) => {
      const { nexthops } = context.rtnetlink;
      const found = id === undefined ? await nexthops.list(filter) : [await nexthops.get({ id })];
      return found.filter(where).map((nexthop) => show(nexthop, context));
    }),
    add: changing(nexthopSpecification, (nexthop, { rtnetlink }) => rtnetlink.nexthops.add(nexthop)),
    replace: changing(nexthopSpecification, (nexthop, { rtnetlink }) => rtnetlink.nexthops.replace(nexthop)),
    delete: changing(nexthopId, (id, { rtnetlink }) => rtnetlink.nexthops.delete({ id })),
    get: showing(nexthopId, async (id, context) => [
      show(await context.rtnetlink.nexthops.get({ id }), context),
    ]),
    // Linux: a group goes with its last member, so that one may be gone before its turn.
    flush: changing(nexthopSelection, ({ id, filter, where }, { rtnetlink: { nexthops } }) =>
      id === undefined ? nexthops.flush(filter, { where }) : nexthops.delete({ id }),
    ),
  },
  show,
};

function show(nexthop: NexthopMessage, context: Context): Shown {
  const fields = nexthopFields(nexthop, context);
  return { fields, text: () => nexthopText(fields) };
}

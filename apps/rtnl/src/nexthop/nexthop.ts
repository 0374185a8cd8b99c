/**
 * `rtnl nexthop`: the commands. Before this file: `objects.ts`. After it: `nexthop-words.ts` reads the words,
 * `nexthop-fields.ts` shows.
 */
import type { NexthopMessage } from '@ripstop/netlink';
import { type Command, CommandError, type Context, type ObjectCommands, type Shown } from '../command.ts';
import type { Words } from '../words.ts';
import { nexthopFields, nexthopText } from './nexthop-fields.ts';
import { nexthopSelection, nexthopSpecification } from './nexthop-words.ts';

export const nexthopCommands: ObjectCommands<'nexthop'> = {
  object: 'nexthop',
  commands: {
    async list(words, context) {
      const { id, filter, where } = nexthopSelection(words, context);
      if (id !== undefined) return [show(await context.rtnetlink.nexthops.get({ id }), context)];
      const all = await context.rtnetlink.nexthops.list(filter);
      return all.filter(where).map((nexthop) => show(nexthop, context));
    },
    add: changing('add'),
    replace: changing('replace'),
    async del(words, { rtnetlink }) {
      await rtnetlink.nexthops.delete({ id: takeId(words) });
      return [];
    },
    async get(words, context) {
      return [show(await context.rtnetlink.nexthops.get({ id: takeId(words) }), context)];
    },
    flush,
  },
  show,
};

function changing(method: 'add' | 'replace'): Command {
  return async (words, context) => {
    await context.rtnetlink.nexthops[method](nexthopSpecification(words, context));
    return [];
  };
}

/** `id N`, and nothing else. @throws CommandError */
function takeId(words: Words): number {
  if (!words.takeIf('id')) throw new CommandError('which next hop? "id N" expected');
  const id = words.number('id');
  words.end();
  return id;
}

/** Linux: a group goes with its last member, so that one may be gone before its turn. */
async function flush(words: Words, context: Context): Promise<readonly Shown[]> {
  const { id, filter, where } = nexthopSelection(words, context);
  const { nexthops } = context.rtnetlink;
  if (id === undefined) await nexthops.flush(filter, { where });
  else await nexthops.delete({ id });
  return [];
}

function show(nexthop: NexthopMessage, context: Context): Shown {
  const fields = nexthopFields(nexthop, context);
  return { fields, text: nexthopText(fields) };
}

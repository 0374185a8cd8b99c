/**
 * `rtnl neighbor`: the commands. Before this file: `objects.ts`. After it: `neighbor-selection.ts` and
 * `neighbor-specification.ts` read the words, `neighbor-fields.ts` shows.
 */
import type { NeighborMessage } from '@ripstop/netlink';
import { type Command, CommandError, type Context, type ObjectCommands, type Shown } from '../command.ts';
import { neighborFields, neighborText } from './neighbor-fields.ts';
import { neighborSelection } from './neighbor-selection.ts';
import { neighborSpecification } from './neighbor-specification.ts';

export const neighborCommands: ObjectCommands<'neighbor'> = {
  object: 'neighbor',
  commands: {
    async list(words, context) {
      const { filter, where } = neighborSelection(words, context, 'list');
      const neighbors = await context.rtnetlink.neighbors.list(filter);
      return neighbors.filter(where).map((neighbor) => show(neighbor, context));
    },
    add: changing('add'),
    replace: changing('replace'),
    set: changing('set'),
    del: changing('delete'),
    async get(words, context) {
      const specification = neighborSpecification(words, context);
      return [show(await context.rtnetlink.neighbors.get(specification), context)];
    },
    async flush(words, context) {
      if (words.peek === undefined) throw new CommandError('flush: say which neighbors, by dev, to, nud, …');
      const { filter, where } = neighborSelection(words, context, 'flush');
      await context.rtnetlink.neighbors.flush(filter, { where });
      return [];
    },
  },
  show,
};

function changing(method: 'add' | 'replace' | 'set' | 'delete'): Command {
  return async (words, context) => {
    await context.rtnetlink.neighbors[method](neighborSpecification(words, context));
    return [];
  };
}

function show(neighbor: NeighborMessage, context: Context): Shown {
  const fields = neighborFields(neighbor, context);
  return { fields, text: neighborText(fields) };
}

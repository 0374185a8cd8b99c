/**
 * `rtnl neighbor`: the commands. Before this file: `objects.ts`. After it: `neighbor-selection.ts` and
 * `neighbor-specification.ts` read the words, `neighbor-fields.ts` and `neighbor-text.ts` show.
 */
import type { NeighborMessage } from '@ripstop/netlink';
import { type Context, changing, demanding, type ObjectCommands, type Shown, showing } from '../command.ts';
import { definedOnly } from '../fields.ts';
import { neighborFields } from './neighbor-fields.ts';
import { flushedNeighbors, listedNeighbors } from './neighbor-selection.ts';
import { neighborSpecification } from './neighbor-specification.ts';
import { briefNeighborText, neighborText } from './neighbor-text.ts';

const someNeighbors = demanding(flushedNeighbors, 'flush: say which neighbors, by dev, to, nud, …');

export const neighborCommands: ObjectCommands<'neighbor'> = {
  commands: {
    list: showing(listedNeighbors, async ({ filter, where }, context) => {
      const neighbors = await context.rtnetlink.neighbors.list(filter);
      const shown = neighbors.filter(where).map((neighbor) => show(neighbor, context));
      return context.brief ? shown.map(briefNeighbor) : shown;
    }),
    add: changing(neighborSpecification, (neighbor, { rtnetlink }) => rtnetlink.neighbors.add(neighbor)),
    replace: changing(neighborSpecification, (neighbor, { rtnetlink }) =>
      rtnetlink.neighbors.replace(neighbor),
    ),
    set: changing(neighborSpecification, (neighbor, { rtnetlink }) => rtnetlink.neighbors.set(neighbor)),
    delete: changing(neighborSpecification, (neighbor, { rtnetlink }) =>
      rtnetlink.neighbors.delete(neighbor),
    ),
    get: showing(neighborSpecification, async (neighbor, context) => [
      show(await context.rtnetlink.neighbors.get(neighbor), context),
    ]),
    flush: changing(someNeighbors, ({ filter, where }, { rtnetlink }) =>
      rtnetlink.neighbors.flush(filter, { where }),
    ),
  },
  show,
};

/** In columns. */
function briefNeighbor({ fields: { dst, dev, lladdr } }: Shown): Shown {
  const fields = definedOnly({ dst, dev, lladdr });
  return { fields, text: () => briefNeighborText(fields) };
}

function show(neighbor: NeighborMessage, context: Context): Shown {
  const fields = neighborFields(neighbor, context);
  return { fields, text: () => neighborText(fields) };
}

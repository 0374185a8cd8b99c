/**
 * `rtnl route`: the commands. Before this file: `objects.ts`. After it: `route-selection.ts`, `route-specification.ts`
 * and `route-query.ts` read the words, `route-fields.ts` shows.
 */
import type { NexthopMessage, RouteMessage } from '@ripstop/netlink';
import { type Command, CommandError, type Context, type ObjectCommands, type Shown } from '../command.ts';
import type { Words } from '../words.ts';
import { shownRoute } from './route-fields.ts';
import { routeQuery } from './route-query.ts';
import { routeSelection } from './route-selection.ts';
import { routeSpecification } from './route-specification.ts';

export const routeCommands: ObjectCommands<'route'> = {
  object: 'route',
  commands: {
    list,
    add: changing('add'),
    replace: changing('replace'),
    append: changing('append'),
    set: changing('set'),
    del: changing('delete'),
    async get(words, context) {
      const route = await context.rtnetlink.routes.get(routeQuery(words, context));
      return [shownRoute(route, context, undefined, await nexthopsOf([route], context))];
    },
    flush,
  },
  show: shownRoute,
};

function changing(method: 'add' | 'replace' | 'append' | 'set' | 'delete'): Command {
  return async (words, context) => {
    await context.rtnetlink.routes[method](routeSpecification(words, context));
    return [];
  };
}

async function list(words: Words, context: Context): Promise<readonly Shown[]> {
  const { filter, conditions, hidden } = routeSelection(words, context);
  const listed = await context.rtnetlink.routes.list(filter);
  const routes = listed.filter((route) => conditions.every((isTrue) => isTrue(route)));
  const nexthops = await nexthopsOf(routes, context);
  return routes.map((route) => shownRoute(route, context, hidden, nexthops));
}

/** The next-hop objects by id, if any of the routes names one. */
async function nexthopsOf(
  routes: readonly RouteMessage[],
  { rtnetlink }: Context,
): Promise<ReadonlyMap<number, NexthopMessage>> {
  if (routes.every(({ nextHopId }) => nextHopId === undefined)) return new Map();
  const nexthops = await rtnetlink.nexthops.list();
  return new Map(nexthops.map((nexthop) => [nexthop.id ?? 0, nexthop]));
}

/** Linux: IPv6 keeps this route in every table for what nothing else leads to, and it cannot be removed. */
const LOWEST_PRIORITY = 0xffff_ffff;

async function flush(words: Words, context: Context): Promise<readonly Shown[]> {
  if (words.peek === undefined && context.table === undefined)
    throw new CommandError('flush: say which routes, by table, dev, proto, …');
  const { filter, conditions } = routeSelection(words, context);
  const where = (route: RouteMessage): boolean =>
    route.priority !== LOWEST_PRIORITY && conditions.every((isTrue) => isTrue(route));
  await context.rtnetlink.routes.flush(filter, { where });
  return [];
}

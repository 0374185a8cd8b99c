/**
 * `rtnl route`: the commands. Before this file: `objects.ts`. After it: `route-selection.ts`, `route-specification.ts`
 * and `route-query.ts` read the words, `route-fields.ts` and `route-text.ts` show.
 */
import {
  completed,
  messageFlags,
  type NexthopMessage,
  type RouteInput,
  type RouteMessage,
  routeFlags,
} from '@ripstop/netlink';
import { type Context, changing, demanding, type ObjectCommands, type Shown, showing } from '../command.ts';
import { carryOut } from '../request.ts';
import { routeFields } from './route-fields.ts';
import { lockedMetrics } from './route-metrics.ts';
import { routeQuery } from './route-query.ts';
import { type RouteSelection, routeSelection } from './route-selection.ts';
import { routeSpecification } from './route-specification.ts';
import { routeText } from './route-text.ts';

const someRoutes = demanding(routeSelection, 'flush: say which routes, by table, dev, proto, …');

export const routeCommands: ObjectCommands<'route'> = {
  commands: {
    list: showing(routeSelection, list),
    get: showing(routeQuery, async (query, context) => {
      const route = await context.rtnetlink.routes.get(query);
      return [show(route, context, undefined, await nexthopsOf([route], context))];
    }),
    add: changing(routeSpecification, (route, { rtnetlink }) => rtnetlink.routes.add(route)),
    set: changing(routeSpecification, (route, { rtnetlink }) => rtnetlink.routes.set(route)),
    replace: changing(routeSpecification, (route, { rtnetlink }) => rtnetlink.routes.replace(route)),
    prepend: changing(routeSpecification, prepend),
    append: changing(routeSpecification, (route, { rtnetlink }) => rtnetlink.routes.append(route)),
    delete: changing(routeSpecification, (route, { rtnetlink }) => rtnetlink.routes.delete(route)),
    flush: changing(someRoutes, flush),
  },
  show,
};

async function list({ filter, where, hidden }: RouteSelection, context: Context): Promise<readonly Shown[]> {
  const routes = (await context.rtnetlink.routes.list(filter)).filter(where);
  const nexthops = await nexthopsOf(routes, context);
  return routes.map((route) => show(route, context, hidden, nexthops));
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

async function flush({ filter, where }: RouteSelection, { rtnetlink }: Context): Promise<void> {
  await rtnetlink.routes.flush(filter, { where: (route) => isRemovable(route) && where(route) });
}

/** Linux: cannot delete what it has learned of single IPv4 destinations; the route there would go instead. `ip` spares it too. */
function isRemovable({ family, flags, priority }: RouteMessage): boolean {
  const isCached = (flags & routeFlags.masks.cloned) !== 0;
  return priority !== LOWEST_PRIORITY && !(isCached && family === 'ipv4');
}

/** Linux: a route that is made without any other flag comes before those to the same destination. */
async function prepend(route: RouteInput, context: Context): Promise<void> {
  const message = completed('route', 'new', route);
  await carryOut({ object: 'route', operation: 'new', flags: messageFlags.masks.create, message }, context);
}

/**
 * @param hidden fields that all routes of a list have alike, because they were asked for: `ip` leaves them out
 * @param nexthops the next-hop objects that routes name by their ids
 */
function show(
  route: RouteMessage,
  context: Context,
  hidden: ReadonlySet<string> = new Set(),
  nexthops: ReadonlyMap<number, NexthopMessage> = new Map(),
): Shown {
  const all = Object.entries(routeFields(route, context, nexthops));
  const fields = Object.fromEntries(all.filter(([name]) => !hidden.has(name)));
  return { fields, text: () => routeText(fields, lockedMetrics(route.metrics)) };
}

/**
 * The routing table: every route with its next hops and who made it, as `ip route show table TABLE` lists them.
 *
 * The kernel selects the table (strict checking), so that routes of other tables are never sent. A list is read again if
 * it changed while it was read.
 *
 * Run: node packages/socket/examples/list-routes.js [TABLE]      TABLE: a name or a number; `main` if not given
 */
import { numberOfName, Rtnetlink, routeNextHops, routePrefix } from '@ripstop/socket';

const [name = 'main'] = process.argv.slice(2);
const table = numberOfName('rt_tables', name) ?? Number(name);

const rtnetlink = Rtnetlink.open();
const links = await rtnetlink.links.list();
const names = new Map(links.map((link) => [link.index, link.name]));

for (const route of await rtnetlink.routes.list({ table })) {
  const ways = routeNextHops(route).map(
    ({ gateway, interfaceIndex }) => `${gateway ?? 'directly'} on ${names.get(interfaceIndex)}`,
  );
  // Of a route that drops packets (blackhole, unreachable, prohibit) there is nothing but its type.
  const way = ways.length === 0 ? route.type : ways.join(' or ');
  console.log(`${routePrefix(route)}  ${way}  (${route.protocol}, metric ${route.priority ?? 0})`);
}
rtnetlink.close();

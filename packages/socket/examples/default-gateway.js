/**
 * The default gateway, without adding or deleting anything: the routes of length 0 in the main table, best first; and the
 * gateway that the kernel would choose for one destination, which may be another one.
 *
 * Run: node packages/socket/examples/default-gateway.js [DESTINATION]
 */
import { Rtnetlink, routeNextHops, routeTables } from '@ripstop/socket';

const [destination] = process.argv.slice(2);

const rtnetlink = Rtnetlink.open();
const links = await rtnetlink.links.list();
const names = new Map(links.map((link) => [link.index, link.name]));

/** @param {import('@ripstop/socket').RouteMessage} route */
const gateways = (route) =>
  routeNextHops(route)
    .map(({ gateway, interfaceIndex }) => `${gateway ?? 'no gateway'} on ${names.get(interfaceIndex)}`)
    .join(', ');

for (const family of /** @type {const} */ (['ipv4', 'ipv6'])) {
  const routes = await rtnetlink.routes.list({ family, table: routeTables.main, type: 'unicast' });
  const defaults = routes.filter((route) => route.destinationLength === 0);
  defaults.sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
  console.log(`${family}: ${defaults.map(gateways).join('; then ') || 'no default gateway'}`);
}
if (destination !== undefined) {
  const route = await rtnetlink.routes.get({ destination });
  console.log(`${destination}: ${gateways(route)}, from ${route.preferredSource}`);
}
rtnetlink.close();

/**
 * Sets a route through an interface that you choose, to a gateway or directly: what `ip route add PREFIX via GATEWAY dev
 * INTERFACE proto static` does. What is left out is filled in as `ip` does.
 *
 * `add` refuses a route that is already there, `replace` changes it in one step, `append` puts another one beside it.
 *
 * Run: node packages/socket/examples/add-route.js PREFIX INTERFACE [GATEWAY]      as root
 */
import { NetlinkError, Rtnetlink } from '@ripstop/socket';

const [prefix, name, gateway] = process.argv.slice(2);

const rtnetlink = Rtnetlink.open();
try {
  const { index } = await rtnetlink.links.get({ name });
  await rtnetlink.routes.add({ prefix, gateway, outputInterface: index, protocol: 'static' });
  console.log(`${prefix} goes ${gateway === undefined ? 'directly' : `to ${gateway}`} on ${name}`);
} catch (error) {
  if (!(error instanceof NetlinkError)) throw error;
  // The kernel's own words: `RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway`.
  console.error(error.message);
  process.exitCode = 1;
}
rtnetlink.close();

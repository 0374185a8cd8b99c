/** Every OBJECT of the command line and what can be done with it. */
import type { ObjectName } from '@ripstop/netlink';
import { addressCommands } from './address/address.ts';
import type { ObjectCommands } from './command.ts';
import { linkCommands } from './link/link.ts';
import { neighborCommands } from './neighbor/neighbor.ts';
import { nexthopCommands } from './nexthop/nexthop.ts';
import { routeCommands } from './route/route.ts';
import { ruleCommands } from './rule/rule.ts';

/** In the order in which an abbreviation is tried, as `ip` does: `r` is a route, `n` a neighbor. */
export const objects: { readonly [O in ObjectName]: ObjectCommands<O> } = {
  address: addressCommands,
  link: linkCommands,
  neighbor: neighborCommands,
  route: routeCommands,
  rule: ruleCommands,
  nexthop: nexthopCommands,
};

/**
 * What a client needs to know of each object besides its tables: how to ask for a selection of them, and what people
 * leave out of a request.
 */
import { type AddressFilter, addressQuery } from './interface-address.ts';
import { type LinkFilter, linkQuery } from './link.ts';
import { type NeighborFilter, neighborQuery } from './neighbor.ts';
import { type NexthopFilter, nexthopQuery } from './nexthop.ts';
import type { Inputs, ObjectName } from './registry.ts';
import { type RouteFilter, routeQuery } from './route.ts';
import { type RuleFilter, ruleQuery } from './rule.ts';

/** What selects the objects that are listed. The kernel itself filters. */
export interface Filters {
  readonly link: LinkFilter;
  readonly address: AddressFilter;
  readonly route: RouteFilter;
  readonly neighbor: NeighborFilter;
  readonly rule: RuleFilter;
  readonly nexthop: NexthopFilter;
}

const queries: { readonly [O in ObjectName]: (filter: Filters[O]) => Inputs[O] } = {
  link: linkQuery,
  address: addressQuery,
  route: routeQuery,
  neighbor: neighborQuery,
  rule: ruleQuery,
  nexthop: nexthopQuery,
};

/** The request that lists what a filter selects. */
export function queryOf<O extends ObjectName>(object: O, filter: Filters[O]): Inputs[O] {
  return queries[object](filter);
}

/**
 * What a client needs to know of each object besides its tables: how to ask for a selection of them, and what people
 * leave out of a request.
 */
import { type AddressFilter, addressQuery } from './interface-address.ts';
import { type LinkFilter, linkQuery } from './link.ts';
import { type NeighborFilter, neighborQuery } from './neighbor.ts';
import { type NexthopFilter, nexthopQuery } from './nexthop.ts';
import type { Inputs, Messages, ObjectName } from './registry.ts';
import { type RouteFilter, routeQuery } from './route.ts';
import { type RuleFilter, ruleQuery } from './rule.ts';

/** What selects the objects that are listed. */
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

/** The request that lists what a filter selects: the kernel itself filters. */
export function queryOf<O extends ObjectName>(object: O, filter: Filters[O]): Inputs[O] {
  return queries[object](filter);
}

/** What must be left out of the kernel's answer, because its filter lets it pass; undefined if that is right as it is. */
export function remainderOf<O extends ObjectName>(
  object: O,
  filter: Filters[O],
): ((message: Messages[O]) => boolean) | undefined {
  if (object !== 'link' || !('kind' in filter) || filter.kind === undefined) return undefined;
  // Linux: a kind that the kernel does not know, or has not loaded, selects all links.
  return (message) => !('linkInfo' in message) || message.linkInfo?.kind !== filter.kind;
}

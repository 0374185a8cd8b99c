/**
 * Selections of objects: the request that lists them, and what is left for the client to filter.
 *
 * Before it: a program's filter. After it: `Exchange.dump`.
 */
import type { Inputs, Messages, ObjectName } from '../registry.ts';
import { requireNames } from './fields.ts';
import { type AddressFilter, addressQuery } from './interface-address.ts';
import { type LinkFilter, linkQuery } from './link.ts';
import { type NeighborFilter, neighborQuery } from './neighbor.ts';
import { type NexthopFilter, nexthopQuery } from './nexthop.ts';
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

/** What each filter can say. */
const filterNames: { readonly [O in ObjectName]: Readonly<Record<keyof Filters[O], true>> } = {
  link: { kind: true, master: true },
  address: { family: true, interfaceIndex: true },
  route: { family: true, table: true, protocol: true, type: true, outputInterface: true, cached: true },
  neighbor: { family: true, interfaceIndex: true, master: true, proxy: true },
  rule: { family: true },
  nexthop: { family: true, outputInterface: true, master: true, groups: true },
};

/**
 * The request that lists what a filter selects: the kernel itself filters.
 * @throws EncodeError if there is something in the filter that it cannot say
 */
export function queryOf<O extends ObjectName>(object: O, filter: Filters[O]): Inputs[O] {
  requireNames(`${object} filter`, filter, new Set(Object.keys(filterNames[object])));
  return queries[object](filter);
}

/**
 * What else a listed object must be, because the kernel's filter lets too much pass; undefined if its answer is right as it
 * is.
 */
export function remainderOf<O extends ObjectName>(
  object: O,
  filter: Filters[O],
): ((message: Messages[O]) => boolean) | undefined {
  if (object !== 'link' || !('kind' in filter) || filter.kind === undefined) return undefined;
  // Linux: a kind that the kernel does not know, or has not loaded, selects all links.
  return (message) => 'linkInfo' in message && message.linkInfo?.kind === filter.kind;
}

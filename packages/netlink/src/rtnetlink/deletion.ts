/**
 * The request that deletes exactly one object which was listed or told: what identifies it, without what the kernel
 * refuses to see in such a request, or what it only tells.
 *
 * Before it: a listed message. After it: `Exchange`, with operation `delete`.
 */
import { EncodeError } from '@ripstop/wire';
import type { Inputs, Messages, ObjectName } from '../registry.ts';
import { type NeighborInput, type NeighborMessage, neighborFlags } from './neighbor.ts';
import { routeFlags } from './route/route-enumerations.ts';
import type { RouteInput, RouteMessage } from './route.ts';

/**
 * What to ask for with operation `delete`, to delete what `message` describes and nothing else.
 *
 * Linux: of rules it deletes the first that has what the request has; what the rule has besides, and whether it is
 * inverted, does not matter. So of two rules of one priority the wrong one may go.
 * @throws EncodeError for what cannot be deleted
 */
export function deletionOf<O extends ObjectName>(object: O, message: Messages[O]): Inputs[O] {
  return deletions[object](message);
}

const deletions: { readonly [O in ObjectName]: (message: Messages[O]) => Inputs[O] } = {
  link: ({ index }) => ({ index }),
  address: ({ family, interfaceIndex, prefixLength, local, address }) => ({
    family,
    interfaceIndex,
    prefixLength,
    local,
    address,
  }),
  route: routeDeletion,
  neighbor: neighborDeletion,
  rule: (rule) => rule,
  nexthop: ({ id }) => ({ id }),
};

function routeDeletion(route: RouteMessage): RouteInput {
  // The state of its interface, and counters.
  const { flags: state, cacheInfo, expires, protocolInfo, ...others } = route;
  // Linux: with this flag, what it has learned of a destination is meant, and not the route there.
  const identity = { ...others, flags: state & routeFlags.masks.cloned };
  // Linux: for IPv4 it passes over the flag, and would delete a route of that prefix.
  if (identity.flags !== 0 && identity.family === 'ipv4')
    throw new EncodeError('route: what was learned of an IPv4 destination cannot be deleted');
  if (identity.nextHopId === undefined) return identity;
  // Linux: it lists the next hops of the object as well, and refuses to see both.
  const { gateway, via, outputInterface, multipath, ...byObject } = identity;
  return byObject;
}

function neighborDeletion(neighbor: NeighborMessage): NeighborInput {
  const { family, interfaceIndex, destination, flags } = neighbor;
  if (family !== 'bridge') {
    return { family, interfaceIndex, destination, flags: flags & neighborFlags.masks.proxy };
  }
  const { linkAddress, vlan, destinationPort, vni, sourceVni, tunnelInterface } = neighbor;
  const entry = { linkAddress, vlan, destinationPort, vni, sourceVni, tunnelInterface };
  return { family, interfaceIndex, destination, flags, ...entry };
}

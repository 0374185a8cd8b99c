/**
 * What a route with one way, the ways of a multipath route and a next-hop object have in common, as fields. Before this
 * file: `route-fields`, `nexthop-fields`.
 */
import { nextHopFlags, type RouteMessage, type RouteNextHop, routeFlags } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import type { Context } from '../command.ts';
import { encapsulationFields } from '../encapsulation/encapsulation-fields.ts';
import { definedOnly, type Fields, namesOfBits } from '../fields.ts';
import { realmNames } from '../names.ts';

const { dead, onLink, pervasive, offload, trap, linkDown, unresolved } = nextHopFlags.masks;
const { notify, routeOffload, routeTrap, offloadFailed } = routeFlags.masks;
/** In the order of `ip`. */
const shownFlags = {
  dead,
  onlink: onLink,
  pervasive,
  offload,
  trap,
  notify,
  linkdown: linkDown,
  unresolved,
  rt_offload: routeOffload,
  rt_trap: routeTrap,
  rt_offload_failed: offloadFailed,
};

/** The value of `flags`. */
export function namesOfFlags(flags: number): readonly string[] {
  return namesOfBits(flags, shownFlags);
}

/** `to`: the labels that an MPLS packet gets instead of its own. */
export function labelFields({ newDestination }: RouteMessage | RouteNextHop): Fields {
  return { to: newDestination?.join('/') };
}

export function gatewayFields({ gateway, via }: RouteMessage | RouteNextHop): Fields {
  return {
    gateway,
    via: via && { family: addressFamily(via) === 'ipv6' ? 'inet6' : 'inet', host: via },
  };
}

/** `flow`: the realms. */
export function flowFields({ flow }: RouteMessage | RouteNextHop): Fields {
  if (flow === undefined) return {};
  const { from, to } = realmNames(flow);
  return { flow: from === undefined ? { to } : { from, to } };
}

/** One way of a multipath route. */
export function nextHopFields(hop: RouteNextHop, context: Context): Fields {
  return definedOnly({
    ...encapsulationFields(hop, context),
    ...labelFields(hop),
    ...gatewayFields(hop),
    ...flowFields(hop),
    dev: context.interfaces.nameOf(hop.interfaceIndex),
    weight: hop.hops + 1,
    flags: namesOfFlags(hop.flags),
  });
}

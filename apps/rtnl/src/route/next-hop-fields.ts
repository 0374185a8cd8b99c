/**
 * What a route with one way, the ways of a multipath route and a next-hop object have in common, as fields. Before this
 * file: `route-fields`, `nexthop-fields`.
 */
import { nextHopFlags, type RouteMessage, type RouteNextHop, routeFlags } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import type { Context, Fields } from '../command.ts';
import { encapsulationFields, encapsulationRules } from './encapsulation-fields.ts';
import { realmNames } from './named-number.ts';
import { type Rules, sentence } from './sentence.ts';

/** In the order of `ip`. */
const flagNames: readonly (readonly [name: string, mask: number])[] = [
  ['dead', nextHopFlags.masks.dead],
  ['onlink', nextHopFlags.masks.onLink],
  ['pervasive', nextHopFlags.masks.pervasive],
  ['offload', nextHopFlags.masks.offload],
  ['trap', nextHopFlags.masks.trap],
  ['notify', routeFlags.masks.notify],
  ['linkdown', nextHopFlags.masks.linkDown],
  ['unresolved', nextHopFlags.masks.unresolved],
  ['rt_offload', routeFlags.masks.routeOffload],
  ['rt_trap', routeFlags.masks.routeTrap],
  ['rt_offload_failed', routeFlags.masks.offloadFailed],
];

/** The value of `flags`. */
export function namesOfFlags(flags: number): readonly string[] {
  return flagNames.filter(([, mask]) => (flags & mask) !== 0).map(([name]) => name);
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
  return {
    ...encapsulationFields(hop, context),
    ...labelFields(hop),
    ...gatewayFields(hop),
    ...flowFields(hop),
    dev: context.interfaces.nameOf(hop.interfaceIndex),
    weight: hop.hops + 1,
    flags: namesOfFlags(hop.flags),
  };
}

/** How the fields are said. */
export const nextHopRules = {
  ...encapsulationRules,
  to: (labels: string) => `as to ${labels}`,
  gateway: (address: string) => `via ${address}`,
  via: ({ family, host }: Readonly<Record<'family' | 'host', string>>) => `via ${family} ${host}`,
  flow: ({ from, to }: { readonly from?: string; readonly to: string }) =>
    from === undefined ? `realm ${to}` : `realms ${from}/${to}`,
  flags: (names: readonly string[]) => names.join(' '),
  protocol: (name: string) => `proto ${name}`,
} satisfies Rules;

export function nextHopText(fields: Fields): string {
  return sentence(fields, nextHopRules);
}

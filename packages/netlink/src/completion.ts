/**
 * What people leave out of a request: the family that an address shows, the table, the scope. Filled in as `ip` does.
 * Whatever is given counts.
 */
import {
  type Address,
  type AddressFamily,
  addressBits,
  addressFamily,
  EncodeError,
  parseAddress,
  parseInterfaceAddress,
} from '@ripstop/wire';
import type { AddressInput } from './interface-address.ts';
import { type NeighborInput, neighborState } from './neighbor.ts';
import type { NexthopInput } from './nexthop.ts';
import type { Inputs, ObjectName, Operation } from './registry.ts';
import type { RouteInput } from './route.ts';
import { routeTables } from './route-enumerations.ts';
import type { RuleInput } from './rule.ts';

/** An address and the length of its network in one: `10.0.0.1/24`. Without a length it is a host's. */
type AddressWithLength = string;

/** A request as people write it. `prefix` stands for an address and its length. */
export interface Specifications {
  readonly link: Inputs['link'];
  /** `prefix`: the interface's address, `10.0.0.1/24`. */
  readonly address: AddressInput & { readonly prefix?: AddressWithLength | undefined };
  /** `prefix`: the destination, `10.0.0.0/8`. */
  readonly route: RouteInput & { readonly prefix?: AddressWithLength | undefined };
  readonly neighbor: NeighborInput;
  readonly rule: RuleInput;
  readonly nexthop: NexthopInput;
}

/** The whole request. @throws EncodeError if `prefix` is none */
export function completed<O extends ObjectName>(
  object: O,
  operation: Operation,
  specification: Specifications[O],
): Inputs[O] {
  return completions[object](specification, operation);
}

type Completion<O extends ObjectName> = (specification: Specifications[O], operation: Operation) => Inputs[O];

const completions: { readonly [O in ObjectName]: Completion<O> } = {
  link: (link) => link,
  address({ prefix, ...given }) {
    const { address, length } = split(prefix);
    const local = given.local ?? address;
    const family = given.family ?? familyOf(local, given.address);
    return {
      ...given,
      family,
      prefixLength:
        given.prefixLength ?? length ?? (local === undefined ? undefined : addressBits(addressFamily(local))),
      local,
      address: given.address ?? local,
    };
  },
  route({ prefix, ...given }, operation) {
    const { address, length } = split(prefix);
    const destination = given.destination ?? (length === 0 ? undefined : address);
    const family =
      given.family ?? familyOf(address, destination, given.gateway, given.preferredSource, given.source);
    const route = {
      ...given,
      family,
      destination,
      destinationLength:
        given.destinationLength ??
        length ??
        (destination === undefined ? undefined : addressBits(addressFamily(destination))),
    };
    if (operation === 'get') return route;
    const makes = operation === 'new';
    return {
      ...route,
      table: given.table ?? routeTables.main,
      protocol: given.protocol ?? (makes ? 'boot' : 'unspecified'),
      type: given.type ?? (makes ? 'unicast' : 'unspecified'),
      scope: given.scope ?? (family === 'ipv6' ? 'global' : scopeOf(given, makes)),
    };
  },
  neighbor(given, operation) {
    const family = given.family ?? familyOf(given.destination);
    if (operation !== 'new') return { ...given, family };
    return { ...given, family, state: given.state ?? neighborState.masks.permanent };
  },
  rule(given, operation) {
    const family = given.family ?? familyOf(given.source, given.destination) ?? 'ipv4';
    if (operation !== 'new') return { ...given, family };
    const action = given.action ?? (given.goto === undefined ? 'to-table' : 'goto');
    const table = given.table ?? (action === 'to-table' ? routeTables.main : undefined);
    return { ...given, family, action, table };
  },
  nexthop(given, operation) {
    if (operation !== 'new' || given.group !== undefined) return given;
    return { ...given, family: given.family ?? familyOf(given.gateway) ?? 'ipv4' };
  },
};

/** The scope of an IPv4 route, as `ip route` guesses it. */
function scopeOf(route: RouteInput, makes: boolean): 'host' | 'link' | 'nowhere' | 'global' {
  switch (route.type ?? 'unicast') {
    case 'local':
    case 'nat':
      return 'host';
    case 'broadcast':
    case 'multicast':
    case 'anycast':
      return 'link';
    case 'unicast':
      if (!makes) return 'nowhere';
      return (route.gateway ?? route.via ?? route.multipath ?? route.nextHopId) === undefined
        ? 'link'
        : 'global';
    default:
      return makes ? 'global' : 'nowhere';
  }
}

/** The family of the first address that is there. */
function familyOf(...addresses: readonly (Address | undefined)[]): AddressFamily | undefined {
  const first = addresses.find((address) => address !== undefined);
  return first === undefined ? undefined : addressFamily(first);
}

/** The address and the length of `prefix`; without a length, that of a host. @throws EncodeError */
function split(prefix: string | undefined): { address?: Address; length?: number } {
  if (prefix === undefined) return {};
  const host = parseAddress(prefix);
  if (host !== undefined) return { address: host, length: addressBits(addressFamily(host)) };
  const parsed = parseInterfaceAddress(prefix);
  if (parsed === undefined)
    throw new EncodeError(`prefix: ADDRESS/LENGTH expected, got ${JSON.stringify(prefix)}`);
  return parsed;
}

/**
 * What people leave out of a request: the family that an address shows, the table, the scope. Filled in as `ip` does.
 * Whatever is given counts, but for a gateway of another family than the route's: that is asked for as `via`.
 *
 * Before it: a program's request. After it: `Exchange`.
 */
import {
  type Address,
  addressBits,
  addressFamily,
  EncodeError,
  parseAddress,
  parseInterfaceAddress,
} from '@ripstop/wire';
import type { Inputs, ObjectName, Operation } from '../registry.ts';
import { family as families } from './family.ts';
import { fieldNames, requireNames } from './fields.ts';
import type { AddressInput } from './interface-address.ts';
import { type NeighborInput, neighborExtendedFlags, neighborState } from './neighbor.ts';
import type { NexthopInput } from './nexthop.ts';
import { routeFlags, routeTables, routeType } from './route/route-enumerations.ts';
import type { RouteInput } from './route.ts';
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

/**
 * The whole request.
 * @throws EncodeError if there is a field that the object does not have, if `prefix` is none, or if an address is not of the request's family. Linux: of an IPv6 address in an
 *   IPv4 request it takes the first four bytes, without a word.
 */
export function completed<O extends ObjectName>(
  object: O,
  operation: Operation,
  specification: Specifications[O],
): Inputs[O] {
  requireNames(object, specification, fieldNames[object]);
  return completions[object](specification, operation);
}

type Completion<O extends ObjectName> = (specification: Specifications[O], operation: Operation) => Inputs[O];

const completions: { readonly [O in ObjectName]: Completion<O> } = {
  link: (link) => link,
  address({ prefix, ...given }, operation) {
    const { address, length } = split(prefix);
    const local = given.local ?? address;
    const family = familyOf(given.family, local, given.address);
    requireFamily(family, { prefix: address, local, address: given.address, broadcast: given.broadcast });
    // Linux: a question with a length is refused (EINVAL).
    if (operation === 'get') return { ...given, family, local };
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
    const { source, preferredSource } = given;
    const own = { prefix: address, destination, source, preferredSource };
    const family = familyOf(given.family, ...Object.values(own), ...gatewaysOf(given)) ?? 'ipv4';
    requireFamily(family, own);
    const route = {
      ...given,
      ...viaOf(given, family),
      ...(given.multipath && {
        multipath: given.multipath.map((hop) => ({ ...hop, ...viaOf(hop, family) })),
      }),
      family,
      destination,
      destinationLength: given.destinationLength ?? length ?? hostLength(destination),
      sourceLength: given.sourceLength ?? hostLength(source),
    };
    if (operation === 'get') {
      // Linux: without this flag, an IPv4 route is always said to be in the main table.
      const flags = family === 'ipv4' ? routeFlags.masks.lookupTable : 0;
      return { ...route, flags: (given.flags ?? 0) | flags };
    }
    const makes = operation === 'new';
    const type = given.type ?? (makes ? 'unicast' : 'unspecified');
    return {
      ...route,
      type,
      table: given.table ?? (LOCAL_TYPES.has(typeName(type)) ? routeTables.local : routeTables.main),
      protocol: given.protocol ?? (makes ? 'boot' : 'unspecified'),
      scope: given.scope ?? (family === 'ipv4' ? scopeOf(given, makes) : 'global'),
    };
  },
  neighbor(given, operation) {
    const family = familyOf(given.family, given.destination);
    requireFamily(family, { destination: given.destination });
    if (operation !== 'new') return { ...given, family };
    // Linux: the kernel refuses to manage a neighbor that is permanent (EINVAL).
    const isManaged = ((given.extendedFlags ?? 0) & neighborExtendedFlags.masks.managed) !== 0;
    return { ...given, family, state: given.state ?? (isManaged ? 0 : neighborState.masks.permanent) };
  },
  rule(given, operation) {
    const rule = {
      ...given,
      family: familyOf(given.family, given.source, given.destination) ?? 'ipv4',
      sourceLength: given.sourceLength ?? hostLength(given.source),
      destinationLength: given.destinationLength ?? hostLength(given.destination),
    };
    if (operation !== 'new') return rule;
    const action = given.action ?? (given.goto === undefined ? 'to-table' : 'goto');
    // The table of an l3mdev rule is that of the packet's VRF.
    const needsTable = action === 'to-table' && given.l3Master === undefined;
    return { ...rule, action, table: given.table ?? (needsTable ? routeTables.main : undefined) };
  },
  nexthop(given, operation) {
    if (operation !== 'new' || given.group !== undefined) return given;
    return { ...given, family: familyOf(given.family, given.gateway) ?? 'ipv4' };
  },
};

/** Types of routes that live in the table `local`. */
const LOCAL_TYPES: ReadonlySet<unknown> = new Set(['local', 'broadcast', 'anycast', 'nat']);

function typeName(type: NonNullable<RouteInput['type']>) {
  return routeType.nameOf(routeType.numberOf(type));
}

/** Where a next hop leads. */
type Gateway = Pick<RouteInput, 'gateway' | 'via'>;

/** The gateways of a route, which show its family where nothing else does. */
function gatewaysOf({ gateway, multipath }: RouteInput): readonly (Address | undefined)[] {
  return [gateway, ...(multipath ?? []).map((hop) => hop.gateway)];
}

/**
 * What becomes of a gateway of another family than the route's: `via`, as `ip route add 10.0.0.0/8 via inet6 fe80::1` asks
 * for it (RFC 5549). Linux: knows it for IPv4 and MPLS routes, and refuses it for IPv6 ones.
 */
function viaOf({ gateway, via }: Gateway, family: Family): Gateway {
  const isOwn = gateway === undefined || via !== undefined || addressFamily(gateway) === family;
  return isOwn ? {} : { gateway: undefined, via: gateway };
}

/** The scope of an IPv4 route, as `ip route` guesses it. */
function scopeOf(route: RouteInput, makes: boolean): 'host' | 'link' | 'nowhere' | 'global' {
  switch (typeName(route.type ?? 'unicast')) {
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

/** The length of a single host's prefix; undefined without an address. */
function hostLength(address: Address | undefined): number | undefined {
  return address === undefined ? undefined : addressBits(addressFamily(address));
}

type Family = ReturnType<typeof families.nameOf>;

/** The family that is given, by name; else that of the first address that is there. */
function familyOf(
  given: Family | undefined,
  ...addresses: readonly (Address | undefined)[]
): Family | undefined {
  if (given !== undefined) return families.nameOf(families.numberOf(given));
  const first = addresses.find((address) => address !== undefined);
  return first === undefined ? undefined : addressFamily(first);
}

/** Addresses by the names of their fields. @throws EncodeError unless all are of the family, if that is one of IP */
function requireFamily(
  family: Family | undefined,
  addresses: Readonly<Record<string, Address | undefined>>,
): void {
  if (family !== 'ipv4' && family !== 'ipv6') return;
  for (const [name, address] of Object.entries(addresses)) {
    if (address !== undefined && addressFamily(address) !== family)
      throw new EncodeError(`${name}: an address of family ${family} expected, got ${address}`);
  }
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

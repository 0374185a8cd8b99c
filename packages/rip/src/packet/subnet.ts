/**
 * The subnets of an interface as numbers, so that an address is found in one without any text being made. IPv4.
 *
 * Before: `vocabulary`'s addresses. After: `receive` finds senders in them, `interface` whom to speak to and from where.
 */
import {
  type Address,
  ipv4FromNumber,
  ipv4ToNumber,
  maskFromLength,
  type Prefix,
  prefixOf,
} from '@ripstop/wire';
import type { InterfaceAddress } from '../vocabulary.ts';

/** What is reached over one address of an interface. */
export interface Subnet {
  readonly prefix: Prefix;
  /** The interface's own address; with a peer it may lie outside. */
  readonly address: Address;
  /** The other end of a point-to-point link, if the address names it. */
  readonly peer: Address | undefined;
  readonly network: number;
  readonly mask: number;
  readonly length: number;
}

/** Linux: an address with a peer gets a route to the peer's prefix, not to its own. */
export function subnetOf({ address, prefixLength, peer }: InterfaceAddress): Subnet {
  const reached = peer ?? address;
  const mask = maskFromLength(prefixLength);
  return {
    prefix: prefixOf(reached, prefixLength),
    address,
    peer,
    network: ((ipv4ToNumber(reached) ?? 0) & mask) >>> 0,
    mask,
    length: prefixLength,
  };
}

/** The first subnet that `address` lies in. */
export function subnetHolding(subnets: readonly Subnet[], address: number): Subnet | undefined {
  return subnets.find(({ network, mask }) => (address & mask) >>> 0 === network);
}

/** Whether `address` is all ones or all zeros in the host part of a subnet: it is no host (RFC 1122 §3.3.6, RFC 3021). */
export function isSubnetBroadcast(subnets: readonly Subnet[], address: number): boolean {
  return subnets.some(
    ({ network, mask, length }) =>
      length < 31 && (address === network || address === (network | ~mask) >>> 0),
  );
}

/** Whether `address` can be that of a host in one of the subnets. */
export function isHostOn(subnets: readonly Subnet[], address: number): boolean {
  return subnetHolding(subnets, address) !== undefined && !isSubnetBroadcast(subnets, address);
}

/**
 * Where packets for everybody on a subnet go when they are not multicast: to the far end if there is but one, else to the
 * broadcast address of the subnet (RFC 2453 §3.10). The subnet's own: a host with several subnets on the wire then hears
 * each packet in the subnet that it is meant for, as with ripd of FRR and BIRD.
 */
export function broadcastOf({ address, peer, network, mask, length }: Subnet): Address {
  if (peer !== undefined) return peer;
  // Two addresses, ours and the far end's (RFC 3021).
  if (length === 31) return ipv4FromNumber(((ipv4ToNumber(address) ?? 0) ^ 1) >>> 0);
  return length === 32 ? '255.255.255.255' : ipv4FromNumber((network | ~mask) >>> 0);
}

/**
 * Not what never leaves the host or the link (127/8, 169.254/16: RFC 1122 §3.2.1.3, RFC 3927 §2.7), nor what no neighbor
 * would take: network 0 and what is above class C (RFC 2453 §3.9.2).
 */
export function isAnnounceable({ network }: Pick<Subnet, 'network'>): boolean {
  const net = network >>> 24;
  return net !== 0 && net !== 127 && net < 224 && network >>> 16 !== 0xa9fe;
}

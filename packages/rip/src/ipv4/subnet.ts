/**
 * The subnets of an interface as numbers, so that an address is found in one without any text being made.
 *
 * Before: `vocabulary`'s addresses. After: `link` finds senders in them, and whom to speak to; `network-class` the masks
 * of what comes without one.
 */
import {
  type Address,
  ipv4FromNumber,
  ipv4ToNumber,
  maskFromLength,
  type Prefix,
  prefixOf,
} from '@ripstop/wire';
import type { Subnet } from '../protocol.ts';
import type { InterfaceAddress } from '../vocabulary.ts';

export class Ipv4Subnet implements Subnet {
  readonly prefix: Prefix;
  readonly address: Address;
  readonly peer: Address | undefined;
  readonly length: number;
  readonly network: number;
  readonly mask: number;

  /** Linux: an address with a peer gets a route to the peer's prefix, not to its own. */
  constructor({ address, prefixLength, peer }: InterfaceAddress) {
    const reached = peer ?? address;
    this.prefix = prefixOf(reached, prefixLength);
    this.address = address;
    this.peer = peer;
    this.length = prefixLength;
    this.mask = maskFromLength(prefixLength);
    this.network = ((ipv4ToNumber(reached) ?? 0) & this.mask) >>> 0;
  }

  isHost(address: Address): boolean {
    return isHostOn([this], ipv4ToNumber(address) ?? 0);
  }
}

/** The first subnet that `address` lies in. */
export function subnetHolding(subnets: readonly Ipv4Subnet[], address: number): Ipv4Subnet | undefined {
  return subnets.find(({ network, mask }) => (address & mask) >>> 0 === network);
}

/** Whether `address` is all ones or all zeros in the host part of a subnet: it is no host (RFC 1122 §3.3.6, RFC 3021). */
export function isSubnetBroadcast(subnets: readonly Ipv4Subnet[], address: number): boolean {
  return subnets.some(
    ({ network, mask, length }) =>
      length < 31 && (address === network || address === (network | ~mask) >>> 0),
  );
}

/** Whether `address` can be that of a host in one of the subnets. */
export function isHostOn(subnets: readonly Ipv4Subnet[], address: number): boolean {
  return subnetHolding(subnets, address) !== undefined && !isSubnetBroadcast(subnets, address);
}

/**
 * Where packets for everybody on a subnet go when they are not multicast: to the far end if there is but one, else to the
 * broadcast address of the subnet (RFC 2453 §3.10). The subnet's own: a host with several subnets on the wire then hears
 * each packet in the subnet that it is meant for, as with ripd of FRR and BIRD.
 */
export function broadcastOf({ address, peer, network, mask, length }: Ipv4Subnet): Address {
  if (peer !== undefined) return peer;
  // Two addresses, ours and the far end's (RFC 3021).
  if (length === 31) return ipv4FromNumber(((ipv4ToNumber(address) ?? 0) ^ 1) >>> 0);
  return length === 32 ? '255.255.255.255' : ipv4FromNumber((network | ~mask) >>> 0);
}

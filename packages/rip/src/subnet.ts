/** The subnets of an interface as numbers, so that an address is found in one without any text being made. IPv4. */
import { type Address, ipv4ToNumber, maskFromLength, type Prefix, prefixOf } from '@ripstop/wire';
import type { InterfaceAddress } from './vocabulary.ts';

export interface Subnet {
  readonly prefix: Prefix;
  /** The interface's own address in it. */
  readonly address: Address;
  readonly network: number;
  readonly mask: number;
  readonly length: number;
}

export function subnetOf({ address, prefixLength }: InterfaceAddress): Subnet {
  const mask = maskFromLength(prefixLength);
  return {
    prefix: prefixOf(address, prefixLength),
    address,
    network: ((ipv4ToNumber(address) ?? 0) & mask) >>> 0,
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
 * The prefix length of a destination that came without a mask: the subnet's own within the network that the interface
 * is part of, else that of its class; an address with host bits is a host (RFC 2453 §3.7, §4.3).
 */
export function inferredLength(subnets: readonly Subnet[], address: number): number {
  if (address === 0) return 0;
  const classLength = lengthOfClass(address);
  const classMask = maskFromLength(classLength);
  const sibling = subnets.find(
    ({ network, length }) => length >= classLength && ((address ^ network) & classMask) === 0,
  );
  const length = sibling?.length ?? classLength;
  return (address & ~maskFromLength(length)) === 0 ? length : 32;
}

function lengthOfClass(address: number): number {
  if (address < 0x8000_0000) return 8;
  return address < 0xc000_0000 ? 16 : 24;
}

/** 127/8 and 169.254/16: what never leaves the host or the link (RFC 1122 §3.2.1.3, RFC 3927 §2.7). */
export function isAnnounceable({ network }: Subnet): boolean {
  return network >>> 24 !== 127 && network >>> 16 !== 0xa9fe;
}

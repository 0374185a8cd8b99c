/**
 * Networks as they were before masks went with routes: an address tells by its first bits how long its network is
 * (RFC 791 §3.2), and one mask holds in all of a network. RIPv1 knows no others.
 *
 * After: `decode` and `request` give a mask to entries without one; `version-one` says only what is read back the same.
 */
import { maskFromLength } from '@ripstop/wire';
import type { Ipv4Subnet } from './subnet.ts';

/** 8, 16 or 24: the length of the network of class A, B or C that a unicast address lies in. */
export function classLength(address: number): number {
  if (address < 0x8000_0000) return 8;
  return address < 0xc000_0000 ? 16 : 24;
}

/** The first subnet of the same network; its mask holds there. A supernet is part of no network. */
export function siblingOf(subnets: readonly Ipv4Subnet[], address: number): Ipv4Subnet | undefined {
  const length = classLength(address);
  const mask = maskFromLength(length);
  return subnets.find((subnet) => subnet.length >= length && ((address ^ subnet.network) & mask) === 0);
}

/**
 * The prefix length of a destination that came without a mask: the subnet's own within the network that the interface is
 * part of, else that of its class; an address with host bits is a host (RFC 2453 §3.7, §4.3; RFC 1923 §2.1 for the class).
 * @param subnets the sender's own first: that is where it has its mask from
 */
export function inferredLength(subnets: readonly Ipv4Subnet[], address: number): number {
  if (address === 0) return 0;
  const sibling = siblingOf(subnets, address);
  // A subnet of a single address has a mask that holds nowhere else.
  const length = sibling === undefined || sibling.length === 32 ? classLength(address) : sibling.length;
  return (address & ~maskFromLength(length)) === 0 ? length : 32;
}

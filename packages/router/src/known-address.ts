/**
 * What matters of an address that the kernel tells of: whether it can be used, which of those told before it is, and its
 * place among the others of its interface. Before this file: RTM_NEWADDR and RTM_DELADDR. After it: `interfaces.ts`.
 *
 * Invariant: the place of an IPv6 address is read from its message alone. Linux does not tell of all of them when it
 * makes them, so the order of notifications is not that of a list.
 */
import { type AddressMessage, addressFlags, routeScope } from '@ripstop/netlink';
import type { InterfaceAddress } from '@ripstop/rip';

export interface KnownAddress {
  /** What it is found by when the kernel tells of it again. */
  readonly key: string;
  /**
   * Not as long as another host may turn out to have it, nor when one has (RFC 4862 §5.4). Linux: an address whose
   * duplicate address detection has failed stays tentative.
   */
  readonly usable: boolean;
  /** Another host has it. */
  readonly duplicate: boolean;
  readonly place: Place;
  readonly address: InterfaceAddress;
}

/** The smaller comes first, by the first that differs; what is equal stays as it was told. */
type Place = readonly [number, number, string];

const { secondary, tentative, duplicateDetectionFailed } = addressFlags.masks;

/** @returns undefined if the message has no address */
export function knownAddress(message: AddressMessage): KnownAddress | undefined {
  const { family, prefixLength, cacheInfo } = message;
  // On a point-to-point link `address` is the other end's.
  const address = message.local ?? message.address;
  if (address === undefined) return undefined;
  const peer = message.address === address ? undefined : message.address;
  const flags = message.flags ?? message.headerFlags;
  const shared = {
    usable: (flags & tentative) === 0,
    duplicate: (flags & duplicateDetectionFailed) !== 0,
    address: { address, prefixLength, ...(peer !== undefined && { peer }) },
  };
  // Linux: an IPv4 address may be there several times, with other lengths and other peers. Primary ones come first.
  if (family === 'ipv4')
    return {
      ...shared,
      key: `${address}/${prefixLength} ${peer ?? ''}`,
      place: [flags & secondary, 0, ''],
    };
  // Linux: an IPv6 address is there once, and gets another peer without a deletion. What reaches farther comes first, then
  // the younger; of those made within the same hundredth of a second a list alone knows the younger.
  const scope = routeScope.numberOf(message.scope);
  return { ...shared, key: address, place: [scope, -(cacheInfo?.created ?? 0), address] };
}

/** Where an address belongs among others that are in their places. */
export function placeAmong(others: readonly KnownAddress[], { place }: KnownAddress): number {
  const behind = others.findIndex((other) => isBefore(place, other.place));
  return behind < 0 ? others.length : behind;
}

function isBefore([one, two, three]: Place, [otherOne, otherTwo, otherThree]: Place): boolean {
  if (one !== otherOne) return one < otherOne;
  if (two !== otherTwo) return two < otherTwo;
  return three < otherThree;
}

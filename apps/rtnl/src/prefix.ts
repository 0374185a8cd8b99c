/** Prefixes among the words: `10.0.0.0/8`, `10.0.0.1`, `default`. Before this file: `words.ts`. */
import {
  type Address,
  type AddressFamily,
  addressBits,
  addressFamily,
  prefixContains,
  prefixOf,
} from '@ripstop/wire';
import type { WantedFamily, Words } from './words.ts';

/** Addresses that begin alike. */
export interface NamedPrefix {
  /** Undefined: of either family, everything. */
  readonly address: Address | undefined;
  readonly length: number;
}

const EVERYTHING: ReadonlySet<string> = new Set(['default', 'any', 'all']);

/** Takes a prefix; an address without a length is a host's. @param family if words before it say one @throws CommandError */
export function takePrefix(of: string, words: Words, family?: WantedFamily): NamedPrefix {
  if (!EVERYTHING.has(words.peek ?? '')) return words.interfaceAddress(of, family);
  words.take();
  return { address: undefined, length: 0 };
}

/** The family that the prefix shows. */
export function familyOf({ address }: NamedPrefix): AddressFamily | undefined {
  return address === undefined ? undefined : addressFamily(address);
}

/** Whether all that is in `inner` is in `outer`. */
export function holds(outer: NamedPrefix, inner: NamedPrefix): boolean {
  if (outer.length > inner.length) return false;
  if (outer.address === undefined) return true;
  const address = inner.address ?? (outer.address.includes(':') ? '::' : '0.0.0.0');
  return prefixContains(prefixOf(outer.address, outer.length), address);
}

/** Whether the address is there, and in the prefix. */
export function holdsAddress(prefix: NamedPrefix, address: Address | undefined): boolean {
  return address !== undefined && holds(prefix, { address, length: addressBits(addressFamily(address)) });
}

/** Whether it is a single address. */
export function isHost({ address, length }: NamedPrefix): boolean {
  return address !== undefined && length === addressBits(addressFamily(address));
}

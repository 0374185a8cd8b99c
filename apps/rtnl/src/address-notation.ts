/**
 * Prefixes as `ip` lets people write them: `10.0.0.0/8`, `10/8`, `10.0.0.1/255.0.0.0`. Before this file: `words.ts`. After
 * it: the library's own notation, which has one spelling for each.
 *
 * Without a length, an address is written in full: `10.9` is 10.9.0.0 to `ip`, and 10.0.0.9 to the C library (inet_aton).
 */
import {
  type Address,
  addressBits,
  addressFamily,
  ipv4ToNumber,
  lengthFromMask,
  parseAddress,
  parseInterfaceAddress,
} from '@ripstop/wire';

/** An address and the length of its network, host bits and all. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly length: number;
}

/** What the word says; without a length it is a host's. Undefined if it is no prefix. */
export function interfaceAddressOf(word: string): InterfaceAddress | undefined {
  const host = parseAddress(word);
  if (host !== undefined) return { address: host, length: addressBits(addressFamily(host)) };
  const [, address = word, length = ''] = /^([\d.]+)\/([\d.]+)$/.exec(word) ?? [];
  return parseInterfaceAddress(length === '' ? word : `${inFull(address)}/${lengthOf(length)}`);
}

/** Of an IPv4 address, the bytes at its end that are 0 may be left out. */
function inFull(address: string): string {
  const missing = 4 - address.split('.').length;
  return missing > 0 ? address + '.0'.repeat(missing) : address;
}

/** A length, or the mask that stands for it. */
function lengthOf(word: string): string {
  const mask = ipv4ToNumber(word);
  return String((mask === undefined ? undefined : lengthFromMask(mask)) ?? word);
}

/**
 * Prefixes. A `Prefix` is its canonical text with no host bits set: `10.0.0.0/8`, `2001:db8::/32`. Equal prefixes are
 * equal strings, so it is the key of every table.
 */
import {
  type Address,
  type AddressFamily,
  addressFamily,
  addressFromBytes,
  addressToBytes,
  ipv4FromNumber,
  ipv4ToNumber,
  parseAddress,
} from './address.ts';
import { hex } from './text.ts';

/** Canonical text of an address and a length, host bits zero. */
export type Prefix = string;

/** The 32-bit mask of a prefix length from 0 to 32: 24 → 0xffffff00. */
export function maskFromLength(length: number): number {
  return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
}

/** The prefix length of a 32-bit mask; undefined if its ones are not contiguous. */
export function lengthFromMask(mask: number): number | undefined {
  const length = Math.clz32(~mask);
  return maskFromLength(length) === mask >>> 0 ? length : undefined;
}

/** The prefix of `length` bits (to 32, IPv6 to 128) that holds `address`. @throws EncodeError if that is no address */
export function prefixOf(address: Address, length: number): Prefix {
  const number = ipv4ToNumber(address);
  if (number !== undefined) return `${ipv4FromNumber((number & maskFromLength(length)) >>> 0)}/${length}`;
  return prefixFromBytes(addressToBytes(address), length);
}

/** The same of the bytes of an address, 4 or 16; they stay as they are. */
export function prefixFromBytes(bytes: Uint8Array, length: number): Prefix {
  const masked = bytes.slice();
  const whole = length >> 3;
  if (whole < masked.byteLength) {
    masked.fill(0, whole + 1);
    masked[whole] = (masked[whole] ?? 0) & (0xff00 >> (length & 7));
  }
  return `${addressFromBytes(masked)}/${length}`;
}

/** Bits of an address of this family. */
export function addressBits(family: AddressFamily): 32 | 128 {
  return family === 'ipv4' ? 32 : 128;
}

/** An address and the length of its network: `10.0.0.1/24`, host bits and all; undefined if the text is neither. */
export function parseInterfaceAddress(text: string): { address: Address; length: number } | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (slash < 0 || address === undefined || !/^(0|[1-9]\d{0,2})$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  return length > addressBits(addressFamily(address)) ? undefined : { address, length };
}

/** Canonical prefix of any accepted spelling; undefined if it is none, or if host bits are set. */
export function parsePrefix(text: string): Prefix | undefined {
  const parsed = parseInterfaceAddress(text);
  if (parsed === undefined) return undefined;
  const prefix = prefixOf(parsed.address, parsed.length);
  return prefix === `${parsed.address}/${parsed.length}` ? prefix : undefined;
}

/** `10.0.0.0` of `10.0.0.0/8`. */
export function prefixAddress(prefix: Prefix): Address {
  return prefix.slice(0, prefix.indexOf('/'));
}

/** 8 of `10.0.0.0/8`. */
export function prefixLength(prefix: Prefix): number {
  return Number(prefix.slice(prefix.indexOf('/') + 1));
}

/** Whether `address` lies in `prefix`; false across families. */
export function prefixContains(prefix: Prefix, address: Address): boolean {
  return prefix.includes(':') === address.includes(':') && prefixOf(address, prefixLength(prefix)) === prefix;
}

/** IPv4 before IPv6, then by address, then shorter before longer: the order in which tables are printed. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  const left = addressToBytes(prefixAddress(a));
  const right = addressToBytes(prefixAddress(b));
  if (left.length !== right.length) return left.length - right.length;
  for (const [at, byte] of left.entries()) {
    const difference = byte - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return prefixLength(a) - prefixLength(b);
}

/** In the order of `comparePrefixes`, which would read the text of two prefixes at every comparison. */
export function sortByPrefix<Item extends { readonly prefix: Prefix }>(items: Iterable<Item>): Item[] {
  return Array.from(items, (item) => ({ key: sortKey(item.prefix), item }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}

function sortKey(prefix: Prefix): string {
  const bytes = addressToBytes(prefixAddress(prefix));
  return (bytes.length === 4 ? '4' : '6') + hex(bytes) + hex(Uint8Array.of(prefixLength(prefix)));
}

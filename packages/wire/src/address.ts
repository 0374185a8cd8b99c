/**
 * IP addresses. An `Address` is its canonical text, the same value in a packet's explanation, in a log, in JSON, as a
 * key and in the configuration: `10.0.0.1`, or for IPv6 the form of RFC 5952: `fe80::1`. Equal addresses are equal
 * strings; `parseAddress` makes any accepted spelling canonical.
 */
import { type Codec, DecodeError, EncodeError, type FixedCodec, requireBytes } from './codec.ts';
import { bytesAt } from './text.ts';

/** Canonical text of an IPv4 or IPv6 address. */
export type Address = string;
export type AddressFamily = 'ipv4' | 'ipv6';

const DOT = 46;
const COLON = 58;

/** `0` to `255`, and the same with a dot behind: to join ready texts takes a third of the time of printing numbers. */
const octets = Array.from({ length: 256 }, (_, octet) => String(octet));
const dotted = octets.map((octet) => `${octet}.`);

/** Texts of recent numbers, by a hash of the number: gateways come again and again, and one text of each will do. */
const recentNumbers = new Uint32Array(256);
const recentTexts: Address[] = new Array(256).fill('0.0.0.0');

/** Dotted quad of a 32-bit number: 0x0a000001 → `10.0.0.1`. */
export function ipv4FromNumber(number: number): Address {
  const slot = Math.imul(number, 0x9e37_79b1) >>> 24;
  if (recentNumbers[slot] === number) return recentTexts[slot] as Address;
  const [first, second, third] = [
    dotted[number >>> 24],
    dotted[(number >>> 16) & 0xff],
    dotted[(number >>> 8) & 0xff],
  ];
  const text = `${first}${second}${third}${octets[number & 0xff]}`;
  recentNumbers[slot] = number;
  recentTexts[slot] = text;
  return text;
}

/** The 32-bit number of a dotted quad; undefined if it is not one (four decimals, no leading zeros, as inet_pton). */
export function ipv4ToNumber(text: string): number | undefined {
  let number = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || dots === 3) return undefined;
      number = number * 256 + octet;
      octet = -1;
      dots += 1;
    } else if (code >= 48 && code <= 57 && octet !== 0) {
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return octet < 0 || dots !== 3 ? undefined : number * 256 + octet;
}

/** Text of 16 bytes by RFC 5952: lower case, no leading zeros, the longest (first) run of zeros as `::`. */
export function ipv6FromBytes(bytes: Uint8Array): Address {
  const group = (at: number): number => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0);
  let zerosStart = 8;
  let zeros = 1;
  for (let start = 0, length = 0; start < 8; start += Math.max(1, length)) {
    length = 0;
    while (start + length < 8 && group(start + length) === 0) length += 1;
    if (length <= zeros) continue;
    zerosStart = start;
    zeros = length;
  }
  const mapped = zerosStart === 0 && zeros === 5 && group(5) === 0xffff;
  if (mapped) return `::ffff:${ipv4FromNumber(((group(6) << 16) | group(7)) >>> 0)}`;
  let text = '';
  for (let at = 0; at < 8; ) {
    if (at === zerosStart) {
      text += at === 0 ? '::' : ':';
      at += zeros;
    } else {
      text += group(at).toString(16);
      at += 1;
      if (at < 8) text += ':';
    }
  }
  return text;
}

/** The 16 bytes of an IPv6 address in text (RFC 4291 §2.2; no zone); undefined if it is not one. */
export function ipv6ToBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  let filled = 0;
  /** How many bytes stand before the `::`. */
  let head: number | undefined;
  let at = 0;
  if (text.startsWith('::')) {
    head = 0;
    at = 2;
  }
  while (at < text.length) {
    const end = endOfGroup(text, at);
    const next = text.charCodeAt(end);
    const number = next === DOT ? ipv4ToNumber(text.slice(at)) : groupOf(text, at, end);
    const size = next === DOT ? 4 : 2;
    if (number === undefined || filled + size > 16) return undefined;
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) {
      bytes[filled] = number >>> shift;
      filled += 1;
    }
    if (next === DOT || end === text.length) break;
    at = end + 1;
    if (next !== COLON || at === text.length) return undefined;
    if (text.charCodeAt(at) === COLON) {
      if (head !== undefined) return undefined;
      head = filled;
      at += 1;
    }
  }
  if (head === undefined) return filled === 16 ? bytes : undefined;
  if (filled === 16) return undefined;
  const tailStart = 16 - (filled - head);
  return bytes.copyWithin(tailStart, head, filled).fill(0, head, tailStart);
}

/** Where the hexadecimal digits from `at` on end. */
function endOfGroup(text: string, at: number): number {
  let end = at;
  while (digitOf(text.charCodeAt(end)) !== undefined) end += 1;
  return end;
}

/** The 16-bit number of the hexadecimal digits in `[start, end)`; undefined unless there are one to four. */
function groupOf(text: string, start: number, end: number): number | undefined {
  if (end === start || end - start > 4) return undefined;
  let number = 0;
  for (let at = start; at < end; at += 1) number = number * 16 + (digitOf(text.charCodeAt(at)) ?? 0);
  return number;
}

/** The value of a hexadecimal digit by its character code; undefined if it is none. */
function digitOf(code: number): number | undefined {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 0x20; // lower case
  return letter >= 97 && letter <= 102 ? letter - 87 : undefined;
}

/** Canonical address of any accepted spelling; undefined if the text is not an address. */
export function parseAddress(text: string): Address | undefined {
  const ipv4 = ipv4ToNumber(text);
  if (ipv4 !== undefined) return ipv4FromNumber(ipv4);
  const ipv6 = ipv6ToBytes(text);
  return ipv6 === undefined ? undefined : ipv6FromBytes(ipv6);
}

export function addressFamily(address: Address): AddressFamily {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** As `addressFamily` says, but from the first four characters: a dotted quad has a dot there, and no colon before it. */
function beginsAsIpv4(address: Address): boolean {
  for (let at = 1; at < 4; at += 1) {
    const code = address.charCodeAt(at);
    if (code === DOT) return true;
    if (code === COLON) return false;
  }
  return false;
}

/** Four or sixteen bytes, most significant first. @throws EncodeError if the text is not an address */
export function addressToBytes(address: Address): Uint8Array {
  const ipv4 = ipv4ToNumber(address);
  if (ipv4 !== undefined) return Uint8Array.of(ipv4 >>> 24, ipv4 >>> 16, ipv4 >>> 8, ipv4);
  const bytes = ipv6ToBytes(address);
  if (bytes === undefined) throw new EncodeError(`address: ${JSON.stringify(address)} is not an IP address`);
  return bytes;
}

/** The address of four or sixteen bytes. @throws DecodeError at any other length */
export function addressFromBytes(bytes: Uint8Array): Address {
  // Without a view of the bytes: it would take longer to make than the text.
  if (bytes.byteLength === 16) return ipv6FromBytes(bytes);
  return address.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength);
}

/** An IPv4 or IPv6 address, told apart by its length: 4 or 16 bytes, most significant first. */
export const address: Codec<Address> = {
  name: 'address',
  sizeOf: (value) => (beginsAsIpv4(value) ? 4 : 16),
  encode(value, view, offset) {
    const number = ipv4ToNumber(value);
    if (number !== undefined) {
      view.setUint32(offset, number);
      return;
    }
    const encoded = addressToBytes(value);
    bytesAt(view, offset, offset + encoded.byteLength).set(encoded);
  },
  decode(view, start, end) {
    if (end - start === 4) return ipv4FromNumber(view.getUint32(start));
    if (end - start === 16) return ipv6FromBytes(bytesAt(view, start, end));
    throw new DecodeError('address', start, `4 or 16 bytes expected, ${end - start} given`);
  },
};

/** An IPv4 address as a member of a struct: 4 bytes, most significant first. */
export const ipv4: FixedCodec<Address> = {
  name: 'ipv4',
  size: 4,
  alignment: 4,
  zero: '0.0.0.0',
  sizeOf: () => 4,
  encode(value, view, offset) {
    const number = ipv4ToNumber(value);
    if (number === undefined) throw new EncodeError(`ipv4: ${JSON.stringify(value)} is not an IPv4 address`);
    view.setUint32(offset, number);
  },
  decode(view, start, end) {
    requireBytes('ipv4', start, end, 4);
    return ipv4FromNumber(view.getUint32(start));
  },
};

/** An IPv6 address as a member of a struct: 16 bytes, most significant first. C aligns it to 4. */
export const ipv6: FixedCodec<Address> = {
  name: 'ipv6',
  size: 16,
  alignment: 4,
  zero: '::',
  sizeOf: () => 16,
  encode(value, view, offset) {
    const bytes = ipv6ToBytes(value);
    if (bytes === undefined) throw new EncodeError(`ipv6: ${JSON.stringify(value)} is not an IPv6 address`);
    bytesAt(view, offset, offset + 16).set(bytes);
  },
  decode(view, start, end) {
    requireBytes('ipv6', start, end, 16);
    return ipv6FromBytes(bytesAt(view, start, end));
  },
};

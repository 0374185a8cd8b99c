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
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0));
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return `::ffff:${ipv4FromNumber((((groups[6] ?? 0) << 16) | (groups[7] ?? 0)) >>> 0)}`;
  let longest = { start: 0, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > longest.length) longest = { start, length };
  }
  const text = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  if (longest.length < 2) return text(groups);
  return `${text(groups.slice(0, longest.start))}::${text(groups.slice(longest.start + longest.length))}`;
}

/** The 16 bytes of an IPv6 address in text (RFC 4291 §2.2; no zone); undefined if it is not one. */
export function ipv6ToBytes(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** 16-bit groups of one side of `::`; a dotted quad may be the last of them. */
function groupsOf(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const quad = mayEndInIpv4 && at === parts.length - 1 ? ipv4ToNumber(part) : undefined;
    if (quad === undefined) return undefined;
    groups.push(quad >>> 16, quad & 0xffff);
  }
  return groups;
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

/**
 * What authentication adds to a packet: the entry in the place of the first route, and the trailer after the last one.
 *
 * `authenticator` writes and reads them. Sources: RFC 2453 §4.1 (clear text), RFC 4822 §2.1 (cryptographic).
 */
import { enumeration, fixedBytes, padding, struct, u8, u16be, u32be, viewOf } from '@ripstop/wire';
import { addressFamily, packetEntry } from '../ipv4/packet.ts';
import type { Header } from '../packet/header.ts';
import { packetHeader } from '../packet/packet.ts';
import type { CryptoAlgorithm } from './key-chain.ts';

/** What follows the address family: RFC 2453 §4.1 has number 2, RFC 4822 §2.1 the others. */
export const authenticationType = enumeration('authentication type', u16be, {
  trailer: 1,
  clearText: 2,
  cryptographic: 3,
});

/** The 4 bytes that all authentication begins with. */
const head = { family: addressFamily, type: authenticationType };

/** RFC 2453 §4.1: bytes of a password on the wire, filled up with zeros. */
export const passwordBytes = 16;

/** RFC 2453 §4.1: 20 bytes. */
export const clearTextEntry = struct('clear-text authentication', packetEntry.size, {
  ...head,
  password: fixedBytes(passwordBytes),
});

/** RFC 4822 §2.1: 20 bytes, most significant first. */
export const cryptographicEntry = struct('cryptographic authentication', packetEntry.size, {
  ...head,
  /** From the first byte of the packet to the trailer. */
  packetLength: u16be,
  keyId: u8,
  /** Bytes of data in the trailer. */
  dataLength: u8,
  sequence: u32be,
  reserved: padding(8),
});

/** RFC 4822 §2.1: what precedes the authentication data. */
export const authenticationTrailer = struct('authentication trailer', 4, head);

/** Where the authentication entry lies, and where the routes after it begin. */
export const authenticationStart = packetHeader.size;
export const bodyStart = packetHeader.size + packetEntry.size;

/** Bytes of authentication data in the trailer; of clear text there is no trailer. RFC 4822 §2.5: nothing is cut off. */
export const dataBytes = {
  md5: 16,
  'hmac-sha-1': 20,
  'hmac-sha-256': 32,
  'hmac-sha-384': 48,
  'hmac-sha-512': 64,
} as const satisfies Readonly<Record<Exclude<CryptoAlgorithm, 'clear-text'>, number>>;

/** RFC 1058 §3.1: bytes of a packet. ripd of FRR 8.4 reads no more and drops what was longer. */
const packetBytes = 512;
/** RFC 2453 §4.1: what is left of 25 entries. */
const mostEntries = 24;

/** How many routes a packet may have beside its authentication: at most 24, and no more than fit 512 bytes. */
export function authenticatedEntries(algorithm: CryptoAlgorithm): number {
  if (algorithm === 'clear-text') return mostEntries;
  const room = packetBytes - bodyStart - authenticationTrailer.size - dataBytes[algorithm];
  return Math.min(mostEntries, Math.floor(room / packetEntry.size));
}

/** The type in the authentication entry that a packet begins with; undefined: it has none. Version 1 never has, be it RIP or RIPng. */
export function authenticationTypeOf(bytes: Uint8Array, { version }: Header): number | undefined {
  if (version === 1 || bytes.byteLength < bodyStart) return undefined;
  const view = viewOf(bytes);
  const { family, tag } = packetEntry.offsets;
  const isAuthentication =
    view.getUint16(authenticationStart + family) === addressFamily.values.authentication;
  return isAuthentication ? view.getUint16(authenticationStart + tag) : undefined;
}

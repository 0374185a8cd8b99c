/**
 * Signs the packets of an interface and verifies what comes in on it: requests and responses alike (RFC 2453 §4.1:
 * authentication is a function of the message).
 *
 * Before: `output` has a packet that is to be sent; `receive` a datagram that came. After: the signed packet is sent; of
 * the verified one the entries are decoded.
 *
 * Invariants: nothing that arrives throws. A secret is never part of a detail, and is compared in constant time. What is
 * checked comes in this order: form, key, digest, sequence number. So a replay is told only of a packet that somebody with
 * the secret has made. A packet is tried against the keys with its number, never against all (RFC 4822 §3.2).
 */
import { bytesAt, encode, viewOf } from '@ripstop/wire';
import { decodeHeader, type PacketFault } from '../packet/header.ts';
import type { Instant, Millis } from '../time.ts';
import {
  authenticatedEntries,
  authenticationStart,
  authenticationTrailer,
  authenticationType,
  authenticationTypeOf,
  bodyStart,
  clearTextEntry,
  cryptographicEntry,
  passwordBytes,
} from './authentication-entry.ts';
import type { Digest } from './digest.ts';
import { type SequencedSender, sequenceFault } from './heard-sequences.ts';
import { acceptedKeys, isNever, type Key, type KeyChain, sendKey } from './key-chain.ts';
import { fitted, isCryptographic, isSameSecret, KeyedDigest } from './keyed-digest.ts';
import { utcText } from './utc.ts';

/** A packet whose sender has the secret: which bytes of it hold its entries, without the authentication. */
interface Verified {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** What it was signed with. */
  readonly key: Key;
}

/** What a cryptographic packet says of itself. */
interface Claim {
  readonly packetLength: number;
  readonly dataLength: number;
  readonly keyId: number;
  readonly sequence: number;
}

export class Authenticator {
  readonly #chain: KeyChain;
  readonly #digests: ReadonlyMap<Key, KeyedDigest>;

  constructor(chain: KeyChain, digest: Digest) {
    this.#chain = chain;
    this.#digests = new Map(
      chain.keys.filter(isCryptographic).map((key) => [key, new KeyedDigest(key, digest)]),
    );
  }

  /** How many entries a packet that leaves now may have. */
  entriesPerPacket(wall: Millis): number {
    return authenticatedEntries(sendKey(this.#chain, wall).key.algorithm);
  }

  /**
   * Signs a RIPv2 packet.
   * @param packet header and entries, not more of them than `entriesPerPacket`
   * @param sequence its number, from `SequenceNumbers`
   */
  authenticate(packet: Uint8Array, sequence: number, wall: Millis): Uint8Array {
    const { key } = sendKey(this.#chain, wall);
    const keyed = this.#digests.get(key);
    if (keyed === undefined) {
      const password = fitted(key.secret, passwordBytes);
      const entry = encode(clearTextEntry, { family: 'authentication', type: 'clearText', password });
      return withEntry(packet, entry, 0);
    }
    const { length } = keyed;
    const packetLength = packet.byteLength + cryptographicEntry.size;
    const entry = encode(cryptographicEntry, {
      family: 'authentication',
      type: 'cryptographic',
      packetLength,
      keyId: key.id,
      dataLength: key.algorithm === 'md5' ? this.#chain.md5Length : length,
      sequence,
    });
    const signed = withEntry(packet, entry, authenticationTrailer.size + length);
    authenticationTrailer.encode({ family: 'authentication', type: 'trailer' }, viewOf(signed), packetLength);
    signed.set(keyed.sign(signed), packetLength + authenticationTrailer.size);
    return signed;
  }

  /**
   * Checks a datagram.
   * @param sender remembers the packet's number if it is accepted; undefined: nobody that routes are learned from
   */
  verify(bytes: Uint8Array, sender: SequencedSender | undefined, now: Instant): Verified | PacketFault {
    const accepted = acceptedKeys(this.#chain, now.wall);
    const expected = (): string => `${algorithmsOf(accepted)} expected`;
    const header = decodeHeader(bytes);
    if ('reason' in header) return header;
    const type = authenticationTypeOf(bytes, header);
    if (type === undefined) {
      // RFC 2453 §5.2: RIPv1 is ignored, for maximum security.
      const came = header.version === 1 ? 'RIPv1, which has none,' : 'none';
      return { reason: 'authentication-missing', detail: `${came} came, ${expected()}` };
    }
    if (type === authenticationType.values.clearText) return verifyPassword(bytes, accepted, expected);
    if (type !== authenticationType.values.cryptographic) {
      return { reason: 'authentication-type', detail: `authentication type ${type} came, ${expected()}` };
    }
    if (this.#digests.size === 0) {
      return { reason: 'authentication-type', detail: `a digest came, ${expected()}` };
    }
    return this.#verifyDigest(bytes, accepted, sender, now);
  }

  #verifyDigest(
    bytes: Uint8Array,
    accepted: readonly Key[],
    sender: SequencedSender | undefined,
    { monotonic, wall }: Instant,
  ): Verified | PacketFault {
    const view = viewOf(bytes);
    const claim: Claim = cryptographicEntry.decode(view, authenticationStart, bodyStart);
    if (!hasTrailer(view, claim.packetLength)) {
      return malformed(
        `no trailer at byte ${claim.packetLength} of ${bytes.byteLength}, where the packet length points`,
      );
    }
    const candidates = accepted.flatMap((key) =>
      key.id === claim.keyId ? (this.#digests.get(key) ?? []) : [],
    );
    if (candidates.length === 0) {
      return { reason: 'authentication-key', detail: this.#keyFault(claim.keyId, wall) };
    }
    const fitting = candidates.filter(({ key, length }) => isDataLength(claim.dataLength, key, length));
    if (fitting.length === 0) {
      const expected = candidates
        .map(({ key, length }) => `${key.algorithm} expected ${length}`)
        .join(' or ');
      return {
        reason: 'authentication-type',
        detail: `key ${claim.keyId}: ${expected} bytes of digest, came ${claim.dataLength}`,
      };
    }
    const dataStart = claim.packetLength + authenticationTrailer.size;
    const whole = fitting.filter(({ length }) => dataStart + length <= bytes.byteLength);
    if (whole.length === 0) {
      return malformed(`${claim.dataLength} bytes of digest announced, came ${bytes.byteLength - dataStart}`);
    }
    const signer = whole.find((keyed) => isSignedBy(keyed, bytes, dataStart));
    if (signer === undefined) {
      return {
        reason: 'authentication-failed',
        detail: `key ${claim.keyId}, ${algorithmsOf(whole.map(({ key }) => key))}`,
      };
    }
    const { key } = signer;
    const expected = sender && sequenceFault(sender, key, claim.sequence, monotonic);
    if (expected !== undefined) {
      const detail = `sequence ${claim.sequence} of key ${key.id} came, expected ${expected}`;
      return { reason: 'authentication-replayed', detail };
    }
    return { from: bodyStart, to: claim.packetLength, key };
  }

  /** Why there is no key with this number now. */
  #keyFault(id: number, wall: Millis): string {
    const keys = [...this.#digests.keys()];
    const known = keys.filter((key) => key.id === id);
    if (known.length > 0) {
      return known.map(({ accept }) => `key ${id} may ${whenAccepted(accept, wall)}`).join(', ');
    }
    return `key ${id} unknown here; have ${[...new Set(keys.map((key) => key.id))].join(', ')}`;
  }
}

/** @param trailer bytes of room at the end */
function withEntry(packet: Uint8Array, entry: Uint8Array, trailer: number): Uint8Array {
  const result = new Uint8Array(packet.byteLength + entry.byteLength + trailer);
  result.set(packet.subarray(0, authenticationStart));
  result.set(entry, authenticationStart);
  result.set(packet.subarray(authenticationStart), bodyStart);
  return result;
}

/** RFC 2453 §4.1: any of the passwords will do, there is no number to tell them apart. */
function verifyPassword(
  bytes: Uint8Array,
  accepted: readonly Key[],
  expected: () => string,
): Verified | PacketFault {
  const keys = accepted.filter((key) => !isCryptographic(key));
  if (keys.length === 0) return { reason: 'authentication-type', detail: `clear text came, ${expected()}` };
  const start = authenticationStart + clearTextEntry.offsets.password;
  const password = bytesAt(viewOf(bytes), start, start + passwordBytes);
  const key = keys.find(({ secret }) => isSameSecret(fitted(secret, passwordBytes), password));
  if (key === undefined) {
    return { reason: 'authentication-failed', detail: `clear text, passwords here: ${keys.length}` };
  }
  return { from: bodyStart, to: bytes.byteLength, key };
}

function hasTrailer(view: DataView, at: number): boolean {
  if (at < bodyStart || at + authenticationTrailer.size > view.byteLength) return false;
  const { family, type } = authenticationTrailer.decode(view, at, at + authenticationTrailer.size);
  return family === 'authentication' && type === 'trailer';
}

/** RFC 4822 §2.5: the size of the digest. With MD5 20, too: old ripd (and BIRD) count the head of the trailer. */
function isDataLength(came: number, { algorithm }: Key, length: number): boolean {
  return came === length || (algorithm === 'md5' && came === length + authenticationTrailer.size);
}

/** What follows the data is nobody's: it is neither signed nor read. */
function isSignedBy(keyed: KeyedDigest, bytes: Uint8Array, dataStart: number): boolean {
  const dataEnd = dataStart + keyed.length;
  // A copy: the datagram is its owner's, who may deliver it to others, too. Not by `slice`: a Buffer's shares its memory.
  return isSameSecret(
    keyed.sign(new Uint8Array(bytes.subarray(0, dataEnd))),
    bytes.subarray(dataStart, dataEnd),
  );
}

function malformed(detail: string): PacketFault {
  return { reason: 'authentication-malformed', detail };
}

function algorithmsOf(keys: readonly Key[]): string {
  const names = keys.map(({ algorithm }) => (algorithm === 'clear-text' ? 'clear text' : algorithm));
  return [...new Set(names)].join(' or ');
}

function whenAccepted(accept: Key['accept'], wall: Millis): string {
  if (isNever(accept)) return 'never be accepted';
  if (wall < accept.start) return `be accepted only from ${utcText(accept.start)}`;
  return `be accepted only until ${utcText(accept.end)}`;
}

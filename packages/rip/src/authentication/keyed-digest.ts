/**
 * The authentication data of a packet under one key. RFC 4822 §2.4 (MD5) and §2.5 (HMAC).
 *
 * Before: `authenticator` lays out the packet with room for the data at its end. After: it writes the data there, or
 * compares it with what came.
 */
import { dataBytes } from './authentication-entry.ts';
import type { Digest, DigestAlgorithm } from './digest.ts';
import type { CryptoAlgorithm, Key } from './key-chain.ts';

type KeyedAlgorithm = Exclude<CryptoAlgorithm, 'clear-text'>;
/** A key that signs. */
export type CryptographicKey = Key & { readonly algorithm: KeyedAlgorithm };

const hashOf = {
  'hmac-sha-1': 'sha-1',
  'hmac-sha-256': 'sha-256',
  'hmac-sha-384': 'sha-384',
  'hmac-sha-512': 'sha-512',
} as const satisfies Readonly<Record<Exclude<KeyedAlgorithm, 'md5'>, DigestAlgorithm>>;

/** RFC 4822 §2.5: Apad, the bytes that HMAC is computed over in the place of its result. */
const filler = [0x87, 0x8f, 0xe1, 0xf3] as const;

export class KeyedDigest {
  readonly key: CryptographicKey;
  /** Bytes of data. */
  readonly length: number;
  /** What lies in the place of the data while it is computed. */
  readonly #placeholder: Uint8Array;
  readonly #compute: (message: Uint8Array) => Uint8Array;

  constructor(key: CryptographicKey, digest: Digest) {
    const { algorithm, secret } = key;
    const length = dataBytes[algorithm];
    this.key = key;
    this.length = length;
    if (algorithm === 'md5') {
      // RFC 4822 §2.4 knows keys of 16 bytes only; FRR and BIRD make them of others in this way.
      this.#placeholder = fitted(secret, length);
      this.#compute = (message) => digest.hash('md5', message);
      return;
    }
    const hash = hashOf[algorithm];
    // RFC 4822 §2.5 hashes what is longer than the digest; RFC 2104 (and BIRD 2.0) only what is longer than a block.
    const prepared = secret.byteLength > length ? digest.hash(hash, secret) : fitted(secret, length);
    this.#placeholder = Uint8Array.from({ length }, (_, at) => filler[at % filler.length] ?? 0);
    this.#compute = (message) => digest.hmac(hash, prepared, message);
  }

  /** @param message the packet, its trailer, and `length` bytes for the data, which are overwritten */
  sign(message: Uint8Array): Uint8Array {
    message.set(this.#placeholder, message.byteLength - this.length);
    return this.#compute(message);
  }
}

export function isCryptographic(key: Key): key is CryptographicKey {
  return key.algorithm !== 'clear-text';
}

/** The bytes, cut off or filled up with zeros. */
export function fitted(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  result.set(bytes.subarray(0, length));
  return result;
}

/** Compares as long for a first byte that differs as for a last one: the time tells nothing about a secret. */
export function isSameSecret(one: Uint8Array, other: Uint8Array): boolean {
  if (one.byteLength !== other.byteLength) return false;
  let difference = 0;
  for (let at = 0; at < one.byteLength; at += 1) difference |= (one[at] ?? 0) ^ (other[at] ?? 0);
  return difference === 0;
}

/** The cryptography that authentication needs of its host: nothing pure can compute it as fast as the system's library. */

export type DigestAlgorithm = 'md5' | 'sha-1' | 'sha-256' | 'sha-384' | 'sha-512';

/**
 * Computes digests and keeps none of the bytes. The host makes sure that it can compute those of every key before it
 * gives the keys to a router: MD5 may be forbidden where it runs.
 */
export interface Digest {
  hash(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array;
  /** RFC 2104. @param key of any length */
  hmac(algorithm: Exclude<DigestAlgorithm, 'md5'>, key: Uint8Array, bytes: Uint8Array): Uint8Array;
}

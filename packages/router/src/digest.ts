/**
 * The digests of the system's OpenSSL, for the router's `Digest`: the same in the daemon, in the simulator and in tests.
 *
 * Invariant: nothing here depends on where it runs, but whether an algorithm is there at all. MD5 is not where OpenSSL is
 * in FIPS mode: `missingDigests` says so before a router that needs it is started.
 */
import { createHmac, hash } from 'node:crypto';
import type { Digest, DigestAlgorithm } from '@ripstop/rip';

const openSslNames = {
  md5: 'md5',
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
} as const satisfies Readonly<Record<DigestAlgorithm, string>>;

export const systemDigest: Digest = {
  hash: (algorithm, bytes) => hash(openSslNames[algorithm], bytes, 'buffer'),
  hmac: (algorithm, key, bytes) => createHmac(openSslNames[algorithm], key).update(bytes).digest(),
};

/** Those that are wanted and not there. A digest throws when it is asked for one of them. */
export function missingDigests(
  wanted: Iterable<DigestAlgorithm>,
  digest: Digest = systemDigest,
): DigestAlgorithm[] {
  return [...new Set(wanted)].filter((algorithm) => !isThere(algorithm, digest));
}

function isThere(algorithm: DigestAlgorithm, digest: Digest): boolean {
  try {
    digest.hash(algorithm, new Uint8Array());
    return true;
  } catch {
    return false;
  }
}

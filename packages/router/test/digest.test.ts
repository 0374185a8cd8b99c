import type { Digest, DigestAlgorithm } from '@ripstop/rip';
import { hex } from '@ripstop/wire';
import { expect, test } from 'vitest';
import { missingDigests, systemDigest } from '../src/digest.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

// The first test vector of RFC 1321 and of FIPS 180-2 for each: the digest of "abc".
test.each([
  ['md5', '900150983cd24fb0d6963f7d28e17f72'],
  ['sha-1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['sha-256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'sha-384',
    'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  ],
  [
    'sha-512',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
] as const)('%s of abc', (algorithm, expected) => {
  expect(hex(systemDigest.hash(algorithm, bytes('abc')))).toBe(expected);
});

// Test case 2 of RFC 2202 and RFC 4231.
test.each([
  ['sha-1', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
  ['sha-256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
] as const)('HMAC with %s', (algorithm, expected) => {
  const data = systemDigest.hmac(algorithm, bytes('Jefe'), bytes('what do ya want for nothing?'));
  expect(hex(data)).toBe(expected);
});

test('an algorithm that the system refuses is named', () => {
  const strict: Digest = {
    ...systemDigest,
    hash(algorithm, message) {
      if (algorithm === 'md5') throw new Error('disabled for FIPS');
      return systemDigest.hash(algorithm, message);
    },
  };
  const wanted: DigestAlgorithm[] = ['md5', 'sha-1', 'md5'];
  expect(missingDigests(wanted, strict)).toEqual(['md5']);
  expect(missingDigests(wanted)).toEqual([]);
});

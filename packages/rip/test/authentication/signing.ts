/** Keys, chains and authenticators for tests: everything valid forever unless something else is said. */
import { systemDigest } from '../../../router/src/digest.ts';
import { Authenticator } from '../../src/authentication/authenticator.ts';
import type { HeardSequences } from '../../src/authentication/heard-sequences.ts';
import { always, type CryptoAlgorithm, type Key, type KeyChain } from '../../src/authentication/key-chain.ts';
import type { Instant } from '../../src/index.ts';

export const algorithms = [
  'clear-text',
  'md5',
  'hmac-sha-1',
  'hmac-sha-256',
  'hmac-sha-384',
  'hmac-sha-512',
] as const satisfies readonly CryptoAlgorithm[];

/** 2026-11-21T00:00:00Z */
export const today = 1_795_219_200_000;
export const day = 86_400_000;

export function at(wall: number): Instant {
  return { monotonic: 0, wall };
}

export function secretOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Key 1, hmac-sha-256, `secret`, unless something else is said. */
export function key(some: Partial<Omit<Key, 'secret'>> & { readonly secret?: string } = {}): Key {
  const { secret = 'secret', ...rest } = some;
  return {
    id: 1,
    algorithm: 'hmac-sha-256',
    send: always,
    accept: always,
    ...rest,
    secret: secretOf(secret),
  };
}

export function chain(...keys: Key[]): KeyChain {
  return { name: 'core', keys, md5Length: 16 };
}

export function authenticator(...keys: Key[]): Authenticator {
  return new Authenticator(chain(...keys), systemDigest);
}

/** A response with one route: 10.1.2.0/24, metric 3. */
export const plain = bytesOf('02020000 00020000 0a010200 ffffff00 00000000 00000003');

/** What key 1 signs with this number. */
export function signed(sequence: number, some: Parameters<typeof key>[0] = {}): Uint8Array {
  return authenticator(key(some)).authenticate(plain, sequence, today);
}

export function bytesOf(digits: string): Uint8Array {
  const packed = digits.replaceAll(/\s/g, '');
  return Uint8Array.from({ length: packed.length / 2 }, (_, byte) =>
    Number.parseInt(packed.slice(2 * byte, 2 * byte + 2), 16),
  );
}

/** What `verify` gives, without the key: the entries that it lets through, or why it does not. */
export function verdict(
  verifier: Authenticator,
  packet: Uint8Array,
  sequences?: HeardSequences,
  wall = today,
  monotonic = 0,
  offers = 1,
): unknown {
  const sender = sequences === undefined ? undefined : { sequences, offers };
  const result = verifier.verify(packet, sender, { monotonic, wall });
  return 'reason' in result ? result : packet.subarray(result.from, result.to);
}

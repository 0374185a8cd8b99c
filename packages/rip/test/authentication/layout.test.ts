/** RFC 4822 §2.1 and §2.5: the authentication of a packet, field by field. */
import { hex } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { systemDigest } from '../../../router/src/digest.ts';
import { Authenticator } from '../../src/authentication/authenticator.ts';
import { algorithms, authenticator, chain, key, plain, secretOf, signed, today, verdict } from './signing.ts';

const lengths = [
  ['md5', 16],
  ['hmac-sha-1', 20],
  ['hmac-sha-256', 32],
  ['hmac-sha-384', 48],
  ['hmac-sha-512', 64],
] as const;
/** Header, authentication entry and one route. */
const trailerStart = 44;

describe.each(lengths)('%s', (algorithm, length) => {
  const packet = signed(0x0102_0304, { algorithm, id: 200 });
  const view = new DataView(packet.buffer);

  test('4822 §2.1: marks cryptographic authentication with type 3', () => {
    expect([view.getUint16(4), view.getUint16(6)]).toEqual([0xffff, 3]);
  });

  test('4822 §2.1: names the length of the packet without its trailer', () => {
    expect(view.getUint16(8)).toBe(trailerStart);
  });

  test('4822 §2.1: names its key and the length of the digest', () => {
    expect([packet[10], packet[11]]).toEqual([200, length]);
  });

  test('4822 §2.1: writes zeros into the reserved fields', () => {
    expect(hex(packet.subarray(16, 24))).toBe('0000000000000000');
  });

  test('4822 §2.1: begins the trailer with family 0xFFFF and type 1', () => {
    expect(view.getUint32(trailerStart)).toBe(0xffff_0001);
  });

  test('4822 §2.5: sends the whole HMAC digest', () => {
    expect(packet.byteLength).toBe(trailerStart + 4 + length);
  });

  test('4822 §2.2: never sends a cryptographic key itself', () => {
    const secret = 'never-to-be-seen';
    const text = hex(signed(9, { algorithm, secret }));
    expect(text).not.toContain(hex(secretOf(secret.slice(0, 8))));
  });
});

test('2082 §3.1: sends 16 as the data length of keyed MD5 unless it is told to send 20', () => {
  const md5 = chain(key({ algorithm: 'md5' }));
  const lengthOf = (md5Length: 16 | 20): unknown =>
    new Authenticator({ ...md5, md5Length }, systemDigest).authenticate(plain, 9, today)[11];
  expect([lengthOf(16), lengthOf(20)]).toEqual([16, 20]);
});

test('4822 §2.5: pads an HMAC key that is shorter than the digest with zeros', () => {
  const short = signed(9, { algorithm: 'hmac-sha-1', secret: 'short' });
  const padded = `short${'\0'.repeat(15)}`;
  expect(hex(short)).toBe(hex(signed(9, { algorithm: 'hmac-sha-1', secret: padded })));
});

test.each([
  ['4822 §4: signs and verifies with keyed MD5 and HMAC-SHA-1', ['md5', 'hmac-sha-1']],
  [
    '4822 §4: signs and verifies with HMAC-SHA-256, -384 and -512',
    ['hmac-sha-256', 'hmac-sha-384', 'hmac-sha-512'],
  ],
])('%s', (_clause, names) => {
  const some = algorithms.filter((algorithm) => names.includes(algorithm));
  expect(some).toHaveLength(names.length);
  for (const algorithm of some) {
    const verifier = authenticator(key({ algorithm }));
    expect(verdict(verifier, signed(9, { algorithm }))).toEqual(plain.subarray(4));
    expect(verdict(verifier, signed(9, { algorithm, secret: 'other' }))).toHaveProperty('reason');
  }
});

/** What holds for every packet: signing and verifying are inverse, damage is refused, nothing is thrown. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameSecret } from '../../src/authentication/keyed-digest.ts';
import { algorithms, at, authenticator, key, secretOf, today, verdict } from './signing.ts';

const cryptographic = algorithms.filter((algorithm) => algorithm !== 'clear-text');
const secret = fc.string({
  minLength: 1,
  maxLength: 140,
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
});
const body = fc.nat(24).chain((count) => fc.uint8Array({ minLength: 20 * count, maxLength: 20 * count }));
const packet = fc
  .record({ command: fc.constantFrom(1, 2), version: fc.constantFrom(2, 3, 255), body })
  .map((parts) => Uint8Array.from([parts.command, parts.version, 0, 0, ...parts.body]));

test('2453 §5.2: accepts packets that pass authentication', () => {
  const inputs = [fc.constantFrom(...algorithms), fc.nat(255), secret, packet, fc.nat(0xffff_ffff)] as const;
  fc.assert(
    fc.property(...inputs, (algorithm, id, text, plain, sequence) => {
      const both = authenticator(
        key({ algorithm, id, secret: text.slice(0, algorithm === 'clear-text' ? 16 : 140) }),
      );
      const signed = both.authenticate(plain, sequence, today);
      expect(verdict(both, signed, new Map())).toEqual(plain.subarray(4));
      expect(signed.subarray(0, 4)).toEqual(plain.subarray(0, 4));
    }),
  );
});

test.each(cryptographic)('a packet with any bit of it changed is refused: %s', (algorithm) => {
  const both = authenticator(key({ algorithm }), key({ id: 0, algorithm, secret: 'another' }));
  const plain = Uint8Array.from({ length: 44 }, (_, at) => (at * 37) % 251);
  plain.set([2, 2, 0, 0]);
  const signed = both.authenticate(plain, 0x6500_0000, today);
  for (let bit = 0; bit < 8 * signed.byteLength; bit += 1) {
    const damaged = signed.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(both.verify(damaged, { sequences: new Map(), offers: 0 }, at(today))).toHaveProperty('reason');
  }
});

test('nothing that arrives throws, and nothing that is not signed is accepted', () => {
  const verifier = authenticator(
    ...algorithms.map((algorithm, id) => key({ algorithm, id, secret: 'Zq7!' })),
  );
  // Headers that are believed, so that the rest is looked at.
  const types = fc.constantFrom([0xff, 0xff, 0, 3], [0xff, 0xff, 0, 2], [0xff, 0xff, 0, 1], [0, 2, 0, 0]);
  const inputs = [fc.boolean(), types, fc.uint8Array({ maxLength: 600 })] as const;
  fc.assert(
    fc.property(...inputs, (isSensible, type, bytes) => {
      if (isSensible) bytes.set([2, 2, 0, 0, ...type].slice(0, bytes.byteLength));
      expect(verifier.verify(bytes, { sequences: new Map(), offers: 0 }, at(today))).toHaveProperty('reason');
    }),
    { numRuns: 2_000 },
  );
});

test('verifying leaves the datagram and the secret as they are', () => {
  for (const algorithm of algorithms) {
    const signer = key({ algorithm });
    const both = authenticator(signer);
    const signed = both.authenticate(Uint8Array.of(2, 2, 0, 0), 9, today);
    const before = signed.slice();
    both.verify(signed, { sequences: new Map(), offers: 0 }, at(today));
    expect(signed).toEqual(before);
    expect(signer.secret).toEqual(secretOf('secret'));
  }
});

test('secrets are the same if they have the same bytes and length', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, rest) => {
      expect(isSameSecret(one, one.slice())).toBe(true);
      expect(isSameSecret(one, Uint8Array.from([...one, ...rest]))).toBe(rest.length === 0);
      expect(isSameSecret(Uint8Array.from([...one, ...rest]), one)).toBe(rest.length === 0);
      if (one.length > 0)
        expect(
          isSameSecret(
            one,
            one.map((byte) => byte ^ 1),
          ),
        ).toBe(false);
    }),
  );
});

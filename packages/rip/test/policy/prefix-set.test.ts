/** Sets of prefixes: by example, and against a look at every range with whole numbers. */
import {
  addressBits,
  addressFamily,
  addressToBytes,
  ipv4FromNumber,
  ipv6FromBytes,
  type Prefix,
  prefixAddress,
  prefixLength,
  prefixOf,
} from '@ripstop/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PrefixRange, type PrefixSet, prefixSetHolds } from '../../src/policy/prefix-set.ts';

function setOf(...ranges: [prefix: Prefix, shortest: number, longest: number][]): PrefixSet {
  return {
    name: 'set',
    ranges: ranges.map(([prefix, shortest, longest]) => ({ prefix, shortest, longest })),
  };
}

test.each([
  ['10.0.0.0/8', setOf(['10.0.0.0/8', 8, 8]), true],
  ['10.0.0.0/9', setOf(['10.0.0.0/8', 8, 8]), false],
  ['10.1.0.0/16', setOf(['10.0.0.0/8', 8, 24]), true],
  ['10.1.2.0/24', setOf(['10.0.0.0/8', 8, 24]), true],
  ['10.1.2.128/25', setOf(['10.0.0.0/8', 8, 24]), false],
  ['11.0.0.0/16', setOf(['10.0.0.0/8', 8, 24]), false],
  ['10.0.0.0/7', setOf(['10.0.0.0/8', 8, 24]), false],
  ['10.0.0.0/8', setOf(['10.0.0.0/8', 16, 24]), false],
  ['10.1.0.0/16', setOf(['10.0.0.0/8', 8, 8], ['10.0.0.0/8', 16, 16]), true],
  ['10.1.0.0/16', setOf(['10.1.0.0/16', 24, 24], ['10.0.0.0/8', 16, 16]), true],
  ['0.0.0.0/0', setOf(['0.0.0.0/0', 0, 0]), true],
  ['255.255.255.255/32', setOf(['0.0.0.0/0', 0, 32]), true],
  ['192.0.2.1/32', setOf(['192.0.2.1/32', 32, 32]), true],
  ['::/0', setOf(['0.0.0.0/0', 0, 32]), false],
  ['0.0.0.0/0', setOf(['::/0', 0, 128]), false],
  ['2001:db8:1::/48', setOf(['2001:db8::/32', 32, 64]), true],
  ['2001:db9::/32', setOf(['2001:db8::/32', 32, 64]), false],
  ['fd00::1/128', setOf(['fd00::1/128', 128, 128]), true],
  ['10.0.0.0/8', setOf(), false],
])('%s in %j: %s', (prefix, set, expected) => {
  expect(prefixSetHolds(set, prefix)).toBe(expected);
});

/** Few address bits vary, so that ranges overlap and often hold what is asked. */
const ipv4 = fc.nat(0xff).map((byte) => ipv4FromNumber((((byte & 0xf0) << 24) >>> 0) | (byte & 0x0f)));
const ipv6 = fc.nat(0xff).map((byte) => {
  const bytes = new Uint8Array(16);
  bytes.set([byte & 0xf0], 0);
  bytes.set([byte & 0x0f], 15);
  return ipv6FromBytes(bytes);
});
const length = (bits: number) => fc.oneof(fc.nat(6), fc.integer({ min: bits - 6, max: bits }), fc.nat(bits));
const prefixes = fc
  .oneof(fc.tuple(ipv4, length(32)), fc.tuple(ipv6, length(128)))
  .map(([address, bits]) => prefixOf(address, bits));
const ranges = fc.tuple(prefixes, fc.nat(128), fc.nat(128)).map(([prefix, one, other]): PrefixRange => {
  const bits = addressBits(addressFamily(prefixAddress(prefix)));
  const bound = (length: number) => Math.min(bits, Math.max(prefixLength(prefix), length));
  return { prefix, shortest: bound(Math.min(one, other)), longest: bound(Math.max(one, other)) };
});

function leadingBits(prefix: Prefix, count: number): string {
  const bits = Array.from(addressToBytes(prefixAddress(prefix)), (byte) => byte.toString(2).padStart(8, '0'));
  return bits.join('').slice(0, count);
}

function rangeHolds({ prefix, shortest, longest }: PrefixRange, candidate: Prefix): boolean {
  const [own, length] = [prefixLength(prefix), prefixLength(candidate)];
  const isOneFamily = addressFamily(prefixAddress(prefix)) === addressFamily(prefixAddress(candidate));
  const isInside = length >= own && leadingBits(candidate, own) === leadingBits(prefix, own);
  return isOneFamily && isInside && length >= shortest && length <= longest;
}

test('a set holds what one of its ranges holds', () => {
  let held = 0;
  fc.assert(
    fc.property(
      fc.array(ranges, { maxLength: 12, size: 'max' }),
      fc.array(prefixes, { minLength: 1, maxLength: 12, size: 'max' }),
      (all, asked) => {
        const set = { name: 'set', ranges: all };
        for (const prefix of asked) {
          const expected = all.some((range) => rangeHolds(range, prefix));
          expect(prefixSetHolds(set, prefix), `${prefix} in ${JSON.stringify(all)}`).toBe(expected);
          if (expected) held += 1;
        }
      },
    ),
    { seed: 2453, numRuns: 800 },
  );
  expect(held).toBeGreaterThan(200);
});

// Prefixes against plain arithmetic on whole numbers.
import {
  addressToBytes,
  comparePrefixes,
  ipv4FromNumber,
  ipv6FromBytes,
  lengthFromMask,
  maskFromLength,
  parsePrefix,
  prefixAddress,
  prefixContains,
  prefixLength,
  prefixOf,
  sortByPrefix,
} from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from './laws.ts';

const ipv4 = fc.nat(0xffff_ffff).map(ipv4FromNumber);
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipv6FromBytes);
const withLength = fc.oneof(fc.tuple(ipv4, fc.nat(32)), fc.tuple(ipv6, fc.nat(128)));
const prefixes = withLength.map(([address, length]) => prefixOf(address, length));

/** An address as a whole number, and how many bits it has. */
function numberOf(address: string): { number: bigint; bits: number } {
  const bytes = addressToBytes(address);
  return { number: BigInt(`0x${Buffer.from(bytes).toString('hex')}`), bits: bytes.length * 8 };
}

/** The bits of an address that a prefix of `length` compares. */
function head(address: string, length: number): bigint {
  const { number, bits } = numberOf(address);
  return number >> BigInt(bits - length);
}

test('a mask is ones, then zeros', () => {
  for (let length = 0; length <= 32; length += 1) {
    const mask = maskFromLength(length);
    expect(mask.toString(2).padStart(32, '0')).toBe('1'.repeat(length).padEnd(32, '0'));
    expect(lengthFromMask(mask)).toBe(length);
  }
});

test('a mask with a hole has no length', () => {
  holds(
    fc.property(fc.nat(0xffff_ffff), (mask) => {
      const contiguous = /^1*0*$/.test(mask.toString(2).padStart(32, '0'));
      expect(lengthFromMask(mask) !== undefined).toBe(contiguous);
    }),
    500,
  );
});

test('a prefix has the address’s first bits and zeros', () => {
  holds(
    fc.property(withLength, ([address, length]) => {
      const prefix = prefixOf(address, length);
      const { number, bits } = numberOf(prefixAddress(prefix));
      expect(prefixLength(prefix)).toBe(length);
      expect(number).toBe(head(address, length) << BigInt(bits - length));
      expect(parsePrefix(prefix)).toBe(prefix);
    }),
    1000,
  );
});

test('contains the addresses that begin with its bits', () => {
  const shared = fc.tuple(withLength, fc.nat(128)).map(([[address, length], bit]) => {
    const bytes = addressToBytes(address);
    const at = bit % (bytes.length * 8);
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (0x80 >> (at & 7));
    const other =
      bytes.length === 4
        ? ipv4FromNumber(Number(`0x${Buffer.from(bytes).toString('hex')}`))
        : ipv6FromBytes(bytes);
    return { prefix: prefixOf(address, length), length, address, other };
  });
  holds(
    fc.property(shared, ({ prefix, length, address, other }) => {
      expect(prefixContains(prefix, address)).toBe(true);
      expect(prefixContains(prefix, other)).toBe(head(address, length) === head(other, length));
    }),
    1000,
  );
  expect(prefixContains('0.0.0.0/0', '::')).toBe(false);
  expect(prefixContains('::/0', '0.0.0.0')).toBe(false);
});

describe('parsing', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0::/32', '2001:db8::/32'],
    ['10.0.0.1/8', undefined],
    ['10.0.0.0/33', undefined],
    ['::/129', undefined],
    ['10.0.0.0', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0.0/08', undefined],
    ['10.0.0.0/+8', undefined],
    ['10.0.0.0/8/8', undefined],
    ['/8', undefined],
  ])('%s is %s', (text, prefix) => {
    expect(parsePrefix(text)).toBe(prefix);
  });
});

test('many are put in order as two are', () => {
  holds(
    fc.property(fc.array(prefixes), (some) => {
      const sorted = sortByPrefix(some.map((prefix) => ({ prefix })));
      expect(sorted.map(({ prefix }) => prefix)).toEqual([...some].sort(comparePrefixes));
    }),
    200,
  );
});

test('order: family, then address, then length', () => {
  const key = (prefix: string): [number, bigint, number] => {
    const { number, bits } = numberOf(prefixAddress(prefix));
    return [bits, number, prefixLength(prefix)];
  };
  holds(
    fc.property(
      fc.oneof(
        fc.tuple(prefixes, prefixes),
        prefixes.map((one) => [one, one] as const),
      ),
      ([a, b]) => {
        const [left, right] = [key(a), key(b)];
        const at = left.findIndex((part, index) => part !== right[index]);
        const expected = at < 0 ? 0 : (left[at] ?? 0) < (right[at] ?? 0) ? -1 : 1;
        expect(Math.sign(comparePrefixes(a, b))).toBe(expected);
      },
    ),
    1000,
  );
});

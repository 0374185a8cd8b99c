import { decode, encode, enumeration, flags, u8, u32 } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';

const scope = enumeration('scope', u8, { global: 0, link: 253 });
const bits = flags('bits', u32, { both: 0x3, low: 0x1, second: 0x2, high: 0x8000_0000 });

describe('enumeration', () => {
  test('a name where there is one, else the number', () => {
    expect(decode(scope, Uint8Array.of(253))).toBe('link');
    expect(decode(scope, Uint8Array.of(7))).toBe(7);
    expect([scope.nameOf(0), scope.nameOf(9)]).toEqual(['global', 9]);
    expect([scope.numberOf('link'), scope.numberOf(9)]).toEqual([253, 9]);
  });

  test('writes names and numbers alike', () => {
    expect(encode(scope, 'link')).toEqual(encode(scope, 253));
  });

  test('two names of one number do not load', () => {
    expect(() => enumeration('e', u8, { a: 1, b: 1 })).toThrow('e: b and a are both 1');
  });
});

describe('flags', () => {
  test('decode to the number', () => {
    expect(decode(bits, encode(bits, 0x8000_0001))).toBe(0x8000_0001);
    expect(bits.masks.high).toBe(0x8000_0000);
  });

  test('names in the table’s order, each bit once, the rest in hexadecimal', () => {
    expect(bits.namesOf(0x8000_0001)).toEqual(['low', 'high']);
    expect(bits.namesOf(0x3)).toEqual(['both']);
    expect(bits.namesOf(0x8000_0012)).toEqual(['second', 'high', '0x10']);
    expect([bits.format?.(0), bits.format?.(0x3)]).toEqual(['0', 'both']);
  });
});

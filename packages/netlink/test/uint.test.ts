// Numbers that have four bytes, or eight where these do not hold them.
import { DecodeError, decode, EncodeError, encode } from '@ripstop/wire';
import { expect, test } from 'vitest';
import { uint } from '../src/rtnetlink/uint.ts';

test.each([
  [0n, 4],
  [0xffff_ffffn, 4],
  [0x1_0000_0000n, 8],
  [0xffff_ffff_ffff_ffffn, 8],
])('%s in %i bytes', (value, length) => {
  const bytes = encode(uint, value);
  expect(bytes).toHaveLength(length);
  expect(decode(uint, bytes)).toBe(value);
});

test('a small number in eight bytes is read too; fewer than four are refused', () => {
  expect(decode(uint, new Uint8Array(new BigUint64Array([7n]).buffer))).toBe(7n);
  expect(() => decode(uint, new Uint8Array(3))).toThrow(DecodeError);
});

test.each([-1n, 1n << 64n])('%s cannot be written', (value) => {
  expect(() => encode(uint, value)).toThrow(EncodeError);
});

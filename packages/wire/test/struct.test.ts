import { attributes, decode, encode, headed, padding, struct, u8, u16, u32, u64 } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';

const pair = struct('pair', 8, { first: u8, gap: padding(3), second: u32 });

describe('a wrong table does not load', () => {
  test('a member off its alignment', () => {
    expect(() => struct('s', 5, { a: u8, b: u32 })).toThrow('s.b: offset 1 is not aligned');
    expect(() => struct('s', 12, { a: u32, b: u64 })).toThrow('s.b: offset 4 is not aligned');
  });

  test('members that do not fill the size, or more than fill it', () => {
    expect(() => struct('s', 8, { a: u32 })).toThrow('s: members fill 4 bytes of 8');
    expect(() => struct('s', 4, { a: u32, b: u16 })).toThrow('s: members fill 6 bytes of 4');
  });

  test('a struct within a struct has the alignment of its widest member', () => {
    expect(() => struct('s', 10, { a: u16, inner: pair })).toThrow('s.inner: offset 2 is not aligned');
    expect(struct('s', 12, { a: u16, gap: padding(2), inner: pair }).offsets).toEqual({ a: 0, inner: 4 });
  });

  test('an attribute with the name of a member', () => {
    expect(() => headed(pair, attributes('SET', { second: [1, u8] }))).toThrow(
      'pair.second is an attribute of SET too',
    );
  });
});

describe('members', () => {
  test('lie where the table says', () => {
    expect(pair.offsets).toEqual({ first: 0, second: 4 });
    expect(encode(pair, { first: 0xaa, second: 0xffff_ffff })).toEqual(
      Uint8Array.of(0xaa, 0, 0, 0, 0xff, 0xff, 0xff, 0xff),
    );
  });

  test('left out are zero', () => {
    expect(encode(pair, {})).toEqual(new Uint8Array(8));
    expect(encode(pair, { first: undefined, second: 1 })).toEqual(encode(pair, { first: 0, second: 1 }));
  });
});

describe('another kernel', () => {
  const bytes = encode(pair, { first: 1, second: 0x0102_0304 });

  test('a longer struct: its rest is passed over', () => {
    expect(decode(pair, Uint8Array.from([...bytes, 0xdb, 0xdb]))).toEqual({ first: 1, second: 0x0102_0304 });
  });

  test('a shorter struct: zeros follow', () => {
    expect(decode(pair, bytes.subarray(0, 4))).toEqual({ first: 1, second: 0 });
    expect(decode(pair, new Uint8Array())).toEqual({ first: 0, second: 0 });
  });

  test('a shorter header has no attributes', () => {
    const message = headed(pair, attributes('SET', { a: [1, u8] }));
    expect(decode(message, bytes.subarray(0, 4))).toEqual({ first: 1, second: 0 });
  });

  test('attributes begin on a multiple of four behind the header', () => {
    const message = headed(struct('one', 1, { family: u8 }), attributes('SET', { a: [1, u32] }));
    const encoded = encode(message, { family: 2, a: 7 });
    expect(encoded).toHaveLength(12);
    expect(encoded[0]).toBe(2);
    expect(decode(message, encoded)).toEqual({ family: 2, a: 7 });
  });
});

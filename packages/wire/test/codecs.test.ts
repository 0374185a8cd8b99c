// The laws of every kind of codec in the kit.
import {
  type AnyCodec,
  address,
  attributes,
  bytes,
  cString,
  EncodeError,
  encode,
  enumeration,
  fixedBytes,
  flags,
  headed,
  i32,
  i64,
  ipv4,
  ipv6,
  nested,
  padding,
  present,
  repeated,
  struct,
  u8,
  u16,
  u16be,
  u32,
  u32be,
  u64,
  variants,
} from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { arbitraryOf } from './arbitraries.ts';
import { holdsMutation, holdsRoundTrip, holdsTruncation } from './laws.ts';

const color = enumeration('color', u8, { red: 0, green: 1, blue: 200 });
const bits = flags('bits', u16, { low: 0x1, high: 0x8000 });
const point = struct('point', 16, {
  x: u8,
  gap: padding(1),
  y: u16be,
  z: i32,
  color,
  rest: padding(1),
  bits,
  u: u32,
});
const leaf = attributes('LEAF', { a: [1, u32], text: [2, cString], mark: [3, present] });
const kinds = variants('kind', attributes('KIND', { kind: [1, cString], data: [2, nested(bytes)] }), {
  leaf: attributes('KIND', { kind: [1, cString], data: [2, nested(leaf)] }),
});
const everything = headed(
  point,
  attributes('SET', {
    address: [1, address],
    point: [2, point],
    leaf: [3, nested(leaf)],
    list: [4, nested(repeated('LIST', 7, cString))],
    kinds: [5, nested(kinds)],
    wide: [6, u64],
    signed: [7, i64],
  }),
);

const codecs: readonly AnyCodec[] = [
  u8,
  u16,
  u16be,
  u32,
  u32be,
  i32,
  u64,
  i64,
  bytes,
  fixedBytes(6),
  cString,
  present,
  ipv4,
  ipv6,
  address,
  color,
  bits,
  point,
  leaf,
  kinds,
  everything,
];

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))('$name', ({ codec }) => {
  const values = arbitraryOf(codec);

  test('decodes what it encodes, in exactly its size, at any offset', () =>
    holdsRoundTrip(codec, values, 100));
  test('cut or extended gives a value or a DecodeError', () => holdsTruncation(codec, values, 10));
  test('with flipped bits gives a value or a DecodeError', () => holdsMutation(codec, values, 25));
});

describe('encoding refuses what does not fit', () => {
  test.each<[name: string, codec: AnyCodec, value: unknown]>([
    ['u8 above', u8, 256],
    ['u8 below', u8, -1],
    ['u8 fraction', u8, 1.5],
    ['u8 not a number', u8, Number.NaN],
    ['u8 text', u8, '1'],
    ['u16be above', u16be, 0x1_0000],
    ['u32 infinite', u32, Number.POSITIVE_INFINITY],
    ['u32 above', u32, 2 ** 32],
    ['i32 below', i32, -(2 ** 31) - 1],
    ['u64 above', u64, 2n ** 64n],
    ['u64 below', u64, -1n],
    ['i64 above', i64, 2n ** 63n],
    ['too few bytes', fixedBytes(6), new Uint8Array(5)],
    ['a string with a NUL', cString, 'a\0b'],
    ['no address', address, '10.0.0.256'],
    ['no IPv4 address', ipv4, '::1'],
    ['no IPv6 address', ipv6, '10.0.0.1'],
    ['a name that the enumeration does not have', color, 'pink'],
  ])('%s', (_name, codec, value) => {
    expect(() => encode(codec, value)).toThrow(EncodeError);
  });

  test('and names the way to it', () => {
    expect(() => encode(everything, { leaf: { a: -1 } })).toThrow(
      'leaf.a.u32: an integer from 0 to 4294967295 expected, got -1',
    );
    expect(() => encode(everything, { point: { y: 1.5 } })).toThrow('point.y.u16be: an integer');
  });

  test('an attribute longer than its length field can say', () => {
    const set = attributes('SET', { data: [1, bytes] });
    expect(encode(set, { data: new Uint8Array(0xffff - 4) })).toHaveLength(0x1_0000);
    expect(() => encode(set, { data: new Uint8Array(0xffff - 3) })).toThrow(EncodeError);
  });
});

describe('bytes are where they should be', () => {
  const written = (codec: Parameters<typeof encode>[0], value: unknown): string =>
    Buffer.from(encode(codec, value)).toString('hex');

  test('network order', () => {
    expect(written(u16be, 0x1234)).toBe('1234');
    expect(written(u32be, 0x1234_5678)).toBe('12345678');
    expect(written(ipv4, '10.0.0.1')).toBe('0a000001');
    expect(written(ipv6, 'fe80::1')).toBe('fe800000000000000000000000000001');
  });

  test('host order, as this machine has it', () => {
    expect(encode(u16, 0x1234)).toEqual(new Uint8Array(new Uint16Array([0x1234]).buffer));
    expect(encode(u32, 0x1234_5678)).toEqual(new Uint8Array(new Uint32Array([0x1234_5678]).buffer));
    expect(encode(i32, -2)).toEqual(new Uint8Array(new Int32Array([-2]).buffer));
    expect(encode(u64, 0x1234_5678_9abc_def0n)).toEqual(
      new Uint8Array(new BigUint64Array([0x1234_5678_9abc_def0n]).buffer),
    );
    expect(encode(i64, -2n)).toEqual(new Uint8Array(new BigInt64Array([-2n]).buffer));
  });

  test('a string has its NUL', () => expect(written(cString, 'ö')).toBe('c3b600'));
});

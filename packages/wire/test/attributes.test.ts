import {
  attributes,
  bytes,
  cString,
  DecodeError,
  decode,
  encode,
  nested,
  repeated,
  u8,
  u16,
  u32,
  variants,
} from '@ripstop/wire';
import { describe, expect, test } from 'vitest';

const inner = attributes('INNER', { deep: [3, u32] });
const set = attributes('SET', { number: [1, u32], text: [2, cString], inner: [3, nested(inner)] });

/** An attribute as the wire has it, in this machine's byte order. */
function attribute(type: number, ...payload: number[]): number[] {
  const header = new Uint8Array(new Uint16Array([4 + payload.length, type]).buffer);
  return [...header, ...payload, ...new Array<number>(-payload.length & 3).fill(0)];
}

const u32Bytes = (value: number): number[] => [...new Uint8Array(new Uint32Array([value]).buffer)];

function refusal(read: () => unknown): DecodeError {
  try {
    read();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('on the wire', () => {
  test('length, type, payload, padding', () => {
    expect(encode(set, { number: 7, text: 'ab' })).toEqual(
      Uint8Array.from([...attribute(1, ...u32Bytes(7)), ...attribute(2, 0x61, 0x62, 0)]),
    );
  });

  test('a nested set has NLA_F_NESTED, and is read with and without', () => {
    const flagged = Uint8Array.from(attribute(0x8003, ...attribute(3, ...u32Bytes(9))));
    const plain = Uint8Array.from(attribute(3, ...attribute(3, ...u32Bytes(9))));
    expect(encode(set, { inner: { deep: 9 } })).toEqual(flagged);
    expect(decode(set, flagged)).toEqual({ inner: { deep: 9 } });
    expect(decode(set, plain)).toEqual({ inner: { deep: 9 } });
  });

  test('two attributes of one number do not load', () => {
    expect(() => attributes('SET', { a: [1, u8], b: [1, u16] })).toThrow('SET: b and a are both 1');
  });
});

describe('decoding', () => {
  test('what is absent is undefined, zero is a value', () => {
    expect(decode(set, new Uint8Array())).toEqual({});
    expect(decode(set, encode(set, { number: 0, text: undefined }))).toEqual({ number: 0 });
  });

  test('unknown attributes are kept with their flags and written back', () => {
    const raw = Uint8Array.from([...attribute(0x8063, 1, 2, 3), ...attribute(1, ...u32Bytes(5))]);
    const value = decode(set, raw);
    expect(value).toEqual({ number: 5, unknown: [{ type: 0x8063, value: Uint8Array.of(1, 2, 3) }] });
    expect(decode(set, encode(set, value))).toEqual(value);
  });

  test('the flag bits of the type are not its number', () => {
    for (const flag of [0x8000, 0x4000]) {
      expect(decode(set, Uint8Array.from(attribute(flag | 1, ...u32Bytes(5))))).toEqual({ number: 5 });
    }
  });

  test('of two alike the last wins', () => {
    const twice = Uint8Array.from([...attribute(1, ...u32Bytes(5)), ...attribute(1, ...u32Bytes(6))]);
    expect(decode(set, twice)).toEqual({ number: 6 });
  });

  test('fewer bytes than a header at the end are padding', () => {
    expect(decode(set, Uint8Array.from([...attribute(1, ...u32Bytes(5)), 0, 0, 0]))).toEqual({ number: 5 });
  });

  test('byte strings are copies: the memory they came from may be used again', () => {
    const raw = Uint8Array.from(attribute(99, 1, 2, 3));
    const kept = decode(set, raw).unknown?.[0]?.value;
    raw[4] = 0xdb;
    expect(kept).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe('what cannot be read', () => {
  test('a length that goes beyond the end', () => {
    const raw = Uint8Array.from([...attribute(1, ...u32Bytes(5)), ...attribute(2, 0x61, 0)]);
    raw[8] = 9;
    expect(refusal(() => decode(set, raw))).toMatchObject({ code: 'DECODE', path: 'SET', offset: 8 });
  });

  test('a length shorter than the header itself', () => {
    const raw = Uint8Array.from(attribute(1));
    raw[0] = 3;
    expect(refusal(() => decode(set, raw))).toMatchObject({ path: 'SET', offset: 0 });
  });

  test('names the way to the field, and the offset from the beginning', () => {
    const raw = Uint8Array.from([...attribute(1, ...u32Bytes(5)), ...attribute(3, ...attribute(3, 1, 2))]);
    const error = refusal(() => decode(set, raw));
    expect(error).toMatchObject({ path: 'inner.deep.u32', offset: 16, reason: '4 bytes expected, 2 left' });
    expect(error.message).toBe('inner.deep.u32 at byte 16: 4 bytes expected, 2 left');
  });
});

describe('repeated', () => {
  const list = repeated('LIST', 7, cString);

  test('keeps all, in order, and passes over attributes of other types', () => {
    const raw = Uint8Array.from([...attribute(7, 0x61, 0), ...attribute(8, 1), ...attribute(7, 0x62, 0)]);
    expect(decode(list, raw)).toEqual(['a', 'b']);
    expect(encode(list, ['a', 'b'])).toEqual(
      Uint8Array.from([...attribute(7, 0x61, 0), ...attribute(7, 0x62, 0)]),
    );
  });
});

describe('variants', () => {
  const table = { kind: [1, cString], data: [2, nested(bytes)] } as const;
  const kinds = variants('kind', attributes('KIND', table), {
    known: attributes('KIND', { ...table, data: [2, nested(inner)] }),
  });

  test('the kind says what the data is', () => {
    const encoded = encode(kinds, { kind: 'known', data: { deep: 4 } });
    expect(decode(kinds, encoded)).toEqual({ kind: 'known', data: { deep: 4 } });
  });

  test('of a kind that is not known, or is not there, the data stays bytes', () => {
    for (const kind of [{ kind: 'other' }, { kind: 'toString' }, {}]) {
      const value = { ...kind, data: Uint8Array.of(1, 2, 3) };
      expect(decode(kinds, encode(kinds, value))).toEqual(value);
    }
  });

  test('the kind may come after the data', () => {
    const raw = Uint8Array.from([
      ...attribute(0x8002, ...attribute(3, ...u32Bytes(4))),
      ...attribute(1, ...Buffer.from('known\0')),
    ]);
    expect(decode(kinds, raw)).toEqual({ kind: 'known', data: { deep: 4 } });
  });
});

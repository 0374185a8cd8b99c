import {
  address,
  attributes,
  cString,
  encode,
  enumeration,
  explain,
  fieldAt,
  headed,
  nested,
  padding,
  present,
  printExplanation,
  struct,
  u8,
  u32,
} from '@ripstop/wire';
import { describe, expect, test } from 'vitest';

const header = struct('header', 4, { kind: enumeration('kind', u8, { plain: 1 }), rest: padding(3) });
const metrics = attributes('METRICS', { mtu: [2, u32] });
const message = headed(
  header,
  attributes('SET', {
    gateway: [1, address],
    metrics: [2, nested(metrics)],
    name: [3, cString],
    mark: [4, present],
  }),
);

const value = {
  kind: 'plain',
  gateway: '10.0.0.1',
  metrics: { mtu: 1400 },
  name: 'a',
  mark: true,
  unknown: [{ type: 77, value: Uint8Array.of(1, 2) }],
} as const;

test('every field: where, what it is called, its type and its value', () => {
  expect(printExplanation(explain(message, encode(message, value)))).toBe(
    [
      ' 0  -            header[44]',
      ' 0  kind         kind[1]      plain',
      ' 4  gateway      address[8]   10.0.0.1',
      '12  metrics      METRICS[12]',
      '16  metrics.mtu  u32[8]       1400',
      '24  name         string[6]    "a"',
      '32  mark         flag[4]      true',
      '36  unknown(77)  bytes[6]     0102',
    ].join('\n'),
  );
});

describe('bytes that do not decode are lines too', () => {
  const encoded = encode(message, value);

  test('a value of the wrong length', () => {
    const raw = encode(attributes('SET', {}), { unknown: [{ type: 1, value: Uint8Array.of(10, 0, 0) }] });
    expect(explain(attributes('SET', { gateway: [1, address] }), raw)[1]).toEqual({
      offset: 0,
      length: 7,
      path: 'gateway',
      type: 'address',
      value: '<4 or 16 bytes expected, 3 given> 0a0000',
    });
  });

  test('a cut attribute; those before it are explained', () => {
    const lines = explain(message, encoded.subarray(0, 22));
    expect(lines.at(-1)).toMatchObject({ offset: 12, length: 10, type: 'SET' });
    expect(lines.map(({ path }) => path)).toContain('gateway');
  });
});

describe('the field at an offset', () => {
  const lines = explain(message, encode(message, value));

  test('is the innermost one that holds it', () => {
    expect(fieldAt(lines, 0)).toBe('kind');
    expect(fieldAt(lines, 8)).toBe('gateway');
    expect(fieldAt(lines, 20)).toBe('metrics.mtu');
  });

  test('an attribute’s own header belongs to it', () => {
    expect(fieldAt(lines, 4)).toBe('gateway');
    expect(fieldAt(lines, 12)).toBe('metrics');
    expect(fieldAt(lines, 16)).toBe('metrics.mtu');
  });

  test('of two that are as long, it is the inner one', () => {
    const only = struct('only', 4, { member: u32 });
    const outer = struct('outer', 8, { first: u32, only });
    expect(fieldAt(explain(outer, new Uint8Array(8)), 4)).toBe('only.member');
  });

  test('padding and what lies outside is no field', () => {
    expect(fieldAt(lines, 2)).toBeUndefined();
    expect(fieldAt(lines, 1000)).toBeUndefined();
  });
});

// Straight-line code does what its plain definition does; where there can be none, the plain definition serves.
import {
  attributes,
  DecodeError,
  decode,
  EncodeError,
  encode,
  enumeration,
  fixedBytes,
  headed,
  struct,
  u8,
  u16,
  u32,
  u64,
  viewOf,
} from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  type Field,
  membersReader,
  membersWriter,
  plainMembersReader,
  plainMembersWriter,
} from '../src/straight-line.ts';
import { holds } from './laws.ts';

const color = enumeration('COLOR', u8, { red: 1, green: 2 });
const inner = struct('inner', 4, { low: u16, high: u16 });
const fields: readonly Field[] = [
  { key: 'color', offset: 0, codec: color },
  { key: 'not an identifier', offset: 1, codec: u8 },
  { key: 'inner', offset: 4, codec: inner },
  { key: 'raw', offset: 8, codec: fixedBytes(3) },
  { key: 'wide', offset: 16, codec: u64 },
];
const SIZE = 24;

/** What a call gave or threw, so that two of them can be compared. */
function outcomeOf(call: () => unknown): unknown {
  try {
    return { value: call() };
  } catch (error) {
    if (error instanceof DecodeError || error instanceof EncodeError) return { error: error.message };
    throw error;
  }
}

const members = fc.record(
  {
    color: fc.oneof(fc.constantFrom('red', 'green'), fc.nat(300)),
    'not an identifier': fc.nat(0x1ff),
    inner: fc.record({ low: fc.nat(0x1_ffff), high: fc.nat(0xffff) }, { requiredKeys: [] }),
    raw: fc.uint8Array({ minLength: 3, maxLength: 4 }),
    wide: fc.bigInt({ min: -2n, max: 0xffff_ffff_ffff_ffffn }),
  },
  { requiredKeys: [] },
);

describe('straight-line code and its plain definition', () => {
  test('read the same members', () => {
    const [plain, straight] = [plainMembersReader(fields), membersReader(fields)];
    holds(
      fc.property(fc.uint8Array({ minLength: SIZE, maxLength: SIZE }), (bytes) => {
        const found = straight(viewOf(bytes), 0);
        expect(found).toStrictEqual(plain(viewOf(bytes), 0));
        expect(Object.keys(found)).toEqual(fields.map(({ key }) => key));
      }),
      200,
    );
  });

  test('write the same members, or refuse them with the same words', () => {
    const [plain, straight] = [plainMembersWriter(fields), membersWriter(fields)];
    const write = (writer: typeof plain, value: Record<string, unknown>): unknown => {
      const bytes = new Uint8Array(SIZE);
      return outcomeOf(() => {
        writer(value, viewOf(bytes), 0);
        return bytes;
      });
    };
    holds(
      fc.property(members, (value) => {
        expect(write(straight, value)).toStrictEqual(write(plain, value));
      }),
      500,
    );
    expect(write(straight, { inner: { low: -1 } })).toMatchObject({
      error: 'inner.low.u16: an integer from 0 to 65535 expected, got -1',
    });
  });
});

test('code from strings may be forbidden', () => {
  vi.stubGlobal('Function', function forbidden() {
    throw new EvalError('Code generation from strings disallowed for this context');
  });
  try {
    const bytes = Uint8Array.from({ length: SIZE }, (_, at) => at);
    expect(membersReader(fields)(viewOf(bytes), 0)).toMatchObject({ color: 0, 'not an identifier': 1 });
    const written = new Uint8Array(SIZE);
    membersWriter(fields)({ color: 'green' }, viewOf(written), 0);
    expect(written[0]).toBe(2);
    const set = headed(inner, attributes('SET', { mtu: [2, u32] }));
    const value = { low: 1, high: 2, mtu: 1500 };
    for (let time = 0; time < 40; time += 1) expect(decode(set, encode(set, value))).toEqual(value);
  } finally {
    vi.unstubAllGlobals();
  }
});

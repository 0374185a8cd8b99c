// What a template does is what the tables do: the same values, the same order of keys, the same bytes, the same errors.
import {
  address,
  attributes,
  bytes,
  cString,
  DecodeError,
  decode,
  EncodeError,
  encode,
  enumeration,
  headed,
  type InputOf,
  i32,
  nested,
  padding,
  struct,
  u8,
  u16,
  u32,
} from '@ripstop/wire';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { holds } from './laws.ts';

const times = struct('times', 8, { used: u32, expires: i32 });
const header = struct('header', 8, {
  family: enumeration('AF', u8, { ipv4: 2, ipv6: 10 }),
  gap: padding(1),
  length: u16,
  index: u32,
});
const table = {
  destination: [1, address],
  name: [3, cString],
  priority: [6, u32],
  metrics: [8, nested(attributes('METRICS', { mtu: [2, u32], window: [3, u32] }))],
  raw: [9, bytes],
  times: [12, times],
  'not an identifier': [13, u8],
} as const;

/** A codec that has seen nothing yet. */
const fresh = () => headed(header, attributes('SET', table));

/** More than enough messages for a template. */
const OFTEN = 40;

const values = fc.record(
  {
    family: fc.constantFrom('ipv4' as const, 'ipv6' as const, 99),
    length: fc.nat(0xffff),
    index: fc.nat(),
    priority: fc.nat(),
    destination: fc.constantFrom('10.0.0.1', '2001:db8::1'),
    metrics: fc.record({ mtu: fc.nat(), window: fc.nat() }, { requiredKeys: [] }),
    name: fc.constantFrom('a', 'eth0', ''),
    raw: fc.uint8Array({ maxLength: 5 }),
    times: fc.record({ used: fc.nat(), expires: fc.integer({ min: -9, max: 9 }) }),
    'not an identifier': fc.nat(0xff),
    unknown: fc.constant([{ type: 77, value: Uint8Array.of(1) }]),
  },
  { requiredKeys: [] },
);

type Input = InputOf<ReturnType<typeof fresh>>;

/** What a call gives, or the words of the refusal. */
function outcomeOf<Result>(call: () => Result): Result | string {
  try {
    return call();
  } catch (error) {
    if (error instanceof DecodeError || error instanceof EncodeError) return error.message;
    throw error;
  }
}

/** With the keys in their order. */
function read(codec: ReturnType<typeof fresh>, message: Uint8Array): unknown {
  return outcomeOf(() => {
    const value = decode(codec, message);
    return [JSON.stringify(value), value];
  });
}

test('every mixture of messages is read as if each were the first', () => {
  const mixtures = fc.array(fc.tuple(values, fc.integer({ min: 1, max: OFTEN })), { maxLength: 12 });
  holds(
    fc.property(mixtures, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (mixture, flips) => {
      const codec = fresh();
      for (const [value, times] of mixture) {
        const message = encode(codec, value);
        for (let time = 0; time < times; time += 1)
          expect(read(codec, message)).toEqual(read(fresh(), message));
        for (const flip of flips) {
          const other = message.slice(0, flip % 5 === 0 ? flip % (message.length + 1) : message.length);
          const at = flip % Math.max(1, other.length);
          other[at] = (other[at] ?? 0) ^ (1 << (flip % 8));
          expect(read(codec, other)).toEqual(read(fresh(), other));
        }
      }
    }),
    60,
  );
});

test('every mixture of values is written as if each were the first', () => {
  const unwritable = fc.constantFrom<Input>(
    { index: 2 ** 32 },
    { destination: '10.0.0.256' },
    { name: 'a\0b' },
    { raw: new Uint8Array(0x1_0000) },
    { times: { used: -1 } },
    { metrics: undefined, priority: undefined },
  );
  const mixtures = fc.array(fc.tuple(values, unwritable, fc.integer({ min: 1, max: OFTEN })), {
    maxLength: 12,
  });
  holds(
    fc.property(mixtures, (mixture) => {
      const codec = fresh();
      for (const [value, change, times] of mixture) {
        const written = outcomeOf(() => encode(fresh(), value));
        for (let time = 0; time < times; time += 1)
          expect(outcomeOf(() => encode(codec, value))).toEqual(written);
        const changed = { ...value, ...change };
        expect(outcomeOf(() => encode(codec, changed))).toEqual(outcomeOf(() => encode(fresh(), changed)));
      }
    }),
    60,
  );
});

test('code from strings may be forbidden', () => {
  let attempts = 0;
  vi.stubGlobal('Function', function forbidden() {
    attempts += 1;
    throw new EvalError('Code generation from strings disallowed for this context');
  });
  try {
    const codec = fresh();
    const value = { family: 'ipv4', length: 1, index: 2, name: 'a' } as const;
    for (let time = 0; time < OFTEN; time += 1) expect(decode(codec, encode(codec, value))).toEqual(value);
    expect(attempts).toBe(2 * Math.floor(OFTEN / 16));
  } finally {
    vi.unstubAllGlobals();
  }
});

test('what cannot be read is refused with its place in the tables', () => {
  const codec = fresh();
  const message = encode(codec, { destination: '10.0.0.1', metrics: { mtu: 1500 } });
  for (let time = 0; time < OFTEN; time += 1) decode(codec, message);
  const cut = message.slice();
  cut[22] = 3; // the type of the metric: mtu becomes window, which is read as well
  expect(decode(codec, cut)).toMatchObject({ metrics: { window: 1500 } });
  cut[20] = 5; // its length
  expect(() => decode(codec, cut)).toThrow('metrics.window.u32 at byte 24: 4 bytes expected, 1 left');
});

test('a shorter struct (an older kernel’s) reads as if zeros followed', () => {
  const codec = fresh();
  const unknown = [
    { type: 12, value: Uint8Array.of(1, 1, 1, 1) },
    { type: 13, value: Uint8Array.of(7) },
  ];
  const message = encode(codec, { unknown });
  const expected = { times: { used: 0x0101_0101, expires: 0 }, 'not an identifier': 7 };
  for (let time = 0; time < OFTEN; time += 1) expect(decode(codec, message)).toMatchObject(expected);
});

test('what is read owns its bytes', () => {
  const codec = fresh();
  const message = encode(codec, { raw: Uint8Array.of(1, 2, 3) });
  for (let time = 0; time < OFTEN; time += 1) decode(codec, message);
  const kept = decode(codec, message);
  message.fill(0xdb);
  expect(kept.raw).toEqual(Uint8Array.of(1, 2, 3));
});

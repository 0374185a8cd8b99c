// What a template reads is what the tables read: the same values, the same order of keys, the same errors.
import {
  address,
  attributes,
  bytes,
  cString,
  decode,
  encode,
  enumeration,
  headed,
  nested,
  padding,
  struct,
  u8,
  u16,
  u32,
} from '@ripstop/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from './laws.ts';

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
    unknown: fc.constant([{ type: 77, value: Uint8Array.of(1) }]),
  },
  { requiredKeys: [] },
);

/** What the bytes give, or the words of the refusal. */
function outcomeOf(codec: ReturnType<typeof fresh>, message: Uint8Array): unknown {
  try {
    const value = decode(codec, message);
    return [Object.keys(value), value];
  } catch (error) {
    return (error as Error).message;
  }
}

test('every mixture of messages is read as if each were the first', () => {
  const mixtures = fc.array(fc.tuple(values, fc.integer({ min: 1, max: OFTEN })), { maxLength: 12 });
  holds(
    fc.property(mixtures, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (mixture, flips) => {
      const codec = fresh();
      for (const [value, times] of mixture) {
        const message = encode(codec, value);
        for (let time = 0; time < times; time += 1)
          expect(outcomeOf(codec, message)).toEqual(outcomeOf(fresh(), message));
        for (const flip of flips) {
          const other = message.slice(0, flip % 5 === 0 ? flip % (message.length + 1) : message.length);
          const at = flip % Math.max(1, other.length);
          other[at] = (other[at] ?? 0) ^ (1 << (flip % 8));
          expect(outcomeOf(codec, other)).toEqual(outcomeOf(fresh(), other));
        }
      }
    }),
    60,
  );
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

test('what is read owns its bytes', () => {
  const codec = fresh();
  const message = encode(codec, { raw: Uint8Array.of(1, 2, 3) });
  for (let time = 0; time < OFTEN; time += 1) decode(codec, message);
  const kept = decode(codec, message);
  message.fill(0xdb);
  expect(kept.raw).toEqual(Uint8Array.of(1, 2, 3));
});

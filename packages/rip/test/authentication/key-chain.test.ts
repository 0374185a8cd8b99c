import { expect, test } from 'vitest';
import {
  acceptedKeys,
  always,
  type Key,
  type KeyChain,
  keyExpiry,
  type Lifetime,
  nextKeyChange,
  sendKey,
} from '../../src/authentication/key-chain.ts';
import { KeyWatch } from '../../src/authentication/key-watch.ts';
import { utcText } from '../../src/authentication/utc.ts';
import { chain, day, key } from './signing.ts';

/** Key `id` with these days of life; for sending and accepting alike if there is one lifetime. */
function lived(id: number, send: Lifetime, accept = send): Key {
  return key({ id, send, accept });
}

function days(start: number, end = Number.POSITIVE_INFINITY): Lifetime {
  return { start: start * day, end: end * day };
}

const never = days(0, 0);

function sent(keys: KeyChain, wall: number): unknown {
  const { key: chosen, validity } = sendKey(keys, wall * day);
  return [chosen.id, validity];
}

function accepted(keys: KeyChain, wall: number): number[] {
  return acceptedKeys(keys, wall * day).map(({ id }) => id);
}

test('8177 §2.2: sends with the key that has the latest start of those that are valid', () => {
  const keys = chain(
    lived(1, days(0)),
    lived(2, days(10)),
    lived(3, days(10)),
    lived(4, days(5)),
    lived(5, always),
  );
  expect([9, 10, 11].map((wall) => sent(keys, wall))).toEqual([
    [4, 'valid'],
    [2, 'valid'],
    [2, 'valid'],
  ]);
});

test('8177 §3: takes a key without a lifetime for always valid', () => {
  const keys = chain(lived(1, always), lived(2, days(5, 10)));
  expect([4, 5, 9.999, 10].map((wall) => sent(keys, wall))).toEqual([
    [1, 'valid'],
    [2, 'valid'],
    [2, 'valid'],
    [1, 'valid'],
  ]);
});

test('8177 §3: has lifetimes for sending and for accepting', () => {
  const keys = chain(lived(1, days(0, 10)), lived(2, { start: 20 * day, end: 20 * day }, days(0, 30)));
  expect([0, 9, 10, 25, 99].map((wall) => sent(keys, wall))).toEqual([
    [1, 'valid'],
    [1, 'valid'],
    [1, 'expired'],
    [1, 'expired'],
    [1, 'expired'],
  ]);
  expect(accepted(keys, 5)).toEqual([1, 2]);
  expect(() => sendKey(chain(lived(1, never)), 0)).toThrow('Key chain core has no key that may ever be sent');
});

test('4822 §2.2: holds several keys for an interface at once', () => {
  const keys = chain(lived(1, days(0, 10)), lived(2, days(9, 20)));
  expect([8, 9, 10].map((wall) => accepted(keys, wall))).toEqual([[1], [1, 2], [2]]);
});

test('4822 §5.1: goes on with the last key that has expired', () => {
  const keys = chain(lived(1, days(0, 20)), lived(2, days(5, 30)), lived(3, days(0, 10)));
  expect([29, 30, 9_999].map((wall) => sent(keys, wall))).toEqual([
    [2, 'valid'],
    [2, 'expired'],
    [2, 'expired'],
  ]);
});

test('the keys that ended last are accepted on after their end', () => {
  const keys = chain(lived(1, days(0, 20)), lived(2, days(5, 30)), lived(3, days(6, 30)));
  expect([29, 30, 9_999].map((wall) => accepted(keys, wall))).toEqual([
    [2, 3],
    [2, 3],
    [2, 3],
  ]);
});

test('in a gap between two keys the one before goes on', () => {
  const keys = chain(lived(1, days(0, 10)), lived(2, days(20, 30)));
  expect([15, 20].map((wall) => [sent(keys, wall), accepted(keys, wall)])).toEqual([
    [[1, 'expired'], [1]],
    [[2, 'valid'], [2]],
  ]);
});

test('before all keys, as on a router without a battery clock, the one that starts first is used', () => {
  const keys = chain(lived(1, days(200, 300)), lived(2, days(100, 400)), lived(3, never));
  expect(sent(keys, 1)).toEqual([2, 'early']);
  expect(accepted(keys, 1)).toEqual([2]);
});

test('two keys may have one number', () => {
  const keys = chain(key({ id: 1, algorithm: 'md5' }), key({ id: 1, algorithm: 'hmac-sha-1' }));
  expect(accepted(keys, 0)).toEqual([1, 1]);
});

test('the next change is the next start, end or warning', () => {
  const keys = chain(lived(1, days(0, 10), days(0, 12)), lived(2, days(9, 30), days(8, 33)));
  const moments: number[] = [];
  for (let wall = -day; wall < Number.POSITIVE_INFINITY; wall = nextKeyChange(keys, wall))
    moments.push(wall / day);
  expect(moments).toEqual([-1, 0, 8, 9, 10, 12, 29, 30, 33]);
  expect(nextKeyChange(chain(key()), 0)).toBe(Number.POSITIVE_INFINITY);
});

test('the warning comes a day before the end of the last key, or half its lifetime before', () => {
  const expiry = (...keys: Key[]): unknown => {
    const found = keyExpiry(chain(...keys));
    return found === undefined ? found : [found.key.id, found.warning / day, found.end / day];
  };
  expect(expiry(lived(1, days(0, 10)), lived(2, days(5, 30)))).toEqual([2, 29, 30]);
  expect(expiry(lived(1, days(0, 1)))).toEqual([1, 0.5, 1]);
  expect(expiry(lived(1, { start: Number.NEGATIVE_INFINITY, end: 7 * day }))).toEqual([1, 6, 7]);
  expect(expiry(lived(1, days(0, 10)), lived(2, days(0)))).toBeUndefined();
});

test('4822 §5.1: reports that the last key of an interface expires', () => {
  const keys = chain(lived(1, days(0, 10)), lived(2, days(9, 30)));
  const watch = new KeyWatch('eth0');
  const told: unknown[] = [];
  for (let wall = 0; wall < 40 * day; wall = Math.min(wall + day / 4, nextKeyChange(keys, wall))) {
    for (const { interface: name, chain: chainName, ...report } of watch.look(keys, wall)) {
      expect([name, chainName]).toEqual(['eth0', 'core']);
      told.push([wall / day, report]);
    }
  }
  const end = 30 * day;
  expect(told).toEqual([
    [0, { type: 'key-changed', key: 1 }],
    [9, { type: 'key-changed', key: 2, before: 1 }],
    [10, { type: 'key-ended', key: 1, use: 'send', end: 10 * day }],
    [10, { type: 'key-ended', key: 1, use: 'accept', end: 10 * day }],
    [29, { type: 'key-expiring', key: 2, end, expired: false }],
    [30, { type: 'key-ended', key: 2, use: 'send', end }],
    [30, { type: 'key-ended', key: 2, use: 'accept', end }],
    [30, { type: 'key-expiring', key: 2, end, expired: true }],
  ]);
});

test('a reload with another end is told again, one with the same keys is not', () => {
  const watch = new KeyWatch('eth0');
  const look = (end: number): string[] =>
    watch.look(chain(lived(1, days(0, end))), 29.5 * day).map(({ type }) => type);
  expect([look(30), look(30), look(29.6), look(60), look(30)]).toEqual([
    ['key-changed', 'key-expiring'],
    [],
    ['key-expiring'],
    [],
    ['key-expiring'],
  ]);
});

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [-1, '1969-12-31T23:59:59Z'],
  [951_782_399_999, '2000-02-28T23:59:59Z'],
  [951_782_400_000, '2000-02-29T00:00:00Z'],
  [1_798_761_600_000, '2027-01-01T00:00:00Z'],
  [4_107_542_400_000, '2100-03-01T00:00:00Z'],
  [253_402_300_799_000, '9999-12-31T23:59:59Z'],
])('the wall clock at %i is %s', (wall, text) => {
  expect(utcText(wall)).toBe(text);
});

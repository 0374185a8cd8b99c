import { describe, expect, test } from 'vitest';
import { at, authenticator, key, plain, signed, today, verdict } from './signing.ts';

const entries = plain.subarray(4);

/** With some bytes written over others. */
function altered(packet: Uint8Array, offset: number, ...bytes: number[]): Uint8Array {
  const result = packet.slice();
  result.set(bytes, offset);
  return result;
}

describe('what is refused', () => {
  const verifier = authenticator(key(), key({ id: 2, algorithm: 'hmac-sha-256' }));

  test('2453 §5.2: discards unauthenticated packets where authentication is configured', () => {
    const refusal = { reason: 'authentication-missing', detail: 'none came, hmac-sha-256 expected' };
    expect(verdict(verifier, plain)).toEqual(refusal);
    expect(verdict(verifier, plain.subarray(0, 4))).toEqual(refusal);
    expect(verdict(verifier, signed(9).subarray(0, 23))).toEqual(refusal);
    expect(verdict(verifier, plain.subarray(0, 3))).toMatchObject({ reason: 'too-short' });
  });

  test('2453 §5.2: ignores RIPv1 where authentication is configured', () => {
    expect(verdict(verifier, altered(signed(9), 1, 1))).toEqual({
      reason: 'authentication-missing',
      detail: 'RIPv1, which has none, came, hmac-sha-256 expected',
    });
  });

  test('refuses what is authenticated in another way', () => {
    const password = signed(9, { algorithm: 'clear-text' });
    const refused = (detail: string): unknown => ({ reason: 'authentication-type', detail });
    expect(verdict(verifier, password)).toEqual(refused('clear text came, hmac-sha-256 expected'));
    expect(verdict(authenticator(key({ algorithm: 'clear-text' })), signed(9))).toEqual(
      refused('a digest came, clear text expected'),
    );
    expect(verdict(verifier, altered(signed(9), 7, 4))).toEqual(
      refused('authentication type 4 came, hmac-sha-256 expected'),
    );
    const both = authenticator(key({ algorithm: 'md5' }), key({ id: 2 }));
    expect(verdict(both, password)).toEqual(refused('clear text came, md5 or hmac-sha-256 expected'));
  });

  test('refuses another size of digest than the algorithm of the key has', () => {
    expect(verdict(verifier, signed(9, { algorithm: 'hmac-sha-1' }))).toEqual({
      reason: 'authentication-type',
      detail: 'key 1: hmac-sha-256 expected 32 bytes of digest, came 20',
    });
    expect(verdict(verifier, altered(signed(9), 11, 36))).toMatchObject({ reason: 'authentication-type' });
  });

  test('4822 §2.3.2: reports a key that is unknown here, with those that are known', () => {
    expect(verdict(verifier, signed(9, { id: 3 }))).toEqual({
      reason: 'authentication-key',
      detail: 'key 3 unknown here; have 1, 2',
    });
  });

  test('4822 §3.2: tries no other key than the one that a packet names', () => {
    const other = authenticator(key({ secret: 'other' }), key({ id: 2 }));
    expect(verdict(other, signed(9))).toEqual({
      reason: 'authentication-failed',
      detail: 'key 1, hmac-sha-256',
    });
  });

  test('4822 §2.2: accepts a key only within its lifetime while there is another', () => {
    const fault = (accept: { start: number; end: number }): unknown =>
      verdict(authenticator(key({ accept }), key({ id: 2 })), signed(9));
    const refused = (detail: string): unknown => ({ reason: 'authentication-key', detail });
    expect(fault({ start: 1_798_761_600_000, end: Number.POSITIVE_INFINITY })).toEqual(
      refused('key 1 may be accepted only from 2027-01-01T00:00:00Z'),
    );
    expect(fault({ start: 0, end: today })).toEqual(
      refused('key 1 may be accepted only until 2026-11-21T00:00:00Z'),
    );
    expect(fault({ start: today, end: today })).toEqual(refused('key 1 may never be accepted'));
  });

  test('4822 §5.1: never sends without authentication because its keys have expired', () => {
    const late = authenticator(key({ accept: { start: 0, end: 1 }, send: { start: 0, end: 1 } }));
    expect(verdict(late, late.authenticate(plain, 9, today))).toEqual(entries);
    expect(verdict(late, plain)).toMatchObject({ reason: 'authentication-missing' });
  });

  test('4822 §2.3.2: discards a packet whose digest does not match', () => {
    const packet = signed(9);
    expect(verdict(verifier, altered(packet, 43, 4))).toEqual({
      reason: 'authentication-failed',
      detail: 'key 1, hmac-sha-256',
    });
    expect(verdict(verifier, altered(packet, packet.length - 1, packet.at(-1)! ^ 1))).toMatchObject({
      reason: 'authentication-failed',
    });
  });

  test.each([
    ['the packet', 0xffff],
    ['nothing', 0],
    ['the authentication entry', 20],
    ['a route', 24],
    ['the digest', 48],
  ])('refuses a packet length that points to %s', (_, length) => {
    const packet = altered(signed(9), 8, length >> 8, length & 255);
    expect(verdict(verifier, packet)).toEqual({
      reason: 'authentication-malformed',
      detail: `no trailer at byte ${length} of 80, where the packet length points`,
    });
  });

  test('refuses a packet length that points into the authentication entry, whatever lies there', () => {
    const packet = altered(altered(signed(9), 20, 0xff, 0xff, 0, 1), 8, 0, 20);
    expect(verdict(verifier, packet)).toMatchObject({ reason: 'authentication-malformed' });
  });

  test('refuses a digest that is cut off', () => {
    expect(verdict(verifier, signed(9).subarray(0, 60))).toEqual({
      reason: 'authentication-malformed',
      detail: '32 bytes of digest announced, came 12',
    });
  });
});

describe('replays', () => {
  const verifier = authenticator(key(), key({ id: 2 }), key({ algorithm: 'md5' }));
  const replayed = (came: number, least: number): unknown => ({
    reason: 'authentication-replayed',
    detail: `sequence ${came} of key 1 came, expected at least ${least}; a lower one is accepted when its routes have timed out`,
  });
  const replay = expect.objectContaining({ reason: 'authentication-replayed' });

  test('4822 §2.3.2: discards a lower sequence number while the neighbor has routes', () => {
    const heard = new Map();
    const outcomes = [24, 24, 15, 25, 24, 0].map((sequence) => verdict(verifier, signed(sequence), heard));
    expect(outcomes).toEqual([
      entries,
      entries,
      replayed(15, 24),
      entries,
      replayed(24, 25),
      replayed(0, 25),
    ]);
  });

  test('an equal number is a replay when it was first heard 10 s ago, if the neighbor counts on', () => {
    const heard = new Map();
    const outcome = (sequence: number, monotonic: number) =>
      verdict(verifier, signed(sequence), heard, today, monotonic);
    expect(outcome(23, 0)).toEqual(entries);
    expect(outcome(24, 0)).toEqual(entries);
    expect(outcome(24, 9_999)).toEqual(entries);
    expect(outcome(24, 10_000)).toEqual(replay);
    expect(outcome(25, 10_000)).toEqual(entries);
    expect(outcome(25, 19_999)).toEqual(entries);
  });

  test('a neighbor whose number always is the same is heard', () => {
    const heard = new Map();
    const outcomes = [0, 30_000, 60_000, 3_600_000].map((monotonic) =>
      verdict(verifier, signed(0), heard, today, monotonic),
    );
    expect(outcomes).toEqual([entries, entries, entries, entries]);
  });

  test('4822 §2.2: keeps the greatest sequence number of each neighbor and key', () => {
    const heard = new Map();
    verdict(verifier, signed(24), heard);
    expect(verdict(verifier, signed(3, { id: 2 }), heard)).toEqual(entries);
    expect(verdict(verifier, signed(3, { algorithm: 'md5' }), heard)).toEqual(entries);
    expect(verdict(verifier, signed(3), new Map())).toEqual(entries);
    expect(verdict(verifier, signed(3), heard)).toEqual(replayed(3, 24));
  });

  test('4822 §2.3.2: remembers a sequence number only when the digest matches', () => {
    const heard = new Map();
    verdict(verifier, signed(5), heard);
    verdict(verifier, signed(4_000_000_000, { secret: 'guessed' }), heard);
    verdict(verifier, altered(signed(9), 12, 0xff), heard);
    expect(verdict(verifier, signed(6), heard)).toEqual(entries);
  });

  test('a lower number is told only of a packet that verifies', () => {
    const heard = new Map();
    verdict(verifier, signed(24), heard);
    expect(verdict(verifier, signed(15, { secret: 'guessed' }), heard)).toMatchObject({
      reason: 'authentication-failed',
    });
  });

  describe('when the routes of the neighbor are gone', () => {
    const clock = 1_795_000_000;
    const afterwards = (last: number, next: number): unknown => {
      const heard = new Map();
      verdict(verifier, signed(last - 1), heard);
      verdict(verifier, signed(last), heard);
      return verdict(verifier, signed(next), heard, today, 180_000, 0);
    };

    test.each([
      [clock, 0],
      [clock, clock + 1],
      [24, 0],
      [24, 25],
    ])('4822 §2.3.2: accepts 0 or a higher sequence number when the neighbor was lost', (last, next) => {
      expect(afterwards(last, next)).toEqual(entries);
    });

    test.each([
      [24, 1],
      [clock, 3],
    ])('after %i, a counter that has begun anew is accepted: %i', (last, next) => {
      expect(afterwards(last, next)).toEqual(entries);
    });

    test('a packet of before that passes for a counter begun anew is a replay when it is sent again and again', () => {
      const heard = new Map();
      for (const sequence of [23, 24]) verdict(verifier, signed(sequence), heard);
      expect(verdict(verifier, signed(9), heard, today, 180_000, 0)).toEqual(entries);
      expect(verdict(verifier, signed(9), heard, today, 190_000, 1)).toEqual(replay);
    });

    test.each([
      [clock, clock],
      [clock, clock - 1],
      [clock, clock - 31_000_000],
    ])('after %i, what was sent before is a replay: %i', (last, next) => {
      expect(afterwards(last, next)).toEqual(replay);
    });
  });

  test('a reload with the same keys does not open the door to replays', () => {
    const heard = new Map();
    verdict(verifier, signed(24), heard);
    expect(verdict(authenticator(key(), key({ id: 2 })), signed(15), heard)).toEqual(replayed(15, 24));
  });
});

test('a datagram is left as it came, also one whose slices share its memory, as those of a socket do', () => {
  const packet = signed(9);
  const datagram = Buffer.from(packet);
  expect(verdict(authenticator(key()), datagram, new Map())).toEqual(Buffer.from(entries));
  expect(Uint8Array.from(datagram)).toEqual(packet);
});

test('a secret is in no detail', () => {
  const secret = 'Zq7Zq7Zq7Zq7Zq7!';
  const verifier = authenticator(key({ secret }), key({ id: 2, algorithm: 'clear-text', secret }));
  const heard = new Map([['1 hmac-sha-256', { number: 99, since: 0, rises: true }]]);
  const packets = [
    plain,
    signed(9, { secret }),
    signed(9),
    signed(9, { id: 3, secret }),
    signed(9, { algorithm: 'md5', secret }),
    signed(9, { algorithm: 'clear-text' }),
    signed(9, { secret }).subarray(0, 60),
    altered(signed(9, { secret }), 7, 9),
  ];
  for (const packet of packets) {
    const result = verifier.verify(packet, { sequences: heard, offers: 1 }, at(today));
    expect(JSON.stringify(result)).toContain('authentication-');
    expect(JSON.stringify(result)).not.toContain('Zq7');
  }
});

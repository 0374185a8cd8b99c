import { encode, explain, hex, printExplanation } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import {
  authenticationTrailer,
  clearTextEntry,
  cryptographicEntry,
} from '../../src/authentication/authentication-entry.ts';
import {
  algorithms,
  authenticator,
  bytesOf,
  day,
  key,
  plain,
  secretOf,
  signed,
  today,
  verdict,
} from './signing.ts';

const cryptographic = algorithms.filter((algorithm) => algorithm !== 'clear-text');
const entries = plain.subarray(4);

describe('clear text', () => {
  const speaker = authenticator(key({ algorithm: 'clear-text' }));

  test('2453 §4.1: sends a password left-justified and padded with zeros to 16 bytes', () => {
    const packet = speaker.authenticate(plain, 9, today);
    expect(hex(packet.subarray(4, 24))).toBe(`ffff0002${hex(secretOf('secret'))}00000000000000000000`);
    expect(hex(packet.subarray(24))).toBe(hex(entries));
    const whole = authenticator(key({ algorithm: 'clear-text', secret: '0123456789abcdef' }));
    expect(hex(whole.authenticate(plain, 9, today).subarray(8, 24))).toBe(hex(secretOf('0123456789abcdef')));
  });

  test('2453 §5.2: discards packets with a wrong password', () => {
    const sent = (secret: string): unknown =>
      verdict(speaker, signed(9, { algorithm: 'clear-text', secret }));
    expect(sent('secret')).toEqual(entries);
    for (const secret of ['secreT', 'secre', 'secret1', 'x']) {
      expect(sent(secret)).toEqual({
        reason: 'authentication-failed',
        detail: 'clear text, passwords here: 1',
      });
    }
  });

  test('each of several passwords is accepted, and only while it may be', () => {
    const old = key({ algorithm: 'clear-text', secret: 'old', accept: { start: 0, end: today + day } });
    const verifier = authenticator(old, key({ id: 2, algorithm: 'clear-text', secret: 'new' }));
    const packet = signed(9, { algorithm: 'clear-text', secret: 'old' });
    expect(verdict(verifier, packet)).toEqual(entries);
    expect(verdict(verifier, packet, undefined, today + day)).toMatchObject({
      reason: 'authentication-failed',
    });
  });
});

describe('what is sent', () => {
  test.each(cryptographic)('%s lays out entry and trailer', (algorithm) => {
    const packet = signed(0x0102_0304, { algorithm, id: 200 });
    const length = { md5: 16, 'hmac-sha-1': 20, 'hmac-sha-256': 32, 'hmac-sha-384': 48, 'hmac-sha-512': 64 }[
      algorithm
    ];
    expect(hex(packet.subarray(0, 24))).toBe(
      `02020000ffff0003002cc8${length.toString(16)}010203040000000000000000`,
    );
    expect(hex(packet.subarray(24, 48))).toBe(`${hex(entries)}ffff0001`);
    expect(packet.byteLength).toBe(48 + length);
  });

  test.each(algorithms)('2453 §4.1: authenticates requests and answers like updates', (algorithm) => {
    const request = bytesOf('01020000 00000000 00000000 00000000 00000000 00000010');
    const both = authenticator(key({ algorithm }));
    const packet = both.authenticate(request, 9, today);
    expect(hex(packet.subarray(0, 4))).toBe('01020000');
    expect(verdict(both, packet, new Map())).toEqual(request.subarray(4));
  });

  test.each([
    ['clear-text', 24],
    ['md5', 23],
    ['hmac-sha-1', 23],
    ['hmac-sha-256', 22],
    ['hmac-sha-384', 21],
    ['hmac-sha-512', 21],
  ] as const)('1058 §3.1: sends no packet of more than 512 bytes', (algorithm, most) => {
    const signer = authenticator(key({ algorithm }));
    expect(signer.entriesPerPacket(today)).toBe(most);
    const size = (count: number): number =>
      signer.authenticate(new Uint8Array(4 + 20 * count), 9, today).byteLength;
    expect(size(most)).toBeLessThanOrEqual(512);
    if (algorithm !== 'clear-text') expect(size(most + 1)).toBeGreaterThan(512);
  });

  test('2453 §4.1: puts at most 24 entries beside the authentication', () => {
    for (const algorithm of algorithms) {
      expect(authenticator(key({ algorithm })).entriesPerPacket(today)).toBeLessThanOrEqual(24);
    }
  });

  test('4822 §2.2: sends with a key only within its lifetime while there is another', () => {
    const signer = authenticator(
      key({ send: { start: 0, end: today } }),
      key({ id: 2, algorithm: 'md5', send: { start: today, end: today + day } }),
    );
    const idAt = (wall: number): unknown => signer.authenticate(plain, 9, wall)[10];
    expect([today - 1, today, today + 2 * day].map(idAt)).toEqual([1, 2, 2]);
    expect([today - 1, today].map((wall) => signer.entriesPerPacket(wall))).toEqual([22, 23]);
  });
});

test('4822 §3.2: changes from key to key without refusing a packet', () => {
  const hour = day / 24;
  // Accepted from an hour before it is sent to an hour after.
  const lived = (id: number, start: number, end: number) =>
    key({ id, secret: `${id}`, send: { start, end }, accept: { start: start - hour, end: end + hour } });
  const both = authenticator(
    lived(1, 0, today),
    lived(2, today - hour, today + 3 * day),
    lived(3, today + day, today + 9 * day),
  );
  const heard = new Map();
  const used = new Set<unknown>();
  for (let wall = today - day; wall < today + 2 * day; wall += hour / 4) {
    const packet = both.authenticate(plain, Math.floor(wall / 1_000), wall);
    used.add(packet[10]);
    for (const skew of [-0.9 * hour, 0, 0.9 * hour]) {
      expect(verdict(both, packet, heard, wall + skew)).toEqual(entries);
    }
  }
  expect([...used]).toEqual([1, 2, 3]);
});

describe('what is accepted', () => {
  test.each([16, 20] as const)('2082 §3.1: accepts 20 as the data length of keyed MD5', (md5Length) => {
    const verifier = authenticator(key({ algorithm: 'md5' }));
    const packet = bytesOf(
      `02020000ffff0003002c01${md5Length.toString(16)}65a0b0c00000000000000000000200000a010200ffffff000000000000000003ffff0001
      ${md5Length === 16 ? '02d1b146e4cddd44740518e795d7e4d4' : '038102916efd66711a35ddaeb61d0482'}`,
    );
    expect(verdict(verifier, packet)).toEqual(entries);
  });

  test.each(cryptographic)('4822 §2.3.2: cuts off the trailer before it reads the entries', (algorithm) => {
    const packet = new Uint8Array([...signed(9, { algorithm }), 0, 2, 0, 0]);
    expect(verdict(authenticator(key({ algorithm })), packet)).toEqual(entries);
  });

  test('accepts packets of more than 512 bytes', () => {
    const long = new Uint8Array(4 + 20 * 100);
    long.set([2, 2]);
    const both = authenticator(key());
    expect(verdict(both, both.authenticate(long, 9, today))).toEqual(long.subarray(4));
  });

  test('accepts either of two keys with one number', () => {
    const verifier = authenticator(
      key({ algorithm: 'md5', secret: 'a' }),
      key({ algorithm: 'hmac-sha-1', secret: 'b' }),
      key({ algorithm: 'hmac-sha-1', secret: 'c' }),
    );
    for (const some of [
      { algorithm: 'md5', secret: 'a' },
      { algorithm: 'hmac-sha-1', secret: 'b' },
      { algorithm: 'hmac-sha-1', secret: 'c' },
    ] as const) {
      expect(verdict(verifier, signed(9, some))).toEqual(entries);
    }
    expect(verdict(verifier, signed(9, { algorithm: 'hmac-sha-1', secret: 'a' }))).toEqual({
      reason: 'authentication-failed',
      detail: 'key 1, md5 or hmac-sha-1',
    });
  });
});

test('an entry explains itself', () => {
  const packet = signed(9);
  const text = printExplanation(explain(cryptographicEntry, packet.subarray(4, 24)));
  expect(text).toMatch(/family .*authentication/);
  expect(text).toMatch(/sequence .*9/);
});

test.each([clearTextEntry, cryptographicEntry, authenticationTrailer])(
  '$name is encoded as it is decoded',
  (table) => {
    const given = bytesOf('ffff0002 0102030405060708 0000000000000000').subarray(0, table.size);
    const value = table.decode(new DataView(given.buffer), 0, table.size);
    expect(hex(encode<unknown, never>(table, value as never))).toBe(hex(given));
  },
);

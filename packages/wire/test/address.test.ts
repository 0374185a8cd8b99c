// Addresses against other implementations: node:net, and plain arithmetic.
import { isIP, isIPv4, SocketAddress } from 'node:net';
import {
  addressFamily,
  addressFromBytes,
  addressToBytes,
  DecodeError,
  EncodeError,
  ipv4FromNumber,
  ipv4ToNumber,
  ipv6FromBytes,
  ipv6ToBytes,
  parseAddress,
} from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from './laws.ts';

/** Groups with many zeros, so that runs of them occur. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
const bytesOf = (parts: readonly number[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [part >> 8, part & 0xff]));
const spelled = fc.string({ unit: fc.constantFrom(...'0123456789afAFg:.%/ '), maxLength: 40 });
const nearlyIpv4 = fc.array(fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '00', '01', ' 1')), {
  minLength: 3,
  maxLength: 5,
});

describe('IPv4', () => {
  test('dotted quad', () => {
    expect(ipv4FromNumber(0x0a00_0001)).toBe('10.0.0.1');
    expect(ipv4FromNumber(0xffff_ffff)).toBe('255.255.255.255');
    expect(ipv4ToNumber('192.168.1.255')).toBe(0xc0a8_01ff);
  });

  test('number → text → number', () => {
    holds(
      fc.property(fc.nat(0xffff_ffff), (number) => {
        const naive = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
        expect(ipv4FromNumber(number)).toBe(naive);
        expect(ipv4ToNumber(naive)).toBe(number);
      }),
      500,
    );
  });

  test('accepts what node:net accepts', () => {
    holds(
      fc.property(
        fc.oneof(
          spelled,
          nearlyIpv4.map((octets) => octets.join('.')),
        ),
        (text) => {
          expect(ipv4ToNumber(text) !== undefined).toBe(isIPv4(text));
        },
      ),
      3000,
    );
  });
});

describe('IPv6', () => {
  // RFC 5952 §4 and §5.
  test.each([
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:0db8:0:0:0:0:0:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is written %s', (text, canonical) => {
    expect(parseAddress(text)).toBe(canonical);
  });

  test('is written as libuv writes it', () => {
    holds(
      fc.property(groups, (parts) => {
        // libuv writes ::/96 with a dotted quad; RFC 5952 §5 leaves it open.
        fc.pre(parts.slice(0, 6).some((part) => part !== 0));
        const naive = parts.map((part) => part.toString(16)).join(':');
        const text = ipv6FromBytes(bytesOf(parts));
        expect(text).toBe(new SocketAddress({ address: naive, family: 'ipv6' }).address);
        expect(ipv6ToBytes(text)).toEqual(bytesOf(parts));
        expect(ipv6ToBytes(naive.toUpperCase())).toEqual(bytesOf(parts));
      }),
      1000,
    );
  });

  test('accepts what node:net accepts, but no zone', () => {
    const nearly = fc.array(
      fc.oneof(fc.constantFrom('', '0', 'ffff', '1', '10000', '1.2.3.4', '::'), fc.nat(0xffff).map(String)),
      {
        minLength: 2,
        maxLength: 9,
      },
    );
    holds(
      fc.property(
        fc.oneof(
          spelled,
          nearly.map((parts) => parts.join(':')),
        ),
        (text) => {
          const accepted = isIP(text) !== 0 && !text.includes('%');
          expect(parseAddress(text) !== undefined).toBe(accepted);
        },
      ),
      3000,
    );
  });
});

describe('both', () => {
  test('canonical text is its own canonical text', () => {
    holds(
      fc.property(groups, (parts) => {
        const text = ipv6FromBytes(bytesOf(parts));
        expect(parseAddress(text)).toBe(text);
        expect(addressFamily(text)).toBe('ipv6');
        expect(addressFromBytes(addressToBytes(text))).toBe(text);
      }),
      300,
    );
    expect(addressFamily('10.0.0.1')).toBe('ipv4');
    expect(addressToBytes('10.0.0.1')).toEqual(Uint8Array.of(10, 0, 0, 1));
  });

  test('only four and sixteen bytes are an address', () => {
    for (const length of [0, 3, 5, 15, 17])
      expect(() => addressFromBytes(new Uint8Array(length))).toThrow(DecodeError);
    expect(() => addressToBytes('lo')).toThrow(EncodeError);
  });
});

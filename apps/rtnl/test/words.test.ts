// The words of the command line: addresses and prefixes as `ip` has them, of the family that is asked for; numbers.
import { describe, expect, test } from 'vitest';
import { CommandError } from '../src/command.ts';
import { type WantedFamily, Words } from '../src/words.ts';

const one = (word: string, family?: WantedFamily): Words => new Words([word], family);

describe('prefixes', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1', 32],
    ['10.0.0.1/24', '10.0.0.1', 24],
    ['10/8', '10.0.0.0', 8],
    ['10.51/16', '10.51.0.0', 16],
    ['10.51.7/24', '10.51.7.0', 24],
    ['0/0', '0.0.0.0', 0],
    ['10.9.0.3/255.255.255.0', '10.9.0.3', 24],
    ['10/255.0.0.0', '10.0.0.0', 8],
    ['10.0.0.1/255.255.255.255', '10.0.0.1', 32],
    ['10.0.0.1/0.0.0.0', '10.0.0.1', 0],
    ['2001:db8::1/64', '2001:db8::1', 64],
    ['2001:db8::1', '2001:db8::1', 128],
    ['::/0', '::', 0],
  ])('%s', (word, address, length) => {
    expect(one(word).interfaceAddress('to')).toEqual({ address, length });
  });

  // A mask with holes, too many bytes, one that is no byte, nothing, and without a length what means two things.
  test.each([
    ...['10.0.0.0/255.0.255.0', '10.0.0.0/255.255', '10.0.0.0.0/8', '256/8', '10./8', '/8', '10/', '10/33'],
    ...['10', '10.9', '2001:db8/32', '2001:db8::/255.255.0.0', '10/8/8', 'default/0'],
  ])('%s is none', (word) => {
    expect(() => one(word).interfaceAddress('to')).toThrow(
      new CommandError(`to: ADDRESS/LENGTH expected, got "${word}"`),
    );
  });
});

describe('-4 and -6', () => {
  test('take addresses of their family only', () => {
    expect(one('10.0.0.1', 'ipv4').address('via')).toBe('10.0.0.1');
    expect(one('10/8', 'ipv4').interfaceAddress('to')).toEqual({ address: '10.0.0.0', length: 8 });
    expect(() => one('10.0.0.1', 'ipv6').address('via')).toThrow(
      new CommandError('via: an IPv6 address expected, got "10.0.0.1"'),
    );
    expect(() => one('2001:db8::/32', 'ipv4').interfaceAddress('to')).toThrow(
      new CommandError('to: IPv4 ADDRESS/LENGTH expected, got "2001:db8::/32"'),
    );
  });

  test('unless a word says another', () => {
    const words = new Words(['inet6', 'fe80::1'], 'ipv4');
    expect(words.address('via', words.family())).toBe('fe80::1');
    expect(new Words([], 'ipv4').family()).toBe('ipv4');
    expect(() => one('fe80::1', 'ipv6').address('nh4', 'ipv4')).toThrow(CommandError);
    expect(one('fe80::1', 'ipv4').address('remote', 'any')).toBe('fe80::1');
  });
});

test('numbers of 64 bits lose nothing', () => {
  expect(one('18446744073709551615').number64('id')).toBe(0xffff_ffff_ffff_ffffn);
  expect(one('0x20000000000001').number64('id')).toBe(0x20_0000_0000_0001n);
  for (const word of ['18446744073709551616', '-1', '1.5', ''])
    expect(() => one(word).number64('id')).toThrow(/^id: a number from 0 to 18446744073709551615 expected/);
});

/** An interface as RIPng sees it: who speaks for it, and who is heard. RFC 2080 §2.4.2, §2.5.2. */

import { describe, expect, test } from 'vitest';
import { ripng } from '../../src/ipv6/ripng.ts';
import type { Link } from '../../src/protocol.ts';
import type { Datagram } from '../../src/vocabulary.ts';
import { interfaceAddress } from '../driver.ts';

const link = (addresses: readonly string[], before?: Link): Link =>
  ripng.link(addresses.map(interfaceAddress), before);
const designated = ({ outlets }: Link): string[] => outlets.map(({ address }) => address);

const one = '2001:db8:1::1/64';

describe('the designated address', () => {
  test('is the first that is link-local, however many there are', () => {
    expect(designated(link([one, 'fe80::5/64', 'fe80::1/64']))).toEqual(['fe80::5']);
    expect(designated(link([one]))).toEqual([]);
    expect(designated(link([]))).toEqual([]);
  });

  test('changes only when it is gone', () => {
    const first = link(['fe80::5/64', one]);
    const second = link(['fe80::1/64', 'fe80::5/64', one], first);
    expect(designated(second)).toEqual(['fe80::5']);
    const third = link(['fe80::1/64', one], second);
    expect(designated(third)).toEqual(['fe80::1']);
    expect(designated(link(['fe80::5/64', 'fe80::1/64'], third))).toEqual(['fe80::1']);
  });

  test('comes anew when there was none', () => {
    expect(designated(link(['fe80::1/64'], link([one])))).toEqual(['fe80::1']);
    expect(() => link([one]).towards('fe80::2')).toThrow('no link-local address');
  });
});

describe('subnets', () => {
  test('are those of all addresses, or of the far end of a point-to-point link', () => {
    const { subnets } = ripng.link([
      { address: '2001:db8::1', prefixLength: 64 },
      { address: '2001:db8:1::1', prefixLength: 128, peer: '2001:db8:1::2' },
    ]);
    expect(subnets.map(({ prefix }) => prefix)).toEqual(['2001:db8::/64', '2001:db8:1::2/128']);
  });

  test.each([
    ['2001:db8::/64', true],
    ['fd00::/8', true],
    ['::/1', true],
    ['8000::/1', true],
    ['::/0', true],
    ['2001:db8::1/128', true],
    ['fe80::/64', false],
    ['ff00::/8', false],
    ['::1/128', false],
    ['::/128', false],
  ])('%s is announced: %s', (prefix, expected) => {
    expect(ripng.isAnnounceable(prefix)).toBe(expected);
  });
});

describe('who is heard', () => {
  const { senderFault } = link(['fe80::1/64', one]);

  test.each(['2001:db8:1::2', 'fd00::2', '::', '::1', 'ff02::9'])(
    'on the port of routers nobody whose address is not link-local: %s',
    (source) => {
      expect(senderFault(source, 521, true)).toEqual({
        reason: 'source-not-link-local',
        detail: `from ${source}, expected a link-local address`,
      });
    },
  );

  test('from another port whoever has an address', () => {
    for (const source of ['fe80::2', '2001:db8:1::2', '2001:db8:ffff::2', 'fd00::2']) {
      expect(senderFault(source, 40_000, true)).toBeUndefined();
    }
    for (const source of ['::', '::1', 'ff02::9']) {
      expect(senderFault(source, 40_000, true)).toMatchObject({ reason: 'source-not-link-local' });
    }
  });
});

describe('the address that answers', () => {
  const own = ['fe80::1', '::1', '2001:db8:9::1', '2001:db8:1::1'];
  const request = (port: number, multicast = false): Datagram => ({
    source: 'fe80::2',
    port,
    bytes: new Uint8Array(),
    multicast,
  });
  const answering = (addresses: readonly string[], port: number): string =>
    link(addresses).answeringAddress(request(port), own);

  test('on the port of routers it is the designated one', () => {
    expect(answering([one, 'fe80::1/64'], 521)).toBe('fe80::1');
  });

  test('from another port a global one: of the interface, else of another, else the designated one', () => {
    expect(answering(['fe80::1/64', one], 40_000)).toBe('2001:db8:1::1');
    expect(answering(['fe80::1/64'], 40_000)).toBe('2001:db8:9::1');
    expect(link(['fe80::1/64']).answeringAddress(request(40_000), ['::1', 'fe80::1'])).toBe('fe80::1');
  });

  test('to a group it is the designated one, whatever the port', () => {
    expect(link(['fe80::1/64', one]).answeringAddress(request(40_000, true), own)).toBe('fe80::1');
  });
});

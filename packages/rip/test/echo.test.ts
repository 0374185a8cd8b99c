/** Own packets that come back on another interface of the same link: RFC 2080 §2.4.2. */
import { describe, expect, test } from 'vitest';
import { ripng } from '../src/index.ts';
import { Echo } from '../src/output/echo.ts';
import { datagram, entriesOf, manyEntries, twoPorts } from './driver.ts';

const packetOf = (metric: number): Uint8Array =>
  ripng.encodeResponses(entriesOf({ '2001:db8:1::/48': metric }))[0] ?? new Uint8Array();

describe('what is remembered', () => {
  test('a packet is known by its bytes, for a second', () => {
    const echo = new Echo();
    echo.note('fe80::a', packetOf(1), 5_000);
    expect(echo.holds('fe80::a', packetOf(1), 5_000)).toBe(true);
    expect(echo.holds('fe80::a', packetOf(2), 5_000)).toBe(false);
    expect(echo.holds('fe80::a', packetOf(1), 6_000)).toBe(true);
    expect(echo.holds('fe80::a', packetOf(1), 6_001)).toBe(false);
  });

  test('the same from another address is somebody else’s', () => {
    const echo = new Echo();
    echo.note('fe80::a', packetOf(16), 0);
    expect(echo.holds('fe80::b', packetOf(16), 0)).toBe(false);
  });

  test('what was said again is known for a second from then on', () => {
    const echo = new Echo();
    echo.note('fe80::a', packetOf(1), 0);
    echo.note('fe80::a', packetOf(1), 30_000);
    expect(echo.holds('fe80::a', packetOf(1), 30_500)).toBe(true);
  });

  test('nothing is known before anything was sent', () => {
    expect(new Echo().holds('fe80::a', packetOf(1), 0)).toBe(false);
  });

  test('the last 4,096 packets are known, and no more are remembered', () => {
    const echo = new Echo();
    echo.note('fe80::a', packetOf(1), 0);
    const others = manyEntries(4_096, 2, ripng).map((entry) => ripng.encodeResponses([entry])[0]);
    for (const packet of others.slice(1)) echo.note('fe80::a', packet ?? new Uint8Array(), 0);
    expect(echo.holds('fe80::a', packetOf(1), 0)).toBe(true);
    echo.note('fe80::a', others[0] ?? new Uint8Array(), 0);
    expect(echo.holds('fe80::a', packetOf(1), 0)).toBe(false);
  });
});

describe('two interfaces of one link', () => {
  test('an update that comes back on the other interface is not learned from', () => {
    const driver = twoPorts(undefined, undefined, ripng);
    driver.hear('eth1', 'fe80::2', { '2001:db8:1::/48': 2 });
    const said = driver.sent().filter((packet) => packet.interface === 'eth0');
    expect(said.flatMap(({ entries }) => entries.map(({ prefix }) => prefix))).toContain('2001:db8:1::/48');
    driver.receive('eth1', ...said.map(({ bytes, source }) => datagram(bytes, source)));
    expect(driver.dropped('eth1')).toEqual({ 'own-packet': 1 });
    expect(driver.snapshot().neighbors.map(({ address }) => address)).toEqual(['fe80::2']);
  });

  test('nor is one that comes back on the interface that it left by, however late', () => {
    const driver = twoPorts(undefined, undefined, ripng);
    driver.advance(60_000);
    driver.receive('eth0', datagram(packetOf(3), 'fe80::a'));
    expect(driver.dropped('eth0')).toEqual({ 'own-packet': 1 });
    expect(driver.kernel()).toEqual({});
  });
});

test('a neighbor with the link-local address of another interface of ours is heard', () => {
  const driver = twoPorts(undefined, undefined, ripng);
  driver.hear('eth1', 'fe80::a', { '2001:db8:1::/48': 2 });
  expect(driver.dropped('eth1')).toEqual({});
  expect(driver.kernel()).toEqual({ '2001:db8:1::/48': ['fe80::a'] });
  expect(driver.snapshot().neighbors).toMatchObject([{ address: 'fe80::a', interface: 'eth1', state: 'up' }]);
});

test('its withdrawal is heard, though our poisoned reverse has just had the same bytes', () => {
  const prefix = '2001:db8:1::/48';
  const driver = twoPorts(undefined, undefined, ripng);
  driver.hear('eth0', 'fe80::2', { [prefix]: 1 });
  driver.advance(6_000);
  driver.hear('eth1', 'fe80::a', { [prefix]: 5 });
  driver.take();
  // A withdrawal of the best way is announced on eth0, from fe80::a, in the very words of the other neighbor.
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  driver.advance(6_000);
  driver.hear('eth1', 'fe80::a', { [prefix]: 16 });
  driver.advance(6_000);
  const said = driver.sent().filter(({ source, metrics }) => source === 'fe80::a' && metrics[prefix] === 16);
  driver.hear('eth1', 'fe80::a', { [prefix]: 5 });
  driver.receive('eth1', ...said.slice(-1).map(({ bytes, source }) => datagram(bytes, source)));
  expect(said.length).toBeGreaterThan(0);
  expect(driver.dropped('eth1')).toEqual({});
  expect(driver.route(prefix)).toMatchObject({ metric: 16 });
});

test('who says nothing but what we say is no neighbor for long', () => {
  const driver = twoPorts(undefined, undefined, ripng);
  // The last words of a former run on the same link.
  driver.hear('eth1', 'fe80::a', { '2001:db8:1::/48': 16 });
  for (let second = 0; second < 360; second += 1) {
    driver.take();
    driver.advance(1_000);
    const own = driver.sent().filter(({ source, command }) => source === 'fe80::a' && command === 'response');
    driver.receive('eth1', ...own.map(({ bytes, source }) => datagram(bytes, source)));
  }
  expect(driver.snapshot().neighbors).toEqual([]);
});

/** Which routes the kernel is asked for: what was learned, but not a way to where it has one of its own. */
import { describe, expect, test } from 'vitest';
import { type Protocol, rip, ripng } from '../src/index.ts';
import { configured, type Driver, twoPorts } from './driver.ts';

/** What a neighbor on eth0 offers, and an interface that does not speak in the subnet of it. */
interface Case {
  readonly protocol: Protocol;
  readonly neighbor: string;
  readonly prefix: string;
  readonly other: string;
  readonly elsewhere: string;
}

const cases: readonly Case[] = [
  {
    protocol: rip,
    neighbor: '10.0.0.2',
    prefix: '10.9.0.0/24',
    other: '10.9.0.1/24',
    elsewhere: '10.9.0.1/25',
  },
  {
    protocol: ripng,
    neighbor: 'fe80::2',
    prefix: '2001:db8:9::/64',
    other: '2001:db8:9::1/64',
    elsewhere: '2001:db8:9::1/48',
  },
];

describe.each(cases)('$protocol.name', ({ protocol, neighbor, prefix, other, elsewhere }) => {
  const installed = { [prefix]: [neighbor] };
  const notNeeded = { state: 'not-needed', reason: 'eth9 has this subnet' };

  function learned(): Driver {
    const driver = twoPorts(undefined, undefined, protocol);
    driver.hear('eth0', neighbor, { [prefix]: 2 });
    return driver;
  }

  test('a subnet of an interface that does not speak is not taken from the kernel', () => {
    const driver = twoPorts(undefined, undefined, protocol);
    driver.up('eth9', other);
    driver.hear('eth0', neighbor, { [prefix]: 2 });
    expect(driver.kernel()).toEqual({});
    expect(driver.route(prefix)).toMatchObject({ metric: 3, nextHops: [{ gateway: neighbor }] });
    expect(driver.route(prefix)?.kernel).toEqual(notNeeded);
  });

  test('it is announced as it was learned', () => {
    const driver = twoPorts(undefined, undefined, protocol);
    driver.up('eth9', other);
    driver.hear('eth0', neighbor, { [prefix]: 2 });
    driver.advance(30_000);
    expect(driver.announced('eth1').at(-1)?.metrics[prefix]).toBe(3);
  });

  test('a route goes when such an interface comes, and is there again when it has gone', () => {
    const driver = learned();
    expect(driver.kernel()).toEqual(installed);
    driver.up('eth9', other);
    expect(driver.kernel()).toEqual({});
    driver.step({ type: 'interface-down', interface: 'eth9' });
    expect(driver.kernel()).toEqual(installed);
    expect(driver.route(prefix)?.kernel).toEqual({ state: 'pending' });
  });

  test('it follows the addresses of the interface', () => {
    const driver = learned();
    driver.up('eth9', elsewhere);
    expect(driver.kernel()).toEqual(installed);
    driver.readdress('eth9', elsewhere, other);
    expect(driver.kernel()).toEqual({});
    driver.readdress('eth9', elsewhere);
    expect(driver.kernel()).toEqual(installed);
  });

  test('it follows the configuration', () => {
    const driver = learned();
    driver.up('eth9', other);
    const speaking = configured({ eth0: {}, eth1: {}, eth9: {} }, {}, protocol);
    driver.step({ type: 'reconfigured', configuration: speaking });
    expect(driver.route(prefix)).toMatchObject({ kind: 'connected', metric: 1 });
    driver.step({ type: 'interface-down', interface: 'eth9' });
    expect(driver.kernel()).toEqual(installed);
    driver.up('eth9', other);
    const silent = configured({ eth0: {}, eth1: {} }, {}, protocol);
    driver.step({ type: 'reconfigured', configuration: silent });
    expect(driver.route(prefix)).toMatchObject({ kind: 'learned', metric: 3 });
    expect(driver.kernel()).toEqual({});
  });

  test('nothing is asked for twice', () => {
    const driver = learned();
    driver.take();
    driver.up('eth9', elsewhere);
    driver.hear('eth0', neighbor, { [prefix]: 2 });
    driver.hear('eth0', neighbor, { [prefix]: 3 });
    expect(driver.take().filter(({ type }) => /-route$/.test(type))).toEqual([]);
    driver.hear('eth0', neighbor, { [prefix]: 16 });
    driver.up('eth9', other);
    expect(driver.take().filter(({ type }) => /-route$/.test(type))).toEqual([
      { type: 'remove-route', prefix },
    ]);
  });

  test('what the kernel says of a route is kept, as long as it is asked for', () => {
    const driver = learned();
    driver.stands({ state: 'failed', prefix, reason: 'no buffer space' });
    expect(driver.route(prefix)?.kernel).toEqual({ state: 'failed', reason: 'no buffer space' });
    driver.stands({ state: 'installed', prefix });
    expect(driver.route(prefix)?.kernel).toEqual({ state: 'installed' });
    driver.up('eth9', other);
    driver.stands({ state: 'installed', prefix });
    expect(driver.route(prefix)?.kernel).toEqual(notNeeded);
    driver.hear('eth0', neighbor, { [prefix]: 16 });
    expect(driver.route(prefix)?.kernel).toBeUndefined();
  });
});

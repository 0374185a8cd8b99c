/** What RIPng says of its routes, and where: RFC 2080 §2.5, §2.5.2, §2.6, and the next hops of §2.1.1. */
import { describe, expect, test } from 'vitest';
import type { Entry, NextHop, SplitHorizon } from '../src/index.ts';
import { ripng } from '../src/index.ts';
import { type Driver, manyEntries, target } from './driver.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const prefix = 'fd00:1::/32';

/** The packets of the next regular update on one interface. */
function regular(driver: Driver, name: string) {
  driver.take();
  driver.advance(30_000);
  return driver.sent().filter((sent) => sent.interface === name);
}

const regularMetrics = (driver: Driver, name: string): Record<string, number> =>
  Object.assign({}, ...regular(driver, name).map(({ metrics }) => metrics));

describe('where updates go', () => {
  test('2080 §2.5: sends its updates on every network that it is connected to', () => {
    const driver = quietRouter({ eth0: {}, eth1: {}, eth2: {} });
    driver.up('eth2', 'fe80::c/64');
    driver.advance(6_000);
    driver.take();
    driver.advance(30_000);
    const ways = driver.sent().map((sent) => [sent.interface, sent.source]);
    expect(ways.sort()).toEqual([
      ['eth0', 'fe80::a'],
      ['eth1', 'fe80::b'],
      ['eth2', 'fe80::c'],
    ]);
  });

  test('2080 §2.5: multicasts its updates to FF02::9', () => {
    const sent = regular(quietRouter(), 'eth0');
    expect(sent.map(({ command, destination }) => [command, destination])).toEqual([['response', 'ff02::9']]);
  });

  test('2080 §2.1: sends unsolicited updates to port 521', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.advance(60_000);
    expect(new Set(driver.sent().map(({ port }) => port))).toEqual(new Set([521]));
  });

  test('2080 §2.5.2: sends its updates from a link-local address', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.advance(60_000);
    const sources = driver.sent().map((sent) => `${sent.interface} ${sent.source}`);
    expect(new Set(sources)).toEqual(new Set(['eth0 fe80::a', 'eth1 fe80::b']));
  });

  test('2080 §2.5: multicasts on a point-to-point link as on any other', () => {
    const driver = quietRouter();
    const addresses = [
      { address: 'fe80::a', prefixLength: 64 },
      { address: '2001:db8:a::1', prefixLength: 128, peer: '2001:db8:a::2' },
    ];
    driver.step({ type: 'interface-changed', interface: { ...target('eth0', 1), addresses } });
    const [update] = regular(driver, 'eth0');
    expect(update).toMatchObject({ destination: 'ff02::9', metrics: { '2001:db8:a::2/128': 1 } });
  });
});

describe('how full packets are', () => {
  const sizes = (driver: Driver): number[] => regular(driver, 'eth1').map(({ entries }) => entries.length);
  const withMtu = (driver: Driver, mtu: number): void => {
    const eth1 = target('eth1', 2, 'fe80::b/64', '2001:db8:b::1/64');
    driver.step({ type: 'interface-changed', interface: { ...eth1, mtu } });
  };

  test('2080 §2.1: sends no packet that the MTU of the link has no room for, also when it changes', () => {
    const driver = quietRouter();
    // With the two subnets of its own there are 500.
    driver.hear('eth0', 'fe80::2', manyEntries(498, 2, ripng));
    expect(sizes(driver)).toEqual([72, 72, 72, 72, 72, 72, 68]);
    withMtu(driver, 1_280);
    expect(sizes(driver)).toEqual([...Array(8).fill(61), 12]);
    withMtu(driver, 9_000);
    expect(sizes(driver)).toEqual([72, 72, 72, 72, 72, 72, 68]);
  });

  test('another MTU is no change to routes or neighbors, and nothing is said of it', () => {
    const driver = quietRouter();
    driver.hear('eth1', 'fe80::2', { [prefix]: 2 });
    driver.advance(6_000);
    driver.take();
    withMtu(driver, 9_000);
    expect(driver.take()).toEqual([]);
  });
});

describe('entries', () => {
  test('2080 §2.5.2: announces unreachable routes too', () => {
    const driver = quietRouter({ eth0: { splitHorizon: 'simple' }, eth1: { splitHorizon: 'simple' } });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
    expect(regularMetrics(driver, 'eth0')[prefix]).toBe(16);
    expect(regularMetrics(driver, 'eth1')[prefix]).toBe(16);
  });

  test('2080 §2.1: announces metrics from 1 to 16 only', () => {
    const driver = quietRouter();
    const routes = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`fd00:${at + 1}::/32`, at + 1]));
    driver.hear('eth0', 'fe80::2', routes);
    driver.advance(10_000);
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 16 });
    const metrics = Object.values(regularMetrics(driver, 'eth1'));
    expect(metrics).toHaveLength(16);
    expect([Math.min(...metrics), Math.max(...metrics)]).toEqual([1, 16]);
  });

  test('2080 §2.2: handles the default route like a route to any other destination', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { '::/0': 1 });
    expect(driver.kernel()).toEqual({ '::/0': ['fe80::2'] });
    expect(driver.sent().map((sent) => [sent.interface, sent.metrics])).toEqual([
      ['eth0', { '::/0': 16 }],
      ['eth1', { '::/0': 2 }],
    ]);
  });
});

describe('split horizon', () => {
  const withSplitHorizon = (splitHorizon: SplitHorizon): Driver => {
    const driver = quietRouter({ eth0: { splitHorizon }, eth1: { splitHorizon } });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    return driver;
  };

  test.each([
    [
      '2080 §2.6: announces a route with metric 16 where it was learned, by poisoned reverse',
      'poison-reverse',
      16,
    ],
    ['2080 §2.6: leaves a route out where it was learned, by simple split horizon', 'simple', undefined],
    ['2080 §2.6: announces a route where it was learned if split horizon is disabled', 'disabled', 3],
  ] as const)('%s', (_clause, mode, expected) => {
    expect(regularMetrics(withSplitHorizon(mode), 'eth0')[prefix]).toBe(expected);
    expect(regularMetrics(withSplitHorizon(mode), 'eth1')[prefix]).toBe(3);
  });

  test('2080 §2.6: poisons the reverse unless it is told otherwise', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(regularMetrics(driver, 'eth0')).toEqual({
      '2001:db8:a::/64': 1,
      '2001:db8:b::/64': 1,
      [prefix]: 16,
    });
  });

  test('2080 §2.6: splits the horizon on each interface as it is told there', () => {
    const driver = quietRouter({ eth0: { splitHorizon: 'simple' }, eth1: { splitHorizon: 'disabled' } });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth1', 'fe80::2', { 'fd00:2::/32': 2 });
    expect(regularMetrics(driver, 'eth0')).toMatchObject({ 'fd00:2::/32': 3 });
    expect(regularMetrics(driver, 'eth0')).not.toHaveProperty([prefix]);
    expect(regularMetrics(driver, 'eth1')).toMatchObject({ [prefix]: 3, 'fd00:2::/32': 3 });
  });

  test.each(['poison-reverse', 'simple', 'disabled'] as const)(
    'with %s, the subnets of a link are announced on it: its routers may have no address there',
    (mode) => {
      expect(regularMetrics(withSplitHorizon(mode), 'eth0')).toMatchObject({
        '2001:db8:a::/64': 1,
        '2001:db8:b::/64': 1,
      });
    },
  );
});

describe('next hops', () => {
  const open = { eth0: { splitHorizon: 'disabled' }, eth1: { splitHorizon: 'disabled' } } as const;
  const redistribute = (driver: Driver, nextHop: NextHop): void => {
    driver.step({
      type: 'redistribution-changed',
      routes: [{ prefix, source: 'static', metric: 3, tag: 0, nextHop }],
      withdrawn: [],
    });
    // What is redistributed is collected for so long.
    driver.advance(10);
  };
  const named = (driver: Driver, name: string): (string | undefined)[] =>
    regular(driver, name)
      .flatMap(({ entries }): readonly Entry[] => entries)
      .filter((entry) => entry.prefix === prefix)
      .map((entry) => entry.nextHop);

  test('2080 §2.1.1: names the next hop of a route on the link that it is on', () => {
    const driver = quietRouter();
    redistribute(driver, { gateway: 'fe80::5', interface: 'eth0', interfaceIndex: 1 });
    expect(named(driver, 'eth0')).toEqual(['fe80::5']);
    expect(named(driver, 'eth1')).toEqual([undefined]);
    const other = quietRouter(open);
    other.hear('eth0', 'fe80::2', { [prefix]: { metric: 2, nextHop: 'fe80::3' } });
    expect(named(other, 'eth0')).toEqual(['fe80::3']);
    expect(named(other, 'eth1')).toEqual([undefined]);
  });

  test('2080 §2.1.1: names no next hop that is not a link-local address', () => {
    const driver = quietRouter();
    redistribute(driver, { gateway: '2001:db8:a::5', interface: 'eth0', interfaceIndex: 1 });
    const [update] = regular(driver, 'eth0');
    // By its bytes, for we would read such a next hop as none: the header and three routes.
    expect(update?.metrics).toHaveProperty([prefix]);
    expect(update?.bytes.byteLength).toBe(4 + 3 * 20);
  });

  test('the entries that name one count in the size of a packet', () => {
    const driver = quietRouter(open);
    const entries = manyEntries(200, 2, ripng).map((entry, at) => ({
      ...entry,
      nextHop: `fe80::${1 + (at % 3)}`,
    }));
    driver.hear('eth0', 'fe80::2', entries);
    const packets = regular(driver, 'eth0');
    expect(Math.max(...packets.map(({ bytes }) => bytes.byteLength))).toBeLessThanOrEqual(1_500 - 48);
    const said = packets.flatMap(({ entries: some }): readonly Entry[] => some);
    expect(said.filter(({ nextHop }) => nextHop === 'fe80::3')).toHaveLength(66);
    expect(said).toHaveLength(202);
  });

  test('none is named with poison, nor while the router drains', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: { metric: 2, nextHop: 'fe80::9' } });
    expect(named(driver, 'eth0')).toEqual([undefined]);
    const draining = quietRouter();
    redistribute(draining, { gateway: 'fe80::5', interface: 'eth0', interfaceIndex: 1 });
    draining.take();
    draining.step({ type: 'commanded', command: 'drain' });
    const [update] = draining.sent();
    expect(update?.entries).toContainEqual({ prefix, tag: 0, nextHop: undefined, metric: 15 });
  });
});

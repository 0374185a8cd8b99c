/** RFC 2453 §3.4.3, §4.2, §4.4: what is said of routes, and where. */
import { describe, expect, test } from 'vitest';
import type { SplitHorizon } from '../src/index.ts';
import { type Driver, twoPorts } from './driver.ts';

function withSplitHorizon(splitHorizon: SplitHorizon): Driver {
  return twoPorts({ eth0: { splitHorizon }, eth1: { splitHorizon } });
}

/** The metrics of the next regular update. */
function regular(driver: Driver, name: string): Record<string, number> {
  driver.take();
  driver.advance(30_000);
  return driver.announced(name)[0]?.metrics ?? {};
}

describe('split horizon', () => {
  test.each([
    ['poison-reverse', 16],
    ['simple', undefined],
    ['disabled', 3],
  ] as const)(
    '2453 §3.4.3: with %s, a route is said to have metric %s where it was learned',
    (mode, expected) => {
      const driver = withSplitHorizon(mode);
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
      expect(regular(driver, 'eth0')['10.1.0.0/16']).toBe(expected);
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
      expect(regular(driver, 'eth1')['10.1.0.0/16']).toBe(3);
    },
  );

  test('2453 §3.4.3: a route over two interfaces is poisoned on both', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    driver.advance(6_000);
    driver.take();
    driver.advance(30_000);
    const said = driver.sent().map((packet) => [packet.interface, packet.metrics['10.1.0.0/16']]);
    expect(said).toEqual([
      ['eth0', 16],
      ['eth1', 16],
    ]);
  });

  test('2453 §3.4.3: simple split horizon takes back what it said before a route turned to this interface', () => {
    const driver = withSplitHorizon('simple');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5 });
    driver.advance(6_000);
    driver.take();
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.1.0.0/16': 16 } }]);
    expect(regular(driver, 'eth1')).not.toHaveProperty('10.1.0.0/16');
  });

  test('a lost route is announced with 16 everywhere, also where it was learned', () => {
    const driver = withSplitHorizon('simple');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    expect(regular(driver, 'eth0')['10.1.0.0/16']).toBe(16);
    expect(regular(driver, 'eth1')['10.1.0.0/16']).toBe(16);
  });

  test('connected subnets are announced on every interface, their own too', () => {
    const driver = twoPorts();
    const subnets = { '10.0.0.0/24': 1, '10.0.1.0/24': 1 };
    expect(regular(driver, 'eth0')).toEqual(subnets);
    expect(regular(driver, 'eth1')).toEqual(subnets);
  });
});

describe('entries', () => {
  test('2453 §4.2: the route tag is passed on, also with poison', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 40_000 } });
    driver.advance(6_000);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    const entries = driver.sent().flatMap((packet) => packet.entries);
    expect(entries.map(({ metric, tag }) => [metric, tag])).toEqual([
      [16, 40_000],
      [3, 40_000],
      [16, 40_000],
      [16, 40_000],
    ]);
  });

  test('2453 §4.4: the next hop is named on the link that it is on', () => {
    const driver = withSplitHorizon('disabled');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(driver.sent().map((packet) => [packet.interface, packet.entries[0]?.nextHop])).toEqual([
      ['eth0', '10.0.0.2'],
      ['eth1', undefined],
    ]);
  });

  test('2453 §4.4: no next hop is named with poison', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop: '10.0.0.9' } });
    for (const packet of driver.sent()) expect(packet.entries[0]).toMatchObject({ nextHop: undefined });
  });

  test('2453 §3.7: a default route is passed on', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '0.0.0.0/0': 1 });
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '0.0.0.0/0': 2 } }]);
  });
});

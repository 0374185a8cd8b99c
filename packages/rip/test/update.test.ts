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
    [
      '2453 §3.4.3: announces a route with metric 16 where it was learned, by poisoned reverse',
      'poison-reverse',
      16,
    ],
    ['2453 §3.4.3: leaves a route out where it was learned, by simple split horizon', 'simple', undefined],
    ['2453 §3.4.3: announces a route where it was learned if split horizon is disabled', 'disabled', 3],
  ] as const)('%s', (_clause, mode, expected) => {
    const driver = withSplitHorizon(mode);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(regular(driver, 'eth0')['10.1.0.0/16']).toBe(expected);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(regular(driver, 'eth1')['10.1.0.0/16']).toBe(3);
  });

  test('2453 §3.4.3: applies split horizon to each of the interfaces that a route leads over', () => {
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

  test('2453 §3.4.3: takes back by one metric of 16 what it said before simple split horizon applied', () => {
    const driver = withSplitHorizon('simple');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5 });
    driver.advance(6_000);
    driver.take();
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.1.0.0/16': 16 } }]);
    // And again until the loss of a route would be forgotten: a packet may be lost.
    expect(regular(driver, 'eth1')).toMatchObject({ '10.1.0.0/16': 16 });
    for (let passed = 0; passed <= 120_000; passed += 30_000) {
      driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
      driver.advance(30_000);
    }
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    expect(regular(driver, 'eth1')).not.toHaveProperty('10.1.0.0/16');
  });

  test('2453 §3.10.2: announces unreachable routes too', () => {
    const driver = withSplitHorizon('simple');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    expect(regular(driver, 'eth0')['10.1.0.0/16']).toBe(16);
    expect(regular(driver, 'eth1')['10.1.0.0/16']).toBe(16);
  });

  test.each([
    ['poison-reverse', { '10.0.0.0/24': 16, '10.0.1.0/24': 1 }],
    ['simple', { '10.0.1.0/24': 1 }],
    ['disabled', { '10.0.0.0/24': 1, '10.0.1.0/24': 1 }],
  ] as const)('with %s, connected subnets are said to their own routers as %o', (mode, expected) => {
    expect(regular(withSplitHorizon(mode), 'eth0')).toEqual(expected);
  });

  test('the routers of one subnet of a link hear of the other', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.9.1/24');
    driver.take();
    driver.advance(30_000);
    const onEth0 = driver.sent().filter((packet) => packet.interface === 'eth0');
    expect(onEth0.map(({ source, metrics }) => [source, metrics])).toEqual([
      ['10.0.0.1', { '10.0.0.0/24': 16, '10.0.1.0/24': 1, '10.0.9.0/24': 1 }],
      ['10.0.9.1', { '10.0.0.0/24': 1, '10.0.1.0/24': 1, '10.0.9.0/24': 16 }],
    ]);
  });

  test('the routers of a link hear of an address that is a subnet of its own', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/32');
    expect(regular(driver, 'eth0')).toMatchObject({ '10.0.0.1/32': 1 });
  });
});

describe('entries', () => {
  test('the route tag is passed on, also with poison', () => {
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

  test('2453 §4.4: names the next hop of a route on the link that the next hop is on', () => {
    const driver = withSplitHorizon('disabled');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(driver.sent().map((packet) => [packet.interface, packet.entries[0]?.nextHop])).toEqual([
      ['eth0', '10.0.0.2'],
      ['eth1', undefined],
    ]);
  });

  test('no next hop is named with poison', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop: '10.0.0.9' } });
    for (const packet of driver.sent()) expect(packet.entries[0]).toMatchObject({ nextHop: undefined });
  });

  test('2453 §3.7: handles the default route like a route to any other network', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '0.0.0.0/0': 1 });
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '0.0.0.0/0': 2 } }]);
  });
});

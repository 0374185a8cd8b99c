/** How much neighbors can make a router remember: each limit has a clear effect, a counter, and one report. */
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../src/index.ts';
import { configured, type Driver, manyEntries, twoPorts } from './driver.ts';

const limited = (some: Partial<typeof defaultLimits>): Driver =>
  twoPorts(undefined, { limits: { ...defaultLimits, ...some } });

describe('routes per neighbor', () => {
  test('those above it are refused and counted, the others stay, and other neighbors have their own', () => {
    const driver = limited({ routesPerNeighbor: 3 });
    driver.hear('eth0', '10.0.0.2', manyEntries(5, 2));
    driver.hear('eth0', '10.0.0.3', manyEntries(5, 2).slice(2));
    expect(driver.snapshot().neighbors).toMatchObject([
      { routes: 3, dropped: { 'neighbor-full': 2 } },
      { routes: 3, dropped: {} },
    ]);
    expect(Object.keys(driver.kernel())).toHaveLength(5);
  });

  test('what it has may change and be withdrawn, which makes room', () => {
    const driver = limited({ routesPerNeighbor: 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2, '10.3.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5, '10.2.0.0/16': 16, '10.3.0.0/16': 2 });
    expect([driver.metric('10.1.0.0/16'), driver.metric('10.3.0.0/16')]).toEqual([6, 3]);
  });

  test('is reported once, and again only when the neighbor has been far from it', () => {
    const driver = limited({ routesPerNeighbor: 4 });
    const reports = () => driver.reports('limit-reached').length;
    driver.hear('eth0', '10.0.0.2', manyEntries(6, 2));
    driver.hear('eth0', '10.0.0.2', manyEntries(6, 2));
    expect(driver.reports('limit-reached')).toEqual([
      {
        type: 'limit-reached',
        limit: 'routes-per-neighbor',
        interface: 'eth0',
        neighbor: '10.0.0.2',
        most: 4,
      },
    ]);
    driver.hear('eth0', '10.0.0.2', manyEntries(1, 16));
    driver.hear('eth0', '10.0.0.2', manyEntries(6, 2));
    expect(reports()).toBe(1);
    driver.hear('eth0', '10.0.0.2', manyEntries(4, 16));
    driver.hear('eth0', '10.0.0.2', manyEntries(6, 2));
    expect(reports()).toBe(2);
  });

  test('a lower one that comes with a reload takes nothing away', () => {
    const driver = limited({});
    driver.hear('eth0', '10.0.0.2', manyEntries(5, 2));
    const limits = { ...defaultLimits, routesPerNeighbor: 3 };
    driver.step({ type: 'reconfigured', configuration: configured({ eth0: {}, eth1: {} }, { limits }) });
    driver.hear('eth0', '10.0.0.2', manyEntries(6, 2));
    expect(Object.keys(driver.kernel())).toHaveLength(5);
  });
});

describe('neighbors per interface', () => {
  const route = { '10.1.0.0/16': 2 };

  test('one more is not believed, those that are there go on, and other interfaces have their own', () => {
    const driver = limited({ neighborsPerInterface: 2 });
    for (const host of [2, 3, 4]) driver.hear('eth0', `10.0.0.${host}`, route);
    driver.hear('eth1', '10.0.1.2', route);
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.2', '10.0.0.3', '10.0.1.2']);
    expect(driver.dropped('eth0')).toEqual({ 'too-many-neighbors': 1 });
    driver.hear('eth0', '10.0.0.3', { '10.1.0.0/16': 3 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.2', '10.0.1.2']);
  });

  test('is reported once, and again when one has left and others have come', () => {
    const driver = limited({ neighborsPerInterface: 1 });
    driver.hear('eth0', '10.0.0.2', route);
    for (const host of [3, 4, 5]) driver.hear('eth0', `10.0.0.${host}`, route);
    expect(driver.reports('limit-reached')).toMatchObject([
      { limit: 'neighbors-per-interface', interface: 'eth0', neighbor: '10.0.0.3', most: 1 },
    ]);
    driver.advance(180_100);
    driver.hear('eth0', '10.0.0.4', route);
    driver.hear('eth0', '10.0.0.3', route);
    expect(driver.reports('limit-reached')).toHaveLength(2);
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.4']);
  });
});

test('the table as a whole is limited in prefixes, and in offers for them', () => {
  const driver = limited({ routes: 4 });
  driver.hear('eth0', '10.0.0.2', manyEntries(5, 2));
  expect(driver.snapshot().routes).toHaveLength(4);
  expect(driver.dropped('eth0')).toEqual({ 'table-full': 3 });
});

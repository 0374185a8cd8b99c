/** Equal paths: stable in their order, lost one by one, kept fresh. RFC 2453 §3.9.2 for the half-timeout rule. */
import { expect, test } from 'vitest';
import { configured, type Driver, twoPorts } from './driver.ts';

const route = { '10.1.0.0/16': 2 };
const prefix = '10.1.0.0/16';

/** What the kernel was told since the last look: gateways, none for a removal. */
function toKernel(driver: Driver): string[][] {
  return driver.take().flatMap((action) => {
    if (action.type === 'install-route') return [action.nextHops.map((hop) => hop.gateway)];
    return action.type === 'remove-route' ? [[]] : [];
  });
}

test('whoever speaks first: by interface, then by address as a number', () => {
  for (const order of [
    [2, 10, 9],
    [10, 9, 2],
    [9, 2, 10],
  ]) {
    const driver = twoPorts();
    driver.hear('eth1', '10.0.1.2', route);
    for (const host of order) driver.hear('eth0', `10.0.0.${host}`, route);
    expect(driver.gateways(prefix)).toEqual(['10.0.0.2', '10.0.0.9', '10.0.0.10', '10.0.1.2']);
  }
});

test('refreshes in another order tell the kernel nothing', () => {
  const driver = twoPorts();
  for (const host of [2, 3, 4]) driver.hear('eth0', `10.0.0.${host}`, route);
  driver.take();
  for (const host of [4, 2, 3, 3, 4]) driver.hear('eth0', `10.0.0.${host}`, route);
  expect(toKernel(driver)).toEqual([]);
});

test.each([
  ['is withdrawn', (driver: Driver) => driver.hear('eth1', '10.0.1.2', { [prefix]: 16 })],
  ['gets worse', (driver: Driver) => driver.hear('eth1', '10.0.1.2', { [prefix]: 5 })],
  ['loses its interface', (driver: Driver) => driver.step({ type: 'interface-down', interface: 'eth1' })],
  ['loses its subnet', (driver: Driver) => driver.readdress('eth1', '10.0.7.1/24')],
  [
    'times out',
    (driver: Driver) => {
      driver.advance(100_000);
      driver.hear('eth0', '10.0.0.2', route);
      driver.advance(100_000);
    },
  ],
])('one of two paths that %s: one route with the other is installed, none is removed', (_how, lose) => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', route);
  driver.hear('eth1', '10.0.1.2', route);
  driver.take();
  lose(driver);
  expect(toKernel(driver)).toEqual([['10.0.0.2']]);
  expect(driver.metric(prefix)).toBe(3);
});

test('the best is lost: a worse one takes over in the same step', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', route);
  driver.hear('eth1', '10.0.1.2', { [prefix]: 7 });
  driver.take();
  driver.hear('eth0', '10.0.0.2', { [prefix]: 16 });
  expect(toKernel(driver)).toEqual([['10.0.1.2']]);
  expect(driver.metric(prefix)).toBe(8);
});

test('both are lost: the route is removed once', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', route);
  driver.hear('eth1', '10.0.1.2', route);
  driver.take();
  driver.advance(181_000);
  expect(toKernel(driver)).toEqual([[]]);
});

test('2453 §3.9.2: changes to an equal route when its own is half timed out', () => {
  const driver = twoPorts(undefined, { maximumPaths: 2 });
  for (const host of [2, 3, 4]) driver.hear('eth0', `10.0.0.${host}`, route);
  expect(driver.gateways(prefix)).toEqual(['10.0.0.2', '10.0.0.3']);
  driver.advance(60_000);
  driver.hear('eth0', '10.0.0.2', route);
  driver.hear('eth0', '10.0.0.4', route);
  expect(driver.gateways(prefix)).toEqual(['10.0.0.2', '10.0.0.3']);
  driver.advance(30_000);
  driver.take();
  // 10.0.0.3 was silent for half of its time.
  driver.hear('eth0', '10.0.0.4', route);
  expect(toKernel(driver)).toEqual([['10.0.0.2', '10.0.0.4']]);
  // It speaks again: whoever is in use stays.
  driver.hear('eth0', '10.0.0.3', route);
  expect(driver.gateways(prefix)).toEqual(['10.0.0.2', '10.0.0.4']);
});

test('maximum-paths changes while running: all offers were kept, and more of them are used at once', () => {
  const driver = twoPorts(undefined, { maximumPaths: 1 });
  for (const host of [4, 3, 2]) driver.hear('eth0', `10.0.0.${host}`, route);
  expect(driver.gateways(prefix)).toEqual(['10.0.0.4']);
  driver.step({
    type: 'reconfigured',
    configuration: configured({ eth0: {}, eth1: {} }, { maximumPaths: 2 }),
  });
  expect(driver.gateways(prefix)).toEqual(['10.0.0.2', '10.0.0.4']);
});

test('split horizon holds on every interface that a path leads over', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', route);
  driver.hear('eth1', '10.0.1.2', route);
  driver.advance(30_000);
  for (const name of ['eth0', 'eth1']) {
    driver.advance(30_000);
    const metrics = driver.announced(name).map((update) => update.metrics[prefix]);
    expect(new Set(metrics)).toEqual(new Set([16]));
  }
});

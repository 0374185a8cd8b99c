/** Time in RIPng: RFC 2080 §2.3. */
import { expect, test } from 'vitest';
import { ripng } from '../src/index.ts';
import { configured, Driver, seededRandom } from './driver.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const prefix = 'fd00:1::/32';
/** A step of the table's clock: what is due at a time has happened by then. */
const tick = 100;

function withRoute(): Driver {
  const driver = quietRouter();
  driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
  return driver;
}

test('2080 §2.3: sends the whole table every 30 s', () => {
  const driver = withRoute();
  driver.advance(6_000);
  driver.take();
  driver.advance(90_000);
  const updates = driver.announced('eth1');
  expect(updates.map(({ metrics }) => metrics)).toEqual(
    Array(3).fill({ '2001:db8:a::/64': 1, '2001:db8:b::/64': 1, [prefix]: 3 }),
  );
  const [first, second, third] = updates.map(({ at }) => at);
  expect([(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]).toEqual([30_000, 30_000]);
});

test('2080 §2.3: moves every regular update at random, by no more than half of its interval', () => {
  const driver = new Driver(configured({ eth0: {} }, {}, ripng), {
    protocol: ripng,
    random: seededRandom(2080),
  });
  driver.up('eth0', 'fe80::a/64', '2001:db8:a::1/64');
  driver.advance(3_000_000);
  const times = driver.announced('eth0').map(({ at }) => at);
  const intervals = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  expect(intervals.length).toBeGreaterThan(80);
  expect(Math.min(...intervals)).toBeGreaterThanOrEqual(15_000);
  expect(Math.max(...intervals)).toBeLessThanOrEqual(45_000);
  expect(new Set(intervals).size).toBeGreaterThan(80);
});

test('2080 §2.3: loses a route that was not refreshed for 180 s', () => {
  const driver = withRoute();
  driver.advance(100_000);
  // The router itself lives.
  driver.hear('eth0', 'fe80::2', { 'fd00:2::/32': 2 });
  driver.advance(79_999);
  expect(driver.metric(prefix)).toBe(3);
  driver.advance(1 + tick);
  expect(driver.metric(prefix)).toBe(16);
});

test('2080 §2.3: starts the timeout again with every update for the route', () => {
  const driver = withRoute();
  for (let round = 0; round < 10; round += 1) {
    driver.advance(170_000);
    expect(driver.metric(prefix)).toBe(3);
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
  }
});

test('2080 §2.4.2: refreshes a route only by responses of the router it came from', () => {
  const driver = withRoute();
  for (let round = 0; round < 7; round += 1) {
    driver.advance(30_000);
    driver.hear('eth0', 'fe80::2', { 'fd00:2::/32': 2 });
    // The same address, but on another link another router. A packet that is the last one again would be taken as a whole.
    driver.hear('eth1', 'fe80::2', { [prefix]: 9, 'fd00:3::/32': 1 + round });
  }
  expect(driver.route(prefix)).toMatchObject({ metric: 10, nextHops: [{ interface: 'eth1' }] });
});

test('2080 §2.3: starts the deletion of a route when its router announces 16', () => {
  const driver = withRoute();
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  expect(driver.route(prefix)).toMatchObject({ metric: 16, garbageIn: 120_000 });
});

test('2080 §2.3: stops routing over a lost route at once', () => {
  const driver = withRoute();
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  expect(driver.take()).toContainEqual({ type: 'remove-route', prefix });
  const silent = withRoute();
  silent.advance(180_000 + tick);
  expect(silent.kernel()).toEqual({});
});

test('2080 §2.3: announces a lost route at once', () => {
  const driver = withRoute();
  driver.advance(10_000);
  driver.take();
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { [prefix]: 16 } }]);
});

test('2080 §2.3: announces a lost route in all updates until its garbage collection ends', () => {
  const driver = withRoute();
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  driver.advance(6_000);
  driver.take();
  driver.advance(113_000);
  const said = driver.announced('eth1').map(({ metrics }) => metrics[prefix]);
  expect(said).toEqual([16, 16, 16, 16]);
  driver.advance(60_000);
  for (const { metrics } of driver.announced('eth1')) expect(metrics).not.toHaveProperty([prefix]);
});

test('2080 §2.3: forgets a lost route after 120 s', () => {
  const driver = withRoute();
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  driver.advance(119_999);
  expect(driver.metric(prefix)).toBe(16);
  driver.advance(1 + tick);
  expect(driver.route(prefix)).toBeUndefined();
  const silent = withRoute();
  silent.advance(180_000 + 119_999);
  expect(silent.metric(prefix)).toBe(16);
  silent.advance(1 + 2 * tick);
  expect(silent.route(prefix)).toBeUndefined();
});

test('2080 §2.4.2: does not start a deletion again when 16 comes again', () => {
  const driver = withRoute();
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  for (let passed = 0; passed < 120_000; passed += 30_000) {
    driver.advance(30_000);
    driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  }
  driver.advance(tick);
  expect(driver.route(prefix)).toBeUndefined();
});

test('2080 §2.3: takes a new route during garbage collection, which ends then', () => {
  const driver = withRoute();
  driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
  driver.advance(100_000);
  driver.hear('eth1', 'fe80::3', { [prefix]: 7 });
  expect(driver.route(prefix)).not.toHaveProperty('garbageIn');
  driver.advance(100_000);
  expect(driver.metric(prefix)).toBe(8);
  expect(driver.kernel()).toEqual({ [prefix]: ['fe80::3'] });
});

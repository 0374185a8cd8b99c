/** RFC 2453 §3.8: timeout, garbage collection, regular updates. */
import { describe, expect, test } from 'vitest';
import { configured, Driver, entriesOf, manyEntries, seededRandom, twoPorts } from './driver.ts';

/** Half a step of the table's clock: what is due at a time has happened by then. */
const tick = 100;

describe('timeout', () => {
  test('2453 §3.8: loses a route that was not refreshed for 180 s', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
    driver.advance(100_000);
    // The router itself lives.
    driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 2 });
    driver.advance(79_999);
    expect(driver.metric('10.1.0.0/16')).toBe(3);
    driver.advance(1 + tick);
    expect(driver.metric('10.1.0.0/16')).toBe(16);
    expect(driver.kernel()).toEqual({ '10.2.0.0/16': ['10.0.0.2'] });
  });

  test('no route is lost before its time, whenever it was learned', () => {
    const driver = twoPorts();
    for (const learned of [1, 33, 51, 99]) {
      driver.advance(learned);
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
      driver.hear('eth0', '10.0.0.3', { '10.2.0.0/16': 2 });
      driver.advance(170_000);
      driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 16 });
      driver.advance(9_999);
      expect(driver.metric('10.1.0.0/16')).toBe(3);
    }
  });

  test('2453 §3.8: starts the timeout again with every update for the route', () => {
    const driver = twoPorts();
    for (let round = 0; round < 10; round += 1) {
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
      driver.advance(170_000);
    }
    expect(driver.metric('10.1.0.0/16')).toBe(3);
  });

  test('2453 §3.9.2: refreshes a route only by responses of the router it came from', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    for (let round = 0; round < 7; round += 1) {
      driver.advance(30_000);
      driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 2 });
      // A packet that is the last one again would be taken as a whole: this one is read entry by entry.
      driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 9, '10.3.0.0/16': 1 + round });
    }
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
    expect(driver.metric('10.1.0.0/16')).toBe(10);
  });

  test('2453 §3.9.2: lets no other router withdraw a route', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 16 });
    driver.hear('eth0', '10.0.0.3', { '10.1.0.0/16': 16 });
    expect(driver.metric('10.1.0.0/16')).toBe(3);
  });

  test('a path that times out is replaced in the same step by the best that is left', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(10_000);
    driver.hear('eth0', '10.0.0.3', { '10.1.0.0/16': 9 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 5 });
    driver.take();
    driver.advance(170_000 + tick);
    const changes = driver
      .take()
      .filter((action) => action.type === 'install-route' || action.type === 'remove-route');
    expect(changes).toMatchObject([{ type: 'install-route', nextHops: [{ gateway: '10.0.1.2' }] }]);
    expect(driver.metric('10.1.0.0/16')).toBe(6);
  });

  test('one of several equal paths that times out leaves the others', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(30_000);
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    driver.advance(150_000 + tick);
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
  });

  test('a neighbor that fell silent is reported and forgotten', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
    driver.advance(180_000 + tick);
    expect(driver.snapshot().neighbors).toEqual([]);
    expect(driver.reports('neighbor-lost')).toEqual([
      { type: 'neighbor-lost', interface: 'eth0', neighbor: '10.0.0.2', routes: 2 },
    ]);
  });

  test('10,000 routes of one burst time out in a few steps', () => {
    const driver = twoPorts();
    const entries = manyEntries(10_000, 2);
    for (let at = 0; at < entries.length; at += 25) {
      driver.hear('eth0', '10.0.0.2', entries.slice(at, at + 25));
      driver.now += 0.3;
    }
    driver.advance(179_000);
    driver.take();
    let steps = 0;
    while (driver.snapshot().status.garbage < 10_000) {
      driver.now = driver.router.deadline;
      driver.step({ type: 'tick' });
      steps += 1;
    }
    expect(steps).toBeLessThan(10);
  });
});

describe('garbage collection', () => {
  /** 10.1.0.0/16 has just been withdrawn, and its loss announced. */
  function withLostRoute(): Driver {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(20_000);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    driver.take();
    return driver;
  }

  test('2453 §3.8: starts the deletion of a route when its router announces 16', () => {
    const lost = withLostRoute().route('10.1.0.0/16');
    expect(lost).toMatchObject({ metric: 16, garbageIn: 120_000 });
  });

  test('2453 §3.8: stops routing over a lost route at once', () => {
    expect(withLostRoute().kernel()).toEqual({});
  });

  test('2453 §3.8: announces a lost route with metric 16 until its garbage collection ends', () => {
    const driver = withLostRoute();
    driver.advance(119_900);
    const updates = driver.announced('eth1');
    expect(updates.length).toBeGreaterThan(2);
    for (const { metrics } of updates) expect(metrics['10.1.0.0/16']).toBe(16);
  });

  test('2453 §3.8: forgets a lost route after 120 s', () => {
    const driver = withLostRoute();
    driver.advance(119_900);
    expect(driver.route('10.1.0.0/16')).toBeDefined();
    driver.advance(100 + tick);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
    driver.take();
    driver.advance(40_000);
    for (const { metrics } of driver.announced('eth1')) expect(metrics).not.toHaveProperty('10.1.0.0/16');
  });

  test('a loss is announced even if its garbage collection ends before the pause does', () => {
    const timers = { update: 30_000, timeout: 180_000, garbageCollection: 500 };
    const driver = twoPorts({ eth0: { timers }, eth1: {} });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    driver.take();
    driver.advance(3_000);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.1.0.0/16': 16 } }]);
  });

  test('2453 §3.9.2: does not start a deletion again when 16 comes again', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    for (let round = 0; round < 4; round += 1) {
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
      driver.advance(30_000);
    }
    driver.advance(tick);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
  });

  test('2453 §3.8: takes a new route during garbage collection, which ends then', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    driver.advance(60_000);
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 4 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.1.2'] });
    driver.advance(100_000);
    expect(driver.route('10.1.0.0/16')).toMatchObject({ metric: 5 });
    expect(driver.route('10.1.0.0/16')).not.toHaveProperty('garbageIn');
  });

  test('2453 §3.9.2: adds no route with metric 16', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
    expect(driver.announced('eth1')).toEqual([]);
  });
});

describe('regular updates', () => {
  /** When regular updates went out of eth0 in an hour. */
  function updateTimes(random: () => number): number[] {
    const driver = new Driver(configured({ eth0: {} }), { random });
    driver.up('eth0', '10.0.0.1/24');
    driver.advance(3_600_000);
    return driver.announced('eth0').map(({ at }) => at);
  }

  /** Between one update and the next. */
  function updateIntervals(random: () => number): number[] {
    const times = updateTimes(random);
    return times.slice(1).map((time, at) => time - (times[at] ?? 0));
  }

  test('2453 §3.8: sends the whole table every 30 s', () => {
    expect(new Set(updateIntervals(() => 0.5))).toEqual(new Set([30_000]));
    const intervals = updateIntervals(seededRandom(7));
    const mean = intervals.reduce((sum, interval) => sum + interval, 0) / intervals.length;
    expect(Math.abs(mean - 30_000)).toBeLessThan(800);
  });

  test('2453 §3.8: moves every regular update by up to 5 s at random', () => {
    const intervals = updateIntervals(seededRandom(7));
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(25_000);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(35_000);
    expect(Math.max(...intervals) - Math.min(...intervals)).toBeGreaterThan(7_000);
  });

  test('routers do not fall into step', () => {
    const [first, second] = [updateTimes(seededRandom(1)), new Set(updateTimes(seededRandom(2)))];
    expect(first.filter((time) => time > 0 && second.has(time))).toEqual([]);
  });

  test('2453 §3.10: sends its updates on every network that it is connected to', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', manyEntries(60, 2));
    driver.advance(10_000);
    driver.take();
    driver.advance(30_000);
    const packets = driver.sent();
    expect(packets.map((packet) => `${packet.interface} ${packet.entries.length}`).sort()).toEqual(
      ['eth0 12', 'eth0 25', 'eth0 25', 'eth1 12', 'eth1 25', 'eth1 25'].sort(),
    );
    expect(new Set(packets.map((packet) => `${packet.destination}:${packet.port}`))).toEqual(
      new Set(['224.0.0.9:520']),
    );
  });

  test('8695 §4: lets an interface have timers of its own', () => {
    const timers = { update: 3_000, timeout: 9_000, garbageCollection: 6_000 };
    const driver = twoPorts({ eth0: { timers }, eth1: {} });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.2.0.0/16': 2 });
    driver.advance(9_000 + tick);
    expect([driver.metric('10.1.0.0/16'), driver.metric('10.2.0.0/16')]).toEqual([16, 3]);
    driver.advance(6_000 + tick);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
  });
});

test('an early or repeated tick is harmless', () => {
  const quiet = twoPorts();
  const busy = twoPorts();
  for (const driver of [quiet, busy]) driver.hear('eth0', '10.0.0.2', entriesOf({ '10.1.0.0/16': 2 }));
  for (let second = 0; second < 400; second += 1) {
    quiet.advance(1_000);
    busy.step({ type: 'tick' });
    busy.advance(1_000);
    busy.step({ type: 'tick' });
  }
  expect(busy.history).toEqual(quiet.history);
});

/** RFC 2453 §3.10.1: triggered updates, their pause, and the collecting of bursts. */
import { expect, test } from 'vitest';
import { configured, Driver, datagram, manyEntries, seededRandom, target, twoPorts } from './driver.ts';

/** One packet of a burst: entries `at` to `at + 24` of many. */
const part = (at: number, metric = 2) => manyEntries(10_000, metric).slice(at, at + 25);

test('1812 §F.2.2: announces nothing in a triggered update that has not changed since the last regular one', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { '10.1.0.0/16': 3 } }]);
});

test('2453 §3.4.4: announces a lost route at once', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.advance(10_000);
  driver.take();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
  expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { '10.1.0.0/16': 16 } }]);
});

test('2453 §3.10.1: announces what changed in the pause by one update at its end', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  const start = driver.now;
  driver.take();
  for (const metric of [3, 4, 5]) {
    driver.advance(500);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': metric, '10.2.0.0/16': metric });
  }
  driver.advance(6_000);
  expect(driver.announced('eth1')).toEqual([
    { at: start + 3_000, metrics: { '10.1.0.0/16': 6, '10.2.0.0/16': 6 } },
  ]);
});

test('2453 §3.10.1: waits at random from 1 to 5 s after a triggered update before the next', () => {
  const pauses = Array.from({ length: 50 }, (_, seed) => {
    const driver = new Driver(configured({ eth0: {}, eth1: {} }), { random: seededRandom(seed) });
    driver.up('eth0', '10.0.0.1/24');
    driver.up('eth1', '10.0.1.1/24');
    driver.advance(6_000);
    driver.take();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 3 });
    driver.advance(6_000);
    const [first, second] = driver.announced('eth1');
    return (second?.at ?? 0) - (first?.at ?? 0);
  });
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000);
  expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(3_000);
});

test('what the neighbors of an interface that starts have to tell goes out together', () => {
  const driver = twoPorts({ eth0: {}, eth1: {}, eth2: {} });
  driver.up('eth2', '10.0.2.1/24');
  const start = driver.now;
  driver.take();
  driver.hear('eth2', '10.0.2.2', { '10.1.0.0/16': 2 });
  driver.advance(150);
  driver.hear('eth2', '10.0.2.3', { '10.2.0.0/16': 2 });
  driver.advance(6_000);
  expect(driver.announced('eth1')).toEqual([
    { at: start + 200, metrics: { '10.0.2.0/24': 1, '10.1.0.0/16': 3, '10.2.0.0/16': 3 } },
  ]);
});

test('triggered-update-delay [0, 0]: there is no pause', () => {
  const driver = twoPorts(undefined, { triggeredUpdateDelay: [0, 0] });
  for (const metric of [2, 3, 4]) {
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': metric });
    expect(driver.announced('eth1')).toMatchObject([{ at: driver.now }]);
  }
});

test('2453 §3.10.1: leaves a change to the regular update if that is due first', () => {
  const driver = twoPorts();
  driver.advance(driver.router.deadline - driver.now - 1_000);
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 4 });
  driver.take();
  driver.advance(10_000);
  const updates = driver.announced('eth1');
  expect(updates).toHaveLength(1);
  expect(updates[0]?.metrics).toEqual({ '10.0.0.0/24': 1, '10.0.1.0/24': 16, '10.1.0.0/16': 5 });
});

test('2453 §3.10.1: clears the change flags only when every network has been served', () => {
  const slow = { update: 30_000, timeout: 180_000, garbageCollection: 120_000 };
  const driver = twoPorts({ eth0: {}, eth1: { timers: { ...slow, update: 1_000 } } });
  driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
  driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 4 });
  driver.take();
  driver.advance(2_500);
  expect(driver.announced('eth0')).toEqual([]);
  driver.advance(1_000);
  expect(driver.announced('eth0')).toMatchObject([{ metrics: { '10.1.0.0/16': 5 } }]);
});

test('2453 §3.10.1: sends a triggered update on every network', () => {
  const driver = twoPorts({ eth0: {}, eth1: {}, eth2: {} });
  driver.up('eth2', '10.0.2.1/24');
  driver.advance(6_000);
  driver.take();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  expect(driver.sent().map((packet) => [packet.interface, packet.metrics])).toEqual([
    ['eth0', { '10.1.0.0/16': 16 }],
    ['eth1', { '10.1.0.0/16': 3 }],
    ['eth2', { '10.1.0.0/16': 3 }],
  ]);
  expect(driver.route('10.1.0.0/16')?.changed).toBe(false);
});

test('a refresh without a change triggers nothing', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', part(0));
  driver.advance(10_000);
  driver.take();
  driver.hear('eth0', '10.0.0.2', part(0));
  driver.advance(1_000);
  expect(driver.take()).toEqual([]);
});

test('without an interface to send on, changes do not wait for one', () => {
  const driver = twoPorts({ eth0: { passive: true } });
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  expect(driver.route('10.1.0.0/16')?.changed).toBe(false);
  expect(driver.snapshot().status).not.toHaveProperty('triggeredUpdateIn');
});

test('a burst of full packets is collected: all of it goes out together, soon after its last packet', () => {
  const driver = twoPorts();
  for (let at = 0; at < 1_000; at += 25) {
    driver.hear('eth0', '10.0.0.2', part(at));
    driver.advance(1);
  }
  expect(driver.announced('eth1')).toEqual([]);
  const end = driver.now;
  driver.advance(1_000);
  const updates = driver.announced('eth1');
  expect(updates).toHaveLength(1);
  expect(Object.keys(updates[0]?.metrics ?? {})).toHaveLength(1_000);
  expect((updates[0]?.at ?? 0) - end).toBeLessThanOrEqual(10);
});

test('the last packet of a burst, if it is not full, ends the collecting at once', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', part(0));
  driver.advance(1);
  driver.hear('eth0', '10.0.0.2', manyEntries(30, 2).slice(25));
  const [update] = driver.announced('eth1');
  expect(update?.at).toBe(driver.now);
  expect(Object.keys(update?.metrics ?? {})).toHaveLength(30);
});

test('a burst that arrives as one batch goes out in the same step if its last packet is not full', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', manyEntries(60, 2));
  const [update] = driver.announced('eth1');
  expect(Object.keys(update?.metrics ?? {})).toHaveLength(60);
});

test('a small packet of another neighbor does not end the collecting', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', part(0));
  driver.hear('eth0', '10.0.0.3', { '10.1.0.0/16': 2 });
  expect(driver.announced('eth1')).toEqual([]);
  driver.advance(10);
  expect(Object.keys(driver.announced('eth1')[0]?.metrics ?? {})).toHaveLength(26);
});

test('a burst is not over because something else happens when its time has come', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', part(0));
  driver.now += 20;
  driver.stands({ state: 'installed', prefix: '20.0.0.0/24' });
  expect(driver.announced('eth1')).toEqual([]);
  driver.hear('eth0', '10.0.0.2', part(25));
  driver.advance(20);
  const [update, ...others] = driver.announced('eth1');
  expect(Object.keys(update?.metrics ?? {})).toHaveLength(50);
  expect(others).toEqual([]);
});

test('a burst without end is sent after 500 ms', () => {
  const driver = twoPorts();
  const start = driver.now;
  const entries = manyEntries(15_000, 2);
  for (let at = 0; at < entries.length; at += 25) {
    driver.hear('eth0', '10.0.0.2', entries.slice(at, at + 25));
    driver.advance(1);
  }
  expect(driver.announced('eth1')[0]?.at).toBe(start + 500);
});

test('what is redistributed one by one is collected: it goes out together, 10 ms after the last', () => {
  const driver = twoPorts();
  const start = driver.now;
  for (let at = 0; at < 100; at += 1) {
    const route = {
      prefix: `172.16.${at}.0/24`,
      source: 'static',
      metric: undefined,
      tag: 0,
      nextHop: undefined,
    };
    driver.step({ type: 'redistribution-changed', routes: [route], withdrawn: [] });
    driver.advance(1);
  }
  driver.advance(100);
  const [update, ...others] = driver.announced('eth1');
  expect(update?.at).toBe(start + 99 + 10);
  expect(Object.keys(update?.metrics ?? {})).toHaveLength(100);
  expect(others).toEqual([]);
});

test('a lost interface is announced at once, however many routes it had', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', manyEntries(10_000, 2));
  driver.advance(10_000);
  driver.take();
  driver.step({ type: 'interface-down', interface: 'eth0' });
  const [update] = driver.announced('eth1');
  expect(update?.at).toBe(driver.now);
  expect(Object.values(update?.metrics ?? {}).filter((metric) => metric === 16)).toHaveLength(10_001);
});

test('the news of a new passive interface goes out on the others at once', () => {
  const driver = twoPorts({ eth0: {}, eth1: {}, eth2: { passive: true } });
  driver.step({ type: 'interface-up', interface: target('eth2', 3, '10.0.2.1/24') });
  expect(driver.announced('eth0')).toMatchObject([{ metrics: { '10.0.2.0/24': 1 } }]);
});

test('a packet that is rejected triggers nothing', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram('02 01 0000 0002 0000 0a010000 ffff0000 00000000 00000002'));
  expect(driver.sent()).toEqual([]);
});

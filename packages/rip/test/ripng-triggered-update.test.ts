/** Triggered updates of RIPng: RFC 2080 §2.5.1. */
import { describe, expect, test } from 'vitest';
import { ripng } from '../src/index.ts';
import { configured, Driver, datagram, entriesOf, manyEntries, seededRandom } from './driver.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const prefix = 'fd00:1::/32';

describe('the pause', () => {
  test('2080 §2.5.1: waits at random from 1 to 5 s after a triggered update before the next', () => {
    const pauses = Array.from({ length: 50 }, (_, seed) => {
      const driver = new Driver(configured({ eth0: {}, eth1: {} }, {}, ripng), {
        protocol: ripng,
        random: seededRandom(seed),
      });
      driver.up('eth0', 'fe80::a/64');
      driver.up('eth1', 'fe80::b/64');
      driver.advance(6_000);
      driver.take();
      driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
      driver.hear('eth0', 'fe80::2', { [prefix]: 3 });
      driver.advance(6_000);
      const [first, second] = driver.announced('eth1');
      return (second?.at ?? 0) - (first?.at ?? 0);
    });
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000);
    expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(3_000);
  });

  test('2080 §2.5.1: announces what changed in the pause by one update at its end', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    const start = driver.now;
    driver.take();
    for (const metric of [3, 4, 5]) {
      driver.advance(500);
      driver.hear('eth0', 'fe80::2', { [prefix]: metric, 'fd00:2::/32': metric });
    }
    driver.advance(6_000);
    expect(driver.announced('eth1')).toEqual([
      { at: start + 3_000, metrics: { [prefix]: 6, 'fd00:2::/32': 6 } },
    ]);
  });

  test('2080 §2.5.1: starts another pause after that update', () => {
    const driver = quietRouter();
    const start = driver.now;
    for (let metric = 2; metric < 14; metric += 1) {
      driver.hear('eth0', 'fe80::2', { [prefix]: metric });
      driver.advance(1_000);
    }
    expect(driver.announced('eth1').map(({ at }) => at - start)).toEqual([0, 3_000, 6_000, 9_000, 12_000]);
  });

  test('2080 §2.5.1: leaves a change to the regular update if that is due first', () => {
    const driver = quietRouter();
    driver.advance(driver.router.deadline - driver.now - 1_000);
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth0', 'fe80::2', { [prefix]: 4 });
    driver.take();
    driver.advance(10_000);
    expect(driver.announced('eth1').map(({ metrics }) => metrics)).toEqual([
      { '2001:db8:a::/64': 1, '2001:db8:b::/64': 1, [prefix]: 5 },
    ]);
  });
});

test('2080 §2.5: triggers an update when the metric of a route changes', () => {
  const driver = quietRouter();
  for (const metric of [2, 3, 1, 16]) {
    driver.hear('eth0', 'fe80::2', { [prefix]: metric });
    expect(driver.announced('eth1')).toEqual([
      { at: driver.now, metrics: { [prefix]: Math.min(16, metric + 1) } },
    ]);
    driver.advance(6_000);
    // The same again is no change.
    driver.hear('eth0', 'fe80::2', { [prefix]: metric });
    expect(driver.sent().filter(({ at }) => at === driver.now)).toEqual([]);
    driver.advance(6_000);
    driver.take();
  }
});

describe('what is in it', () => {
  test('2080 §2.5.1: announces every changed route', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', manyEntries(150, 2, ripng));
    const [update] = driver.announced('eth1');
    expect(Object.keys(update?.metrics ?? {})).toHaveLength(150);
  });

  test('2080 §2.5.1: announces nothing but changed routes', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { [prefix]: 3 } }]);
    driver.advance(6_000);
    driver.hear('eth0', 'fe80::2', { [prefix]: 2, 'fd00:2::/32': 2 });
    expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { 'fd00:2::/32': 3 } }]);
  });

  test('2080 §2.5.1: takes no input while it makes an update', () => {
    const driver = quietRouter();
    const [one = new Uint8Array(), two = new Uint8Array()] = [2, 9].flatMap((metric) =>
      ripng.encodeResponses(entriesOf({ [prefix]: metric, [`fd00:${metric}::/32`]: metric })),
    );
    driver.receive('eth0', datagram(one, 'fe80::2'), datagram(two, 'fe80::2'));
    const sent = driver.sent().filter((packet) => packet.interface === 'eth1');
    expect(sent.map(({ metrics }) => metrics)).toEqual([
      { [prefix]: 10, 'fd00:2::/32': 3, 'fd00:9::/32': 10 },
    ]);
  });

  test('2080 §2.5.1: sends a triggered update on every network', () => {
    const driver = quietRouter({ eth0: {}, eth1: {}, eth2: {} });
    driver.up('eth2', 'fe80::c/64');
    driver.advance(6_000);
    driver.take();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.sent().map((sent) => sent.interface)).toEqual(['eth0', 'eth1', 'eth2']);
  });

  test('2080 §2.5.1: applies split horizon to triggered updates', () => {
    const driver = quietRouter({ eth0: {}, eth1: {} });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.sent().map((sent) => [sent.interface, sent.metrics])).toEqual([
      ['eth0', { [prefix]: 16 }],
      ['eth1', { [prefix]: 3 }],
    ]);
  });

  test('2080 §2.5.1: sends no triggered update that split horizon leaves empty', () => {
    const driver = quietRouter({ eth0: { splitHorizon: 'simple' }, eth1: {} });
    const counts = (): number[] => driver.snapshot().interfaces.map((on) => on.counters.triggeredUpdatesSent);
    const [onEth0 = 0, onEth1 = 0] = counts();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.sent().map((sent) => sent.interface)).toEqual(['eth1']);
    expect(counts()).toEqual([onEth0, onEth1 + 1]);
  });
});

test('2080 §2.5.1: clears the change flags only when every network has been served', () => {
  const slow = { update: 30_000, timeout: 180_000, garbageCollection: 120_000 };
  const driver = quietRouter({ eth0: {}, eth1: { timers: { ...slow, update: 1_000 } } });
  driver.hear('eth1', 'fe80::2', { [prefix]: 2 });
  expect(driver.route(prefix)?.changed).toBe(false);
  driver.hear('eth1', 'fe80::2', { [prefix]: 4 });
  driver.take();
  driver.advance(2_500);
  expect(driver.route(prefix)?.changed).toBe(true);
  expect(driver.announced('eth0')).toEqual([]);
  driver.advance(1_000);
  expect(driver.announced('eth0')).toMatchObject([{ metrics: { [prefix]: 5 } }]);
  expect(driver.route(prefix)?.changed).toBe(false);
});

test('a burst of packets that are as full as the link allows is collected', () => {
  const driver = quietRouter();
  const entries = manyEntries(1_000, 2, ripng);
  for (let at = 0; at + 72 <= entries.length; at += 72) {
    driver.hear('eth0', 'fe80::2', entries.slice(at, at + 72));
    driver.advance(1);
  }
  expect(driver.announced('eth1')).toEqual([]);
  driver.advance(100);
  const updates = driver.announced('eth1');
  expect(updates.map(({ metrics }) => Object.keys(metrics).length)).toEqual([936]);
});

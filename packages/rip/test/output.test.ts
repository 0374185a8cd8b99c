/** RFC 2453 §3.10.1 and RFC 1812 §F.2.2: triggered updates, beyond their pauses; what holds by default. */
import { describe, expect, test } from 'vitest';
import { defaultInterfaceConfiguration, defaultRouterConfiguration, defaultTimers } from '../src/index.ts';
import { configured, Driver, seededRandom, twoPorts } from './driver.ts';

describe('triggered updates', () => {
  test('2453 §3.10.1: starts another pause after that update', () => {
    const driver = twoPorts();
    const start = driver.now;
    for (const metric of [2, 3, 4, 5, 6, 7]) {
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': metric });
      driver.advance(1_500);
    }
    // The pause of the test's random numbers is 3 s.
    expect(driver.announced('eth1').map(({ at }) => at - start)).toEqual([0, 3_000, 6_000, 9_000]);
  });

  test('2453 §3.10.1: announces every changed route', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
    driver.take();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 4 });
    driver.hear('eth1', '10.0.1.2', { '10.3.0.0/16': 1 });
    driver.advance(3_000);
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.1.0.0/16': 5, '10.3.0.0/16': 16 } }]);
  });

  test('2453 §3.10.1: applies split horizon to triggered updates', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { '10.1.0.0/16': 16 } }]);
  });

  test('2453 §3.10.1: sends no triggered update that split horizon leaves empty', () => {
    const driver = twoPorts({ eth0: { splitHorizon: 'simple' }, eth1: {} });
    const counted = () => driver.snapshot().interfaces.map((on) => on.counters.triggeredUpdatesSent);
    const [first = 0, second = 0] = counted();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(driver.sent().map((packet) => packet.interface)).toEqual(['eth1']);
    expect(counted()).toEqual([first, second + 1]);
  });

  test('1812 §F.2.2: triggers an update when a metric rises', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(10_000);
    driver.take();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 9 });
    expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { '10.1.0.0/16': 10 } }]);
  });

  test('1812 §F.2.2: sends no triggered update for what a regular one has announced', () => {
    const driver = twoPorts();
    driver.advance(driver.router.deadline - driver.now - 1_000);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 4 });
    driver.take();
    driver.advance(1_000);
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.1.0.0/16': 5 } }]);
    expect(driver.snapshot().status).not.toHaveProperty('triggeredUpdateIn');
    driver.advance(20_000);
    expect(driver.announced('eth1')).toEqual([]);
  });
});

describe('defaults', () => {
  test('1812 §F.2.2: splits the horizon with poisoned reverse unless it is told otherwise', () => {
    expect(defaultInterfaceConfiguration.splitHorizon).toBe('poison-reverse');
  });

  test('1812 §F.2.2: waits for six update intervals by default before it loses a route', () => {
    expect(defaultTimers.timeout / defaultTimers.update).toBe(6);
  });

  test('1812 §F.2.2: lets the administrator choose the timeout', () => {
    const driver = twoPorts({ eth0: { timers: { ...defaultTimers, timeout: 60_000 } }, eth1: {} });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
    driver.advance(50_000);
    driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 2 });
    driver.advance(10_100);
    expect([driver.metric('10.1.0.0/16'), driver.metric('10.2.0.0/16')]).toEqual([16, 3]);
  });

  test('1812 §F.2.2: loses no route for a single update that is missing', () => {
    const driver = new Driver(configured({ eth0: {}, eth1: {} }), { random: seededRandom(3) });
    driver.up('eth0', '10.0.0.1/24');
    for (const wait of [60_000, 30_000, 60_000, 30_000, 60_000, 60_000]) {
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
      driver.advance(wait);
    }
    expect(driver.reports('route-changed').filter((change) => change.metric === 16)).toEqual([]);
  });

  test('2453 §4.5: multicasts on every interface unless it is told otherwise', () => {
    expect(defaultInterfaceConfiguration.multicast).toBe(true);
  });

  test('2453 §5.1: sends by default RIPv2, and not by broadcast', () => {
    expect(defaultInterfaceConfiguration.sendVersion).toBe('2');
  });

  test('2453 §5.1: accepts by default the version that it sends by default', () => {
    expect(defaultInterfaceConfiguration.receiveVersion).toBe('2');
  });

  test('1923 §3.0: speaks RIPv1 only where it is told to', () => {
    const { sendVersion, receiveVersion } = defaultInterfaceConfiguration;
    expect([sendVersion, receiveVersion]).toEqual(['2', '2']);
  });

  test('5082 §3: does not ask for a TTL of 255 unless it is told to', () => {
    expect(defaultInterfaceConfiguration.ttlSecurity).toBe(false);
  });

  test('8695 §4: uses the cost, the metric and the number of paths of the YANG model by default', () => {
    const { defaultMetric, maximumPaths } = defaultRouterConfiguration;
    expect([defaultInterfaceConfiguration.cost, defaultMetric, maximumPaths]).toEqual([1, 1, 8]);
  });

  test('8695 §4: announces no default route unless it is told to', () => {
    const driver = twoPorts();
    driver.advance(60_000);
    for (const { metrics } of driver.announced('eth0')) expect(metrics).not.toHaveProperty('0.0.0.0/0');
    expect(defaultRouterConfiguration.originateDefaultRoute).toBeUndefined();
  });
});

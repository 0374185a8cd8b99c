/** Routes of our own: what is redistributed, the default route, and how they stand to what is learned. RFC 2453 §3.7, §4.4. */
import { describe, expect, test } from 'vitest';
import { configured, type Driver, twoPorts } from './driver.ts';

const prefix = '172.16.0.0/12';
const plain = { prefix, source: 'static', metric: undefined, tag: 0, nextHop: undefined };

/** How long changes are collected before they are announced. */
const collecting = 10;

function redistribute(driver: Driver, some: Partial<{ metric: number; tag: number }> = {}): void {
  driver.step({ type: 'redistribution-changed', routes: [{ ...plain, ...some }], withdrawn: [] });
}

describe('redistributed routes', () => {
  test('without a metric they have the default metric, also when that changes', () => {
    const driver = twoPorts(undefined, { defaultMetric: 4 });
    redistribute(driver);
    expect(driver.metric(prefix)).toBe(4);
    redistribute(driver, { metric: 2 });
    expect(driver.metric(prefix)).toBe(2);
    redistribute(driver);
    const configuration = configured({ eth0: {}, eth1: {} }, { defaultMetric: 6 });
    driver.step({ type: 'reconfigured', configuration });
    expect(driver.metric(prefix)).toBe(6);
  });

  test('1812 §7.6: prefers a route of another protocol to one that it has learned', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { [prefix]: 2 });
    redistribute(driver, { metric: 9 });
    expect(driver.metric(prefix)).toBe(9);
    expect(driver.kernel()).toEqual({});
    driver.step({ type: 'redistribution-changed', routes: [], withdrawn: [prefix] });
    expect(driver.metric(prefix)).toBe(3);
    expect(driver.kernel()).toEqual({ [prefix]: ['10.0.0.2'] });
  });

  test.each(['127.1.0.0/16', '224.0.0.0/4', '0.0.0.0/8', '169.254.0.0/16', '240.0.0.0/4'])(
    'are not announced if no neighbor would take them: %s',
    (refused) => {
      const driver = twoPorts();
      driver.step({ type: 'redistribution-changed', routes: [{ ...plain, prefix: refused }], withdrawn: [] });
      expect(driver.metric(refused)).toBeUndefined();
      driver.step({
        type: 'redistribution-changed',
        routes: [{ ...plain, prefix: '0.0.0.0/0' }],
        withdrawn: [],
      });
      expect(driver.metric('0.0.0.0/0')).toBe(1);
    },
  );

  test('are poisoned when they are withdrawn, or come with metric 16', () => {
    for (const lose of [
      (driver: Driver) => driver.step({ type: 'redistribution-changed', routes: [], withdrawn: [prefix] }),
      (driver: Driver) => redistribute(driver, { metric: 16 }),
    ]) {
      const driver = twoPorts();
      redistribute(driver);
      driver.advance(6_000);
      driver.take();
      lose(driver);
      driver.advance(collecting);
      expect(driver.announced('eth0')).toMatchObject([{ metrics: { [prefix]: 16 } }]);
      driver.advance(121_000);
      expect(driver.route(prefix)).toBeUndefined();
    }
  });

  test('another tag is a change that is announced', () => {
    const driver = twoPorts();
    redistribute(driver);
    driver.advance(6_000);
    driver.take();
    redistribute(driver, { tag: 9 });
    driver.advance(collecting);
    expect(driver.sent()[0]?.entries).toMatchObject([{ prefix, tag: 9 }]);
  });

  test('a connected subnet beats the same prefix from another protocol', () => {
    const driver = twoPorts();
    driver.step({
      type: 'redistribution-changed',
      routes: [{ ...plain, prefix: '10.0.0.0/24', metric: 7 }],
      withdrawn: [],
    });
    expect(driver.route('10.0.0.0/24')).toMatchObject({ kind: 'connected', metric: 1 });
    driver.step({ type: 'interface-down', interface: 'eth0' });
    expect(driver.route('10.0.0.0/24')).toMatchObject({ kind: 'redistributed', metric: 7 });
  });
});

describe('the default route', () => {
  const originating = (when: 'always' | 'present', metric = 3) =>
    ({ originateDefaultRoute: { metric, when } }) as const;
  const isSaid = (driver: Driver): unknown => driver.metric('0.0.0.0/0');

  test('always: whatever the kernel has', () => {
    const driver = twoPorts(undefined, originating('always'));
    expect(isSaid(driver)).toBe(3);
    driver.step({ type: 'default-route', present: true });
    driver.step({ type: 'default-route', present: false });
    expect(isSaid(driver)).toBe(3);
  });

  test('present: only while the kernel has one that is not ours, poisoned after it', () => {
    const driver = twoPorts(undefined, originating('present'));
    expect(isSaid(driver)).toBeUndefined();
    driver.step({ type: 'default-route', present: true });
    expect(isSaid(driver)).toBe(3);
    driver.step({ type: 'default-route', present: false });
    expect(isSaid(driver)).toBe(16);
  });

  test('configured while running, with another metric, and no more', () => {
    const driver = twoPorts();
    driver.step({ type: 'default-route', present: true });
    for (const [rest, metric] of [
      [originating('present'), 3],
      [originating('always', 8), 8],
      [{}, 16],
    ] as const) {
      driver.step({ type: 'reconfigured', configuration: configured({ eth0: {}, eth1: {} }, rest) });
      expect(isSaid(driver)).toBe(metric);
    }
  });

  test('one that is learned is a route like any other, while none is originated', () => {
    const driver = twoPorts(undefined, originating('present'));
    driver.hear('eth0', '10.0.0.2', { '0.0.0.0/0': 1 });
    expect(driver.kernel()).toEqual({ '0.0.0.0/0': ['10.0.0.2'] });
    driver.step({ type: 'default-route', present: true });
    expect(driver.kernel()).toEqual({});
    expect(isSaid(driver)).toBe(3);
  });
});

/** A configuration that changes while the router runs, and its end. */
import { describe, expect, test } from 'vitest';
import { configured, type Driver, target, twoPorts } from './driver.ts';

/** Two interfaces, a route learned on each, everything announced. */
function running(): Driver {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.hear('eth1', '10.0.1.2', { '10.2.0.0/16': 2 });
  driver.advance(6_000);
  driver.take();
  return driver;
}

function reconfigure(driver: Driver, configuration: ReturnType<typeof configured>): void {
  driver.step({ type: 'reconfigured', configuration });
}

describe('reconfigured', () => {
  test('the same configuration again does nothing', () => {
    const driver = running();
    reconfigure(driver, configured({ eth0: {}, eth1: {} }));
    expect(driver.take()).toEqual([]);
  });

  test('an interface that is added starts to speak', () => {
    const driver = running();
    driver.upAs(target('eth2', 3, '10.0.2.1/24'));
    expect(driver.take()).toEqual([]);
    reconfigure(driver, configured({ 'eth*': {} }));
    expect(driver.take()).toContainEqual(expect.objectContaining({ type: 'listen' }));
    expect(driver.metric('10.0.2.0/24')).toBe(1);
  });

  test('an interface that is removed says farewell; what was reached over it is poisoned on the others', () => {
    const driver = running();
    reconfigure(driver, configured({ eth1: {} }));
    const all = { '10.0.0.0/24': 16, '10.0.1.0/24': 16, '10.1.0.0/16': 16, '10.2.0.0/16': 16 };
    const actions = driver.history.map(({ action }) => action.type);
    expect(actions.lastIndexOf('unlisten')).toBeGreaterThan(actions.indexOf('send'));
    const sent = driver.sent();
    expect(sent.filter((packet) => packet.interface === 'eth0').map((packet) => packet.metrics)).toEqual([
      all,
    ]);
    expect(sent.filter((packet) => packet.interface === 'eth1').map((packet) => packet.metrics)).toEqual([
      { '10.0.0.0/24': 16, '10.1.0.0/16': 16 },
    ]);
    expect(driver.kernel()).toEqual({ '10.2.0.0/16': ['10.0.1.2'] });
  });

  test('an interface that becomes passive says farewell and goes on learning', () => {
    const driver = running();
    reconfigure(driver, configured({ eth0: { passive: true }, eth1: {} }));
    const [farewell] = driver.announced('eth0');
    expect(new Set(Object.values(farewell?.metrics ?? {}))).toEqual(new Set([16]));
    driver.advance(60_000);
    expect(driver.announced('eth0')).toEqual([]);
    expect(driver.kernel()).toHaveProperty('10.1.0.0/16');
  });

  test('an interface that is passive no longer introduces itself', () => {
    const driver = twoPorts({ eth0: { passive: true }, eth1: {} });
    reconfigure(driver, configured({ eth0: {}, eth1: {} }));
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { '10.0.0.0/24': 16, '10.0.1.0/24': 1 } }]);
  });

  test('another cost applies to what was learned before', () => {
    const driver = running();
    reconfigure(driver, configured({ eth0: { cost: 5 }, eth1: {} }));
    expect(driver.metric('10.1.0.0/16')).toBe(7);
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.2']);
    reconfigure(driver, configured({ eth0: { cost: 16 }, eth1: {} }));
    expect(driver.metric('10.1.0.0/16')).toBe(16);
  });

  test('an interface that shall not learn any more loses what it learned', () => {
    const driver = running();
    reconfigure(driver, configured({ eth0: { noListen: true }, eth1: {} }));
    expect(driver.kernel()).toEqual({ '10.2.0.0/16': ['10.0.1.2'] });
  });

  test('simple split horizon takes back what was said without it', () => {
    const driver = twoPorts({ eth0: { splitHorizon: 'disabled' }, eth1: {} });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(6_000);
    driver.take();
    reconfigure(driver, configured({ eth0: { splitHorizon: 'simple' }, eth1: {} }));
    expect(driver.announced('eth0')[0]?.metrics['10.1.0.0/16']).toBe(16);
    for (let passed = 0; passed <= 120_000; passed += 30_000) {
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
      driver.take();
      driver.advance(30_000);
    }
    expect(driver.announced('eth0')[0]?.metrics).not.toHaveProperty('10.1.0.0/16');
  });

  test('a shorter update interval applies at once', () => {
    const driver = running();
    const timers = { update: 1_000, timeout: 180_000, garbageCollection: 120_000 };
    reconfigure(driver, configured({ eth0: { timers }, eth1: {} }));
    driver.take();
    driver.advance(10_000);
    expect(driver.announced('eth0').length).toBeGreaterThanOrEqual(8);
  });

  test('a shorter timeout ends neighbors that are already silent for longer', () => {
    const driver = running();
    const timers = { update: 1_000, timeout: 3_000, garbageCollection: 120_000 };
    reconfigure(driver, configured({ eth0: { timers }, eth1: {} }));
    expect(driver.metric('10.1.0.0/16')).toBe(16);
    expect(driver.metric('10.2.0.0/16')).toBe(3);
  });

  test('fewer paths are taken from the routes that have more', () => {
    const driver = running();
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    expect(driver.gateways('10.1.0.0/16')).toHaveLength(2);
    reconfigure(driver, configured({ eth0: {}, eth1: {} }, { maximumPaths: 1 }));
    expect(driver.gateways('10.1.0.0/16')).toHaveLength(1);
    expect(driver.kernel()['10.1.0.0/16']).toHaveLength(1);
  });
});

describe('stop', () => {
  test('everything is announced with 16 once on every interface, what is connected too', () => {
    const driver = running();
    driver.step({ type: 'commanded', command: 'stop' });
    const all = { '10.0.0.0/24': 16, '10.0.1.0/24': 16, '10.1.0.0/16': 16, '10.2.0.0/16': 16 };
    expect(driver.sent().map((packet) => [packet.interface, packet.metrics])).toEqual([
      ['eth0', all],
      ['eth1', all],
    ]);
  });

  test('no route is removed, and nothing comes out any more', () => {
    const driver = running();
    const actions = driver.step({ type: 'commanded', command: 'stop' });
    expect(new Set(actions.map((action) => action.type))).toEqual(new Set(['send']));
    expect(driver.router.deadline).toBe(Number.POSITIVE_INFINITY);
    driver.take();
    driver.hear('eth0', '10.0.0.2', { '10.3.0.0/16': 2 });
    driver.now += 600_000;
    driver.step({ type: 'tick' });
    driver.step({ type: 'interface-down', interface: 'eth0' });
    expect(driver.take()).toEqual([]);
    expect(driver.snapshot().status.state).toBe('stopped');
  });

  test('a passive interface says no farewell', () => {
    const driver = twoPorts({ eth0: { passive: true }, eth1: {} });
    driver.step({ type: 'commanded', command: 'stop' });
    expect(driver.sent().map((packet) => packet.interface)).toEqual(['eth1']);
  });
});

/** RFC 1812 §F.2.3: the graceful shutdown. */
import { expect, test } from 'vitest';
import { configured, Driver, datagram, seededRandom, twoPorts } from './driver.ts';

/** Learned 10.1.0.0/16, lost 10.2.0.0/16, and begins to drain. */
function draining(): Driver {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
  driver.advance(10_000);
  driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 16 });
  driver.advance(10_000);
  driver.take();
  driver.step({ type: 'commanded', command: 'drain' });
  return driver;
}

test('1812 §F.2.3: takes no responses any more when it drains', () => {
  const driver = draining();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5, '10.3.0.0/16': 2 });
  expect([driver.metric('10.1.0.0/16'), driver.metric('10.3.0.0/16')]).toEqual([3, undefined]);
});

test('1812 §F.2.3: sends four updates at random intervals of 2 to 4 s when it drains', () => {
  const intervals = Array.from({ length: 20 }, (_, seed) => {
    const driver = new Driver(configured({ eth0: {}, eth1: {} }), { random: seededRandom(seed) });
    driver.up('eth0', '10.0.0.1/24');
    driver.up('eth1', '10.0.1.1/24');
    driver.advance(6_000);
    driver.take();
    driver.step({ type: 'commanded', command: 'drain' });
    driver.advance(20_000);
    const at15 = driver.announced('eth1').filter(({ metrics }) => metrics['10.0.0.0/24'] === 15);
    expect(at15).toHaveLength(4);
    return at15.slice(1).map(({ at }, index) => at - (at15[index]?.at ?? 0));
  }).flat();
  expect(Math.min(...intervals)).toBeGreaterThanOrEqual(2_000);
  expect(Math.max(...intervals)).toBeLessThanOrEqual(4_000);
  expect(Math.max(...intervals) - Math.min(...intervals)).toBeGreaterThan(1_000);
});

test('1812 §F.2.3: announces metric 15 for what it announced as reachable when it drains', () => {
  expect(draining().announced('eth1')).toMatchObject([{ metrics: { '10.0.0.0/24': 15, '10.1.0.0/16': 15 } }]);
});

test('1812 §F.2.3: goes on announcing 16 for what was unreachable when it drains', () => {
  expect(draining().announced('eth1')).toMatchObject([{ metrics: { '10.2.0.0/16': 16 } }]);
});

/** Asks from another port for everything, and for 10.1.0.0/16 alone. */
function answersOf(driver: Driver): (number | undefined)[] {
  const wholeTable = '01 02 0000 0000 0000 00000000 00000000 00000000 00000010';
  const one = '01 02 0000 0002 0000 0a010000 ffff0000 00000000 00000000';
  driver.take();
  driver.receive('eth1', datagram(wholeTable, '10.0.1.9', 40_000));
  driver.receive('eth1', datagram(one, '10.0.1.9', 40_000));
  return driver
    .sent()
    .filter((packet) => packet.destination === '10.0.1.9')
    .map((packet) => packet.metrics['10.1.0.0/16']);
}

test('requests are answered meanwhile with 15, and with 16 when it has drained', () => {
  const driver = draining();
  expect(answersOf(driver)).toEqual([15, 15]);
  driver.advance(20_000);
  expect(answersOf(driver)).toEqual([16, 16]);
});

test('after the four updates comes one with 16, and the regular ones go on with it', () => {
  const driver = draining();
  driver.advance(60_000);
  const metrics = driver.announced('eth1').map((update) => update.metrics['10.1.0.0/16']);
  expect(metrics.slice(0, 5)).toEqual([15, 15, 15, 15, 16]);
  expect(metrics.length).toBeGreaterThan(5);
  expect(new Set(metrics.slice(5))).toEqual(new Set([16]));
});

test('the operator is told of the start and of the end, once', () => {
  const driver = draining();
  driver.step({ type: 'commanded', command: 'drain' });
  driver.advance(60_000);
  driver.step({ type: 'commanded', command: 'drain' });
  expect(driver.reports('draining').map(({ state }) => state)).toEqual(['metric-15', 'drained']);
  expect(driver.snapshot().status.state).toBe('drained');
});

test('while it drains no packet is refused as wrong, and traffic goes on', () => {
  const driver = draining();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
  expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.2'] });
  expect(driver.snapshot().neighbors).toMatchObject([{ badPackets: 0, dropped: { 'learning-disabled': 1 } }]);
});

test('learning goes on when it has drained: the router is still a host that has to reach others', () => {
  const driver = draining();
  driver.advance(20_000);
  driver.take();
  driver.hear('eth0', '10.0.0.2', { '10.3.0.0/16': 2 });
  expect(driver.kernel()).toHaveProperty('10.3.0.0/16');
  expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.3.0.0/16': 16 } }]);
});

test('what is lost while it drains is announced with 16 at the next of the four updates', () => {
  const driver = draining();
  driver.take();
  driver.step({ type: 'interface-down', interface: 'eth0' });
  expect(driver.announced('eth1')).toEqual([]);
  driver.advance(3_000);
  expect(driver.announced('eth1')).toMatchObject([
    { metrics: { '10.1.0.0/16': 16, '10.0.0.0/24': 16, '10.0.1.0/24': 16 } },
  ]);
});

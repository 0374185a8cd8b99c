/** RFC 1812 §F.2.3: the graceful shutdown. */
import { expect, test } from 'vitest';
import { configured, Driver, seededRandom, twoPorts } from './driver.ts';

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
    const driver = new Driver(configured({ eth0: {}, eth1: {} }), seededRandom(seed));
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

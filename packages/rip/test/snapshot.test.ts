/** What an operator sees of a router. */
import { expect, test } from 'vitest';
import { datagram, manyEntries, twoPorts } from './driver.ts';

test('is plain JSON', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 9 }, '10.2.0.0/16': 2 });
  driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 16 });
  const snapshot = driver.snapshot();
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
});

test('shows a learned route with every offer and its times', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 9 } });
  driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 5 });
  driver.advance(10_000);
  expect(driver.route('10.1.0.0/16')).toEqual({
    prefix: '10.1.0.0/16',
    kind: 'learned',
    metric: 3,
    tag: 9,
    nextHops: [{ gateway: '10.0.0.2', interface: 'eth0', interfaceIndex: 1 }],
    age: 10_000,
    expiresIn: 170_000,
    changed: false,
    kernel: { state: 'pending' },
    offers: [
      {
        neighbor: '10.0.0.2',
        interface: 'eth0',
        gateway: '10.0.0.2',
        metric: 3,
        tag: 9,
        expiresIn: 170_000,
        chosen: true,
      },
      {
        neighbor: '10.0.1.2',
        interface: 'eth1',
        gateway: '10.0.1.2',
        metric: 6,
        tag: 0,
        expiresIn: 170_000,
        chosen: false,
      },
    ],
  });
});

test('shows what the kernel made of a route', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.stands({ state: 'installed', prefix: '10.1.0.0/16' });
  expect(driver.route('10.1.0.0/16')?.kernel).toEqual({ state: 'installed' });
  driver.stands({ state: 'failed', prefix: '10.1.0.0/16', reason: 'held by static' });
  expect(driver.route('10.1.0.0/16')?.kernel).toEqual({ state: 'failed', reason: 'held by static' });
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
  driver.stands({ state: 'installed', prefix: '10.1.0.0/16' });
  expect(driver.route('10.1.0.0/16')).toMatchObject({ metric: 16, garbageIn: expect.any(Number) });
  expect(driver.route('10.1.0.0/16')).not.toHaveProperty('kernel');
});

test('lists routes by address and length, neighbors by interface and address', () => {
  const driver = twoPorts();
  driver.hear('eth1', '10.0.1.2', { '10.10.0.0/16': 2, '9.0.0.0/8': 2, '10.0.0.0/8': 2, '10.9.0.0/16': 2 });
  driver.hear('eth0', '10.0.0.10', { '10.9.0.0/16': 2 });
  driver.hear('eth0', '10.0.0.9', { '10.9.0.0/16': 2 });
  const { routes, neighbors } = driver.snapshot();
  expect(routes.map((route) => route.prefix)).toEqual([
    '9.0.0.0/8',
    '10.0.0.0/8',
    '10.0.0.0/24',
    '10.0.1.0/24',
    '10.9.0.0/16',
    '10.10.0.0/16',
  ]);
  expect(neighbors.map((neighbor) => neighbor.address)).toEqual(['10.0.0.9', '10.0.0.10', '10.0.1.2']);
});

test('counts packets and updates', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', manyEntries(60, 2));
  driver.receive('eth0', datagram('01 02 0000 0000 0000 00000000 00000000 00000000 00000010'));
  const [eth0] = driver.snapshot().interfaces;
  // Sent: request, first update, news of eth1; then a triggered update and an answer of three packets each.
  expect(eth0?.counters).toEqual({
    packetsReceived: 4,
    packetsSent: 9,
    requestsReceived: 1,
    responsesReceived: 3,
    answersSent: 1,
    regularUpdatesSent: 1,
    triggeredUpdatesSent: 2,
    dropped: {},
  });
});

test('sums up, and says when the next updates are due', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
  driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 16 });
  const { status, interfaces } = driver.snapshot();
  expect(status).toEqual({
    protocol: 'rip',
    state: 'running',
    interfaces: 2,
    neighbors: 1,
    routes: 3,
    garbage: 1,
    routeChanges: 5,
    triggeredUpdateIn: 3_000,
  });
  expect(interfaces.map((on) => on.nextUpdateIn)).toEqual([24_000, 24_000]);
});

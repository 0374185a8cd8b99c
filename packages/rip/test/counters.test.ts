/** RFC 1724: what is counted of neighbors, interfaces and updates. */
import { expect, test } from 'vitest';
import { datagram, twoPorts } from './driver.ts';

const good = '0002 0000 0a010000 ffff0000 00000000 00000002';
const bad = '0002 0000 0a020000 ffff0000 00000000 00000011';

const wholeTable = '01 02 0000 0000 0000 00000000 00000000 00000000 00000010';

test('1724 §4.1: counts the changes that it makes to routes', () => {
  const driver = twoPorts();
  const before = driver.snapshot().status.routeChanges;
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
  driver.advance(10_000);
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 4 });
  expect(driver.snapshot().status.routeChanges - before).toBe(3);
});

test('1724 §4.1: counts the answers that it gives to requests', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram(wholeTable), datagram(`01 02 0000 ${good}`), datagram('01 02 0000'));
  const counted = driver.snapshot().interfaces.map((on) => on.counters.answersSent);
  expect(counted).toEqual([2, 0]);
});

test('1724 §4.2: counts the responses that it discards, for each interface', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram(`02 00 0000 ${good}`), datagram(`02 02 0000 ${good}`, '192.0.2.1'));
  expect(driver.dropped('eth0')).toEqual({ 'version-zero': 1, 'source-off-subnet': 1 });
  expect(driver.dropped('eth1')).toEqual({});
});

test('1724 §4.2: counts the entries that it ignores, for each interface', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram(`02 02 0000 ${bad} ${good} ${bad}`));
  expect(driver.dropped('eth0')).toEqual({ metric: 2 });
  expect(driver.dropped('eth1')).toEqual({});
});

test('1724 §4.2: counts the triggered updates that it sends, for each interface, and no regular ones', () => {
  const driver = twoPorts();
  const counted = () => driver.snapshot().interfaces.map((on) => on.counters.triggeredUpdatesSent);
  const before = counted();
  driver.advance(60_000);
  expect(counted()).toEqual(before);
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  expect(counted()).toEqual(before.map((count) => count + 1));
});

test('1724 §4.3: knows when it last heard each neighbor', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.advance(10_000);
  driver.hear('eth0', '10.0.0.3', { '10.2.0.0/16': 2 });
  driver.advance(5_000);
  expect(driver.snapshot().neighbors).toMatchObject([
    { address: '10.0.0.2', lastHeardAgo: 15_000 },
    { address: '10.0.0.3', lastHeardAgo: 5_000 },
  ]);
});

test('1724 §4.3: knows the RIP version of each neighbor', () => {
  const driver = twoPorts();
  driver.receive(
    'eth0',
    datagram(`02 02 0000 ${good}`, '10.0.0.2'),
    datagram(`02 03 0000 ${good}`, '10.0.0.3'),
  );
  expect(driver.snapshot().neighbors).toMatchObject([{ version: 2 }, { version: 3 }]);
});

test('1724 §4.3: counts the responses that it discards, for each neighbor', () => {
  const driver = twoPorts();
  driver.receive(
    'eth0',
    datagram(`02 02 0000 ${good}`, '10.0.0.2'),
    datagram(`02 02 0000 ${good}`, '10.0.0.3'),
  );
  driver.receive('eth0', datagram(`02 00 0000 ${good}`, '10.0.0.3'));
  expect(driver.snapshot().neighbors).toMatchObject([{ badPackets: 0 }, { badPackets: 1 }]);
});

test('1724 §4.3: counts the entries that it ignores, for each neighbor', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram(`02 02 0000 ${good}`, '10.0.0.2'));
  driver.receive('eth0', datagram(`02 02 0000 ${bad} ${bad}`, '10.0.0.3'));
  expect(driver.snapshot().neighbors).toMatchObject([{ badEntries: 0 }, { badEntries: 2 }]);
});

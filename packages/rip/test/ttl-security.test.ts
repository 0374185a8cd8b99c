/** RFC 5082 at the router: what it asks its socket for, and what becomes of packets from far away. */
import { expect, test } from 'vitest';
import { configured, datagram, twoPorts } from './driver.ts';

const guarded = { eth0: { ttlSecurity: true }, eth1: {} };
const response = '02 02 0000 0002 0000 0a020000 ffff0000 00000000 00000002';
const wholeTable = '01 02 0000 0000 0000 00000000 00000000 00000000 00000010';

test('a socket with a TTL of 255 is asked for where TTL security is on', () => {
  const { history } = twoPorts(guarded);
  const ttls = history.flatMap(({ action }) =>
    action.type === 'listen' ? [[action.interface.name, action.ttl]] : [],
  );
  expect(ttls).toEqual([
    ['eth0', 255],
    ['eth1', undefined],
  ]);
});

test('5082 §3: ignores and counts a packet with a lower TTL where TTL security is on', () => {
  const driver = twoPorts(guarded);
  // Known by nothing but its packets from far away: it is counted as a neighbor that was never accepted.
  driver.receive('eth0', { ...datagram('02', '10.0.0.8'), farAway: true });
  driver.receive('eth0', { ...datagram(response, '10.0.0.8'), farAway: true });
  expect(driver.metric('10.2.0.0/16')).toBeUndefined();
  expect(driver.snapshot().neighbors).toMatchObject([
    { address: '10.0.0.8', state: 'refused', badPackets: 2, dropped: { 'ttl-too-low': 2 } },
  ]);
  expect(driver.reports('packet-dropped')).toMatchObject([
    { neighbor: '10.0.0.8', reason: 'ttl-too-low' },
    { neighbor: '10.0.0.8', reason: 'ttl-too-low' },
  ]);
});

test('5082 §3: accepts a packet with a TTL of 255 where TTL security is on', () => {
  const driver = twoPorts(guarded);
  driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 2 });
  expect(driver.metric('10.2.0.0/16')).toBe(3);
});

test('5082 §3: looks at the TTL before anything else of a packet', () => {
  const driver = twoPorts(guarded);
  // Of a packet from far away there is one byte: anything else would call it too short.
  driver.receive('eth0', { ...datagram('02'), farAway: true });
  expect(driver.dropped('eth0')).toEqual({ 'ttl-too-low': 1 });
});

test('who asks from far away gets no answer, and is no neighbor if not from port 520', () => {
  const driver = twoPorts(guarded);
  driver.receive('eth0', { ...datagram(wholeTable, '10.0.0.8', 40_000), farAway: true });
  expect(driver.sent()).toEqual([]);
  expect(driver.snapshot().neighbors).toEqual([]);
  expect(driver.dropped('eth0')).toEqual({ 'ttl-too-low': 1 });
});

test('a packet from far away keeps no neighbor alive', () => {
  const driver = twoPorts(guarded);
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  for (let passed = 0; passed < 180_000; passed += 30_000) {
    driver.advance(30_000);
    driver.receive('eth0', { ...datagram('02'), farAway: true });
  }
  driver.advance(1_000);
  expect(driver.metric('10.1.0.0/16')).toBe(16);
});

test('turned on while running, there is another socket; routes stay, and updates go on with it', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.advance(6_000);
  driver.take();
  driver.step({ type: 'reconfigured', configuration: configured(guarded) });
  expect(driver.take()).toMatchObject([
    { type: 'unlisten', interface: 'eth0' },
    { type: 'listen', interface: { name: 'eth0' }, ttl: 255 },
  ]);
  // The socket may take long: nothing is due on this interface before.
  driver.advance(60_000);
  expect(driver.announced('eth0')).toEqual([]);
  driver.listening('eth0');
  expect(driver.announced('eth0')).toMatchObject([{ metrics: { '10.1.0.0/16': 16, '10.0.1.0/24': 1 } }]);
  expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.2'] });
});

/** RFC 2453 §3.7, §3.9.2: how a sound response becomes routes. */
import { describe, expect, test } from 'vitest';
import { datagram, twoPorts } from './driver.ts';

const good = '0002 0000 0a010000 ffff0000 00000000 00000002';
const bad = '0002 0000 7f010000 ffff0000 00000000 00000002';
const alsoGood = '0002 0000 0a020000 ffff0000 00000000 00000002';
const wholeTable = '01 02 0000 0000 0000 00000000 00000000 00000000 00000010';

describe('validation', () => {
  test('2453 §3.9.2: handles a response in the same way whatever it was sent for', () => {
    const asked = twoPorts();
    const unasked = twoPorts();
    // A request of ours is all that can make a response an answer.
    asked.readdress('eth0', '10.0.0.1/24', '10.0.9.1/24');
    expect(asked.sent().filter((packet) => packet.command === 'request')).not.toEqual([]);
    for (const driver of [asked, unasked]) {
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 16 });
      expect(driver.metric('10.1.0.0/16')).toBe(3);
    }
    for (const prefix of ['10.1.0.0/16', '10.2.0.0/16']) {
      const { changed: _, ...known } = asked.route(prefix) ?? { changed: false };
      expect(unasked.route(prefix) ?? {}).toMatchObject(known);
    }
  });

  test('2453 §3.9.2: goes on with the next entry after one that it ignores', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 02 0000 ${good} ${bad} ${alsoGood}`));
    expect([driver.metric('10.1.0.0/16'), driver.metric('10.2.0.0/16')]).toEqual([3, 3]);
  });

  test('2453 §3.9.2: reports and counts the entries that it ignores', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 02 0000 ${bad} ${good} ${bad}`));
    expect(driver.reports('entry-dropped')).toMatchObject([
      { interface: 'eth0', neighbor: '10.0.0.2', reason: 'destination-loopback', count: 2 },
    ]);
    expect(driver.dropped('eth0')).toEqual({ 'destination-loopback': 2 });
  });

  test('2453 §3.9.2: reports and counts the responses that it ignores', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 02 0000 ${good}`, '192.0.2.1'));
    expect(driver.reports('packet-dropped')).toMatchObject([
      { interface: 'eth0', neighbor: '192.0.2.1', reason: 'source-off-subnet' },
    ]);
    expect(driver.dropped('eth0')).toEqual({ 'source-off-subnet': 1 });
  });
});

describe('routes', () => {
  test('2453 §3.7: takes routes to hosts', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.2.3/32': 2 });
    expect(driver.kernel()).toEqual({ '10.1.2.3/32': ['10.0.0.2'] });
  });

  test('2453 §3.9.2: routes via the router that the response came from', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.7', { '10.1.0.0/16': 2 });
    expect(driver.route('10.1.0.0/16')?.nextHops).toMatchObject([
      { gateway: '10.0.0.7', interface: 'eth0', interfaceIndex: 1 },
    ]);
  });

  test('2453 §3.9.2: announces a route that it added', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { '10.1.0.0/16': 3 } }]);
  });

  test('2453 §3.9.1: answers 16 for a destination that it has no explicit route to', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.take();
    const inside = '0002 0000 0a010200 ffffff00 00000000 00000000';
    driver.receive('eth1', datagram(`01 02 0000 ${inside}`, '10.0.1.9', 40_000));
    expect(driver.sent()).toMatchObject([{ destination: '10.0.1.9', metrics: { '10.1.2.0/24': 16 } }]);
  });

  test('2453 §3.9.1: answers one entry of family 0 and metric 16 with the whole table', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.take();
    driver.receive('eth1', datagram(wholeTable, '10.0.1.9'));
    expect(driver.sent()).toMatchObject([
      { command: 'response', metrics: { '10.0.0.0/24': 1, '10.1.0.0/16': 3 } },
    ]);
  });

  test('2453 §3.10: sends an answer to the router that asked, alone', () => {
    const driver = twoPorts();
    driver.receive('eth1', datagram(wholeTable, '10.0.1.9'));
    expect(driver.sent()).toMatchObject([{ interface: 'eth1', destination: '10.0.1.9', port: 520 }]);
  });
});

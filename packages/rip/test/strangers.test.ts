/** Who is no router of ours: what strangers can make the router do, say and remember. RFC 2453 §3.9.2. */
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../src/index.ts';
import { chain, key } from './authentication/signing.ts';
import { datagram, twoPorts } from './driver.ts';

const wholeTable = '01 02 0000 0000 0000 00000000 00000000 00000000 00000010';
const response = '02 02 0000 0002 0000 0a010000 ffff0000 00000000 00000002';

test('who asks from another port is answered, and is no neighbor', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram(wholeTable, '10.0.0.9', 40_000));
  expect(driver.sent()).toMatchObject([{ destination: '10.0.0.9', port: 40_000 }]);
  expect(driver.snapshot().neighbors).toEqual([]);
});

test('who is off the subnets is neither believed nor answered, and not remembered', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram(response, '10.0.1.2'), datagram(wholeTable, '192.0.2.1'));
  expect(driver.sent()).toEqual([]);
  expect(driver.snapshot().neighbors).toEqual([]);
  expect(driver.dropped('eth0')).toEqual({ 'source-off-subnet': 2 });
});

test.each([
  ['the broadcast address', '10.0.0.255', true],
  ['the network', '10.0.0.0', true],
  ['the broadcast address, though strangers are allowed', '10.0.0.255', false],
])('what has %s for its source is neither believed nor answered', (_what, source, validateSource) => {
  const driver = twoPorts({ eth0: { validateSource }, eth1: {} });
  driver.receive('eth0', datagram(response, source), datagram(wholeTable, source, 40_000));
  expect(driver.sent()).toEqual([]);
  expect(driver.snapshot().neighbors).toEqual([]);
  expect(driver.dropped('eth0')).toEqual({ 'source-off-subnet': 2 });
});

test('RFC 768: a request from port 0 expects no answer, and gets none', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram(wholeTable, '10.0.0.9', 0));
  expect(driver.sent()).toEqual([]);
});

test('who only sends rubbish is listed as refused, and is never reported as a neighbor', () => {
  const driver = twoPorts();
  driver.receive('eth0', datagram('02 00 0000', '10.0.0.9'));
  expect(driver.snapshot().neighbors).toMatchObject([
    { address: '10.0.0.9', state: 'refused', badPackets: 1 },
  ]);
  driver.advance(181_000);
  expect(driver.snapshot().neighbors).toEqual([]);
  expect([...driver.reports('neighbor-appeared'), ...driver.reports('neighbor-lost')]).toEqual([]);
  expect(driver.snapshot().status.neighbors).toBe(0);
});

test('rubbish in the name of a neighbor keeps it not alive', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  for (let passed = 0; passed < 190_000; passed += 10_000) {
    driver.receive('eth0', datagram('02 00 0000', '10.0.0.2'));
    driver.advance(10_000);
  }
  expect(driver.kernel()).toEqual({});
  expect(driver.reports('neighbor-lost')).toMatchObject([{ neighbor: '10.0.0.2' }]);
});

describe('where neighbors are limited', () => {
  const limits = { ...defaultLimits, neighborsPerInterface: 3 };
  const signed = { eth0: { authentication: chain(key()) }, eth1: {} };

  test('forged senders keep no true one out: those that were never accepted make room, oldest first', () => {
    const driver = twoPorts(signed, { limits });
    for (const host of [20, 21, 22, 23, 24]) driver.receive('eth0', datagram(response, `10.0.0.${host}`));
    expect(driver.snapshot().neighbors.map(({ address }) => address)).toEqual([
      '10.0.0.22',
      '10.0.0.23',
      '10.0.0.24',
    ]);
    expect(driver.reports('limit-reached')).toEqual([]);
  });

  test('nor do they drive out one that was accepted', () => {
    const driver = twoPorts(undefined, { limits });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    for (const host of [20, 21, 22, 23, 24]) driver.receive('eth0', datagram('02 00 0000', `10.0.0.${host}`));
    expect(driver.snapshot().neighbors.map(({ address }) => address)).toContain('10.0.0.2');
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.2'] });
  });
});

test('our own packet comes back on another interface: it is counted, and nobody is blamed', () => {
  const driver = twoPorts();
  driver.receive('eth1', datagram(response, '10.0.0.1'));
  expect(driver.dropped('eth1')).toEqual({ 'own-packet': 1 });
  expect(driver.snapshot().neighbors).toEqual([]);
});

test('the same address on two interfaces is two neighbors', () => {
  const driver = twoPorts();
  driver.readdress('eth1', '10.0.0.7/24');
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.hear('eth1', '10.0.0.2', { '10.1.0.0/16': 2 });
  expect(driver.route('10.1.0.0/16')?.nextHops.map((hop) => hop.interface)).toEqual(['eth0', 'eth1']);
  driver.hear('eth1', '10.0.0.2', { '10.1.0.0/16': 16 });
  expect(driver.route('10.1.0.0/16')?.nextHops.map((hop) => hop.interface)).toEqual(['eth0']);
});

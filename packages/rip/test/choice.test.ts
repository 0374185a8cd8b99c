/** RFC 2453 §3.9.2, §4.4: which of the offers is used, and what the kernel is told of it. */
import { describe, expect, test } from 'vitest';
import { rip } from '../src/index.ts';
import { datagram, entriesOf, twoPorts } from './driver.ts';

describe('metrics', () => {
  test.each([
    [1, 1, 2],
    [14, 1, 15],
    [15, 1, undefined],
    [16, 1, undefined],
    [3, 12, 15],
    [3, 13, undefined],
  ])('2453 §3.9.2: adds the cost of the interface to the metric, up to 16', (metric, cost, expected) => {
    const driver = twoPorts({ eth0: { cost }, eth1: {} });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': metric });
    expect(driver.metric('10.1.0.0/16')).toBe(expected);
  });

  test('2453 §3.9.2: adopts a higher metric from the router of the route', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 7 });
    expect(driver.metric('10.1.0.0/16')).toBe(8);
  });

  test('2453 §3.9.2: adopts a lower metric from the router of the route', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 7 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(driver.metric('10.1.0.0/16')).toBe(3);
  });

  test('2453 §3.9.2: changes to another router that has a lower metric', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 3 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
  });

  test('2453 §3.9.2: stays with its route when another router has a higher metric', () => {
    const driver = twoPorts();
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 3 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
    expect(driver.metric('10.1.0.0/16')).toBe(4);
  });

  test('1812 §F.2.2: does not replace a route by one with an equal metric', () => {
    const driver = twoPorts(undefined, { maximumPaths: 1 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 3 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 3 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 16 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.2']);
  });

  test('2453 §3.9.2: changes to an equal route when its own is half timed out', () => {
    const driver = twoPorts(undefined, { maximumPaths: 1 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 3 });
    for (const wait of [45_000, 44_000]) {
      driver.advance(wait);
      driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 3 });
      expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
    }
    driver.advance(1_100);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 3 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.2']);
  });

  test('equal offers are used together, by interface and then by address', () => {
    const driver = twoPorts();
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 3 });
    driver.hear('eth0', '10.0.0.10', { '10.1.0.0/16': 3 });
    driver.hear('eth0', '10.0.0.9', { '10.1.0.0/16': 3 });
    driver.hear('eth0', '10.0.0.8', { '10.1.0.0/16': 4 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.9', '10.0.0.10', '10.0.1.2']);
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.9', '10.0.0.10', '10.0.1.2'] });
  });

  test('no more equal offers are used than maximum-paths', () => {
    const driver = twoPorts(undefined, { maximumPaths: 2 });
    for (const last of [5, 4, 3, 2]) driver.hear('eth0', `10.0.0.${last}`, { '10.1.0.0/16': 3 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.4', '10.0.0.5']);
    expect(driver.route('10.1.0.0/16')?.offers.filter((offer) => offer.chosen)).toHaveLength(2);
  });

  test('a change of metric alone is not told to the kernel', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.take();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 4 });
    expect(driver.take().filter((action) => action.type.endsWith('-route'))).toEqual([]);
  });

  test('2453 §4.2: preserves the route tag and announces it', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 77 } });
    expect(driver.sent().find((packet) => packet.interface === 'eth1')?.entries).toMatchObject([{ tag: 77 }]);
    driver.advance(10_000);
    driver.take();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 78 } });
    expect(driver.sent().find((packet) => packet.interface === 'eth1')?.entries).toMatchObject([{ tag: 78 }]);
  });
});

describe('the next hop', () => {
  test.each([
    ['2453 §4.4: routes via the next hop that an entry names', '10.0.0.3', '10.0.0.3'],
    ['2453 §4.4: routes via the sender where the next hop is not directly reachable', '10.0.1.3', '10.0.0.2'],
    [
      '2453 §4.4: routes via the sender where the next hop is not directly reachable',
      '10.0.0.255',
      '10.0.0.2',
    ],
    ['2453 §4.4: routes via the sender where the next hop is 0.0.0.0', undefined, '10.0.0.2'],
  ])('%s', (_rule, nextHop, gateway) => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop } });
    expect(driver.gateways('10.1.0.0/16')).toEqual([gateway]);
  });

  test('a route whose next hop is ourselves is no route for us, and takes back what was offered before', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop: '10.0.0.1' } });
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop: '10.0.0.1' } });
    expect(driver.metric('10.1.0.0/16')).toBe(16);
    expect(driver.kernel()).toEqual({});
  });

  test('two neighbors that name the same next hop are one path', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop: '10.0.0.9' } });
    driver.hear('eth0', '10.0.0.3', { '10.1.0.0/16': { metric: 2, nextHop: '10.0.0.9' } });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.9']);
  });

  test('a next hop that became our own address is used no longer', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop: '10.0.0.9' } });
    driver.readdress('eth0', '10.0.0.1/24', '10.0.0.9/24');
    expect(driver.gateways('10.1.0.0/16')).toEqual([]);
  });
});

describe('connected subnets', () => {
  test('beat every offer, and are never told to the kernel', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.0.1.0/24': 1, '10.0.0.0/24': 1 });
    expect(driver.route('10.0.1.0/24')).toMatchObject({ kind: 'connected', metric: 1, nextHops: [] });
    expect(driver.kernel()).toEqual({});
  });

  test('are replaced by what was offered for them when they are lost', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.0.1.0/24': 1 });
    driver.step({ type: 'interface-down', interface: 'eth1' });
    expect(driver.route('10.0.1.0/24')).toMatchObject({ kind: 'learned', metric: 2 });
    expect(driver.kernel()).toEqual({ '10.0.1.0/24': ['10.0.0.2'] });
    driver.up('eth1', '10.0.1.1/24');
    expect(driver.kernel()).toEqual({});
  });
});

describe('one step', () => {
  test('a prefix that comes and goes in one batch leaves nothing behind', () => {
    const driver = twoPorts();
    const packets = [2, 16].flatMap((metric) => rip.encodeResponses(entriesOf({ '10.1.0.0/16': metric })));
    const actions = driver.receive('eth0', ...packets.map((bytes) => datagram(bytes)));
    expect(actions.map((action) => action.type)).toEqual(['report']);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
  });

  test('a prefix that goes and comes back in one batch causes nothing', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(10_000);
    const packets = [16, 9, 2].flatMap((metric) => rip.encodeResponses(entriesOf({ '10.1.0.0/16': metric })));
    expect(driver.receive('eth0', ...packets.map((bytes) => datagram(bytes)))).toEqual([]);
  });

  test('several changes of a prefix in one batch are one action', () => {
    const driver = twoPorts();
    const from = (source: string, metric: number) =>
      datagram(rip.encodeResponses(entriesOf({ '10.1.0.0/16': metric }))[0]!, source);
    driver.receive(
      'eth0',
      from('10.0.0.2', 5),
      from('10.0.0.3', 4),
      from('10.0.0.2', 3),
      from('10.0.0.3', 16),
    );
    const routes = driver
      .take()
      .filter((action) => action.type === 'install-route' || action.type === 'remove-route');
    expect(routes).toEqual([
      {
        type: 'install-route',
        prefix: '10.1.0.0/16',
        nextHops: [{ gateway: '10.0.0.2', interface: 'eth0', interfaceIndex: 1 }],
      },
    ]);
  });
});

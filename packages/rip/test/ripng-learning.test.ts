/** What RIPng learns of a response: RFC 2080 §2.4.2, and the next hops of §2.1.1. */
import { describe, expect, test } from 'vitest';
import { datagram } from './driver.ts';
import { nextHopRow, response, row } from './ipv6/bytes.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const prefix = 'fd00:1::/32';
const route = (number: number): string => row(`fd00:${number}::`, { length: 32, metric: 2 });

describe('routes', () => {
  test('2080 §2.4.2: adds a route to a destination that it did not know', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.route(prefix)).toMatchObject({ kind: 'learned', metric: 3, tag: 0 });
    expect(driver.kernel()).toEqual({ [prefix]: ['fe80::2'] });
  });

  test('2080 §2.4.2: routes via the router that the response came from', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.take()).toContainEqual({
      type: 'install-route',
      prefix,
      nextHops: [{ gateway: 'fe80::2', interface: 'eth0', interfaceIndex: 1 }],
    });
  });

  test('2080 §2.4.2: announces a route that it added', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.announced('eth1')).toEqual([{ at: driver.now, metrics: { [prefix]: 3 } }]);
  });

  test('2080 §2: lets the administrator set the cost of each network', () => {
    const driver = quietRouter({ eth0: { cost: 4 }, eth1: {} });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth1', 'fe80::2', { 'fd00:2::/32': 2 });
    expect([driver.metric(prefix), driver.metric('fd00:2::/32')]).toEqual([6, 3]);
  });

  test('2080 §2.4.2: adds the cost of the interface to the metric, up to 16', () => {
    const driver = quietRouter({ eth0: { cost: 4 }, eth1: {} });
    driver.hear('eth0', 'fe80::2', { [prefix]: 11 });
    expect(driver.metric(prefix)).toBe(15);
    driver.hear('eth0', 'fe80::2', { [prefix]: 12 });
    expect(driver.metric(prefix)).toBe(16);
    driver.hear('eth0', 'fe80::2', { [prefix]: 15 });
    expect(driver.metric(prefix)).toBe(16);
  });

  test('2080 §2.4.2: adds no route with metric 16', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 16, 'fd00:2::/32': 15 });
    expect(driver.route(prefix)).toBeUndefined();
    expect(driver.route('fd00:2::/32')).toBeUndefined();
  });

  test('2080 §2.4.2: adopts a higher metric from the router of the route', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth0', 'fe80::2', { [prefix]: 9 });
    expect(driver.metric(prefix)).toBe(10);
  });

  test('2080 §2.4.2: adopts a lower metric from the router of the route', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 9 });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.metric(prefix)).toBe(3);
  });

  test('2080 §2.4.2: changes to another router that has a lower metric', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 9 });
    driver.hear('eth1', 'fe80::3', { [prefix]: 2 });
    expect(driver.kernel()).toEqual({ [prefix]: ['fe80::3'] });
    expect(driver.metric(prefix)).toBe(3);
  });

  test('2080 §2.4.2: stays with its route when another router has a higher metric', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.take();
    driver.hear('eth1', 'fe80::3', { [prefix]: 9 });
    expect(driver.take()).toMatchObject([{ type: 'report', report: { type: 'neighbor-appeared' } }]);
    expect(driver.gateways(prefix)).toEqual(['fe80::2']);
  });

  test('2080 §2.4.2: lets no other router withdraw a route', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth0', 'fe80::3', { [prefix]: 16 });
    // Another router on another link, with the same address.
    driver.hear('eth1', 'fe80::2', { [prefix]: 16 });
    expect(driver.metric(prefix)).toBe(3);
  });

  test('2080 §2.4.2: changes to an equal route when its own is half timed out', () => {
    const driver = quietRouter(undefined, { maximumPaths: 1 });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.advance(89_000);
    driver.hear('eth0', 'fe80::3', { [prefix]: 2 });
    expect(driver.gateways(prefix)).toEqual(['fe80::2']);
    driver.advance(1_000);
    driver.hear('eth0', 'fe80::3', { [prefix]: 2 });
    expect(driver.gateways(prefix)).toEqual(['fe80::3']);
  });

  test('2080 §2.1: preserves the route tag and announces it', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: { metric: 2, tag: 40_000 } });
    expect(driver.route(prefix)).toMatchObject({ tag: 40_000 });
    const said = driver.sent().flatMap((packet) => packet.entries);
    expect(said.map(({ metric, tag }) => [metric, tag])).toEqual([
      [16, 40_000],
      [3, 40_000],
    ]);
  });
});

describe('several paths', () => {
  test('equal ones over the same address on two links are two', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth1', 'fe80::2', { [prefix]: 2 });
    expect(driver.route(prefix)?.nextHops).toEqual([
      { gateway: 'fe80::2', interface: 'eth0', interfaceIndex: 1 },
      { gateway: 'fe80::2', interface: 'eth1', interfaceIndex: 2 },
    ]);
    driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
    expect(driver.route(prefix)?.nextHops).toMatchObject([{ interface: 'eth1' }]);
  });

  test('of neighbors on one link they are used in the order of their addresses', () => {
    const driver = quietRouter();
    for (const neighbor of ['fe80::10', 'fe80::9', 'fe80::a9'])
      driver.hear('eth0', neighbor, { [prefix]: 2 });
    expect(driver.gateways(prefix)).toEqual(['fe80::9', 'fe80::10', 'fe80::a9']);
  });
});

describe('next hops', () => {
  const hears = (...rows: string[]) => {
    const driver = quietRouter();
    driver.receive('eth0', datagram(response(...rows), 'fe80::2'));
    return driver;
  };

  test('2080 §2.1.1: routes via the next hop that is named', () => {
    const driver = hears(route(1), nextHopRow('fe80::3'), route(2), route(3), nextHopRow('::'), route(4));
    expect(driver.kernel()).toEqual({
      'fd00:1::/32': ['fe80::2'],
      'fd00:2::/32': ['fe80::3'],
      'fd00:3::/32': ['fe80::3'],
      'fd00:4::/32': ['fe80::2'],
    });
    expect(driver.route('fd00:2::/32')?.nextHops).toMatchObject([{ interface: 'eth0' }]);
    // It is told of by the sender, not by itself.
    expect(driver.snapshot().neighbors.map(({ address }) => address)).toEqual(['fe80::2']);
  });

  test('2080 §2.1.1: forgets the next hop at the end of the message', () => {
    const driver = quietRouter();
    driver.receive(
      'eth0',
      datagram(response(route(1), nextHopRow('fe80::3')), 'fe80::2'),
      datagram(response(route(2)), 'fe80::2'),
    );
    expect(driver.gateways('fd00:2::/32')).toEqual(['fe80::2']);
  });

  test('one that is not link-local is the sender', () => {
    for (const address of ['2001:db8:a::3', '2001:db8:b::3', 'ff02::9']) {
      expect(hears(nextHopRow(address), route(1)).gateways(prefix)).toEqual(['fe80::2']);
    }
  });

  test('one that is ourselves is a withdrawal; one of ours on another link is somebody else here', () => {
    expect(hears(nextHopRow('fe80::a'), route(1)).route(prefix)).toBeUndefined();
    expect(hears(nextHopRow('fe80::b'), route(1)).gateways(prefix)).toEqual(['fe80::b']);
  });

  test('one that becomes ours is given up', () => {
    const driver = hears(nextHopRow('fe80::3'), route(1), nextHopRow('::'), route(2));
    driver.readdress('eth0', 'fe80::a/64', 'fe80::3/64');
    expect(driver.kernel()).toEqual({ 'fd00:2::/32': ['fe80::2'] });
  });

  test('two neighbors that name the same one are one path', () => {
    const driver = hears(nextHopRow('fe80::3'), route(1));
    driver.receive('eth0', datagram(response(nextHopRow('fe80::3'), route(1)), 'fe80::4'));
    expect(driver.gateways(prefix)).toEqual(['fe80::3']);
    driver.hear('eth0', 'fe80::2', { [prefix]: 16 });
    expect(driver.gateways(prefix)).toEqual(['fe80::3']);
    driver.hear('eth0', 'fe80::4', { [prefix]: 16 });
    expect(driver.metric(prefix)).toBe(16);
  });
});

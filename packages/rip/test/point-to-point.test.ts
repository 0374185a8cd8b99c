/** Addresses of every shape: links to one far end, /32 and /31, several subnets on a wire, and changes of them while running. */
import { describe, expect, test } from 'vitest';
import type { InterfaceAddress } from '../src/index.ts';
import { configured, Driver, target, twoPorts } from './driver.ts';

/** A tunnel: 10.9.0.1, and the far end 10.9.0.2. */
const tunnel: InterfaceAddress = { address: '10.9.0.1', prefixLength: 32, peer: '10.9.0.2' };

function withTunnel(some: Parameters<typeof configured>[0][string] = {}): Driver {
  const driver = new Driver(configured({ tun0: some, eth1: {} }));
  driver.upAs({ ...target('tun0', 1), addresses: [tunnel] });
  driver.up('eth1', '10.0.1.1/24');
  driver.advance(6_000);
  driver.take();
  return driver;
}

describe('a link with a far end', () => {
  test('the far end is a neighbor, and the next hop of what it offers', () => {
    const driver = withTunnel();
    driver.hear('tun0', '10.9.0.2', { '10.1.0.0/16': 2 });
    expect(driver.route('10.1.0.0/16')?.nextHops).toEqual([
      { gateway: '10.9.0.2', interface: 'tun0', interfaceIndex: 1 },
    ]);
    driver.hear('tun0', '10.9.0.3', { '10.2.0.0/16': 2 });
    expect(driver.dropped('tun0')).toEqual({ 'source-off-subnet': 1 });
  });

  test('what is connected is the far end, and it is announced elsewhere', () => {
    const driver = withTunnel();
    expect(driver.route('10.9.0.2/32')).toMatchObject({ kind: 'connected', metric: 1 });
    driver.advance(30_000);
    const [onTunnel, onWire] = ['tun0', 'eth1'].map((name) => {
      driver.advance(35_000);
      return driver.announced(name)[0]?.metrics['10.9.0.2/32'];
    });
    expect([onTunnel, onWire]).toEqual([16, 1]);
  });

  test('2453 §3.10: directs updates on a point-to-point link to its far end where it does not multicast', () => {
    const driver = withTunnel({ sendVersion: '1-compatible' });
    driver.advance(30_000);
    const update = driver.sent().find((sent) => sent.interface === 'tun0' && sent.command === 'response');
    expect(update).toMatchObject({ source: '10.9.0.1', destination: '10.9.0.2' });
  });

  test('a far end that is listed as a neighbor hears each update once, under the rules for it', () => {
    const rule = { interface: undefined, neighbor: '10.9.0.2', prefixSet: undefined, tag: undefined };
    const set = { metric: undefined, addMetric: 4, tag: undefined };
    const driver = new Driver(
      configured(
        { tun0: { sendVersion: '1-compatible', neighbors: ['10.9.0.2'] }, eth1: {} },
        { policy: [{ ...rule, direction: 'out', action: 'accept', set }] },
      ),
    );
    driver.upAs({ ...target('tun0', 1), addresses: [tunnel] });
    driver.up('eth1', '192.168.1.1/24');
    driver.advance(6_000);
    driver.take();
    driver.advance(30_000);
    const updates = driver.sent().filter((sent) => sent.interface === 'tun0');
    expect(updates).toMatchObject([{ destination: '10.9.0.2', metrics: { '192.168.1.0/24': 5 } }]);
  });

  test('the far end is another: its routes and its subnet are lost, the new one is asked', () => {
    const driver = withTunnel();
    driver.hear('tun0', '10.9.0.2', { '10.1.0.0/16': 2 });
    driver.take();
    const addresses = [{ ...tunnel, peer: '10.9.0.6' }];
    driver.step({ type: 'interface-changed', interface: { ...target('tun0', 1), addresses } });
    expect(driver.sent()).toContainEqual(
      expect.objectContaining({ interface: 'tun0', source: '10.9.0.1', command: 'request' }),
    );
    expect(driver.kernel()).toEqual({});
    expect([driver.metric('10.9.0.2/32'), driver.metric('10.9.0.6/32')]).toEqual([16, 1]);
    driver.hear('tun0', '10.9.0.6', { '10.1.0.0/16': 2 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.9.0.6'] });
  });
});

describe('an address alone', () => {
  test('a /32 is announced on its own interface too: nobody there knows it', () => {
    const driver = new Driver(configured({ eth0: {} }));
    driver.up('eth0', '10.0.0.1/32');
    expect(driver.announced('eth0')[0]?.metrics).toEqual({ '10.0.0.1/32': 1 });
  });

  test('a /32 takes nobody for a neighbor, unless validate-source is false', () => {
    const driver = new Driver(configured({ eth0: {}, eth1: { validateSource: false } }));
    driver.up('eth0', '10.0.0.1/32');
    driver.up('eth1', '10.0.1.1/32');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    expect(driver.route('10.1.0.0/16')?.nextHops).toMatchObject([{ gateway: '10.0.1.2', onLink: true }]);
  });

  test('of a /31 the other address is the far end', () => {
    const driver = new Driver(configured({ eth0: { sendVersion: '1-compatible' } }));
    driver.up('eth0', '10.0.0.2/31');
    driver.hear('eth0', '10.0.0.3', { '10.1.0.0/16': 2 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.3']);
    expect(new Set(driver.sent().map((sent) => sent.destination))).toEqual(new Set(['10.0.0.3']));
  });
});

describe('several addresses on one wire', () => {
  /** Source of each response on eth0, with what it says of these subnets. */
  function said(driver: Driver, ...prefixes: string[]): unknown[][] {
    return driver
      .sent()
      .filter((sent) => sent.interface === 'eth0' && sent.command === 'response')
      .map(({ source, metrics }) => [source, ...prefixes.map((prefix) => metrics[prefix])]);
  }

  test('an update for each subnet, from the address in it, without poison for the other subnets', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.9.1/24');
    driver.take();
    driver.advance(35_000);
    expect(said(driver, '10.0.0.0/24', '10.0.9.0/24')).toEqual([
      ['10.0.0.1', 16, 1],
      ['10.0.9.1', 1, 16],
    ]);
  });

  test('a second address in the same subnet: one update, from the primary', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.0.5/24');
    driver.take();
    driver.advance(35_000);
    expect(said(driver)).toEqual([['10.0.0.1']]);
  });

  test('one address with two subnets: one update to the group, not two that contradict each other', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.0.1/16');
    driver.take();
    driver.advance(35_000);
    expect(said(driver)).toEqual([['10.0.0.1']]);
  });

  test('a neighbor in the second subnet is believed, answered from there, and lost with it', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.9.1/24');
    driver.hear('eth0', '10.0.9.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 2 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.9.2'], '10.2.0.0/16': ['10.0.0.2'] });
    driver.readdress('eth0', '10.0.0.1/24');
    expect(driver.kernel()).toEqual({ '10.2.0.0/16': ['10.0.0.2'] });
    expect(driver.reports('neighbor-lost')).toMatchObject([{ neighbor: '10.0.9.2', routes: 1 }]);
  });

  test('the primary address is gone: updates go on from the next one in the subnet', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.0.5/24');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.take();
    driver.readdress('eth0', '10.0.0.5/24');
    driver.advance(35_000);
    expect(new Set(said(driver).flat())).toEqual(new Set(['10.0.0.5']));
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.2'] });
    expect(driver.metric('10.0.0.0/24')).toBe(1);
  });

  test('a wider mask makes a neighbor of a host that was a stranger, and asks it', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.4.2', { '10.1.0.0/16': 2 });
    expect(driver.dropped('eth0')).toEqual({ 'source-off-subnet': 1 });
    driver.take();
    driver.readdress('eth0', '10.0.0.1/20');
    expect(driver.sent()).toContainEqual(
      expect.objectContaining({ interface: 'eth0', source: '10.0.0.1', command: 'request' }),
    );
    driver.hear('eth0', '10.0.4.2', { '10.1.0.0/16': 2 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.4.2'] });
    expect([driver.metric('10.0.0.0/24'), driver.metric('10.0.0.0/20')]).toEqual([16, 1]);
  });
});

/** Interfaces that come, change and go, and what that does to their routes. */
import { describe, expect, test } from 'vitest';
import type { Action } from '../src/index.ts';
import { configured, Driver, target, twoPorts } from './driver.ts';

const kinds = (actions: readonly Action[]): string[] => actions.map((action) => action.type);

describe('start', () => {
  test('an interface is listened on first; nothing is sent before the socket is there', () => {
    const driver = new Driver(configured({ eth0: {} }));
    const eth0 = target('eth0', 1, '10.0.0.1/24');
    const actions = driver.step({ type: 'interface-up', interface: eth0 });
    expect(actions).toContainEqual({ type: 'listen', interface: eth0, ttl: undefined });
    expect(kinds(actions)).not.toContain('send');
    expect(driver.snapshot().interfaces).toMatchObject([{ name: 'eth0', state: 'opening' }]);
  });

  test('2453 §3.9.1: asks for the whole table on every network when it starts', () => {
    const driver = new Driver(configured({ eth0: {} }));
    driver.up('eth0', '10.0.0.1/24');
    expect(driver.sent()).toEqual([
      expect.objectContaining({ interface: 'eth0', destination: '224.0.0.9', port: 520, command: 'request' }),
      expect.objectContaining({ destination: '224.0.0.9', port: 520, metrics: { '10.0.0.0/24': 16 } }),
    ]);
    expect(driver.snapshot().interfaces).toMatchObject([{ name: 'eth0', state: 'up' }]);
  });

  test('an interface that is not configured does not speak', () => {
    const driver = new Driver(configured({ eth0: {} }));
    expect(driver.step({ type: 'interface-up', interface: target('eth9', 9, '10.9.0.1/24') })).toEqual([]);
    expect(driver.router.deadline).toBe(Number.POSITIVE_INFINITY);
  });

  test('1058 §3.1: learns on a passive interface and sends no responses there', () => {
    const driver = new Driver(configured({ eth0: { passive: true }, eth1: {} }));
    driver.up('eth0', '10.0.0.1/24');
    driver.up('eth1', '10.0.1.1/24');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(120_000);
    const sent = driver.sent();
    const passive = sent.filter((packet) => packet.interface === 'eth0');
    expect(passive.map((packet) => packet.command)).toEqual(['request']);
    const last = sent.filter((packet) => packet.interface === 'eth1').at(-1);
    expect(last?.metrics).toEqual({ '10.0.0.0/24': 1, '10.0.1.0/24': 16, '10.1.0.0/16': 3 });
    expect(driver.snapshot().interfaces[0]).toMatchObject({ name: 'eth0', state: 'passive' });
  });

  test.each([{ noListen: true }, { receiveVersion: 'none' as const }])(
    'an interface that learns nothing does not ask: %o',
    (some) => {
      const driver = new Driver(configured({ eth0: some }));
      driver.up('eth0', '10.0.0.1/24');
      expect(driver.sent().map((packet) => packet.command)).toEqual(['response']);
    },
  );

  test('a loopback is not listened on; its addresses outside 127/8 are announced', () => {
    const driver = new Driver(configured({ lo: {}, eth0: {} }));
    driver.upAs(target('lo', 1, '127.0.0.1/8', '10.255.0.1/32'));
    driver.up('eth0', '10.0.0.1/24');
    expect(driver.history.filter(({ action }) => action.type === 'listen')).toHaveLength(1);
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { '10.255.0.1/32': 1 } }]);
    expect(driver.metric('127.0.0.0/8')).toBeUndefined();
  });

  test('3927 §2.7: announces no link-local subnet', () => {
    const driver = new Driver(configured({ eth0: {} }));
    driver.up('eth0', '169.254.3.1/16', '10.0.0.1/24');
    const [first] = driver.announced('eth0');
    expect(Object.keys(first?.metrics ?? {})).toEqual(['10.0.0.0/24']);
  });

  test('a socket that cannot be had is asked for again', () => {
    const driver = new Driver(configured({ eth0: {} }));
    driver.step({ type: 'interface-up', interface: target('eth0', 1, '10.0.0.1/24') });
    driver.step({ type: 'listen-failed', interface: 'eth0', reason: 'port 520 is in use' });
    expect(driver.snapshot().interfaces).toMatchObject([
      { state: 'listen-failed', reason: 'port 520 is in use' },
    ]);
    driver.take();
    driver.advance(5_000);
    expect(kinds(driver.take())).toEqual(['listen']);
    driver.listening('eth0');
    expect(driver.snapshot().interfaces).toMatchObject([{ state: 'up' }]);
    expect(driver.snapshot().interfaces[0]).not.toHaveProperty('reason');
  });

  test('a socket that breaks ends the sending until there is another', () => {
    const driver = twoPorts();
    driver.step({ type: 'listen-failed', interface: 'eth0', reason: 'broke' });
    driver.take();
    driver.advance(60_000);
    expect(driver.sent().filter((packet) => packet.interface === 'eth0')).toEqual([]);
  });
});

describe('end', () => {
  test('all that was reached over it is lost at once and poisoned on the others', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(6_000);
    driver.take();
    const actions = driver.step({ type: 'interface-down', interface: 'eth0' });
    expect(actions).toContainEqual({ type: 'unlisten', interface: 'eth0' });
    expect(actions).toContainEqual({ type: 'remove-route', prefix: '10.1.0.0/16' });
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.0.0.0/24': 16, '10.1.0.0/16': 16 } }]);
    expect(driver.snapshot().neighbors).toEqual([]);
    expect(driver.reports('neighbor-lost')).toMatchObject([{ neighbor: '10.0.0.2', routes: 1 }]);
  });

  test('a route that is also offered elsewhere is replaced, not removed', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 7 });
    driver.take();
    driver.step({ type: 'interface-down', interface: 'eth0' });
    const routes = driver.take().filter((action) => action.type.endsWith('-route'));
    expect(routes).toMatchObject([
      { type: 'install-route', nextHops: [{ gateway: '10.0.1.2', interface: 'eth1' }] },
    ]);
  });

  test('an interface that comes back with another index is a new one', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.take();
    const again = target('eth0', 7, '10.0.0.1/24');
    const actions = driver.step({ type: 'interface-changed', interface: again });
    expect(kinds(actions)).toEqual(expect.arrayContaining(['unlisten', 'listen', 'remove-route']));
    expect(kinds(actions).indexOf('unlisten')).toBeLessThan(kinds(actions).indexOf('listen'));
    expect(driver.metric('10.0.0.0/24')).toBe(1);
    driver.listening('eth0');
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    expect(driver.route('10.1.0.0/16')?.nextHops).toMatchObject([{ interfaceIndex: 7 }]);
  });

  test('events of interfaces that are unknown do nothing', () => {
    const driver = twoPorts();
    for (const name of ['eth9', '__proto__']) {
      expect(driver.step({ type: 'interface-down', interface: name })).toEqual([]);
      expect(driver.step({ type: 'listening', interface: name })).toEqual([]);
      expect(driver.step({ type: 'listen-failed', interface: name, reason: 'x' })).toEqual([]);
    }
  });
});

describe('addresses', () => {
  test('a subnet that is added is announced, and its routers are asked', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.9.1/24');
    const sent = driver.sent();
    const onEth0 = sent.filter((packet) => packet.interface === 'eth0');
    expect(onEth0.map(({ command, source }) => [command, source])).toEqual([
      ['request', '10.0.0.1'],
      ['request', '10.0.9.1'],
      ['response', '10.0.0.1'],
      ['response', '10.0.9.1'],
    ]);
    driver.advance(200);
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.0.9.0/24': 1 } }]);
    driver.hear('eth0', '10.0.9.2', { '10.1.0.0/16': 2 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.9.2']);
  });

  test('a subnet that is removed is poisoned, and its neighbors are lost with their routes', () => {
    const driver = twoPorts();
    driver.readdress('eth0', '10.0.0.1/24', '10.0.9.1/24');
    driver.hear('eth0', '10.0.9.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 2 });
    driver.advance(6_000);
    driver.take();
    driver.readdress('eth0', '10.0.0.1/24');
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.0.9.0/24': 16, '10.1.0.0/16': 16 } }]);
    expect(driver.kernel()).toEqual({ '10.2.0.0/16': ['10.0.0.2'] });
  });

  test('an address that is exchanged within a subnet changes no route', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(6_000);
    driver.take();
    driver.readdress('eth0', '10.0.0.7/24');
    expect(driver.take().filter((action) => action.type.endsWith('-route'))).toEqual([]);
    expect(driver.metric('10.0.0.0/24')).toBe(1);
  });

  test('a neighbor whose address became ours is a neighbor no longer', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.readdress('eth1', '10.0.1.1/24', '10.0.0.2/32');
    expect(driver.snapshot().neighbors).toEqual([]);
    expect(driver.kernel()).toEqual({});
  });

  test('a subnet on two interfaces stays connected until the second has lost it', () => {
    const driver = twoPorts({ eth0: {}, eth1: {}, eth2: {} });
    driver.up('eth2', '10.0.0.3/24');
    expect(driver.route('10.0.0.0/24')).toMatchObject({ connectedTo: ['eth0', 'eth2'] });
    driver.step({ type: 'interface-down', interface: 'eth0' });
    expect(driver.metric('10.0.0.0/24')).toBe(1);
    driver.step({ type: 'interface-down', interface: 'eth2' });
    expect(driver.metric('10.0.0.0/24')).toBe(16);
  });

  test('another MTU is no change to routes or neighbors', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    const eth0 = { ...target('eth0', 1, '10.0.0.1/24'), mtu: 9_000 };
    expect(driver.step({ type: 'interface-changed', interface: eth0 })).toEqual([]);
  });
});

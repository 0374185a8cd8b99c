/** RIPng on interfaces that come, change and go: from which address it speaks, and what is lost with it. RFC 2080 §2.5.2. */
import { describe, expect, test } from 'vitest';
import { ripng } from '../src/index.ts';
import { configured, Driver, datagram, target } from './driver.ts';
import { response, row, wholeTable } from './ipv6/bytes.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const oneRoute = response(row('fd00:1::', { length: 32, metric: 2 }));

function fresh(interfaces: Parameters<typeof configured>[0] = { eth0: {}, eth1: {} }): Driver {
  return new Driver(configured(interfaces, {}, ripng), { protocol: ripng });
}

const stateOf = (driver: Driver, name: string): string | undefined =>
  driver.snapshot().interfaces.find((on) => on.name === name)?.state;

/** Where from and where to everything went that was sent. */
const ways = (driver: Driver): string[] =>
  driver
    .sent()
    .map(({ interface: name, command, source, destination }) =>
      [name, command, source, destination].join(' '),
    );

describe('start', () => {
  test('2080 §2.4.1: asks for the whole table on every network when it starts', () => {
    const driver = fresh();
    driver.up('eth0', 'fe80::a/64');
    driver.up('eth1', 'fe80::b/64');
    const requests = driver.sent().filter(({ command }) => command === 'request');
    expect(requests).toEqual([
      expect.objectContaining({ interface: 'eth0', source: 'fe80::a', destination: 'ff02::9', port: 521 }),
      expect.objectContaining({ interface: 'eth1', source: 'fe80::b', destination: 'ff02::9', port: 521 }),
    ]);
  });

  test('a whole update goes out at once, of all subnets of the link', () => {
    const driver = fresh();
    driver.up('eth0', 'fe80::a/64', '2001:db8:a::1/64', '2001:db8:a2::1/64', '2001:db8:a2::2/64');
    // Neighbors may have no address in these subnets: they are told of them, too.
    expect(driver.announced('eth0')).toEqual([
      { at: 0, metrics: { '2001:db8:a::/64': 1, '2001:db8:a2::/64': 1 } },
    ]);
    driver.up('eth1', 'fe80::b/64');
    expect(driver.announced('eth1')).toEqual([
      { at: 0, metrics: { '2001:db8:a::/64': 1, '2001:db8:a2::/64': 1 } },
    ]);
  });

  test('an interface is listened on as it is; its hop limit is the socket’s affair', () => {
    const driver = fresh({ eth0: {}, eth1: { ttlSecurity: true } });
    const [eth0, eth1] = [target('eth0', 1, 'fe80::a/64'), target('eth1', 2, 'fe80::b/64')];
    driver.upAs(eth0);
    driver.upAs(eth1);
    expect(driver.take().filter(({ type }) => type === 'listen')).toEqual([
      { type: 'listen', interface: eth0, ttl: undefined },
      { type: 'listen', interface: eth1, ttl: 255 },
    ]);
  });

  test('a loopback has no socket; its global addresses are announced', () => {
    const driver = fresh({ lo: {}, eth0: {} });
    driver.upAs(target('lo', 1, '::1/128', '2001:db8:ff::1/128'));
    driver.up('eth0', 'fe80::a/64');
    expect(driver.announced('eth0')).toEqual([{ at: 0, metrics: { '2001:db8:ff::1/128': 1 } }]);
    expect(driver.reports('interface-started')).toMatchObject([
      { interface: 'lo', passive: true },
      { interface: 'eth0', passive: false },
    ]);
    expect(stateOf(driver, 'lo')).toBe('passive');
  });
});

describe('without a link-local address', () => {
  test('2080 §2.5.2: speaks on no interface without a link-local address', () => {
    const driver = fresh();
    driver.up('eth0', 'fe80::a/64');
    driver.advance(6_000);
    driver.take();
    driver.up('eth1', '2001:db8:b::1/64');
    driver.advance(60_000);
    const sent = driver.take();
    expect(sent.filter((action) => action.type === 'listen')).toEqual([]);
    expect(sent.filter((action) => action.type === 'send' && action.interface === 'eth1')).toEqual([]);
    expect(stateOf(driver, 'eth1')).toBe('no-address');
  });

  test('its subnets are announced on the others', () => {
    const driver = fresh();
    driver.up('eth0', 'fe80::a/64');
    driver.up('eth1', '2001:db8:b::1/64');
    driver.advance(6_000);
    expect(driver.announced('eth0').at(-1)?.metrics).toEqual({ '2001:db8:b::/64': 1 });
  });

  test('it speaks as soon as there is one', () => {
    const driver = fresh();
    driver.up('eth0', '2001:db8:a::1/64');
    driver.advance(100_000);
    expect(driver.sent()).toEqual([]);
    driver.readdress('eth0', '2001:db8:a::1/64', 'fe80::a/64');
    expect(ways(driver)).toEqual(['eth0 request fe80::a ff02::9', 'eth0 response fe80::a ff02::9']);
    expect(stateOf(driver, 'eth0')).toBe('up');
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
    expect(driver.kernel()).toEqual({ 'fd00:1::/32': ['fe80::2'] });
  });

  test('all that was reached over an interface is lost with its last one', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2, 'fd00:2::/32': 2 });
    driver.hear('eth1', 'fe80::2', { 'fd00:2::/32': 7 });
    driver.advance(6_000);
    driver.take();
    driver.readdress('eth0', '2001:db8:a::1/64');
    expect(driver.history.at(-1)).toBeDefined();
    expect(driver.kernel()).toEqual({ 'fd00:2::/32': ['fe80::2'] });
    expect(driver.route('fd00:2::/32')?.nextHops).toMatchObject([{ interface: 'eth1' }]);
    expect(driver.announced('eth1')).toMatchObject([{ metrics: { 'fd00:1::/32': 16, 'fd00:2::/32': 16 } }]);
    expect(driver.reports('neighbor-lost')).toMatchObject([{ interface: 'eth0', neighbor: 'fe80::2' }]);
    expect(driver.metric('2001:db8:a::/64')).toBe(1);
    expect(stateOf(driver, 'eth0')).toBe('no-address');
  });

  test('datagrams that still come then do nothing', () => {
    const driver = quietRouter();
    driver.readdress('eth0', '2001:db8:a::1/64');
    driver.take();
    driver.receive('eth0', datagram(oneRoute, 'fe80::2'));
    driver.receive('eth0', datagram(wholeTable, 'fe80::2'));
    driver.receive('eth0', datagram(wholeTable, '2001:db8:a::2', 40_000));
    expect(driver.kernel()).toEqual({});
    expect(driver.snapshot().neighbors).toEqual([]);
    expect(driver.sent()).toEqual([]);
  });

  test('a socket that breaks for want of addresses is not asked for again', () => {
    const driver = quietRouter();
    driver.readdress('eth0', '2001:db8:a::1/64');
    driver.step({ type: 'listen-failed', interface: 'eth0', reason: 'ENODEV' });
    driver.take();
    driver.advance(20_000);
    expect(driver.take().filter(({ type }) => type === 'listen')).toEqual([]);
    expect(stateOf(driver, 'eth0')).toBe('no-address');
  });
});

describe('several link-local addresses', () => {
  function withTwo(): Driver {
    const driver = fresh();
    driver.up('eth0', 'fe80::a1/64', 'fe80::a2/64', '2001:db8:a::1/64');
    driver.up('eth1', 'fe80::b/64');
    return driver;
  }
  const sources = (driver: Driver): Set<string> =>
    new Set(driver.sent().flatMap(({ interface: name, source }) => (name === 'eth0' ? [source] : [])));

  test('2080 §2.5.2: sends one response for a link, from the designated one of its link-local addresses', () => {
    const driver = withTwo();
    driver.advance(100_000);
    const updates = driver.sent().filter((sent) => sent.interface === 'eth0' && sent.command === 'response');
    expect(new Set(updates.map(({ source }) => source))).toEqual(new Set(['fe80::a1']));
    expect(new Set(updates.map(({ at }) => at)).size).toBe(updates.length);
  });

  test('2080 §2.5.2: changes the designated address only when it is gone', () => {
    const driver = withTwo();
    driver.advance(6_000);
    driver.readdress('eth0', 'fe80::a0/64', 'fe80::a2/64', 'fe80::a1/64', '2001:db8:a::1/64');
    driver.advance(60_000);
    expect(sources(driver)).toEqual(new Set(['fe80::a1']));
    driver.readdress('eth0', 'fe80::a0/64', 'fe80::a2/64', '2001:db8:a::1/64');
    driver.take();
    driver.advance(60_000);
    expect(sources(driver)).toEqual(new Set(['fe80::a0']));
    driver.readdress('eth0', 'fe80::a1/64', 'fe80::a0/64', '2001:db8:a::1/64');
    driver.advance(60_000);
    expect(sources(driver)).toEqual(new Set(['fe80::a0']));
  });

  test('who speaks from another address than before introduces itself at once', () => {
    const driver = withTwo();
    driver.advance(6_000);
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
    driver.take();
    driver.readdress('eth0', 'fe80::a2/64', '2001:db8:a::1/64');
    expect(ways(driver)).toEqual([
      'eth0 response fe80::a1 ff02::9',
      'eth0 request fe80::a2 ff02::9',
      'eth0 response fe80::a2 ff02::9',
    ]);
    // What the neighbors told stays: they are the same.
    expect(driver.kernel()).toEqual({ 'fd00:1::/32': ['fe80::2'] });
  });

  test('the router that it was to its neighbors takes all back before it is another one', () => {
    const driver = withTwo();
    driver.advance(6_000);
    driver.hear('eth1', 'fe80::2', { 'fd00:1::/32': 2 });
    driver.advance(6_000);
    driver.take();
    driver.readdress('eth0', 'fe80::a2/64', '2001:db8:a::1/64');
    const [farewell, , update] = driver.sent();
    expect(farewell).toMatchObject({
      source: 'fe80::a1',
      metrics: { 'fd00:1::/32': 16, '2001:db8:a::/64': 16 },
    });
    expect(update).toMatchObject({ source: 'fe80::a2', metrics: { 'fd00:1::/32': 3, '2001:db8:a::/64': 1 } });
    driver.take();
    driver.readdress('eth0', '2001:db8:a::1/64');
    expect(driver.sent()).toMatchObject([{ source: 'fe80::a2', metrics: { 'fd00:1::/32': 16 } }]);
  });

  test('takes all back when the last address goes while the link still carries', () => {
    const driver = withTwo();
    driver.advance(6_000);
    driver.take();
    driver.step({ type: 'interface-down', interface: 'eth0', running: true });
    const [farewell] = driver.sent();
    expect(farewell).toMatchObject({ source: 'fe80::a1', metrics: { '2001:db8:a::/64': 16 } });
    driver.take();
    driver.step({ type: 'interface-down', interface: 'eth1' });
    expect(driver.sent()).toEqual([]);
  });

  test('a further address changes nothing for the neighbors', () => {
    const driver = withTwo();
    driver.advance(6_000);
    driver.take();
    driver.readdress('eth0', 'fe80::a1/64', 'fe80::a3/64', '2001:db8:a::1/64', '2001:db8:a::7/64');
    expect(driver.take()).toEqual([]);
    driver.readdress('eth0', 'fe80::a1/64', '2001:db8:a::7/64');
    expect(driver.take()).toEqual([]);
  });
});

describe('subnets', () => {
  test('one that comes is announced everywhere, also on its own link; one that goes, with 16', () => {
    const driver = quietRouter();
    driver.readdress('eth0', 'fe80::a/64', '2001:db8:a::1/64', '2001:db8:a2::1/64');
    driver.advance(1_000);
    const came = { metrics: { '2001:db8:a2::/64': 1 } };
    expect(driver.announced('eth0').at(0)).toMatchObject(came);
    driver.advance(10_000);
    driver.take();
    driver.readdress('eth0', 'fe80::a/64', '2001:db8:a::1/64');
    const [onEth0, onEth1] = driver.sent();
    expect(onEth0).toMatchObject({ interface: 'eth0', metrics: { '2001:db8:a2::/64': 16 } });
    expect(onEth1).toMatchObject({ interface: 'eth1', metrics: { '2001:db8:a2::/64': 16 } });
  });

  test('2080 §2.5.2: announces no route to a link-local address', () => {
    const driver = quietRouter();
    driver.step({
      type: 'redistribution-changed',
      routes: [{ prefix: 'fe80::/64', source: 'static', metric: 1, tag: 0, nextHop: undefined }],
      withdrawn: [],
    });
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
    driver.receive('eth0', datagram(response(row('fe80::', { length: 10, metric: 1 })), 'fe80::2'));
    driver.advance(60_000);
    const said = driver.sent().flatMap(({ metrics }) => Object.keys(metrics));
    expect(new Set(said)).toEqual(new Set(['fd00:1::/32', '2001:db8:a::/64', '2001:db8:b::/64']));
  });

  test('the kernel is not asked for a route to the subnet of an interface that does not speak', () => {
    const driver = quietRouter();
    driver.upAs(target('eth9', 9, 'fe80::9/64', '2001:db8:9::1/64'));
    driver.hear('eth0', 'fe80::2', { '2001:db8:9::/64': 2, '2001:db8:8::/64': 2 });
    expect(driver.kernel()).toEqual({ '2001:db8:8::/64': ['fe80::2'] });
    expect(driver.metric('2001:db8:9::/64')).toBe(3);
    driver.step({ type: 'interface-down', interface: 'eth9' });
    expect(driver.kernel()).toEqual({ '2001:db8:9::/64': ['fe80::2'], '2001:db8:8::/64': ['fe80::2'] });
  });
});

/** RFC 2453 §3.9.2: what a response may do, and what it may not. */
import { describe, expect, test } from 'vitest';
import { defaultInterfaceConfiguration, drops, type PacketDropReason, ripPort } from '../src/index.ts';
import { encodeResponses } from '../src/packet.ts';
import { configured, Driver, datagram, entriesOf, manyEntries, target, twoPorts } from './driver.ts';

const oneRoute = '0002 0000 0a010000 ffff0000 00000000 00000002';
const response = `02 02 0000 ${oneRoute}`;

/** Feeds one datagram and says why it was dropped. */
function dropOf(driver: Driver, given: ReturnType<typeof datagram>): string[] {
  const before = driver.history.length;
  driver.receive('eth0', given);
  return driver.history.slice(before).flatMap(({ action }) => {
    if (action.type !== 'report') return [];
    const { report } = action;
    return report.type === 'packet-dropped' || report.type === 'entry-dropped' ? [report.reason] : [];
  });
}

describe('packets', () => {
  test('2453 §3.9.2: takes a sound response from a neighbor', () => {
    const driver = twoPorts();
    expect(dropOf(driver, datagram(response))).toEqual([]);
    expect(driver.route('10.1.0.0/16')).toMatchObject({ kind: 'learned', metric: 3, tag: 0 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.2'] });
  });

  const rejected: [clause: string, reason: PacketDropReason, given: ReturnType<typeof datagram>][] = [
    [
      '2453 §3.9.2: rejects a response whose source port is not 520',
      'source-port',
      datagram(response, '10.0.0.2', 521),
    ],
    [
      '2453 §3.9.2: rejects a response from off the subnet',
      'source-off-subnet',
      datagram(response, '10.0.1.2'),
    ],
    ['2453 §3.9.2: rejects its own response', 'own-packet', datagram(response, '10.0.0.1')],
    [
      '2453 §3.9.2: rejects its own response that came over another interface',
      'own-packet',
      datagram(response, '10.0.1.1'),
    ],
    ['2453 §3.6: rejects bytes that are no header', 'too-short', datagram('0202')],
    [
      '2453 §3.6: rejects a command that is neither request nor response',
      'unknown-command',
      datagram(`03 02 0000 ${oneRoute}`),
    ],
    ['2453 §5: rejects version 0', 'version-zero', datagram(`02 00 0000 ${oneRoute}`)],
    [
      '2453 §5.1: rejects version 1 where it is not enabled',
      'version-one',
      datagram(`02 01 0000 ${oneRoute}`),
    ],
    [
      '2453 §5.2: rejects an authenticated packet where no authentication is configured',
      'authentication-unexpected',
      datagram(`02 02 0000 ffff 0002 73656372657400000000000000000000 ${oneRoute}`),
    ],
  ];
  test.each(rejected)('%s', (_clause, reason, given) => {
    const driver = twoPorts();
    expect(dropOf(driver, given)).toEqual([reason]);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
    expect(driver.dropped('eth0')).toEqual({ [reason]: 1 });
    expect(drops[reason].scope).toBe('packet');
  });

  test('2453 §5: reads a version above 2 as 2, and does not mind what must be zero', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 07 1234 ${oneRoute}`));
    expect(driver.metric('10.1.0.0/16')).toBe(3);
    expect(driver.snapshot().neighbors).toMatchObject([{ address: '10.0.0.2', version: 7 }]);
  });

  test('2453 §3.6: takes more than 25 entries in one packet', () => {
    const driver = twoPorts();
    const rows = Array.from(
      { length: 30 },
      (_, at) => `0002 0000 0a01${at.toString(16).padStart(2, '0')}00 ffffff00 00000000 00000001`,
    );
    driver.receive('eth0', datagram(`02 02 0000 ${rows.join('')}`));
    expect(driver.snapshot().status.routes).toBe(32);
  });

  test('2453 §3.6: takes the whole entries of a packet that ends inside one', () => {
    const driver = twoPorts();
    expect(dropOf(driver, datagram(`${response} 0002 0000 0a02`))).toEqual(['truncated-entry']);
    expect(driver.metric('10.1.0.0/16')).toBe(3);
  });

  test('RFC 8695 no-listen: learns nothing, and does not blame the neighbor', () => {
    const driver = twoPorts({ eth0: { noListen: true }, eth1: {} });
    expect(dropOf(driver, datagram(response))).toEqual(['learning-disabled']);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
    expect(driver.snapshot().neighbors).toMatchObject([{ packets: 1, badPackets: 0 }]);
  });

  test('counts what is wrong, on the interface and with the neighbor', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(response), datagram(`02 01 0000 ${oneRoute}`));
    driver.receive(
      'eth0',
      datagram(`02 02 0000 ${oneRoute.replace(/02$/, '11')} ${oneRoute.replace(/02$/, '00')}`),
    );
    const counted = { 'version-one': 1, metric: 2 };
    expect(driver.snapshot().neighbors).toEqual([
      expect.objectContaining({ packets: 3, badPackets: 1, badEntries: 2, dropped: counted }),
    ]);
    expect(driver.dropped('eth0')).toEqual(counted);
    expect(driver.reports('entry-dropped')).toEqual([
      expect.objectContaining({ reason: 'metric', count: 2, detail: expect.stringContaining('metric 17') }),
    ]);
  });
});

describe('entries', () => {
  const rejected: [clause: string, reason: string, entry: string][] = [
    [
      '2453 §4.1: authentication after the first entry',
      'authentication-not-first',
      'ffff 0002 73656372657400000000000000000000',
    ],
    ['2453 §3.6: another address family', 'address-family', '000a 0000 0a020000 ffff0000 00000000 00000001'],
    ['2453 §3.9.2: metric 0', 'metric', '0002 0000 0a020000 ffff0000 00000000 00000000'],
    ['2453 §3.9.2: metric 17', 'metric', '0002 0000 0a020000 ffff0000 00000000 00000011'],
    ['2453 §3.9.2: a metric above 255', 'metric', '0002 0000 0a020000 ffff0000 00000000 00000101'],
    ['2453 §3.9.2: net 0', 'destination-net-zero', '0002 0000 00020000 ffff0000 00000000 00000001'],
    [
      '2453 §3.9.2: net 0 with a mask',
      'destination-net-zero',
      '0002 0000 00000000 ff000000 00000000 00000001',
    ],
    ['2453 §3.9.2: net 127', 'destination-loopback', '0002 0000 7f010000 ffff0000 00000000 00000001'],
    ['2453 §3.9.2: class D', 'destination-not-unicast', '0002 0000 e0000009 ffffffff 00000000 00000001'],
    ['2453 §3.9.2: class E', 'destination-not-unicast', '0002 0000 f0000000 f0000000 00000000 00000001'],
    [
      '2453 §3.9.2: the limited broadcast',
      'destination-not-unicast',
      '0002 0000 ffffffff ffffffff 00000000 00000001',
    ],
    [
      '2453 §3.9.2: the broadcast of the subnet',
      'destination-not-unicast',
      '0002 0000 0a0000ff ffffffff 00000000 00000001',
    ],
    ['2453 §4.3: a mask with a gap', 'mask-not-contiguous', '0002 0000 0a020000 ff00ff00 00000000 00000001'],
    [
      '2453 §4.3: host bits outside the mask',
      'host-bits-set',
      '0002 0000 0a020001 ffff0000 00000000 00000001',
    ],
  ];
  test.each(rejected)('%s is passed over, the entries around it are taken', (_clause, reason, entry) => {
    const driver = twoPorts();
    const after = '0002 0000 0a030000 ffff0000 00000000 00000001';
    expect(dropOf(driver, datagram(`${response} ${entry} ${after}`))).toEqual([reason]);
    const learned = driver.snapshot().routes.filter((route) => route.kind === 'learned');
    expect(learned.map((route) => route.prefix)).toEqual(['10.1.0.0/16', '10.3.0.0/16']);
  });

  test('2453 §3.7: takes a default route', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '0.0.0.0/0': 4 });
    expect(driver.metric('0.0.0.0/0')).toBe(5);
    expect(driver.kernel()).toEqual({ '0.0.0.0/0': ['10.0.0.2'] });
  });

  test.each([
    ['in a network of the interface, its mask', '0a000700', '10.0.7.0/24'],
    ['with host bits, a host', '0a000701', '10.0.7.1/32'],
    ['in another network, the mask of class B', 'ac100000', '172.16.0.0/16'],
    ['in another network, the mask of class C', 'c0a80100', '192.168.1.0/24'],
    ['0.0.0.0, the default route', '00000000', '0.0.0.0/0'],
  ])('2453 §4.3: a destination without a mask gets, %s', (_rule, address, prefix) => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 02 0000 0002 0000 ${address} 00000000 00000000 00000001`));
    expect(driver.metric(prefix)).toBe(2);
  });
});

describe('metrics', () => {
  test.each([
    [1, 1, 2],
    [14, 1, 15],
    [15, 1, undefined],
    [16, 1, undefined],
    [3, 12, 15],
    [3, 13, undefined],
  ])('2453 §3.9.2: metric %i over cost %i becomes %s', (metric, cost, expected) => {
    const driver = twoPorts({ eth0: { cost }, eth1: {} });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': metric });
    expect(driver.metric('10.1.0.0/16')).toBe(expected);
  });

  test('2453 §3.9.2: takes any change of metric from the source of the route', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 7 });
    expect(driver.metric('10.1.0.0/16')).toBe(8);
  });

  test('2453 §3.9.2: changes to a neighbor with a lower metric', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 3 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
  });

  test('2453 §3.9.2: with one path only, an equal offer does not displace the one in use', () => {
    const driver = twoPorts(undefined, { maximumPaths: 1 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 3 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 3 });
    expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.1.2']);
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 16 });
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

  test('2453 §4.2: keeps the route tag, and notices when it changes', () => {
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
    ['a host of the subnet is used', '10.0.0.3', '10.0.0.3'],
    ['one of another subnet is read as the sender', '10.0.1.3', '10.0.0.2'],
    ['ourselves is read as the sender', '10.0.0.1', '10.0.0.2'],
    ['the broadcast of the subnet is read as the sender', '10.0.0.255', '10.0.0.2'],
    ['none is the sender', undefined, '10.0.0.2'],
  ])('2453 §4.4: %s', (_rule, nextHop, gateway) => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, nextHop } });
    expect(driver.gateways('10.1.0.0/16')).toEqual([gateway]);
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
    const packets = [2, 16].flatMap((metric) => encodeResponses(entriesOf({ '10.1.0.0/16': metric })));
    const actions = driver.receive('eth0', ...packets.map((bytes) => datagram(bytes)));
    expect(actions.map((action) => action.type)).toEqual(['report']);
    expect(driver.route('10.1.0.0/16')).toBeUndefined();
  });

  test('a prefix that goes and comes back in one batch causes nothing', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(10_000);
    const packets = [16, 9, 2].flatMap((metric) => encodeResponses(entriesOf({ '10.1.0.0/16': metric })));
    expect(driver.receive('eth0', ...packets.map((bytes) => datagram(bytes)))).toEqual([]);
  });

  test('several changes of a prefix in one batch are one action', () => {
    const driver = twoPorts();
    const from = (source: string, metric: number) =>
      datagram(encodeResponses(entriesOf({ '10.1.0.0/16': metric }))[0]!, source);
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

describe('limits', () => {
  test('an interface has a limited number of neighbors; those it has go on', () => {
    const driver = new Driver(configured({ eth0: {} }));
    driver.up('eth0', '10.0.0.1/16');
    const [packet = new Uint8Array()] = encodeResponses(entriesOf({ '10.9.0.0/16': 2 }));
    const crowd = Array.from({ length: 2_000 }, (_, at) => ({
      source: `10.0.${1 + (at >> 8)}.${at & 255}`,
      port: ripPort,
      bytes: packet,
    }));
    driver.receive('eth0', ...crowd);
    expect(driver.snapshot().neighbors).toHaveLength(1_024);
    expect(driver.dropped('eth0')).toEqual({ 'too-many-neighbors': 976 });
    driver.hear('eth0', '10.0.1.0', { '10.8.0.0/16': 1 });
    expect(driver.metric('10.8.0.0/16')).toBe(2);
  });

  test('datagrams of an interface that does not speak RIP do nothing', () => {
    const driver = twoPorts();
    driver.upAs(target('eth9', 9, '10.9.0.1/24'));
    expect(driver.receive('eth9', datagram(response, '10.9.0.2'))).toEqual([]);
  });

  test('a burst of 10,000 routes in one batch is learned', () => {
    const driver = twoPorts({ eth0: defaultInterfaceConfiguration, eth1: {} });
    driver.hear('eth0', '10.0.0.2', manyEntries(10_000, 1));
    expect(driver.snapshot().neighbors).toMatchObject([{ routes: 10_000, badEntries: 0 }]);
    expect(Object.keys(driver.kernel())).toHaveLength(10_000);
  });
});

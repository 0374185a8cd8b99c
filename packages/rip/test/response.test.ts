/** RFC 2453 §3.9.2: what a response may do, and what it may not. */
import { describe, expect, test } from 'vitest';
import {
  defaultInterfaceConfiguration,
  defaultLimits,
  drops,
  type PacketDropReason,
  rip,
} from '../src/index.ts';
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
  test('2453 §3.9.2: adds a route to a destination that it did not know', () => {
    const driver = twoPorts();
    expect(dropOf(driver, datagram(response))).toEqual([]);
    expect(driver.route('10.1.0.0/16')).toMatchObject({ kind: 'learned', metric: 3, tag: 0 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.2'] });
  });

  const rejected: [clause: string, reason: PacketDropReason, given: ReturnType<typeof datagram>][] = [
    [
      '2453 §3.9.2: ignores a response that does not come from port 520',
      'source-port',
      datagram(response, '10.0.0.2', 521),
    ],
    [
      '2453 §3.9.2: ignores a response from off the networks of the interface',
      'source-off-subnet',
      datagram(response, '10.0.1.2'),
    ],
    [
      '2453 §3.9.2: ignores its own packets, on whatever interface they come back',
      'own-packet',
      datagram(response, '10.0.0.1'),
    ],
    [
      '2453 §3.9.2: ignores its own packets, on whatever interface they come back',
      'own-packet',
      datagram(response, '10.0.1.1'),
    ],
    ['2453 §3.6: ignores a packet that is shorter than its header', 'too-short', datagram('0202')],
    [
      '2453 §3.6: ignores a command that is neither request nor response',
      'unknown-command',
      datagram(`06 02 0000 ${oneRoute}`),
    ],
    ...['03', '04', '05'].map((command): (typeof rejected)[number] => [
      '1058 §3.1: ignores the commands traceon, traceoff and reserved',
      'unknown-command',
      datagram(`${command} 02 0000 ${oneRoute}`),
    ]),
    ['2453 §5: ignores a packet of version 0', 'version-zero', datagram(`02 00 0000 ${oneRoute}`)],
    [
      '2453 §5.1: accepts RIPv2 only with receive-version 2',
      'version-not-accepted',
      datagram(`02 01 0000 ${oneRoute}`),
    ],
    [
      '2453 §5.2: discards authenticated packets where no authentication is configured',
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

  test('2453 §5: does not mind what stands where zeros must be from version 2 on', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 02 1234 ${oneRoute}`));
    expect(driver.metric('10.1.0.0/16')).toBe(3);
  });

  test('2453 §5: reads a version above 2 as version 2', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 07 0000 ${oneRoute}`));
    expect(driver.metric('10.1.0.0/16')).toBe(3);
    expect(driver.snapshot().neighbors).toMatchObject([{ address: '10.0.0.2', version: 7 }]);
  });

  test('2453 §3.6: takes the sound entries of a packet that has more than 25', () => {
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
    expect(driver.snapshot().neighbors).toMatchObject([{ address: '10.0.0.2', state: 'up', routes: 0 }]);
  });

  test('counts what is wrong, on the interface and with the neighbor', () => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(response), datagram(`02 01 0000 ${oneRoute}`));
    driver.receive(
      'eth0',
      datagram(`02 02 0000 ${oneRoute.replace(/02$/, '11')} ${oneRoute.replace(/02$/, '00')}`),
    );
    const counted = { 'version-not-accepted': 1, metric: 2 };
    expect(driver.snapshot().neighbors).toEqual([
      expect.objectContaining({ packets: 3, badPackets: 1, badEntries: 2, dropped: counted }),
    ]);
    expect(driver.dropped('eth0')).toEqual(counted);
    expect(driver.reports('entry-dropped')).toEqual([
      expect.objectContaining({ reason: 'metric', count: 2, detail: expect.stringContaining('metric 17') }),
    ]);
  });
});

describe('destinations', () => {
  test('2453 §3.7: takes 0.0.0.0 for the default route', () => {
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
  ])('2453 §4.3: reads an entry without a mask by the rules of RIPv1', (_rule, address, prefix) => {
    const driver = twoPorts();
    driver.receive('eth0', datagram(`02 02 0000 0002 0000 ${address} 00000000 00000000 00000001`));
    expect(driver.metric(prefix)).toBe(2);
  });
});

test('the mask of a supernet is not given to the networks in it', () => {
  const driver = new Driver(configured({ eth0: {} }));
  driver.up('eth0', '192.168.0.1/16');
  const entry = '0002 0000 c0a80000 00000000 00000000 00000001';
  driver.receive('eth0', datagram(`02 02 0000 ${entry}`, '192.168.0.2'));
  expect(driver.metric('192.168.0.0/24')).toBe(2);
});

test('RFC 3021: on a link of two both addresses are hosts', () => {
  const driver = new Driver(configured({ eth0: {} }));
  driver.up('eth0', '10.0.0.0/31');
  driver.hear('eth0', '10.0.0.1', { '10.0.0.1/32': 1, '10.1.0.0/16': { metric: 1, nextHop: '10.0.0.1' } });
  expect(driver.kernel()).toEqual({ '10.0.0.1/32': ['10.0.0.1'], '10.1.0.0/16': ['10.0.0.1'] });
});

describe('limits', () => {
  test('an interface has a limited number of neighbors; those it has go on', () => {
    const driver = new Driver(configured({ eth0: {} }));
    driver.up('eth0', '10.0.0.1/16');
    const [packet = new Uint8Array()] = rip.encodeResponses(entriesOf({ '10.9.0.0/16': 2 }));
    const crowd = Array.from({ length: 2_000 }, (_, at) => ({
      source: `10.0.${1 + (at >> 8)}.${at & 255}`,
      port: rip.port,
      bytes: packet,
    }));
    driver.receive('eth0', ...crowd);
    expect(driver.snapshot().neighbors).toHaveLength(1_024);
    expect(driver.dropped('eth0')).toEqual({ 'too-many-neighbors': 976 });
    expect(driver.reports('limit-reached')).toEqual([
      expect.objectContaining({ limit: 'neighbors-per-interface', interface: 'eth0', most: 1_024 }),
    ]);
    driver.hear('eth0', '10.0.1.0', { '10.8.0.0/16': 1 });
    expect(driver.metric('10.8.0.0/16')).toBe(2);
  });

  test('entries that the table has no room for are passed over and counted', () => {
    const limits = { ...defaultLimits, routes: 3 };
    const driver = twoPorts({ eth0: {}, eth1: {} }, { limits });
    driver.hear('eth0', '10.0.0.2', manyEntries(5, 1));
    expect(driver.snapshot().routes).toHaveLength(3);
    expect(driver.dropped('eth0')).toEqual({ 'table-full': 4 });
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

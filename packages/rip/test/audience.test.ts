/** RFC 2453 §3.10, §4.5, §5.1; RFC 1058 §3.5: whom updates go to, from which address, in which version. */
import { describe, expect, test } from 'vitest';
import { configured, Driver, datagram, entriesOf, twoPorts } from './driver.ts';

const wholeTable = (version: number) => `01 0${version} 0000 0000 0000 00000000 00000000 00000000 00000010`;
const versionOneRoute = '02 01 0000 0002 0000 0a010000 00000000 00000000 00000002';
const versionTwoRoute = '02 02 0000 0002 0000 0a020000 ffff0000 00000000 00000002';

/** Where the responses of one regular update go. */
function updateOf(driver: Driver): { destination: string; port: number; version: number | undefined }[] {
  driver.take();
  driver.advance(30_000);
  return driver
    .sent()
    .filter((packet) => packet.interface === 'eth0' && packet.command === 'response')
    .map(({ destination, port, bytes }) => ({ destination, port, version: bytes[1] }));
}

describe('destinations', () => {
  test('2453 §4.5: multicasts its updates to 224.0.0.9', () => {
    expect(updateOf(twoPorts())).toMatchObject([{ destination: '224.0.0.9' }]);
  });

  test('2453 §3.6: sends unsolicited updates to port 520', () => {
    expect(updateOf(twoPorts())).toMatchObject([{ port: 520 }]);
  });

  test('2453 §3.10: sends its updates to a list of neighbors as well', () => {
    const driver = twoPorts({ eth0: { neighbors: ['10.0.0.7', '10.0.0.8'] }, eth1: {} });
    const destinations = updateOf(driver).map(({ destination }) => destination);
    expect(destinations).toEqual(['224.0.0.9', '10.0.0.7', '10.0.0.8']);
  });

  test('2453 §4.5: sends to the listed neighbors alone where multicast is turned off', () => {
    const driver = twoPorts({ eth0: { neighbors: ['10.0.0.7'], multicast: false }, eth1: {} });
    expect(updateOf(driver).map(({ destination }) => destination)).toEqual(['10.0.0.7']);
  });

  test('2453 §3.6: announces metrics from 1 to 16 only', () => {
    const rules = { interface: undefined, neighbor: undefined, prefixSet: undefined, tag: undefined };
    const set = { metric: undefined, addMetric: 16, tag: undefined };
    const policy = [{ ...rules, direction: 'out', action: 'accept', set }] as const;
    const driver = twoPorts(undefined, { policy });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 14 });
    driver.advance(30_000);
    const metrics = driver.sent().flatMap(({ bytes }) => {
      const view = new DataView(bytes.buffer);
      return Array.from({ length: (bytes.byteLength - 4) / 20 }, (_, at) => view.getUint32(20 + 20 * at));
    });
    expect(new Set(metrics)).toEqual(new Set([16]));
  });
});

describe('sources', () => {
  const sources = (driver: Driver): string[] =>
    driver.take().flatMap((action) => (action.type === 'send' ? [action.source] : []));

  test('1058 §3.5: sends from its own address on the network', () => {
    const driver = twoPorts();
    driver.receive('eth1', datagram(wholeTable(2), '10.0.1.9'));
    expect(sources(driver)).toEqual(['10.0.1.1']);
  });

  test('1058 §3.5: sends an update for each address of an interface, from that address', () => {
    const driver = new Driver(configured({ eth0: {} }));
    driver.up('eth0', '10.0.0.1/24', '10.0.9.1/24');
    driver.advance(6_000);
    driver.take();
    driver.advance(30_000);
    expect(sources(driver)).toEqual(['10.0.0.1', '10.0.9.1']);
  });
});

describe('versions', () => {
  test.each([
    ['2453 §5.1: sends RIPv1 by broadcast with send-version 1', '1', '10.0.0.255', 1],
    ['2453 §5.1: sends RIPv2 by broadcast with send-version 1-compatible', '1-compatible', '10.0.0.255', 2],
    ['2453 §5.1: sends RIPv2 by multicast with send-version 2', '2', '224.0.0.9', 2],
  ] as const)('%s', (_clause, sendVersion, destination, version) => {
    const driver = twoPorts({ eth0: { sendVersion }, eth1: {} });
    expect(updateOf(driver)).toEqual([{ destination, port: 520, version }]);
  });

  test('2453 §5.1: sends nothing with send-version none', () => {
    const driver = twoPorts({ eth0: { sendVersion: 'none' }, eth1: {} });
    driver.receive('eth0', datagram(wholeTable(2)));
    driver.advance(60_000);
    const { history } = driver;
    const sent = history.filter(({ action }) => action.type === 'send' && action.interface === 'eth0');
    expect(sent).toEqual([]);
  });

  test('2453 §5.1: has switches for sending and receiving on each interface', () => {
    const driver = twoPorts({
      eth0: { sendVersion: '1', receiveVersion: '2' },
      eth1: { receiveVersion: '1' },
    });
    driver.receive('eth0', datagram(versionTwoRoute, '10.0.0.2'));
    driver.receive('eth1', datagram(versionOneRoute, '10.0.1.2'));
    driver.advance(30_000);
    const versions = new Map(driver.sent().map((packet) => [packet.interface, packet.bytes[1]]));
    expect(Object.fromEntries(versions)).toEqual({ eth0: 1, eth1: 2 });
    expect(Object.keys(driver.kernel())).toEqual(['10.2.0.0/16', '10.1.0.0/24']);
  });

  test.each([
    ['2453 §5.1: accepts RIPv1 only with receive-version 1', '1', ['10.1.0.0/16']],
    ['2453 §5.1: accepts RIPv2 only with receive-version 2', '2', ['10.2.0.0/16']],
    [
      '2453 §5.1: accepts both versions with receive-version 1-or-2',
      '1-or-2',
      ['10.1.0.0/16', '10.2.0.0/16'],
    ],
    ['2453 §5.1: accepts no packet with receive-version none', 'none', []],
  ] as const)('%s', (_clause, receiveVersion, expected) => {
    const driver = new Driver(configured({ eth0: { receiveVersion } }));
    // In a network of its own, where RIPv1 is read by class.
    driver.up('eth0', '10.0.0.1/16');
    driver.receive('eth0', datagram(versionOneRoute), datagram(versionTwoRoute));
    expect(Object.keys(driver.kernel())).toEqual(expected);
    const refused = expected.length < 2 ? { 'version-not-accepted': 2 - expected.length } : {};
    expect(driver.dropped('eth0')).toEqual(refused);
  });

  test('1058 §3.4.1: asks by RIPv1 where it sends RIPv1', () => {
    const driver = new Driver(configured({ eth0: { sendVersion: '1' } }));
    driver.up('eth0', '10.0.0.1/24');
    const [request] = driver.sent();
    expect(request).toMatchObject({ command: 'request', destination: '10.0.0.255' });
    expect(request?.bytes[1]).toBe(1);
  });

  test('2453 §4.6: answers a RIPv1 request with RIPv1', () => {
    const driver = twoPorts({ eth0: { sendVersion: '1-compatible', receiveVersion: '1-or-2' }, eth1: {} });
    driver.receive('eth0', datagram(wholeTable(1), '10.0.0.9'));
    expect(driver.sent().map(({ destination, bytes }) => [destination, bytes[1]])).toEqual([['10.0.0.9', 1]]);
  });

  test('2453 §4.6: does not answer a RIPv1 request where it sends RIPv2 only', () => {
    const driver = twoPorts({ eth0: { sendVersion: '2', receiveVersion: '1-or-2' }, eth1: {} });
    driver.receive('eth0', datagram(wholeTable(1), '10.0.0.9'));
    expect(driver.sent()).toEqual([]);
  });

  test('1058 §3.5: hides subnets in an answer to a RIPv1 request for the whole table', () => {
    const driver = twoPorts({ eth0: { sendVersion: '1', receiveVersion: '1-or-2' }, eth1: {} });
    driver.hear('eth1', '10.0.1.2', { '172.16.1.0/24': 3, '172.16.2.0/24': 2 });
    driver.take();
    driver.receive('eth0', datagram(wholeTable(1), '10.0.0.9'));
    const [answer] = driver.sent();
    expect(answer?.metrics).toMatchObject({ '172.16.0.0/16': 3 });
    expect(Object.keys(answer?.metrics ?? {})).not.toContain('172.16.1.0/32');
  });

  test('2453 §6: summarizes nothing by itself in RIPv2 updates', () => {
    const driver = twoPorts();
    const subnets = entriesOf({ '172.16.0.0/24': 1, '172.16.1.0/24': 1, '172.16.2.0/23': 1 });
    driver.hear('eth0', '10.0.0.2', subnets);
    expect(driver.announced('eth1')).toMatchObject([
      { metrics: { '172.16.0.0/24': 2, '172.16.1.0/24': 2, '172.16.2.0/23': 2 } },
    ]);
    expect(driver.route('172.16.0.0/16')).toBeUndefined();
  });
});

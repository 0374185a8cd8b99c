/** What RIPng believes of a datagram: its sender, its port, its hop limit, its version. RFC 2080 §2.4.2. */
import { describe, expect, test } from 'vitest';
import { drops, type PacketDropReason, ripng } from '../src/index.ts';
import { configured, type Driver, datagram } from './driver.ts';
import { response, row, wholeTable } from './ipv6/bytes.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const route = row('fd00:1::', { length: 32, metric: 2 });
const update = response(route);

/** Feeds one datagram on eth0 and says why it was dropped. */
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
  const rejected: [clause: string, reason: PacketDropReason, given: ReturnType<typeof datagram>][] = [
    [
      '2080 §2.4.2: ignores a response that does not come from port 521',
      'source-port',
      datagram(update, 'fe80::2', 520),
    ],
    [
      '2080 §2.4.2: ignores a response that does not come from port 521',
      'source-port',
      datagram(update, '2001:db8:a::2', 40_000),
    ],
    [
      '2080 §2.4.2: ignores a response whose source is not a link-local address',
      'source-not-link-local',
      datagram(update, '2001:db8:a::2'),
    ],
    ['a packet from a global address of its own', 'own-packet', datagram(update, '2001:db8:b::1')],
    [
      '2080 §2.4.2: ignores and counts what has come with too low a hop limit',
      'ttl-too-low',
      { ...datagram('02', 'fe80::2'), farAway: true },
    ],
    ['2080 §2.1: ignores a packet that is shorter than its header', 'too-short', datagram('0201', 'fe80::2')],
    [
      '2080 §2.4: ignores a command that is neither request nor response',
      'unknown-command',
      datagram(`03010000${route}`, 'fe80::2'),
    ],
    ['a packet of version 0', 'version-zero', datagram(`02000000${route}`, 'fe80::2')],
    [
      '2080 §2.1: ignores a packet of another version than 1',
      'version-not-accepted',
      datagram(`02020000${route}`, 'fe80::2'),
    ],
  ];
  test.each(rejected)('%s', (_clause, reason, given) => {
    const driver = quietRouter();
    expect(dropOf(driver, given)).toEqual([reason]);
    expect(driver.kernel()).toEqual({});
    expect(driver.dropped('eth0')).toEqual({ [reason]: 1 });
    expect(drops[reason].section).toMatch(/2080|2453 §5/);
  });

  test('what stands where zeros must be is not looked at', () => {
    const driver = quietRouter();
    driver.receive('eth0', datagram(`0201abcd${route}`, 'fe80::2'));
    expect(driver.metric('fd00:1::/32')).toBe(3);
  });

  test('2080 §2.4.2: reports and counts the packets that it ignores', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
    driver.receive('eth0', datagram(update, 'fe80::2', 520));
    expect(driver.reports('packet-dropped')).toEqual([
      {
        type: 'packet-dropped',
        interface: 'eth0',
        neighbor: 'fe80::2',
        reason: 'source-port',
        detail: 'from port 520, expected from port 521',
      },
    ]);
    expect(driver.dropped('eth0')).toEqual({ 'source-port': 1 });
    expect(driver.snapshot().neighbors).toMatchObject([
      { address: 'fe80::2', protocol: 'ripng', packets: 1, badPackets: 1, state: 'refused' },
    ]);
  });

  test('2080 §2.4.2: reports and counts the entries that it ignores', () => {
    const driver = quietRouter();
    const wrong = [
      row('fd00:2::', { length: 32, metric: 17 }),
      row('ff02::9', { length: 128, metric: 1 }),
      row('fd00:3::', { length: 129, metric: 1 }),
      row('fd00:4::', { length: 32, metric: 0 }),
    ];
    driver.receive('eth0', datagram(response(...wrong, route), 'fe80::2'));
    expect(driver.reports('entry-dropped')).toMatchObject([
      { neighbor: 'fe80::2', reason: 'metric', detail: 'fd00:2::/32 metric 17', count: 2 },
      { neighbor: 'fe80::2', reason: 'destination-not-unicast', count: 1 },
      { neighbor: 'fe80::2', reason: 'prefix-length', count: 1 },
    ]);
    expect(driver.dropped('eth0')).toEqual({ metric: 2, 'destination-not-unicast': 1, 'prefix-length': 1 });
    expect(driver.snapshot().neighbors).toMatchObject([{ badEntries: 4, badPackets: 0, state: 'up' }]);
  });

  test('2080 §2.4.2: goes on with the next entry after one that it ignores', () => {
    const driver = quietRouter();
    const wrong = row('fe80::', { length: 64, metric: 1 });
    driver.receive('eth0', datagram(response(wrong, route), 'fe80::2'));
    expect(driver.metric('fd00:1::/32')).toBe(3);
  });

  test('2080 §2.4.2: handles a response in the same way whatever it was sent for', () => {
    const [regular, answer] = [quietRouter(), quietRouter()];
    regular.receive('eth0', datagram(update, 'fe80::2'));
    // Just asked: an answer to it is the same bytes, from the same port.
    answer.readdress('eth0', 'fe80::c/64', '2001:db8:a::1/64');
    answer.receive('eth0', datagram(update, 'fe80::2'));
    expect(answer.kernel()).toEqual(regular.kernel());
    expect(answer.metric('fd00:1::/32')).toBe(3);
  });
});

describe('own packets', () => {
  const own = '2080 §2.4.2: ignores its own packets, from whichever of its link-local addresses they come';

  test(own, () => {
    const driver = quietRouter();
    driver.readdress('eth0', 'fe80::a/64', 'fe80::a2/64');
    expect(dropOf(driver, datagram(update, 'fe80::a'))).toEqual(['own-packet']);
    expect(dropOf(driver, datagram(update, 'fe80::a2'))).toEqual(['own-packet']);
  });

  test('one that comes back on another interface of the same link is known by its bytes', () => {
    const driver = quietRouter();
    driver.hear('eth1', 'fe80::2', { 'fd00:1::/32': 2 });
    driver.advance(10_000);
    driver.take();
    driver.advance(40_000);
    const [said] = driver.sent().filter((sent) => sent.interface === 'eth1' && sent.command === 'response');
    const bytes = said?.bytes ?? new Uint8Array();
    driver.now = said?.at ?? 0;
    expect(dropOf(driver, datagram(bytes, 'fe80::b'))).toEqual(['own-packet']);
    expect(driver.snapshot().neighbors).toMatchObject([{ interface: 'eth1' }]);
  });

  test('a neighbor that has the address of another interface of ours is heard', () => {
    const driver = quietRouter();
    expect(dropOf(driver, datagram(update, 'fe80::b'))).toEqual([]);
    expect(driver.route('fd00:1::/32')?.nextHops).toMatchObject([{ gateway: 'fe80::b', interface: 'eth0' }]);
    driver.receive('eth0', datagram(wholeTable, 'fe80::b'));
    expect(driver.sent().at(-1)).toMatchObject({ source: 'fe80::a', destination: 'fe80::b', port: 521 });
  });

  test('also when it says what we have just said ourselves, from another address', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::b', { 'fd00:1::/32': 2 });
    // We poison the reverse; then it loses the route, and says the very same.
    expect(driver.sent()[0]).toMatchObject({ source: 'fe80::a', metrics: { 'fd00:1::/32': 16 } });
    driver.hear('eth0', 'fe80::b', { 'fd00:1::/32': 16 });
    expect(driver.dropped('eth0')).toEqual({});
    expect(driver.kernel()).toEqual({});
  });

  test('two neighbors on two links may have the same address', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
    driver.hear('eth1', 'fe80::2', { 'fd00:2::/32': 2 });
    expect(driver.snapshot().neighbors.map((one) => [one.interface, one.routes])).toEqual([
      ['eth0', 1],
      ['eth1', 1],
    ]);
    driver.step({ type: 'interface-down', interface: 'eth0' });
    expect(driver.kernel()).toEqual({ 'fd00:2::/32': ['fe80::2'] });
  });

  test('a neighbor whose address became ours is a neighbor no longer', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
    driver.readdress('eth1', 'fe80::b/64', 'fe80::2/64');
    expect(driver.kernel()).toEqual({ 'fd00:1::/32': ['fe80::2'] });
    driver.readdress('eth0', 'fe80::a/64', 'fe80::2/64');
    expect(driver.kernel()).toEqual({});
    expect(driver.snapshot().neighbors).toEqual([]);
  });
});

describe('hop limits', () => {
  test('what came from afar is refused before anything else, and keeps no route alive', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
    for (let passed = 0; passed < 180_000; passed += 30_000) {
      driver.receive('eth0', { ...datagram('02', 'fe80::2'), farAway: true });
      driver.advance(30_000);
    }
    driver.advance(100);
    expect(driver.metric('fd00:1::/32')).toBe(16);
    expect(driver.dropped('eth0')).toEqual({ 'ttl-too-low': 6 });
  });

  test('5082: with ttl-security nothing is taken from afar, not even a query', () => {
    const driver = quietRouter({ eth0: { ttlSecurity: true }, eth1: {} });
    driver.receive('eth0', { ...datagram('01', '2001:db8:7::1', 40_000), farAway: true });
    expect(driver.sent()).toEqual([]);
    expect(driver.dropped('eth0')).toEqual({ 'ttl-too-low': 1 });
    expect(driver.snapshot().neighbors).toEqual([]);
  });

  test('5082: ttl-security that is turned on while running asks for another socket', () => {
    const driver = quietRouter();
    const configuration = configured({ eth0: { ttlSecurity: true }, eth1: {} }, {}, ripng);
    driver.step({ type: 'reconfigured', configuration });
    expect(driver.take()).toMatchObject([
      { type: 'unlisten', interface: 'eth0' },
      { type: 'listen', interface: { name: 'eth0' }, ttl: 255 },
    ]);
  });
});

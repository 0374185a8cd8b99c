/** Who asks a RIPng router, and what they are told from which address: RFC 2080 §2.4.1, §2.5.2. */
import { describe, expect, test } from 'vitest';
import { type Driver, datagram } from './driver.ts';
import { request, row, wholeTable } from './ipv6/bytes.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const known = row('fd00:1::', { length: 32, metric: 0 });
const unknown = row('fd00:2::', { length: 32, metric: 0 });
const specific = request(known, unknown);

function withRoute(interfaces?: Parameters<typeof quietRouter>[0]): Driver {
  const driver = quietRouter(interfaces);
  driver.hear('eth0', 'fe80::2', { 'fd00:1::/32': 2 });
  driver.advance(6_000);
  driver.take();
  return driver;
}

describe('the whole table', () => {
  test('2080 §2.4.1: applies split horizon to a whole table that it was asked for', () => {
    const driver = withRoute();
    driver.receive('eth0', datagram(wholeTable, 'fe80::9'));
    expect(driver.sent().map(({ metrics }) => metrics)).toEqual([
      { '2001:db8:a::/64': 1, '2001:db8:b::/64': 1, 'fd00:1::/32': 16 },
    ]);
  });

  test('2080 §2.5: sends an answer to the router that asked, alone', () => {
    const driver = withRoute();
    driver.receive('eth1', datagram(wholeTable, 'fe80::9'));
    expect(driver.sent()).toMatchObject([
      { interface: 'eth1', destination: 'fe80::9', port: 521, metrics: { 'fd00:1::/32': 3 } },
    ]);
  });

  test('it goes out in as many packets as it takes', () => {
    const driver = quietRouter();
    driver.hear(
      'eth0',
      'fe80::2',
      Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`fd00:${at + 1}::/32`, 2])),
    );
    driver.take();
    driver.receive('eth1', datagram(wholeTable, '2001:db8:b::9', 40_000));
    const answers = driver.sent();
    expect(answers.map(({ entries }) => entries.length)).toEqual([72, 72, 8]);
    expect(new Set(answers.map(({ port }) => port))).toEqual(new Set([40_000]));
  });

  test('2080 §2.4.1: does not answer a request without entries', () => {
    const driver = withRoute();
    expect(driver.receive('eth0', datagram(request(), 'fe80::9'))).toMatchObject([
      { type: 'report', report: { type: 'neighbor-appeared' } },
    ]);
  });

  test('2080 §2.4.1: takes that entry for a request for everything only if it is alone', () => {
    const driver = withRoute();
    driver.receive('eth1', datagram(wholeTable + known, 'fe80::9'));
    expect(driver.sent().map(({ metrics }) => metrics)).toEqual([{ '::/0': 16, 'fd00:1::/32': 3 }]);
  });
});

describe('certain destinations', () => {
  test('2080 §2.4.1: applies no split horizon to the destinations that it was asked for', () => {
    const driver = withRoute();
    driver.receive('eth0', datagram(specific, 'fe80::9'));
    expect(driver.sent()).toMatchObject([{ destination: 'fe80::9', metrics: { 'fd00:1::/32': 3 } }]);
  });

  test('2080 §2.4.1: answers 16 for a destination that it has no explicit route to', () => {
    const driver = withRoute();
    driver.hear('eth0', 'fe80::2', { '::/0': 2, 'fd00::/16': 2 });
    driver.take();
    driver.receive('eth0', datagram(specific, 'fe80::9', 40_000));
    expect(driver.sent()).toMatchObject([{ metrics: { 'fd00:1::/32': 3, 'fd00:2::/32': 16 } }]);
  });

  test('2080 §2.4.1: answers a request with the same entries, as a response', () => {
    const driver = withRoute();
    driver.receive('eth0', datagram(request(row('fd00:1::7', { length: 32, metric: 9, tag: 5 })), 'fe80::9'));
    expect(driver.sent().map(({ bytes }) => [...bytes])).toEqual([
      [2, 1, 0, 0, 0xfd, 0, 0, 1, ...Array(11).fill(0), 7, 0, 5, 32, 3],
    ]);
  });
});

describe('from where the answer comes', () => {
  const answered = (driver: Driver, source: string, port: number): unknown[] => {
    driver.receive('eth1', datagram(wholeTable, source, port));
    driver.receive('eth1', datagram(specific, source, port));
    return driver.sent().map((packet) => [packet.source, packet.destination, packet.port]);
  };

  test('2080 §2.5.2: answers who asks from port 521 from its link-local address', () => {
    const answer = ['fe80::b', 'fe80::9', 521];
    expect(answered(withRoute(), 'fe80::9', 521)).toEqual([answer, answer]);
  });

  test('2080 §2.4.1: answers who asks from another port from a globally valid address', () => {
    const answer = ['2001:db8:b::1', '2001:db8:b::9', 40_000];
    expect(answered(withRoute(), '2001:db8:b::9', 40_000)).toEqual([answer, answer]);
    const fromLinkLocal = ['2001:db8:b::1', 'fe80::9', 40_000];
    expect(answered(withRoute(), 'fe80::9', 40_000)).toEqual([fromLinkLocal, fromLinkLocal]);
  });

  test('2080 §2.5.2: answers who asks by multicast from another port from its link-local address', () => {
    const driver = withRoute();
    driver.receive('eth0', { ...datagram(specific, 'fe80::9', 40_000), multicast: true });
    expect(driver.sent()).toMatchObject([{ source: 'fe80::a', destination: 'fe80::9', port: 40_000 }]);
    driver.receive('eth0', { ...datagram(specific, 'fe80::9', 40_000), multicast: false });
    expect(driver.sent().at(-1)).toMatchObject({ source: '2001:db8:a::1' });
  });

  test('2080 §2.1: answers a request to the port that it came from', () => {
    const ports = [521, 522, 1, 65_535].map((port) => {
      const driver = withRoute();
      driver.receive('eth0', datagram(specific, 'fe80::9', port));
      return driver.sent().map((packet) => packet.port);
    });
    expect(ports).toEqual([[521], [522], [1], [65_535]]);
  });

  test('2080 §2.4.1: answers who asks from behind a router', () => {
    const answer = ['2001:db8:b::1', '2001:db8:77::9', 40_000];
    const driver = withRoute();
    expect(answered(driver, '2001:db8:77::9', 40_000)).toEqual([answer, answer]);
    expect(driver.snapshot().neighbors.map(({ address }) => address)).toEqual(['fe80::2']);
  });

  test('where an interface has no global address, it is one of another, and else the link-local one', () => {
    const driver = withRoute();
    driver.readdress('eth1', 'fe80::b/64');
    driver.take();
    expect(answered(driver, 'fe80::9', 40_000)[0]).toEqual(['2001:db8:a::1', 'fe80::9', 40_000]);
    driver.readdress('eth0', 'fe80::a/64');
    driver.take();
    expect(answered(driver, 'fe80::9', 40_000)[0]).toEqual(['fe80::b', 'fe80::9', 40_000]);
  });

  test('a router whose address is not link-local is no router: it is not answered on port 521', () => {
    const driver = withRoute();
    expect(answered(driver, '2001:db8:b::9', 521)).toEqual([]);
    expect(driver.dropped('eth1')).toEqual({ 'source-not-link-local': 2 });
  });

  test('port 0 expects no answer', () => {
    expect(answered(withRoute(), '2001:db8:b::9', 0)).toEqual([]);
  });
});

describe('where it is passive', () => {
  const passive = { eth0: {}, eth1: { passive: true } };

  test('routers are not answered, programs are', () => {
    const driver = withRoute(passive);
    driver.receive('eth1', datagram(wholeTable, 'fe80::9'), datagram(specific, 'fe80::9'));
    expect(driver.sent()).toEqual([]);
    driver.receive('eth1', datagram(wholeTable, 'fe80::9', 40_000), datagram(specific, 'fe80::9', 40_000));
    expect(driver.sent().map(({ port }) => port)).toEqual([40_000, 40_000]);
  });
});

test('no more than 50 whole tables are sent to askers in a second', () => {
  const driver = withRoute();
  for (let port = 1_000; port < 1_060; port += 1) {
    driver.receive('eth0', datagram(wholeTable, '2001:db8:77::9', port));
  }
  expect(driver.sent()).toHaveLength(50);
  expect(driver.dropped('eth0')).toEqual({ 'too-many-requests': 10 });
});

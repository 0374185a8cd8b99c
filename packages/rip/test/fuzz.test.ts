/** Whatever arrives: nothing is thrown, the table stays as it is, memory stays bounded. */
import { expect, test } from 'vitest';
import { defaultLimits, ripPort } from '../src/index.ts';
import { encodeResponses } from '../src/packet/encode.ts';
import { encodeWholeTableRequest } from '../src/packet/request.ts';
import { type Driver, entriesOf, manyEntries, seededRandom, twoPorts } from './driver.ts';

const packets = 12_000;

/** Routes, neighbors and what the kernel was told, without times and counters. */
function stateOf(driver: Driver): unknown {
  const { routes, neighbors } = driver.snapshot();
  return [
    routes.map(({ prefix, metric, tag, nextHops, offers }) => [prefix, metric, tag, nextHops, offers.length]),
    neighbors.map(({ address, routes: count }) => [address, count]),
    driver.kernel(),
  ];
}

function withTable(): Driver {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', manyEntries(200, 2));
  driver.hear('eth1', '10.0.1.2', manyEntries(100, 3));
  driver.advance(6_000);
  return driver;
}

test('12,000 random packets change nothing', () => {
  const driver = withTable();
  const before = stateOf(driver);
  const random = seededRandom(1);
  for (let count = 0; count < packets; count += 1) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 600) }, () => random() * 256);
    // A random header is rejected at once; half of them get one that is believed, for the entries to be looked at.
    if (random() < 0.5) bytes.set([2, 2, 0, 0].slice(0, bytes.length));
    driver.receive('eth0', { source: '10.0.0.2', port: ripPort, bytes });
  }
  expect(stateOf(driver)).toEqual(before);
  const [neighbor] = driver.snapshot().neighbors;
  expect((neighbor?.badPackets ?? 0) + (neighbor?.badEntries ?? 0)).toBeGreaterThan(packets);
});

test('12,000 packets that were sound until they were damaged, from anywhere, change nothing', () => {
  const driver = withTable();
  const before = stateOf(driver);
  const random = seededRandom(2);
  const sound = [...encodeResponses(manyEntries(60, 5)), encodeWholeTableRequest()];
  // Each way to spoil a packet alone is enough to have it rejected.
  const spoils = [
    { source: '192.0.2.7', port: ripPort, spoil: () => undefined },
    { source: '10.0.0.1', port: ripPort, spoil: () => undefined },
    { source: '10.0.0.2', port: 1024, spoil: (bytes: Uint8Array) => bytes.set([2]) },
    {
      source: '10.0.0.2',
      port: ripPort,
      spoil: (bytes: Uint8Array) => bytes.set([2, Math.floor(random() * 2)]),
    },
    {
      source: '10.0.0.2',
      port: ripPort,
      spoil: (bytes: Uint8Array) => bytes.set([3 + Math.floor(random() * 200)]),
    },
    { source: '10.0.0.2', port: ripPort, spoil: (bytes: Uint8Array) => bytes.set([0xff, 0xff], 4) },
  ];
  for (let count = 0; count < packets; count += 1) {
    const bytes = sound[Math.floor(random() * sound.length)]!.slice();
    const { source, port, spoil } = spoils[Math.floor(random() * spoils.length)]!;
    for (let flips = Math.floor(random() * 4); flips > 0; flips -= 1) {
      bytes[Math.floor(random() * bytes.length)] = random() * 256;
    }
    spoil(bytes);
    const end = 24 + Math.floor(random() * (bytes.length - 23));
    driver.receive('eth0', { source, port, bytes: bytes.subarray(0, end) });
  }
  expect(stateOf(driver)).toEqual(before);
  const dropped = Object.values(driver.dropped('eth0')).reduce((sum, count) => sum + count, 0);
  expect(dropped).toBe(packets);
});

test('packets that are damaged but sound keep the table sound and bounded', () => {
  const driver = withTable();
  const random = seededRandom(3);
  const sound = [...encodeResponses(manyEntries(60, 5)), encodeWholeTableRequest()];
  for (let count = 0; count < packets; count += 1) {
    const bytes = sound[Math.floor(random() * sound.length)]!.slice();
    for (let flips = 0; flips < 3; flips += 1) bytes[Math.floor(random() * bytes.length)] = random() * 256;
    driver.receive('eth0', { source: `10.0.0.${2 + Math.floor(random() * 20)}`, port: ripPort, bytes });
    if (count % 100 === 0) driver.advance(1_000);
  }
  const { routes, neighbors } = driver.snapshot();
  expect(neighbors.length).toBeLessThanOrEqual(defaultLimits.neighborsPerInterface);
  expect(routes.length).toBeLessThanOrEqual(defaultLimits.routes);
  for (const { prefix, metric, nextHops } of routes) {
    expect(metric).toBeGreaterThanOrEqual(1);
    expect(metric).toBeLessThanOrEqual(16);
    expect(nextHops.every((hop) => /^10\.0\.[01]\./.test(hop.gateway))).toBe(true);
    expect(Number(prefix.split('.')[0])).toBeLessThan(224);
  }
  driver.advance(400_000);
  expect(driver.snapshot().status).toMatchObject({ neighbors: 0, routes: 2, garbage: 0 });
});

test('events of every kind in any order keep the invariants', () => {
  const random = seededRandom(4);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)]!;
  const driver = twoPorts();
  for (let count = 0; count < 3_000; count += 1) {
    const name = pick('eth0', 'eth1');
    const net = name === 'eth0' ? 0 : 1;
    const prefix = `10.${pick(1, 2, 3)}.0.0/16`;
    const what = pick<() => unknown>(
      () => driver.hear(name, `10.0.${net}.${pick(2, 3)}`, entriesOf({ [prefix]: pick(1, 2, 3, 16) })),
      () =>
        driver.hear(
          name,
          `10.0.${net}.${pick(2, 3)}`,
          entriesOf({ [`10.0.${pick(0, 1)}.0/24`]: pick(1, 16) }),
        ),
      () => driver.advance(pick(0, 10, 5_000, 90_000)),
      () => driver.up(name, `10.0.${net}.1/24`),
      () =>
        driver.readdress(
          name,
          ...pick([`10.0.${net}.1/24`], [`10.0.${net}.1/24`, '10.7.0.1/24'], ['10.8.0.1/24']),
        ),
      () => driver.step({ type: 'interface-down', interface: name }),
      () => driver.step({ type: 'listen-failed', interface: name, reason: 'test' }),
      () => driver.step({ type: pick('route-installed', 'route-installed'), prefix }),
    );
    what();
    const kernel = driver.kernel();
    for (const route of driver.snapshot().routes) {
      const gateways = route.nextHops.map((hop) => hop.gateway);
      expect(kernel[route.prefix] ?? []).toEqual(gateways);
      expect(route.metric === 16).toBe(route.kind === 'learned' && route.offers.length === 0);
      expect(route.garbageIn !== undefined).toBe(route.metric === 16);
      delete kernel[route.prefix];
    }
    expect(kernel).toEqual({});
    expect(driver.router.deadline).toBeGreaterThan(driver.now);
  }
});

/** Packets that a neighbor repeats: they are not read again, and nobody can tell. RFC 2453 §3.8, §3.9.2. */
import { describe, expect, test } from 'vitest';
import { KnownPackets } from '../src/interface/known-packets.ts';
import { configured, Driver, entriesOf, manyEntries, seededRandom, twoPorts } from './driver.ts';

const prefixes = Array.from({ length: 6 }, (_, at) => `10.${at}.0.0/16`);
const neighbors = ['10.0.0.2', '10.0.0.3', '10.0.0.4'];

/** Two routers that hear the same; one of them forgets before each packet what it knows. */
function routers(maximumPaths: number): readonly [Driver, Driver] {
  const start = (): Driver => {
    const driver = new Driver(configured({ eth0: {}, eth1: {} }, { maximumPaths }));
    driver.up('eth0', '10.0.0.1/24');
    driver.up('eth1', '10.0.1.1/24');
    driver.take();
    return driver;
  };
  return [start(), start()];
}

describe('a router that knows packets again', () => {
  test.each([1, 2, 8])('is the same as one that reads them all, with %s paths', (maximumPaths) => {
    const random = seededRandom(maximumPaths);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const [knowing, reading] = routers(maximumPaths);
    const configuration = configured({ eth0: {}, eth1: {} }, { maximumPaths });
    const said = Array.from({ length: 8 }, () => {
      const some = prefixes.filter(() => random() < 0.5);
      return entriesOf(Object.fromEntries(some.map((prefix) => [prefix, pick([1, 1, 2, 15, 16])])));
    }).filter(({ length }) => length > 0);
    for (let packet = 0; packet < 300; packet += 1) {
      const entries = pick(said);
      const neighbor = pick(neighbors);
      const pause = pick([0, 1, 1_000, 29_000, 100_000]);
      reading.step({ type: 'reconfigured', configuration });
      for (const driver of [knowing, reading]) {
        driver.hear('eth0', neighbor, entries);
        driver.advance(pause);
      }
      expect(knowing.snapshot().routes).toEqual(reading.snapshot().routes);
      expect(knowing.take()).toEqual(reading.take());
    }
  });

  test('keeps routes alive with packets that are only repeated', () => {
    const driver = twoPorts();
    for (let update = 0; update < 20; update += 1) {
      driver.hear('eth0', '10.0.0.2', manyEntries(25, 2));
      driver.advance(30_000);
    }
    expect(driver.metric('20.0.24.0/24')).toBe(3);
    driver.advance(151_000);
    expect(driver.metric('20.0.24.0/24')).toBe(16);
  });

  test('reads them anew when the cost of the interface is another', () => {
    const driver = twoPorts();
    const entries = entriesOf({ '172.16.0.0/12': 2 });
    driver.hear('eth0', '10.0.0.2', entries);
    driver.step({ type: 'reconfigured', configuration: configured({ eth0: { cost: 14 }, eth1: {} }) });
    driver.hear('eth0', '10.0.0.2', entries);
    expect(driver.metric('172.16.0.0/12')).toBe(16);
  });

  test('lets a repeated route take the place of an equal one that is half timed out', () => {
    const [driver] = routers(1);
    const entries = entriesOf({ '172.16.0.0/12': 2 });
    for (const neighbor of ['10.0.0.2', '10.0.0.3']) driver.hear('eth0', neighbor, entries);
    for (let update = 0; update < 3; update += 1) {
      expect(driver.kernel()).toEqual({ '172.16.0.0/12': ['10.0.0.2'] });
      driver.advance(30_000);
      driver.hear('eth0', '10.0.0.3', entries);
    }
    expect(driver.kernel()).toEqual({ '172.16.0.0/12': ['10.0.0.3'] });
  });

  test('counts a bad entry each time that it comes', () => {
    const driver = twoPorts();
    const entries = entriesOf({ '172.16.0.0/12': 2, '224.0.0.0/8': 2 });
    for (let update = 0; update < 3; update += 1) driver.hear('eth0', '10.0.0.2', entries);
    const [eth0] = driver.snapshot().interfaces;
    expect(eth0?.counters.dropped).toMatchObject({ 'destination-not-unicast': 3 });
  });
});

describe('known packets', () => {
  const extent = { from: 4, to: 24 };
  const packet = (first: number): Uint8Array => Uint8Array.from({ length: 24 }, (_, at) => at + first);

  test('are known by version, entries and era', () => {
    const known = new KnownPackets();
    const lease = { expires: 1, intact: true };
    known.remember(packet(1), 2, extent, lease);
    expect(known.leaseOf(packet(1), 2, extent, 0)).toBe(lease);
    expect(known.leaseOf(packet(2), 2, extent, 0)).toBeUndefined();
    expect(known.leaseOf(packet(1), 1, extent, 0)).toBeUndefined();
    expect(known.leaseOf(packet(1), 2, { from: 4, to: 23 }, 0)).toBeUndefined();
    expect(known.leaseOf(packet(1), 2, extent, 1)).toBeUndefined();
  });

  test('are forgotten when none of their offers can be renewed: there are never many more than offers', () => {
    const known = new KnownPackets();
    const leases = Array.from({ length: 1_000 }, () => ({ expires: 1, intact: true }));
    for (const [at, lease] of leases.entries()) {
      const bytes = packet(1);
      new DataView(bytes.buffer).setUint32(8, at);
      known.remember(bytes, 2, extent, lease);
      lease.intact = false;
    }
    expect(known.size).toBeLessThanOrEqual(33);
  });
});

/** Packets as bytes: against bytes written by hand, against the laws of codecs, against any bytes. */
import { encode, explain, hex, printExplanation } from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packetEntry } from '../../src/ipv4/packet.ts';
import { rip } from '../../src/ipv4/rip.ts';
import { decodePacket } from '../../src/packet/decode.ts';
import { type Entry, infinity, packetHeader } from '../../src/packet/packet.ts';
import { encodeWholeTableRequest } from '../../src/packet/request.ts';
import { entriesOf, fromHex, interfaceAddress, manyEntries } from '../driver.ts';

/** By hand after the figures of RFC 2453 §3.6 and §4: header, then one entry a line. */
const golden = {
  wholeTableRequest: `01 02 0000
    0000 0000 00000000 00000000 00000000 00000010`,
  response: `02 02 0000
    0002 0000 0a000000 ff000000 00000000 00000001
    0002 00ff c0a80180 ffffff80 0a000003 0000000f
    0002 0000 00000000 00000000 00000000 00000010`,
  responseOne: `02 01 0000
    0002 0000 0a000000 00000000 00000000 00000001
    0002 0000 c0a80100 00000000 00000000 0000000f
    0002 0000 00000000 00000000 00000000 00000010`,
};

const quad = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');

const networkOf = (address: number, length: number): number =>
  length === 0 ? 0 : (address & (0xffff_ffff << (32 - length))) >>> 0;

const metric = fc.integer({ min: 1, max: 16 });

const entry: fc.Arbitrary<Entry> = fc
  .record({
    address: fc.nat(0xffff_ffff),
    length: fc.nat(32),
    tag: fc.nat(0xffff),
    nextHop: fc.option(fc.integer({ min: 1, max: 0xffff_ffff }), { nil: undefined }),
    metric,
  })
  .map(({ address, length, tag, nextHop, metric }) => ({
    prefix: `${quad(networkOf(address, length))}/${length}`,
    tag,
    nextHop: nextHop === undefined ? undefined : quad(nextHop),
    metric,
  }));

/** What a receiver must not take (RFC 2453 §3.9.2), and /0 as a default route only. */
const isUnicast = ({ prefix }: Entry): boolean => {
  const first = Number(prefix.split('.')[0]);
  return prefix === '0.0.0.0/0' || (first > 0 && first !== 127 && first < 224);
};

/** What RIPv1 can say with the mask /20 in network 10: its subnets, hosts, whole networks, the default route. */
const home = rip.link([interfaceAddress('10.1.16.1/20')]);
const entryOne: fc.Arbitrary<Entry> = fc
  .tuple(
    fc.oneof(
      fc.nat(0xf_ff).map((number) => `${quad(0x0a00_0000 + number * 0x1000)}/20`),
      fc.nat(0xf_ff).map((number) => `${quad(0x0a00_0000 + number * 0x1000 + 5)}/32`),
      fc.integer({ min: 11, max: 126 }).map((number) => `${number}.0.0.0/8`),
      fc.integer({ min: 128, max: 191 }).map((number) => `${number}.7.0.0/16`),
      fc.integer({ min: 192, max: 223 }).map((number) => `${number}.7.9.0/24`),
      fc.integer({ min: 192, max: 223 }).map((number) => `${number}.7.9.1/32`),
      fc.constant('0.0.0.0/0'),
    ),
    metric,
  )
  .map(([prefix, metric]) => ({ prefix, tag: 0, nextHop: undefined, metric }));

describe('golden packets', () => {
  test('a whole-table request is one entry of no family with metric 16', () => {
    expect(hex(encodeWholeTableRequest(2))).toBe(golden.wholeTableRequest.replaceAll(/\s/g, ''));
    expect(hex(encodeWholeTableRequest(1))).toBe(
      golden.wholeTableRequest.replaceAll(/\s/g, '').replace('0102', '0101'),
    );
    expect(decodePacket(rip, fromHex(golden.wholeTableRequest))).toEqual({
      command: 'request',
      version: 2,
      asks: 'whole-table',
    });
  });

  test('a response of three entries reads as it is written', () => {
    const entries = [
      { prefix: '10.0.0.0/8', tag: 0, nextHop: undefined, metric: 1 },
      { prefix: '192.168.1.128/25', tag: 255, nextHop: '10.0.0.3', metric: 15 },
      { prefix: '0.0.0.0/0', tag: 0, nextHop: undefined, metric: 16 },
    ];
    expect(rip.encodeResponses(entries).map(hex)).toEqual([golden.response.replaceAll(/\s/g, '')]);
    expect(decodePacket(rip, fromHex(golden.response))).toEqual({
      command: 'response',
      version: 2,
      entries,
      drops: [],
    });
  });

  test('a RIPv1 response of three entries reads as it is written', () => {
    const entries = entriesOf({ '10.0.0.0/8': 1, '192.168.1.0/24': 15, '0.0.0.0/0': 16 });
    expect(rip.encodeResponses(entries, { version: 1 }).map(hex)).toEqual([
      golden.responseOne.replaceAll(/\s/g, ''),
    ]);
    expect(decodePacket(rip, fromHex(golden.responseOne))).toMatchObject({ version: 1, entries, drops: [] });
  });

  test('an entry explains itself', () => {
    const bytes = fromHex('0002 00ff c0a80180 ffffff80 0a000003 0000000f');
    expect(printExplanation(explain(packetEntry, bytes))).toMatch(/address +ipv4\[4\] +192\.168\.1\.128/);
  });
});

describe('encoding', () => {
  const sizes = (count: number, perPacket?: number): number[] =>
    rip
      .encodeResponses(manyEntries(count, 2), perPacket === undefined ? {} : { perPacket })
      .map((packet) => (packet.byteLength - packetHeader.size) / packetEntry.size);

  test('2453 §3.6: puts at most 25 entries into a packet', () => {
    expect(sizes(25)).toEqual([25]);
    expect(sizes(26)).toEqual([25, 1]);
  });

  test('2453 §3.10.2: continues in further packets what one does not hold', () => {
    expect(sizes(80)).toEqual([25, 25, 25, 5]);
    const entries = manyEntries(80, 2);
    const read = rip.encodeResponses(entries).map((bytes) => decodePacket(rip, bytes));
    expect(read.flatMap((packet) => (packet.command === 'response' ? packet.entries : []))).toEqual(entries);
  });

  test('2453 §4.1: puts at most 24 entries beside the authentication', () => {
    expect(sizes(50, 24)).toEqual([24, 24, 2]);
  });

  test('no entries are no packet', () => {
    expect(sizes(0)).toEqual([]);
  });

  test('1058 §3.1: sends no packet of more than 512 bytes', () => {
    for (const version of [1, 2] as const) {
      const lengths = rip.encodeResponses(manyEntries(100, 2), { version }).map((bytes) => bytes.byteLength);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(512);
    }
  });

  test('2453 §3.6: writes numbers with the most significant byte first', () => {
    const [packet = new Uint8Array()] = rip.encodeResponses(
      entriesOf({ '10.20.0.0/14': { metric: 3, tag: 0x0102, nextHop: '10.0.0.9' } }),
    );
    expect(hex(packet.subarray(packetHeader.size))).toBe('000201020a140000fffc00000a00000900000003');
  });

  test('2453 §3.10.2: writes zeros where zeros must be', () => {
    const entries = entriesOf({ '10.20.0.0/14': { metric: 3, tag: 7, nextHop: '10.0.0.9' } });
    const [two = new Uint8Array()] = rip.encodeResponses(entries);
    expect([...two.subarray(2, 4)]).toEqual([0, 0]);
    const [one = new Uint8Array()] = rip.encodeResponses(entries, { version: 1 });
    expect(hex(one)).toBe('0201000000020000' + '0a140000' + '00000000' + '00000000' + '00000003');
  });
});

describe('codec laws', () => {
  for (const table of [packetHeader, packetEntry]) {
    test(`${table.name}: what is decoded is encoded to the same bytes`, () => {
      const bytes = fc.uint8Array({ minLength: table.size, maxLength: table.size });
      fc.assert(
        fc.property(bytes, (given) => {
          if (table === packetHeader) given.fill(0, 2);
          const view = new DataView(given.buffer, given.byteOffset, given.byteLength);
          const value = table.decode(view, 0, table.size);
          expect(hex(encode<unknown, never>(table, value as never))).toBe(hex(given));
        }),
      );
    });
  }

  test('what a response is made of is what it is read as', () => {
    fc.assert(
      fc.property(
        fc.array(entry.filter(isUnicast), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 25 }),
        (entries, perPacket) => {
          const read = rip.encodeResponses(entries, { perPacket }).map((bytes) => decodePacket(rip, bytes));
          expect(read.flatMap((packet) => (packet.command === 'response' ? packet.entries : []))).toEqual(
            entries,
          );
        },
      ),
    );
  });

  test('what RIPv1 can say is read as it is meant', () => {
    fc.assert(
      fc.property(fc.array(entryOne, { minLength: 1, maxLength: 60 }), (entries) => {
        const read = rip
          .encodeResponses(entries, { version: 1 })
          .map((bytes) => decodePacket(rip, bytes, home));
        expect(read.flatMap((packet) => (packet.command === 'response' ? packet.entries : []))).toEqual(
          entries,
        );
      }),
    );
  });

  test('any bytes decode without an exception, to sound entries only', () => {
    const header = fc.constantFrom([2, 2, 0, 0], [2, 3, 1, 1], [1, 2, 0, 0], [2, 1, 0, 0], [1, 1, 0, 0]);
    const field = fc.constantFrom([0, 2], [0, 2], [0, 2], [0, 0], [0xff, 0xff]);
    const row = fc
      .tuple(
        field,
        fc.uint8Array({ minLength: 18, maxLength: 18 }),
        fc.constantFrom(0, 8, 24, 32),
        fc.nat(20),
        fc.boolean(),
      )
      .map(([family, rest, length, metric, isOne]) => {
        rest.fill(0, 6, 10);
        rest.fill(255, 6, 6 + length / 8);
        if (isOne) rest.fill(0, 6, 14).fill(0, 0, 2);
        rest.fill(0, 14, 17);
        rest[17] = metric;
        return [...family, ...rest];
      });
    const structured = fc
      .tuple(header, fc.array(row, { maxLength: 30 }), fc.uint8Array({ maxLength: 19 }))
      .map(([start, rows, tail]) => Uint8Array.from([...start, ...rows.flat(), ...tail]));
    const sound = { 1: 0, 2: 0 };
    fc.assert(
      fc.property(fc.oneof(structured, fc.uint8Array({ maxLength: 700 })), (bytes) => {
        const packet = decodePacket(rip, bytes, home);
        if (packet.command !== 'response') return;
        const count = Math.floor((bytes.byteLength - 4) / 20);
        const tail = (bytes.byteLength - 4) % 20 === 0 ? 0 : 1;
        expect(packet.entries.length + packet.drops.length).toBe(count + tail);
        const version = packet.version === 1 ? 1 : 2;
        for (const read of packet.entries) {
          sound[version] += 1;
          expect(read.metric >= 1 && read.metric <= infinity && isUnicast(read)).toBe(true);
          const again = rip.encodeResponses([read], { version })[0] ?? new Uint8Array();
          expect(decodePacket(rip, again, home)).toMatchObject({ entries: [read] });
        }
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(sound[1], sound[2])).toBeGreaterThan(0);
  });
});

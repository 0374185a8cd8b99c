import { encode, explain, hex, printExplanation } from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerRequest,
  decodePacket,
  type Entry,
  encodeResponses,
  encodeWholeTableRequest,
  infinity,
  packetEntry,
  packetHeader,
} from '../src/packet.ts';
import { subnetOf } from '../src/subnet.ts';
import { entriesOf, fromHex, manyEntries } from './driver.ts';

/** By hand after the figures of RFC 2453 §3.6 and §4: header, then one entry a line. */
const golden = {
  wholeTableRequest: `01 02 0000
    0000 0000 00000000 00000000 00000000 00000010`,
  response: `02 02 0000
    0002 0000 0a000000 ff000000 00000000 00000001
    0002 00ff c0a80180 ffffff80 0a000003 0000000f
    0002 0000 00000000 00000000 00000000 00000010`,
};

const entry: fc.Arbitrary<Entry> = fc
  .record({
    address: fc.nat(0xffff_ffff),
    length: fc.nat(32),
    tag: fc.nat(0xffff),
    nextHop: fc.option(fc.integer({ min: 1, max: 0xffff_ffff }), { nil: undefined }),
    metric: fc.integer({ min: 1, max: 16 }),
  })
  .map(({ address, length, tag, nextHop, metric }) => {
    const network = length === 0 ? 0 : (address & (0xffff_ffff << (32 - length))) >>> 0;
    const quad = (number: number): string =>
      [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
    return {
      prefix: `${quad(network)}/${length}`,
      tag,
      nextHop: nextHop === undefined ? undefined : quad(nextHop),
      metric,
    };
  });

/** What a receiver must not take (RFC 2453 §3.9.2), and /0 as a default route only. */
const isUnicast = ({ prefix }: Entry): boolean => {
  const first = Number(prefix.split('.')[0]);
  return prefix === '0.0.0.0/0' || (first > 0 && first !== 127 && first < 224);
};

describe('golden packets', () => {
  test('2453 §3.9.1: a whole-table request is one entry of no family with metric 16', () => {
    expect(hex(encodeWholeTableRequest())).toBe(golden.wholeTableRequest.replaceAll(/\s/g, ''));
    expect(decodePacket(fromHex(golden.wholeTableRequest))).toEqual({
      command: 'request',
      version: 2,
      asks: 'whole-table',
    });
  });

  test('2453 §4: a response of three entries reads as it is written', () => {
    const entries = [
      { prefix: '10.0.0.0/8', tag: 0, nextHop: undefined, metric: 1 },
      { prefix: '192.168.1.128/25', tag: 255, nextHop: '10.0.0.3', metric: 15 },
      { prefix: '0.0.0.0/0', tag: 0, nextHop: undefined, metric: 16 },
    ];
    expect(encodeResponses(entries).map(hex)).toEqual([golden.response.replaceAll(/\s/g, '')]);
    expect(decodePacket(fromHex(golden.response))).toEqual({
      command: 'response',
      version: 2,
      entries,
      drops: [],
      full: false,
    });
  });

  test('an entry explains itself', () => {
    const bytes = fromHex('0002 00ff c0a80180 ffffff80 0a000003 0000000f');
    expect(printExplanation(explain(packetEntry, bytes))).toMatch(/address +ipv4\[4\] +192\.168\.1\.128/);
  });
});

describe('encoding', () => {
  test.each([
    [0, []],
    [1, [1]],
    [25, [25]],
    [26, [25, 1]],
    [75, [25, 25, 25]],
  ])('2453 §3.6: %i entries fill packets of %j', (count, expected) => {
    const packets = encodeResponses(manyEntries(count, 2));
    expect(packets.map((packet) => (packet.byteLength - 4) / 20)).toEqual(expected);
  });

  test('2453 §3.10.2: what must be zero is sent as zero', () => {
    const [packet = new Uint8Array()] = encodeResponses(entriesOf({ '10.0.0.0/8': 1 }));
    expect([...packet.subarray(2, 4)]).toEqual([0, 0]);
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
      fc.property(fc.array(entry.filter(isUnicast), { minLength: 1, maxLength: 60 }), (entries) => {
        const read = encodeResponses(entries).map((bytes) => decodePacket(bytes));
        expect(read.flatMap((packet) => (packet.command === 'response' ? packet.entries : []))).toEqual(
          entries,
        );
      }),
    );
  });

  test('2453 §3.9.2: any bytes decode without an exception, to sound entries only', () => {
    const header = fc.constantFrom([2, 2, 0, 0], [2, 3, 1, 1], [1, 2, 0, 0]);
    const field = fc.constantFrom([0, 2], [0, 2], [0, 2], [0, 0], [0xff, 0xff]);
    const row = fc
      .tuple(
        field,
        fc.uint8Array({ minLength: 18, maxLength: 18 }),
        fc.constantFrom(0, 8, 24, 32),
        fc.nat(20),
      )
      .map(([family, rest, length, metric]) => {
        rest.fill(0, 6, 10);
        rest.fill(255, 6, 6 + length / 8);
        rest.fill(0, 14, 17);
        rest[17] = metric;
        return [...family, ...rest];
      });
    const structured = fc
      .tuple(header, fc.array(row, { maxLength: 30 }), fc.uint8Array({ maxLength: 19 }))
      .map(([start, rows, tail]) => Uint8Array.from([...start, ...rows.flat(), ...tail]));
    let sound = 0;
    fc.assert(
      fc.property(fc.oneof(structured, fc.uint8Array({ maxLength: 700 })), (bytes) => {
        const packet = decodePacket(bytes);
        if (packet.command !== 'response') return;
        const count = Math.floor((bytes.byteLength - 4) / 20);
        const tail = (bytes.byteLength - 4) % 20 === 0 ? 0 : 1;
        expect(packet.entries.length + packet.drops.length).toBe(count + tail);
        for (const read of packet.entries) {
          sound += 1;
          expect(read.metric >= 1 && read.metric <= infinity && isUnicast(read)).toBe(true);
          expect(decodePacket(encodeResponses([read])[0]!)).toMatchObject({ entries: [read] });
        }
      }),
      { numRuns: 2_000 },
    );
    expect(sound).toBeGreaterThan(0);
  });
});

describe('answers', () => {
  const subnets = [subnetOf({ address: '10.0.0.1', prefixLength: 24 })];

  test('2453 §3.9.1: the entries of a request come back in order, with our metrics', () => {
    const request = fromHex(`01 02 0000
      0002 0007 0a010000 ffff0000 00000000 00000000
      0002 0000 0a020000 ffff0000 00000000 00000000
      0005 0000 0a010000 ffff0000 00000000 00000000`);
    const answer = answerRequest(request, subnets, (prefix) => (prefix === '10.1.0.0/16' ? 3 : 16));
    expect(hex(answer)).toBe(
      `02020000
       0002 0007 0a010000 ffff0000 00000000 00000003
       0002 0000 0a020000 ffff0000 00000000 00000010
       0005 0000 0a010000 ffff0000 00000000 00000010`.replaceAll(/\s/g, ''),
    );
  });

  test('2453 §4.3: a destination without a mask is asked for by the rules of RIPv1', () => {
    const request = fromHex(`01 02 0000
      0002 0000 0a000300 00000000 00000000 00000000
      0002 0000 0a000301 00000000 00000000 00000000
      0002 0000 c0a80700 00000000 00000000 00000000`);
    const asked: string[] = [];
    answerRequest(request, subnets, (prefix) => asked.push(prefix));
    expect(asked).toEqual(['10.0.3.0/24', '10.0.3.1/32', '192.168.7.0/24']);
  });
});

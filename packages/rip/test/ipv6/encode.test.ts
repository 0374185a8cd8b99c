/** RIPng packets as bytes: against bytes written by hand, and how full they are. */
import { addressToBytes, encode, explain, hex, ipv6FromBytes, printExplanation } from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packetEntry } from '../../src/ipv6/packet.ts';
import { ripng } from '../../src/ipv6/ripng.ts';
import { decodePacket } from '../../src/packet/decode.ts';
import { type Entry, isFull, packetHeader } from '../../src/packet/packet.ts';
import { encodeWholeTableRequest } from '../../src/packet/request.ts';
import { entriesOf, fromHex, manyEntries } from '../driver.ts';

/**
 * By hand after the figures of RFC 2080 §2.1 and §2.1.1: header, then one entry a line. tshark 4.0 reads them as the tests
 * below do (`text2pcap -6 fe80::1,ff02::9 -u 521,521`).
 */
const golden = {
  wholeTableRequest: `01 01 0000
    00000000000000000000000000000000 0000 00 10`,
  response: `02 01 0000
    20010db8000100000000000000000000 0000 30 01
    00000000000000000000000000000000 0000 00 10
    fe800000000000000000000000000003 0000 00 ff
    20010db8000200000000000000000000 00ff 40 0f
    20010db8000300000000000000000009 0000 80 02`,
};

const bare = (text: string): string => text.replaceAll(/\s/g, '');
const sizes = (packets: readonly Uint8Array[]): number[] =>
  packets.map((packet) => (packet.byteLength - packetHeader.size) / packetEntry.size);
const many = (count: number): Entry[] => manyEntries(count, 2, ripng);

/** Entries of the packets, in order, as a neighbor reads them. */
function read(packets: readonly Uint8Array[]): Entry[] {
  return packets.flatMap((bytes) => {
    const packet = decodePacket(ripng, bytes);
    if (packet.command !== 'response' || packet.drops.length > 0) throw new Error(JSON.stringify(packet));
    return packet.entries;
  });
}

describe('golden packets', () => {
  test('a whole-table request is one entry of ::/0 with metric 16', () => {
    expect(hex(encodeWholeTableRequest(1))).toBe(bare(golden.wholeTableRequest));
    expect(decodePacket(ripng, fromHex(golden.wholeTableRequest))).toEqual({
      command: 'request',
      version: 1,
      asks: 'whole-table',
    });
  });

  test('a response of four routes reads as it is written', () => {
    const entries = entriesOf({
      '2001:db8:1::/48': 1,
      '::/0': 16,
      '2001:db8:2::/64': { metric: 15, tag: 255, nextHop: 'fe80::3' },
      '2001:db8:3::9/128': { metric: 2, nextHop: 'fe80::3' },
    });
    expect(ripng.encodeResponses(entries).map(hex)).toEqual([bare(golden.response)]);
    expect(decodePacket(ripng, fromHex(golden.response))).toEqual({
      command: 'response',
      version: 1,
      entries,
      drops: [],
    });
  });

  test('an entry explains itself', () => {
    const bytes = fromHex('20010db8000200000000000000000000 00ff 40 0f');
    expect(printExplanation(explain(packetEntry, bytes))).toMatch(/address +ipv6\[16\] +2001:db8:2::/);
  });
});

describe('fields', () => {
  test('2080 §2.1: writes numbers with the most significant byte first', () => {
    const [packet = new Uint8Array()] = ripng.encodeResponses(
      entriesOf({ 'fd00:102::/32': { metric: 3, tag: 0x0a0b } }),
    );
    expect(hex(packet.subarray(packetHeader.size))).toBe(`fd000102${'00'.repeat(12)}0a0b2003`);
  });

  test('2080 §2.5.2: writes version 1', () => {
    expect([...encodeWholeTableRequest(1).subarray(0, 2)]).toEqual([1, 1]);
    for (const packet of ripng.encodeResponses(many(100))) expect([...packet.subarray(0, 2)]).toEqual([2, 1]);
  });

  test('2080 §2.5.2: writes zeros where zeros must be', () => {
    const packets = ripng.encodeResponses(many(100));
    expect(packets.map((packet) => [...packet.subarray(2, 4)])).toEqual(packets.map(() => [0, 0]));
  });

  test('2080 §2.1.1: writes zeros into the tag and the prefix length of a next hop', () => {
    const entries = entriesOf({ 'fd00::/8': { metric: 3, tag: 0x0a0b, nextHop: 'fe80::3' } });
    const [packet = new Uint8Array()] = ripng.encodeResponses(entries);
    expect(hex(packet.subarray(packetHeader.size, packetHeader.size + packetEntry.size))).toBe(
      `fe80${'00'.repeat(13)}03000000ff`,
    );
  });
});

describe('sizes', () => {
  /** The formula of RFC 2080 §2.1, with the headers of IPv6 and UDP; `ripngd` of FRR drops what is longer than 1500 bytes. */
  test.each([
    [1_280, 61],
    [1_500, 72],
    [9_000, 72],
    [65_536, 72],
  ])(
    '2080 §2.1: puts as many entries into a packet as the MTU of the link has room for, up to 1500 bytes',
    (mtu, most) => {
      expect(ripng.entriesPerPacket(mtu)).toBe(most);
      const perPacket = ripng.entriesPerPacket(mtu);
      const packets = ripng.encodeResponses(many(most + 1), { perPacket });
      expect(sizes(packets)).toEqual([most, 1]);
      const bytes = 40 + 8 + (packets[0]?.byteLength ?? 0);
      const room = Math.min(mtu, 1_500);
      expect(bytes <= room && bytes + packetEntry.size > room).toBe(true);
    },
  );

  test('no packet is too short for a next hop and its route', () => {
    expect(ripng.entriesPerPacket(68)).toBe(2);
  });

  test('2080 §2.5.2: continues in further packets what one does not hold', () => {
    const packets = ripng.encodeResponses(many(150));
    expect(sizes(packets)).toEqual([72, 72, 6]);
    expect(read(packets)).toEqual(many(150));
  });

  test('no entries are no packet', () => {
    expect(ripng.encodeResponses([])).toEqual([]);
  });

  test('a packet counts as full if it has as many entries as fit, or one less: the last may have been a next hop', () => {
    const isAtMtu = (count: number, mtu: number): boolean =>
      ripng
        .encodeResponses(many(count), { perPacket: 500 })
        .every((packet) => isFull(packet, ripng.fullPacketEntries(mtu)));
    expect([70, 71, 72, 447].map((count) => isAtMtu(count, 1_500))).toEqual([false, true, true, true]);
    expect([59, 60, 61].map((count) => isAtMtu(count, 1_280))).toEqual([false, true, true]);
    expect([70, 71].map((count) => isAtMtu(count, 9_000))).toEqual([false, true]);
  });
});

describe('next hops', () => {
  const via = (nextHop: string | undefined, ...numbers: number[]): Entry[] =>
    numbers.map((number) => ({ prefix: `fd00:${number}::/32`, tag: 0, nextHop, metric: 2 }));

  /** What each entry of the packets is: a route's number, or the next hop that is named. */
  const layout = (packets: readonly Uint8Array[]): (string | number)[][] =>
    packets.map((packet) =>
      Array.from({ length: sizes([packet])[0] ?? 0 }, (_, at) => {
        const start = packetHeader.size + at * packetEntry.size;
        const bytes = packet.subarray(start, start + packetEntry.size);
        return bytes[19] === 255 ? ipv6FromBytes(bytes.subarray(0, 16)) : Number(hex(bytes.subarray(2, 4)));
      }),
    );

  test('routes of one next hop stand together, those without one first', () => {
    const entries = [...via('fe80::3', 1), ...via(undefined, 2), ...via('fe80::4', 3), ...via('fe80::3', 4)];
    const packets = ripng.encodeResponses([...entries, ...via(undefined, 5)]);
    expect(layout(packets)).toEqual([[2, 5, 'fe80::3', 1, 4, 'fe80::4', 3]]);
  });

  test('a next hop is named again in every packet, and never the last entry of one', () => {
    const entries = [...via(undefined, 1, 2), ...via('fe80::3', 3, 4, 5), ...via('fe80::4', 6)];
    expect(layout(ripng.encodeResponses(entries, { perPacket: 3 }))).toEqual([
      [1, 2],
      ['fe80::3', 3, 4],
      ['fe80::3', 5],
      ['fe80::4', 6],
    ]);
    expect(layout(ripng.encodeResponses(entries, { perPacket: 2 }))).toEqual([
      [1, 2],
      ['fe80::3', 3],
      ['fe80::3', 4],
      ['fe80::3', 5],
      ['fe80::4', 6],
    ]);
  });
});

describe('laws', () => {
  const address = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipv6FromBytes);
  const linkLocal = fc.integer({ min: 1, max: 0xffff }).map((number) => `fe80::${number.toString(16)}`);
  /** Within fd00::/8. */
  const entry: fc.Arbitrary<Entry> = fc
    .record({
      address,
      length: fc.integer({ min: 8, max: 128 }),
      tag: fc.nat(0xffff),
      nextHop: fc.option(linkLocal, { nil: undefined }),
      metric: fc.integer({ min: 1, max: 16 }),
    })
    .map(({ address: text, length, ...rest }) => {
      const bytes = addressToBytes(text).map((byte, at) => {
        const bits = Math.min(8, Math.max(0, length - at * 8));
        return (at === 0 ? 0xfd : byte) & (0xff00 >> bits);
      });
      return { prefix: `${ipv6FromBytes(bytes)}/${length}`, ...rest };
    });

  test('what is decoded is encoded to the same bytes', () => {
    const bytes = fc.uint8Array({ minLength: packetEntry.size, maxLength: packetEntry.size });
    fc.assert(
      fc.property(bytes, (given) => {
        const view = new DataView(given.buffer, given.byteOffset, given.byteLength);
        expect(hex(encode(packetEntry, packetEntry.decode(view, 0, packetEntry.size)))).toBe(hex(given));
      }),
    );
  });

  test('what a response is made of is what it is read as, but for the order', () => {
    const key = (one: Entry): string => JSON.stringify(one);
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 90 }),
        (entries, perPacket) => {
          const packets = ripng.encodeResponses(entries, { perPacket });
          expect(Math.max(...sizes(packets))).toBeLessThanOrEqual(perPacket);
          expect(read(packets).map(key).sort()).toEqual(entries.map(key).sort());
        },
      ),
    );
  });
});

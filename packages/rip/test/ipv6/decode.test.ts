/** What is refused of a RIPng response, entry by entry, and what is taken all the same. RFC 2080 §2.1, §2.4.2. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ripng } from '../../src/ipv6/ripng.ts';
import { decodePacket, type Packet } from '../../src/packet/decode.ts';
import { fromHex } from '../driver.ts';
import { nextHopRow, response, row } from './bytes.ts';

const sound = row('2001:db8:1::', { length: 48, metric: 1 });

function read(...rows: string[]): Extract<Packet, { command: 'response' }> {
  const packet = decodePacket(ripng, fromHex(response(...rows)));
  if (packet.command !== 'response') throw new Error(`read as ${JSON.stringify(packet)}`);
  return packet;
}

/** Why an entry is refused; undefined: it is not. The sound ones before and after it are taken. */
function refusal(entry: string): string | undefined {
  const { entries, drops } = read(sound, entry, sound);
  expect(entries.filter(({ prefix }) => prefix === '2001:db8:1::/48')).toHaveLength(2);
  expect(entries.length + drops.length).toBe(3);
  return drops[0]?.reason;
}

const prefixOf = (address: string, length: number): string | undefined =>
  read(row(address, { length, metric: 1 })).entries[0]?.prefix;

describe('packets', () => {
  const fault = (bytes: string): Packet => decodePacket(ripng, fromHex(bytes));

  test('2080 §2.1: ignores a packet that is shorter than its header', () => {
    expect(fault('02 01 00')).toEqual({ command: 'none', reason: 'too-short', detail: '3 bytes' });
    expect(fault('')).toMatchObject({ reason: 'too-short' });
    expect(fault('02 01 0000')).toMatchObject({ command: 'response', entries: [], drops: [] });
  });

  test('2080 §2.4: ignores a command that is neither request nor response', () => {
    for (const command of ['00', '03', '06', 'ff']) {
      expect(fault(`${command} 01 0000 ${sound}`)).toMatchObject({ reason: 'unknown-command' });
    }
  });

  test('an entry that looks like authentication of RIP is an entry', () => {
    expect(read(`ffff0003${'00'.repeat(14)}4001`, sound)).toMatchObject({
      entries: [{ prefix: '2001:db8:1::/48' }],
      drops: [{ reason: 'destination-not-unicast' }],
    });
  });

  test('the whole entries of a packet that ends inside one are taken', () => {
    for (let bytes = 1; bytes < 20; bytes += 1) {
      expect(read(sound, sound.slice(0, bytes * 2))).toMatchObject({
        entries: [{ prefix: '2001:db8:1::/48' }],
        drops: [{ reason: 'truncated-entry', detail: `${bytes} bytes after the last entry` }],
      });
    }
  });

  test('more entries than an MTU of 1500 has room for are taken', () => {
    const rows = Array.from({ length: 500 }, (_, at) =>
      row(`fd00:${(at + 1).toString(16)}::`, { length: 32, metric: 1 }),
    );
    expect(read(...rows).entries).toHaveLength(500);
  });
});

describe('prefixes', () => {
  test('2080 §2.1: looks at no more bits of a prefix than its length says', () => {
    expect(prefixOf('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 32)).toBe('2001:db8::/32');
    expect(prefixOf('2001:dbf:ffff::', 29)).toBe('2001:db8::/29');
    expect(prefixOf('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 1)).toBe('8000::/1');
    expect(prefixOf('2001:db8::ffff', 127)).toBe('2001:db8::fffe/127');
  });

  test('2080 §2.2: takes any prefix of length 0 for the default route', () => {
    expect(prefixOf('::', 0)).toBe('::/0');
    for (const address of ['2001:db8::', 'ff02::9', 'fe80::1', '::1'])
      expect(prefixOf(address, 0)).toBe('::/0');
  });

  test('2080 §2.2: takes routes to hosts and to networks alike', () => {
    expect(prefixOf('2001:db8::7', 128)).toBe('2001:db8::7/128');
    expect(prefixOf('2001:db8:1:2:3::', 65)).toBe('2001:db8:1:2::/65');
    expect(prefixOf('::', 1)).toBe('::/1');
  });

  test('2080 §2.4.2: ignores an entry whose prefix is longer than 128 bits', () => {
    for (const length of [129, 200, 255]) {
      expect(refusal(row('2001:db8:2::', { length, metric: 1 }))).toBe('prefix-length');
    }
    expect(refusal(row('2001:db8:2::', { length: 128, metric: 1 }))).toBeUndefined();
  });

  test('2080 §2.4.2: ignores an entry for a multicast prefix', () => {
    for (const [address, length] of [
      ['ff00::', 8],
      ['ff02::9', 128],
      ['ffff:ffff::', 32],
      ['ff0e::1', 16],
    ] as const) {
      expect(refusal(row(address, { length, metric: 1 }))).toBe('destination-not-unicast');
    }
    expect(refusal(row('fe00::', { length: 8, metric: 1 }))).toBeUndefined();
  });

  test('2080 §2.4.2: ignores an entry for a link-local prefix', () => {
    for (const [address, length] of [
      ['fe80::', 10],
      ['fe80::', 64],
      ['fe80::1', 128],
      ['febf:ffff::', 32],
    ] as const) {
      expect(refusal(row(address, { length, metric: 1 }))).toBe('destination-link-local');
    }
    expect(refusal(row('fec0::', { length: 10, metric: 1 }))).toBeUndefined();
  });

  test('what no packet on a link can be for is ignored', () => {
    expect(refusal(row('::1', { length: 128, metric: 1 }))).toBe('destination-loopback');
    expect(refusal(row('::', { length: 128, metric: 1 }))).toBe('destination-not-unicast');
  });
});

describe('metrics', () => {
  test('2080 §2.4.2: ignores an entry whose metric is not from 1 to 16', () => {
    for (const metric of [0, 17, 128, 254]) {
      expect(refusal(row('2001:db8:2::', { length: 48, metric }))).toBe('metric');
    }
    for (const metric of [1, 15, 16]) {
      expect(refusal(row('2001:db8:2::', { length: 48, metric }))).toBeUndefined();
    }
  });

  test('what is refused tells what came', () => {
    expect(read(row('2001:db8:2::', { length: 48, metric: 17 })).drops).toEqual([
      { reason: 'metric', detail: '2001:db8:2::/48 metric 17' },
    ]);
  });
});

describe('next hops', () => {
  const route = (number: number): string => row(`2001:db8:${number}::`, { length: 48, metric: 1 });
  const hops = (...rows: string[]): (string | undefined)[] => {
    const { entries, drops } = read(...rows);
    expect(drops).toEqual([]);
    return entries.map(({ nextHop }) => nextHop);
  };

  test('2080 §2.1.1: applies a next hop to all entries after it, until another one comes', () => {
    const rows = [route(1), nextHopRow('fe80::3'), route(2), route(3), nextHopRow('fe80::4'), route(4)];
    expect(hops(...rows)).toEqual([undefined, 'fe80::3', 'fe80::3', 'fe80::4']);
    expect(hops(nextHopRow('fe80::3'), nextHopRow('fe80::4'), route(1))).toEqual(['fe80::4']);
    expect(hops(route(1), nextHopRow('fe80::3'))).toEqual([undefined]);
  });

  test('2080 §2.1.1: takes :: as a next hop for the sender', () => {
    expect(hops(nextHopRow('fe80::3'), route(1), nextHopRow('::'), route(2))).toEqual(['fe80::3', undefined]);
  });

  test('2080 §2.1.1: takes a next hop that is not link-local for the sender', () => {
    for (const address of ['2001:db8::3', 'ff02::9', '::1', 'fec0::1', 'fe00::1']) {
      expect(hops(nextHopRow('fe80::3'), nextHopRow(address), route(1))).toEqual([undefined]);
    }
  });

  test('2080 §2.1.1: ignores the tag and the prefix length of a next hop', () => {
    expect(hops(nextHopRow('fe80::3', { tag: 0xffff, length: 255 }), route(1))).toEqual(['fe80::3']);
  });

  test('an entry that is refused leaves the next hop alone', () => {
    const wrong = row('ff02::9', { length: 128, metric: 1 });
    expect(read(nextHopRow('fe80::3'), wrong, route(2)).entries).toMatchObject([{ nextHop: 'fe80::3' }]);
  });
});

/** The first bits that make an address what a route cannot lead to. */
const isUnicast = (prefix: string): boolean =>
  !/^(ff|fe[89ab])[\da-f]{1,2}:/.test(prefix) && prefix !== '::1/128' && prefix !== '::/128';

test('any bytes decode without an exception, to sound entries only', () => {
  const start = fc.constantFrom([0x20, 1], [0xfd, 0], [0xfe, 0x80], [0xff, 2], [0, 0], [0xfe, 0xc0]);
  const anyRow = fc
    .tuple(
      start,
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.oneof(fc.constantFrom(0, 1, 10, 64, 127, 128, 129, 255), fc.nat(255)),
      fc.oneof(fc.nat(17), fc.constantFrom(254, 255)),
    )
    .map(([head, rest, length, metric]) => [...head, ...rest, length, metric]);
  const structured = fc
    .tuple(fc.array(anyRow, { maxLength: 30 }), fc.uint8Array({ maxLength: 19 }))
    .map(([rows, tail]) => Uint8Array.from([2, 1, 0, 0, ...rows.flat(), ...tail]));
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(structured, fc.uint8Array({ maxLength: 1_500 })), (bytes) => {
      const packet = decodePacket(ripng, bytes);
      if (packet.command !== 'response') return;
      for (const entry of packet.entries) {
        taken += 1;
        const { prefix, metric, nextHop } = entry;
        expect(isUnicast(prefix) && metric >= 1 && metric <= 16).toBe(true);
        expect(nextHop ?? 'fe80::').toMatch(/^fe[89ab]/);
        const [again = new Uint8Array()] = ripng.encodeResponses([entry]);
        expect(decodePacket(ripng, again)).toMatchObject({ entries: [entry], drops: [] });
      }
    }),
    { numRuns: 2_000 },
  );
  expect(taken).toBeGreaterThan(0);
});

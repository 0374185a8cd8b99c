/** What is refused of what a neighbor sends, packet by packet and entry by entry, and what is taken all the same. */
import { describe, expect, test } from 'vitest';
import { authenticationTypeOf } from '../../src/authentication/authentication-entry.ts';
import { decodeResponse } from '../../src/ipv4/decode.ts';
import { rip } from '../../src/ipv4/rip.ts';
import { decodePacket, type Packet } from '../../src/packet/decode.ts';
import { decodeHeader } from '../../src/packet/header.ts';
import { type Entry, isFull, packetHeader } from '../../src/packet/packet.ts';
import { fromHex, interfaceAddress, manyEntries } from '../driver.ts';

const link = rip.link([interfaceAddress('10.0.0.1/24')]);

/** Family and tag, address, mask and next hop of a sound entry, to be varied; metric 1. */
const sound = '0002 0000 0a010000 ffff0000 00000000 00000001';

function read(...entries: string[]): Extract<Packet, { command: 'response' }> {
  const packet = decodePacket(rip, fromHex(`02 02 0000 ${entries.join(' ')}`), link);
  if (packet.command !== 'response') throw new Error(`read as ${JSON.stringify(packet)}`);
  return packet;
}

/** Why an entry is refused; the sound ones before and after it are taken. */
function refusal(entry: string): string | undefined {
  const { entries, drops } = read(sound, entry, sound);
  expect(entries.filter(({ prefix }) => prefix === '10.1.0.0/16').length).toBeGreaterThanOrEqual(2);
  expect(entries.length + drops.length).toBe(3);
  return drops[0]?.reason;
}

const entryFor = (address: string, mask: string): string => `0002 0000 ${address} ${mask} 00000000 00000001`;
const fault = (bytes: Uint8Array | string): Packet =>
  decodePacket(rip, typeof bytes === 'string' ? fromHex(bytes) : bytes, link);

describe('packets', () => {
  test('2453 §3.6: ignores a packet that is shorter than its header', () => {
    expect(fault('02 02 00')).toEqual({ command: 'none', reason: 'too-short', detail: '3 bytes' });
    expect(fault('')).toMatchObject({ reason: 'too-short' });
    expect(fault('02 02 0000')).toMatchObject({ command: 'response', entries: [], drops: [] });
  });

  test('2453 §3.6: ignores a command that is neither request nor response', () => {
    for (const command of ['00', '03', '06', 'ff']) {
      expect(fault(`${command} 02 0000 ${sound}`)).toMatchObject({ reason: 'unknown-command' });
    }
  });

  test('1058 §3.1: ignores the commands traceon, traceoff and reserved', () => {
    for (const command of [3, 4, 5]) {
      expect(fault(`0${command} 01 0000`)).toEqual({
        command: 'none',
        reason: 'unknown-command',
        detail: `command ${command}`,
      });
    }
  });

  test('2453 §5: ignores a packet of version 0', () => {
    expect(fault(`02 00 0000 ${sound}`)).toEqual({
      command: 'none',
      reason: 'version-zero',
      detail: 'version 0',
    });
  });

  test('2453 §5: reads a version above 2 as version 2', () => {
    for (const version of [3, 255]) {
      expect(fault(Uint8Array.from([2, version, 0, 0, ...fromHex(sound)]))).toMatchObject({
        command: 'response',
        version,
        entries: [{ prefix: '10.1.0.0/16' }],
      });
    }
  });

  test('2453 §5: does not mind what stands where zeros must be from version 2 on', () => {
    expect(fault(`02 02 1234 ${sound}`)).toMatchObject({ entries: [{ prefix: '10.1.0.0/16' }], drops: [] });
    expect(fault('02 02 1234 0000 1234 0a010000 12345678 12345678 00000001')).toMatchObject({
      drops: [{ reason: 'address-family' }],
    });
  });

  test('2453 §3.6: takes the sound entries of a packet that has more than 25', () => {
    const entries = manyEntries(40, 3);
    const [first = new Uint8Array(), second = new Uint8Array()] = rip.encodeResponses(entries);
    const long = Uint8Array.from([...first, ...second.subarray(packetHeader.size)]);
    expect(fault(long)).toMatchObject({ entries, drops: [] });
    expect(isFull(long, rip.entriesPerPacket(1500))).toBe(true);
  });

  test('2453 §3.6: takes the whole entries of a packet that ends inside one', () => {
    const { entries, drops } = read(sound, sound, '0002 0000 0a');
    expect(entries).toHaveLength(2);
    expect(drops).toEqual([{ reason: 'truncated-entry', detail: '5 bytes after the last entry' }]);
  });

  test('is full when no other entry would fit', () => {
    const [packet = new Uint8Array()] = rip.encodeResponses(manyEntries(25, 3));
    expect(isFull(packet, 25)).toBe(true);
    expect(isFull(packet.subarray(0, -20), 25)).toBe(false);
    // BIRD puts 22 entries beside an HMAC-SHA-256 and its trailer.
    expect(isFull(new Uint8Array(4 + 23 * 20 + 36), 25)).toBe(true);
  });
});

describe('authentication', () => {
  const password = 'ffff 0002 73656372 65740000 00000000 00000000';

  /** As it is announced by the first entry. */
  function typeOf(packet: string): number | undefined {
    const bytes = fromHex(packet);
    const header = decodeHeader(bytes);
    if ('reason' in header) throw new Error(header.detail);
    return authenticationTypeOf(bytes, header);
  }

  test('2453 §4.1: reads authentication from the first entry only', () => {
    expect(typeOf(`02 02 0000 ${password} ${sound}`)).toBe(2);
    expect(typeOf(`02 02 0000 ${sound} ${password}`)).toBeUndefined();
    expect(refusal(password)).toBe('authentication-not-first');
  });

  test('2453 §5.2: discards authenticated packets where no authentication is configured', () => {
    expect(fault(`02 02 0000 ${password} ${sound}`)).toEqual({
      command: 'none',
      reason: 'authentication-unexpected',
      detail: 'authentication type 2',
    });
  });

  test('is in no packet of version 1, nor in one that ends inside its first entry', () => {
    expect(typeOf(`02 01 0000 ${password}`)).toBeUndefined();
    expect(typeOf('02 02 0000 ffff 0002')).toBeUndefined();
  });

  test('routes are read between the authentication and its trailer', () => {
    const bytes = fromHex(`02 02 0000 ${password} ${sound} ffff 0001 00112233445566778899aabbccddeeff`);
    const header = { command: 'response', version: 2 } as const;
    expect(decodeResponse(bytes, header, { from: 24, to: 44 }, [])).toMatchObject({
      entries: [{ prefix: '10.1.0.0/16' }],
      drops: [],
    });
  });
});

describe('entries', () => {
  test('1058 §3.1: skips entries of an address family that it does not know', () => {
    for (const family of ['0000', '0001', '000a', 'fffe']) {
      expect(refusal(sound.replace('0002', family))).toBe('address-family');
    }
  });

  test('2453 §3.9.2: ignores an entry whose metric is not from 1 to 16', () => {
    for (const metric of ['00000000', '00000011', '00010001', 'ffffffff']) {
      expect(refusal(sound.replace('00000001', metric))).toBe('metric');
    }
    for (const metric of ['00000001', '0000000f', '00000010']) {
      expect(refusal(sound.replace('00000001', metric))).toBeUndefined();
    }
  });

  test('2453 §3.9.2: ignores an entry for a destination in network 0', () => {
    expect(refusal(entryFor('00000000', 'ff000000'))).toBe('destination-net-zero');
    expect(refusal(entryFor('00010000', 'ffff0000'))).toBe('destination-net-zero');
    expect(refusal(entryFor('00000001', '00000000'))).toBe('destination-net-zero');
  });

  test('2453 §3.9.2: ignores an entry for a destination in network 127', () => {
    expect(refusal(entryFor('7f000000', 'ff000000'))).toBe('destination-loopback');
    expect(refusal(entryFor('7f000001', 'ffffffff'))).toBe('destination-loopback');
  });

  test('2453 §3.9.2: ignores an entry for a destination of class D or E', () => {
    for (const address of ['e0000000', 'e0000009', 'f0000000']) {
      expect(refusal(entryFor(address, 'ffffffff'))).toBe('destination-not-unicast');
      expect(refusal(entryFor(address, '00000000'))).toBe('destination-not-unicast');
    }
  });

  test('2453 §3.9.2: ignores an entry for a broadcast address', () => {
    expect(refusal(entryFor('ffffffff', 'ffffffff'))).toBe('destination-not-unicast');
    expect(refusal(entryFor('0a0000ff', 'ffffffff'))).toBe('destination-not-unicast');
    expect(refusal(entryFor('0a0000ff', '00000000'))).toBe('destination-not-unicast');
    expect(refusal(entryFor('0a0000fe', 'ffffffff'))).toBeUndefined();
  });

  test('2453 §3.9.2: goes on with the next entry after one that it ignores', () => {
    const { entries, drops } = read(sound.replace('00000001', '00000011'), entryFor('0a020000', 'ffff0000'));
    expect(drops).toHaveLength(1);
    expect(entries).toMatchObject([{ prefix: '10.2.0.0/16' }]);
  });

  test('2453 §4.3: ignores an entry whose mask has a gap', () => {
    expect(refusal(entryFor('0a000000', 'ff00ff00'))).toBe('mask-not-contiguous');
    expect(refusal(entryFor('0a000000', '00ffffff'))).toBe('mask-not-contiguous');
  });

  test('2453 §4.3: ignores an entry whose address has bits outside its mask', () => {
    expect(refusal(entryFor('0a010001', 'ffff0000'))).toBe('host-bits-set');
  });

  test('2453 §3.7: takes routes to hosts', () => {
    expect(read(entryFor('0a010001', 'ffffffff')).entries).toMatchObject([{ prefix: '10.1.0.1/32' }]);
  });

  test('2453 §3.7: takes 0.0.0.0 for the default route', () => {
    expect(read(entryFor('00000000', '00000000')).entries).toMatchObject([{ prefix: '0.0.0.0/0' }]);
  });

  test('2453 §4.3: reads an entry without a mask by the rules of RIPv1', () => {
    const prefixes = ['0a000300', '0a000301', 'c0a80700', 'ac100500'].map((address) =>
      read(entryFor(address, '00000000')).entries.map(({ prefix }: Entry) => prefix),
    );
    expect(prefixes).toEqual([['10.0.3.0/24'], ['10.0.3.1/32'], ['192.168.7.0/24'], ['172.16.5.0/32']]);
  });

  test('an entry that is refused is described', () => {
    expect(read('0005 0000 0a010000 ffff0000 00000000 00000001').drops).toEqual([
      { reason: 'address-family', detail: 'family 5, 10.1.0.0 mask 255.255.0.0 metric 1' },
    ]);
  });
});

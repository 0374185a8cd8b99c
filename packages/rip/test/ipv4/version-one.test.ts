/** RIPv1: how its packets are read, and what may be said to routers that hear no masks. */
import { hex, ipv4FromNumber, ipv4ToNumber, prefixAddress, prefixLength, prefixOf } from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inferredLength } from '../../src/ipv4/network-class.ts';
import { rip } from '../../src/ipv4/rip.ts';
import { Ipv4Subnet } from '../../src/ipv4/subnet.ts';
import { classfulEntries } from '../../src/ipv4/version-one.ts';
import { decodePacket } from '../../src/packet/decode.ts';
import type { Entry } from '../../src/packet/packet.ts';
import { entriesOf, fromHex, interfaceAddress } from '../driver.ts';

const subnet = (text: string): Ipv4Subnet => new Ipv4Subnet(interfaceAddress(text));

/** Two networks that a border router lies between: 10, with the mask /24, and the class C network 192.168.1. */
const inside = subnet('10.0.1.1/24');
const outside = subnet('192.168.1.1/24');

/** Metric by prefix of what is said. */
function said(
  metrics: Readonly<Record<string, number | Partial<Entry>>>,
  outgoing: Ipv4Subnet,
): Record<string, number> {
  const entries = classfulEntries(entriesOf(metrics), outgoing);
  const spoken = Object.fromEntries(entries.map(({ prefix, metric }) => [prefix, metric]));
  expect(Object.keys(spoken)).toHaveLength(entries.length);
  return spoken;
}

/** What a RIPv1 response with these addresses, all with metric 1, is read as on an interface. */
function readOn(subnets: readonly string[], ...addresses: string[]): readonly string[] {
  const entries = addresses.map((address) => `0002 0000 ${address} 00000000 00000000 00000001`);
  const packet = decodePacket(
    rip,
    fromHex(`02 01 0000 ${entries.join('')}`),
    rip.link(subnets.map(interfaceAddress)),
  );
  return packet.command === 'response' ? packet.entries.map(({ prefix }) => prefix) : [packet.command];
}

describe('what is read', () => {
  test('2453 §3.7: reads a RIPv1 destination in the network of the interface with the mask of the interface', () => {
    expect(readOn(['10.0.1.1/24'], '0a000500', '0a630000')).toEqual(['10.0.5.0/24', '10.99.0.0/24']);
    expect(readOn(['172.16.4.1/22'], 'ac100800')).toEqual(['172.16.8.0/22']);
  });

  test('2453 §3.7: reads a RIPv1 destination with host bits as a host', () => {
    expect(readOn(['10.0.1.1/24'], '0a000507')).toEqual(['10.0.5.7/32']);
    expect(readOn(['10.0.1.1/24'], 'c0a80107', 'ac100500')).toEqual(['192.168.1.7/32', '172.16.5.0/32']);
  });

  test('2453 §3.7: reads the RIPv1 destination 0.0.0.0 as the default route', () => {
    expect(readOn(['10.0.1.1/24'], '00000000')).toEqual(['0.0.0.0/0']);
  });

  test('1923 §2.1: reads a RIPv1 destination of another network with the mask of its class', () => {
    expect(readOn(['10.0.1.1/24'], '0b000000', 'ac100000', 'c0a80700')).toEqual([
      '11.0.0.0/8',
      '172.16.0.0/16',
      '192.168.7.0/24',
    ]);
  });

  test('of several subnets in a network the first one tells the mask, one of a single address none', () => {
    expect(readOn(['10.0.0.1/16', '10.0.1.1/24'], '0a050000')).toEqual(['10.5.0.0/16']);
    expect(readOn(['10.0.0.1/32'], '0a000000', '0a050000')).toEqual(['10.0.0.0/8', '10.5.0.0/32']);
    expect(readOn(['192.168.0.1/16'], 'c0a80500')).toEqual(['192.168.5.0/24']);
  });

  test.each([
    ['header: bytes 2 and 3 is 0x1', '02 01 0001 0002 0000 0a000500 00000000 00000000 00000001'],
    ['entry 1: route tag is 0x7', '02 01 0000 0002 0007 0a000500 00000000 00000000 00000001'],
    ['entry 1: subnet mask is 0xffffff00', '02 01 0000 0002 0000 0a000500 ffffff00 00000000 00000001'],
    ['entry 1: next hop is 0xa000009', '02 01 0000 0002 0000 0a000500 00000000 0a000009 00000001'],
    [
      'entry 2: route tag is 0x1',
      `02 01 0000 0002 0000 0a000500 00000000 00000000 00000001
       0000 0001 00000000 00000000 00000000 00000001`,
    ],
    ['entry 1: next hop is 0x1', '01 01 0000 0000 0000 00000000 00000000 00000001 00000010'],
  ])('2453 §5: ignores a RIPv1 packet with anything where zeros must be', (detail, bytes) => {
    expect(decodePacket(rip, fromHex(bytes))).toEqual({ command: 'none', reason: 'must-be-zero', detail });
  });

  test('the address of another family is not taken for something that must be zero', () => {
    const packet = decodePacket(
      rip,
      fromHex(`02 01 0000
        000a 0001 00000000 12345678 12345678 00000001
        0002 0000 0a000000 00000000 00000000 00000001`),
    );
    expect(packet).toMatchObject({
      entries: [{ prefix: '10.0.0.0/8' }],
      drops: [{ reason: 'address-family' }],
    });
  });

  test('a RIPv1 request is read like one of version 2', () => {
    const request = '01 01 0000 0000 0000 00000000 00000000 00000000 00000010';
    expect(decodePacket(rip, fromHex(request))).toEqual({
      command: 'request',
      version: 1,
      asks: 'whole-table',
    });
  });
});

describe('what is said', () => {
  test('2453 §3.7: sends no subnet by RIPv1 outside the network that it is part of', () => {
    const spoken = said({ '10.0.1.0/24': 1, '10.0.2.0/24': 3, '172.16.5.0/24': 2 }, outside);
    expect(Object.keys(spoken)).toEqual(['10.0.0.0/8', '172.16.0.0/16']);
  });

  test('2453 §3.7: sends the subnets of a network by RIPv1 within this network', () => {
    expect(said({ '10.0.1.0/24': 16, '10.0.2.0/24': 3, '10.9.9.0/24': 5 }, inside)).toEqual({
      '10.0.1.0/24': 16,
      '10.0.2.0/24': 3,
      '10.9.9.0/24': 5,
    });
  });

  test('2453 §3.7: sends one entry for a whole network by RIPv1 into other networks', () => {
    expect(said({ '172.16.1.0/24': 3, '172.16.0.0/16': 4, '172.16.128.0/17': 5 }, inside)).toEqual({
      '172.16.0.0/16': 3,
    });
    expect(said({ '192.168.1.0/25': 2, '192.168.1.128/25': 2, '192.168.2.0/24': 1 }, inside)).toEqual({
      '192.168.1.0/24': 2,
      '192.168.2.0/24': 1,
    });
  });

  test('2453 §3.7: gives the entry for a whole network the smallest metric of its subnets', () => {
    expect(said({ '10.0.1.0/24': 4, '10.0.2.0/24': 2, '10.0.3.0/24': 9 }, outside)).toEqual({
      '10.0.0.0/8': 2,
    });
    // Lost, or learned where it would be announced: unreachable only if nothing else is left.
    expect(said({ '10.0.1.0/24': 16, '10.0.2.0/24': 7 }, outside)).toEqual({ '10.0.0.0/8': 7 });
    expect(said({ '10.0.1.0/24': 16, '10.0.2.0/24': 16 }, outside)).toEqual({ '10.0.0.0/8': 16 });
  });

  test('2453 §3.7: sends no host of a connected network by RIPv1 into other networks', () => {
    expect(said({ '10.0.1.0/24': 2, '10.0.1.7/32': 1, '10.0.9.9/32': 3 }, outside)).toEqual({
      '10.0.0.0/8': 2,
    });
  });

  test('hosts stay hosts inside their network, and while nothing takes in the network around them', () => {
    expect(said({ '10.0.1.0/24': 1, '10.0.2.7/32': 3 }, inside)).toEqual({
      '10.0.1.0/24': 1,
      '10.0.2.7/32': 3,
    });
    expect(said({ '172.16.5.5/32': 3 }, inside)).toEqual({ '172.16.5.5/32': 3 });
    expect(said({ '172.16.5.5/32': 3, '172.16.1.0/24': 16 }, inside)).toEqual({
      '172.16.0.0/16': 16,
      '172.16.5.5/32': 3,
    });
    // As an address alone it would be the network.
    expect(said({ '172.16.0.0/32': 3 }, inside)).toEqual({});
  });

  test('2453 §3.7: sends the default route by RIPv1', () => {
    expect(said({ '0.0.0.0/0': 5 }, inside)).toEqual({ '0.0.0.0/0': 5 });
    expect(said({ '0.0.0.0/0': 5 }, outside)).toEqual({ '0.0.0.0/0': 5 });
  });

  test('2453 §6: sends by RIPv1 only subnets with the mask of the interface', () => {
    const spoken = said({ '10.0.1.0/24': 1, '10.5.0.0/16': 2, '10.0.2.128/25': 2, '10.0.0.0/8': 4 }, inside);
    expect(spoken).toEqual({ '10.0.1.0/24': 1 });
  });

  test('2453 §4.3: advertises nothing internal to a network into another where RIPv1 may listen', () => {
    const entries = classfulEntries(entriesOf({ '10.0.1.0/24': { metric: 1, tag: 7 } }), outside);
    expect(rip.encodeResponses(entries).map(hex)).toEqual([
      '02020000' + '00020007' + '0a000000' + 'ff000000' + '00000000' + '00000001',
    ]);
  });

  test('2453 §4.3: advertises no subnet where RIPv1 would take it for a host', () => {
    // With the mask /24, 10.0.2.128 has host bits.
    expect(said({ '10.0.2.128/25': 2, '10.0.3.0/30': 2 }, inside)).toEqual({});
    // And a host without any would be taken for a subnet.
    expect(said({ '10.0.2.0/32': 2 }, inside)).toEqual({});
  });

  test('2453 §4.3: advertises no supernet where RIPv1 may listen', () => {
    const supernets = { '192.168.0.0/16': 1, '172.16.0.0/12': 1, '8.0.0.0/7': 1, '128.0.0.0/1': 1 };
    expect(said(supernets, inside)).toEqual({});
    expect(said(supernets, subnet('192.168.0.1/16'))).toEqual({});
  });

  test('an entry of a network keeps the tag of its best subnet, and the next hop of none', () => {
    const mixed = entriesOf({
      '172.16.1.0/24': { metric: 3, tag: 1 },
      '172.16.2.0/24': { metric: 2, tag: 2, nextHop: '10.0.1.9' },
      '192.168.7.0/24': { metric: 2, tag: 3, nextHop: '10.0.1.9' },
    });
    expect(classfulEntries(mixed, inside)).toEqual([
      { prefix: '172.16.0.0/16', metric: 2, tag: 2, nextHop: undefined },
      { prefix: '192.168.7.0/24', metric: 2, tag: 3, nextHop: '10.0.1.9' },
    ]);
  });

  test('a link whose subnet is one address has no mask to share: hosts and the whole network go', () => {
    const link = new Ipv4Subnet({ address: '10.0.0.1', prefixLength: 32, peer: '10.0.0.2' });
    expect(said({ '10.0.0.2/32': 1, '10.0.1.0/24': 1, '10.0.0.0/8': 3, '172.16.1.0/24': 2 }, link)).toEqual({
      '10.0.0.2/32': 1,
      '10.0.0.0/8': 3,
      '172.16.0.0/16': 2,
    });
  });

  test('a router on the same network reads all that is said as it is meant', () => {
    const destination = fc
      .tuple(
        fc.integer({ min: 0x0100_0000, max: 0xdfff_ffff }),
        fc.constantFrom(0, 7, 8, 12, 16, 20, 24, 25, 32),
        fc.boolean(),
      )
      .map(([address, length, isNear]) =>
        prefixOf(ipv4FromNumber(isNear ? 0x0a00_0000 + (address & 0xff_ffff) : address), length),
      );
    const outgoing = fc.constantFrom(
      ...['10.0.1.1/24', '10.0.0.1/8', '10.1.1.1/20', '10.0.0.1/32', '192.168.0.1/16', '172.16.1.1/30'],
    );
    let spoken = 0;
    fc.assert(
      fc.property(fc.uniqueArray(destination, { maxLength: 40 }), outgoing, (prefixes, home) => {
        const entries = classfulEntries(
          entriesOf(Object.fromEntries(prefixes.map((prefix) => [prefix, 2]))),
          subnet(home),
        );
        spoken += entries.length;
        for (const { prefix } of entries) {
          const address = ipv4ToNumber(prefixAddress(prefix)) ?? Number.NaN;
          expect(inferredLength([subnet(home)], address)).toBe(prefixLength(prefix));
        }
      }),
    );
    expect(spoken).toBeGreaterThan(0);
  });
});

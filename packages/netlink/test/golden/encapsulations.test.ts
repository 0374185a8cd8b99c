// What iproute2 asks for, with encapsulations.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import * as golden from './encapsulations.ts';
import { type Golden, read } from './golden.ts';
import { nexthopTunnel } from './nexthops.ts';

const route = {
  sourceLength: 0,
  tos: 0,
  headerTable: 254,
  protocol: 'boot',
  scope: 'global',
  type: 'unicast',
  flags: 0,
};
const ipv4 = { ...route, family: 'ipv4', destinationLength: 16 };
const ipv6 = { ...route, family: 'ipv6', destinationLength: 48 };
const segments = ['2001:db8::8', '2001:db8::9'];
const header = { nextHeader: 0, type: 4, segmentsLeft: 1, flags: 0, tag: 0, options: new Uint8Array() };

describe.skipIf(!littleEndianHost)('encapsulations', () => {
  const cases: Record<string, [Golden, object]> = {
    'mpls: labels': [
      golden.mplsTunnel,
      {
        ...ipv4,
        destination: '10.6.0.0',
        encapsulation: { labels: [100, 200] },
        encapsulationType: 'mpls',
        gateway: '10.0.0.2',
        outputInterface: 3,
      },
    ],
    'mpls: a label for others': [
      golden.mplsSwap,
      {
        ...route,
        family: 'mpls',
        destinationLength: 20,
        destination: '0.6.65.0',
        newDestination: [200, 300],
        via: '10.0.0.2',
        outputInterface: 3,
      },
    ],
    ip: [
      golden.ipTunnel,
      {
        ...ipv4,
        destination: '10.5.0.0',
        encapsulation: {
          id: 100n,
          source: '10.0.0.1',
          destination: '10.0.0.9',
          tos: 4,
          ttl: 16,
          flags: 0x5,
        },
        encapsulationType: 'ip',
        gateway: '10.0.0.2',
        outputInterface: 3,
      },
    ],
    ip6: [
      golden.ip6Tunnel,
      {
        ...ipv6,
        destination: '2001:db8:5::',
        encapsulation: { id: 7n, destination: '2001:db8::9', hopLimit: 9, trafficClass: 2 },
        encapsulationType: 'ip6',
        outputInterface: 3,
      },
    ],
    'seg6: with an HMAC': [
      golden.segments,
      {
        ...ipv6,
        destination: '2001:db8:6::',
        encapsulation: {
          tunnel: {
            ...header,
            mode: 'encap',
            flags: 0x8,
            segments,
            options: Uint8Array.of(5, 38, 0, 0, 0, 0, 0, 5, ...new Uint8Array(32)),
          },
        },
        encapsulationType: 'seg6',
        outputInterface: 3,
      },
    ],
    'seg6: inline, the last segment is the packet’s own destination': [
      golden.segmentsInline,
      {
        ...ipv6,
        destination: '2001:db8:6::',
        encapsulation: { tunnel: { ...header, mode: 'inline', segments: ['2001:db8::8', '::'] } },
        encapsulationType: 'seg6',
        outputInterface: 3,
      },
    ],
    'seg6-local: a table, and counters': [
      golden.localTable,
      {
        ...ipv6,
        destination: '2001:db8:7::',
        encapsulation: { action: 'End.DT6', table: 100, counters: { packets: 0n, bytes: 0n, errors: 0n } },
        encapsulationType: 'seg6-local',
        outputInterface: 3,
      },
    ],
    'seg6-local: a gateway, and flavors': [
      golden.localFlavors,
      {
        ...ipv6,
        destinationLength: 128,
        destination: '2001:db8:7::1',
        encapsulation: {
          action: 'End.X',
          gateway6: 'fe80::1',
          flavors: { operation: 0x10, locatorBlockBits: 48, locatorNodeFunctionBits: 16 },
        },
        encapsulationType: 'seg6-local',
        outputInterface: 3,
      },
    ],
    'seg6-local: a header': [
      golden.localHeader,
      {
        ...ipv6,
        destinationLength: 128,
        destination: '2001:db8:7::2',
        encapsulation: { action: 'End.B6.Encaps', header: { ...header, segments } },
        encapsulationType: 'seg6-local',
        outputInterface: 3,
      },
    ],
    'of a next-hop object': [
      nexthopTunnel,
      {
        family: 'ipv4',
        scope: 'global',
        protocol: 'unspecified',
        flags: 0,
        id: 7,
        encapsulation: { labels: [400] },
        encapsulationType: 'mpls',
        gateway: '10.0.0.2',
        outputInterface: 3,
      },
    ],
  };

  test.each(Object.entries(cases))('%s', (_name, [source, expected]) => {
    const { values, explanation } = read(source);
    expect(values, explanation).toEqual([expected]);
  });

  test('of each next hop of a multipath route', () => {
    const { values, explanation } = read(golden.multipathTunnels);
    const hop = { flags: 0, interfaceIndex: 3 };
    expect(values[0], explanation).toEqual({
      ...ipv4,
      destination: '10.8.0.0',
      multipath: [
        {
          ...hop,
          hops: 0,
          encapsulation: { labels: [16] },
          encapsulationType: 'mpls',
          gateway: '10.0.0.2',
        },
        {
          ...hop,
          hops: 1,
          encapsulation: { id: 1n, destination: '10.0.0.9' },
          encapsulationType: 'ip',
          gateway: '10.0.0.3',
        },
      ],
    });
  });

  test('are explained field by field', () => {
    expect(read(golden.mplsTunnel).explanation).toMatch(/^.*encapsulation\.labels +labels\[12\] +100\/200$/m);
    expect(read(golden.segments).explanation).toMatch(/encap 2001:db8::8 2001:db8::9$/m);
  });
});

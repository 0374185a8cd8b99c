// What iproute2 asks for: its bytes are read to the objects that we would write them from, and written again.
import { decode, encode, littleEndianHost, printExplanation, viewOf } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { explainDatagram } from '../src/explain-datagram.ts';
import { messagesOf } from '../src/message.ts';
import { entryOfType } from '../src/registry.ts';
import { bytesOf, type Golden } from './golden.ts';
import * as golden from './golden-routes.ts';

/** The only message of a request, what it decodes to, and that encoded again. */
function read(source: Golden) {
  const bytes = bytesOf(source);
  const [message] = messagesOf(viewOf(bytes));
  const { codec } = entryOfType(message!.type)!;
  const payload = bytes.slice(message!.start, message!.end);
  const value: unknown = decode(codec, payload);
  const explanation = printExplanation(explainDatagram(bytes));
  return { payload, value, again: encode(codec, value), explanation };
}

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
      golden.nexthopTunnel,
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
    const { payload, value, again, explanation } = read(source);
    expect(value, explanation).toEqual(expected);
    expect(again, explanation).toEqual(payload);
  });

  test('of each next hop of a multipath route', () => {
    const { value, explanation } = read(golden.multipathTunnels);
    const hop = { flags: 0, interfaceIndex: 3 };
    expect(value, explanation).toEqual({
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

describe.skipIf(!littleEndianHost)('metrics', () => {
  test('locked, and a congestion control by name', () => {
    const { value, explanation } = read(golden.metrics);
    expect(value, explanation).toEqual({
      ...ipv6,
      destination: '2001:db8:8::',
      gateway: 'fe80::1',
      priority: 5,
      preference: 'high',
      expires: 100,
      outputInterface: 3,
      metrics: {
        mtu: 1300,
        hopLimit: 9,
        congestionControl: 'cubic',
        features: 1,
        lock: (1 << 2) | (1 << 16),
      },
    });
  });
});

describe.skipIf(!littleEndianHost)('next-hop objects', () => {
  const nexthop = { family: 'ipv4', scope: 'global', protocol: 'unspecified', flags: 0 };
  const cases: Record<string, [Golden, object]> = {
    'on the link': [
      golden.nexthopOnLink,
      { ...nexthop, protocol: 'bird', flags: 0x4, id: 2, gateway: '10.0.0.3', outputInterface: 3 },
    ],
    'a resilient group': [
      golden.nexthopGroup,
      {
        ...nexthop,
        family: 'unspecified',
        id: 10,
        group: [
          { id: 1, weight: 2, weightHigh: 0 },
          { id: 2, weight: 0, weightHigh: 0 },
        ],
        resilientGroup: { buckets: 8, idleTimer: 6000, unbalancedTimer: 30000 },
        groupType: 'resilient',
      },
    ],
    'a black hole': [golden.nexthopBlackhole, { ...nexthop, id: 11, blackhole: true }],
    'of a forwarding table': [
      golden.nexthopForwarding,
      { ...nexthop, id: 14, gateway: '10.0.0.5', forwarding: true },
    ],
  };

  test.each(Object.entries(cases))('%s', (_name, [source, expected]) => {
    const { payload, value, again, explanation } = read(source);
    expect(value, explanation).toEqual(expected);
    expect(again, explanation).toEqual(payload);
  });
});

describe.skipIf(!littleEndianHost)('rules', () => {
  const rule = {
    family: 'ipv4',
    destinationLength: 0,
    sourceLength: 0,
    tos: 0,
    headerTable: 0,
    action: 'to-table',
    flags: 0,
  };
  const cases: Record<string, [Golden, object]> = {
    'every selector': [
      golden.rule,
      {
        ...rule,
        destinationLength: 16,
        sourceLength: 8,
        tos: 0x10,
        flags: 0x2,
        source: '10.0.0.0',
        destination: '10.1.0.0',
        mark: 0x10,
        markMask: 0xff,
        inputInterface: 'v0',
        table: 1000,
        priority: 50,
        suppressPrefixLength: 0,
        userIdRange: { start: 100, end: 200 },
        ipProtocol: 6,
        sourcePorts: { start: 10, end: 20 },
        destinationPorts: { start: 80, end: 80 },
      },
    ],
    goto: [golden.ruleGoto, { ...rule, sourceLength: 16, action: 'goto', source: '10.2.0.0', goto: 200 }],
    'of a tunnel': [golden.ruleTunnel, { ...rule, headerTable: 100, tunnelId: 7n }],
  };

  test.each(Object.entries(cases))('%s', (_name, [source, expected]) => {
    const { payload, value, again, explanation } = read(source);
    expect(value, explanation).toEqual(expected);
    expect(again, explanation).toEqual(payload);
  });
});

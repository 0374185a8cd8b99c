// Requests of iproute2 for every kind of link, and wireless events: what they say, and that we would write the same bytes.
import {
  decode,
  type ExplainedField,
  encode,
  littleEndianHost,
  printExplanation,
  viewOf,
} from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { explainDatagram } from '../src/explain-datagram.ts';
import { linkMessage } from '../src/link.ts';
import { linkFlags } from '../src/link-attributes.ts';
import { messagesOf } from '../src/message.ts';
import { bytesOf, type Golden } from './golden.ts';
import * as golden from './golden-links.ts';

interface Reading {
  readonly datagram: Uint8Array;
  /** Where the message's payload begins. */
  readonly start: number;
  readonly value: unknown;
  readonly lines: ExplainedField[];
}

function read(source: Golden): Reading {
  const datagram = bytesOf(source);
  const [message] = messagesOf(viewOf(datagram));
  const { start, end } = message!;
  const value = decode(linkMessage, datagram.subarray(start, end));
  return { datagram, start, value, lines: explainDatagram(datagram) };
}

/** Fails unless what was read is written as the same bytes, but for NLA_F_NESTED, which iproute2 leaves out. */
function expectSameBytes({ datagram, start, value, lines }: Reading): void {
  const again = encode(linkMessage, value as never);
  const nested = new Set(lines.filter(({ type }) => type.startsWith('IFLA')).map(({ offset }) => offset + 3));
  const differing = [...again.keys()].filter((at) => again[at] !== datagram[start + at]);
  const wrong = differing.filter(
    (at) => !nested.has(start + at) || again[at] !== (datagram[start + at]! | 0x80),
  );
  expect(again.length).toBe(datagram.length - start);
  expect(wrong, printExplanation(lines)).toEqual([]);
}

const header = { family: 'unspecified', type: 0, index: 0, flags: 0, change: 0 };
const { up, promiscuous } = linkFlags.masks;

const requests: Record<string, [Golden, object]> = {
  vlan: [
    golden.vlanRequest,
    {
      ...header,
      parentIndex: 3,
      name: 'eth0.5',
      linkInfo: {
        kind: 'vlan',
        data: {
          id: 5,
          protocol: 0x88a8,
          ingressPriorities: [
            { from: 1, to: 2 },
            { from: 3, to: 4 },
          ],
          egressPriorities: [{ from: 5, to: 6 }],
          flags: { flags: 2, mask: 3 },
        },
      },
    },
  ],
  dummy: [golden.dummyRequest, { ...header, mtu: 1400, name: 'dummy0', linkInfo: { kind: 'dummy' } }],
  vrf: [golden.vrfRequest, { ...header, name: 'blue', linkInfo: { kind: 'vrf', data: { table: 100 } } }],
  vxlan: [
    golden.vxlanRequest,
    {
      ...header,
      name: 'vx0',
      linkInfo: {
        kind: 'vxlan',
        data: {
          portRange: { low: 1000, high: 2000 },
          ttlInherit: true,
          dontFragment: 'set',
          ageing: 60,
          udpChecksum: 1,
          groupPolicy: true,
          id: 42,
          local: '10.0.0.1',
          group: '10.0.0.2',
          learning: 0,
          port: 4789,
        },
      },
    },
  ],
  'vxlan over IPv6': [
    golden.vxlan6Request,
    {
      ...header,
      name: 'vx1',
      linkInfo: {
        kind: 'vxlan',
        data: { link: 3, label: 0x12345, ttl: 5, id: 43, group6: 'ff05::1', learning: 1, port: 4789 },
      },
    },
  ],
  macvlan: [
    golden.macvlanRequest,
    {
      ...header,
      parentIndex: 3,
      name: 'mv0',
      linkInfo: {
        kind: 'macvlan',
        data: {
          sourceOperation: 'set',
          sources: ['02:00:00:00:00:11', '02:00:00:00:00:12'],
          mode: 'source',
          flags: 2,
        },
      },
    },
  ],
  'a source of a macvlan': [
    golden.macvlanSourceRequest,
    {
      ...header,
      index: 7,
      linkInfo: { kind: 'macvlan', data: { sourceOperation: 'add', source: '02:00:00:00:00:13' } },
    },
  ],
  ifb: [golden.ifbRequest, { ...header, txQueues: 2, name: 'ifb0', linkInfo: { kind: 'ifb' } }],
  bridge: [
    golden.bridgeRequest,
    {
      ...header,
      name: 'br1',
      linkInfo: {
        kind: 'bridge',
        data: {
          stpState: 1,
          priority: 100,
          vlanProtocol: 0x88a8,
          groupForwardMask: 8,
          groupAddress: '01:80:c2:00:00:03',
          multicastQueryInterval: 6000n,
          switches: { value: 1, mask: 1 },
        },
      },
    },
  ],
  'a bridge’s port': [
    golden.bridgePortRequest,
    {
      ...header,
      index: 2,
      linkInfo: {
        kind: 'bridge_slave',
        slaveData: { state: 'forwarding', cost: 7, hairpin: 1, learning: 0, backupPort: 3 },
      },
    },
  ],
  'VLANs of a port': [
    golden.portVlansRequest,
    {
      ...header,
      family: 'bridge',
      index: 4,
      families: {
        flags: 1,
        vlans: [
          { flags: 0x8, id: 10 },
          { flags: 0x10, id: 20 },
        ],
      },
    },
  ],
  'VLANs of a tunnel': [
    golden.vlanTunnelsRequest,
    {
      ...header,
      family: 'bridge',
      index: 4,
      families: {
        vlanTunnels: [
          { vni: 500, id: 5, flags: 0x8 },
          { vni: 501, id: 6, flags: 0x10 },
        ],
      },
    },
  ],
  'an alteration': [
    golden.setRequest,
    {
      ...header,
      index: 3,
      flags: up | promiscuous,
      change: up | promiscuous,
      mtu: 1300,
      address: '02:00:00:00:00:01',
      group: 5,
      families: { ipv6: { addressGeneration: 'none' } },
    },
  ],
};

describe.skipIf(!littleEndianHost)('iproute2’s requests for links', () => {
  test.each(Object.entries(requests))('%s', (_name, [source, expected]) => {
    const reading = read(source);
    expect(reading.value, printExplanation(reading.lines)).toEqual(expected);
    expectSameBytes(reading);
  });
});

test.skipIf(!littleEndianHost)('what the kernel tells of a TAP interface', () => {
  const { value, lines } = read(golden.tunAnswer);
  expect(value, printExplanation(lines)).toMatchObject({
    name: 'tap0',
    linkInfo: {
      kind: 'tun',
      data: {
        type: 'tap',
        owner: 1000,
        group: 100,
        packetInformation: 0,
        vnetHeader: 1,
        persist: 1,
        multiQueue: 1,
        queues: 2,
        disabledQueues: 1,
      },
    },
  });
});

const events: Record<string, [Golden, object]> = {
  associated: [golden.associated, { command: 'SIOCGIWAP', address: '02:00:00:00:00:aa' }],
  disassociated: [golden.disassociated, { command: 'SIOCGIWAP', address: '00:00:00:00:00:00' }],
  'a station that came': [golden.registered, { command: 'IWEVREGISTERED', address: '02:00:00:00:00:aa' }],
  'a scan that ended': [golden.scanned, { command: 'SIOCGIWSCAN', flags: 0, data: new Uint8Array() }],
  'a network’s name': [golden.named, { command: 'SIOCSIWESSID', flags: 1, text: 'attic' }],
  'a driver’s own words': [golden.custom, { command: 'IWEVCUSTOM', flags: 0, text: 'Rekeyed' }],
  'a mode': [golden.mode, { command: 'SIOCSIWMODE', mode: 2 }],
  'a frequency': [
    golden.frequency,
    { command: 'SIOCSIWFREQ', mantissa: 2412, exponent: 6, index: 0, flags: 0 },
  ],
  'an event without a table': [
    golden.quality,
    { command: 0x8c01, data: Uint8Array.of(0x07, 0x00, 0x00, 0x00) },
  ],
};

describe.skipIf(!littleEndianHost)('wireless events', () => {
  test.each(Object.entries(events))('%s', (_name, [source, wireless]) => {
    const reading = read(source);
    expect(reading.value, printExplanation(reading.lines)).toMatchObject({
      index: 3,
      name: 'wlan0',
      wireless,
    });
    expect(printExplanation(reading.lines)).toMatch(/wireless\.event/);
    expectSameBytes(reading);
  });
});

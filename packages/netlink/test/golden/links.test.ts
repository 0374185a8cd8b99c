// Links as the kernel tells them, and as iproute2 asks for them.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { messageFlags } from '../../src/message.ts';
import { linkFlags } from '../../src/rtnetlink/link/link-attributes.ts';
import { type Golden, read } from './golden.ts';
import * as golden from './links.ts';

const { acknowledge, create, exclusive, request } = messageFlags.masks;

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
          sourcePorts: { low: 1000, high: 2000 },
          ttlInherit: true,
          dontFragment: 'set',
          ageing: 60,
          udpChecksum: 1,
          groupPolicy: true,
          vni: 42,
          local: '10.0.0.1',
          group: '10.0.0.2',
          learning: 0,
          destinationPort: 4789,
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
        data: {
          parentIndex: 3,
          label: 0x12345,
          ttl: 5,
          vni: 43,
          group6: 'ff05::1',
          learning: 1,
          destinationPort: 4789,
        },
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
    const { values, explanation } = read(source);
    expect(values, explanation).toEqual([expected]);
  });

  test('a veth pair, which is to be made', () => {
    const { messages, values, explanation } = read(golden.vethRequest);
    expect(messages[0]?.flags).toBe(request | acknowledge | create | exclusive);
    expect(values[0], explanation).toEqual({
      family: 'unspecified',
      type: 0,
      index: 0,
      flags: 0,
      change: 0,
      mtu: 1400,
      name: 'va',
      linkInfo: {
        kind: 'veth',
        data: { peer: { family: 'unspecified', type: 0, index: 0, flags: 0, change: 0, name: 'vb' } },
      },
    });
  });
});

describe.skipIf(!littleEndianHost)('what the kernel tells of', () => {
  test('a veth', () => {
    const { messages, values, explanation } = read(golden.linkAnswer);
    expect(messages, explanation).toMatchObject([{ type: 16, flags: 0, sequence: 1 }]);
    expect(values[0], explanation).toMatchObject({
      family: 'unspecified',
      type: 1,
      index: 3,
      name: 'veth0',
      address: '02:00:00:00:00:01',
      broadcast: 'ff:ff:ff:ff:ff:ff',
      mtu: 1500,
      minMtu: 68,
      maxMtu: 65535,
      operationalState: 'up',
      linkMode: 'default',
      qdisc: 'noqueue',
      carrier: 1,
      parentIndex: 2,
      alternativeNames: ['uplink', 'core-1'],
      linkInfo: { kind: 'veth' },
      statistics: { receivedPackets: 1n, receivedBytes: 90n, receiveOtherHostDropped: 0n },
      statistics32: { receivedPackets: 1, receivedBytes: 90 },
      xdp: { attached: 0 },
      families: { ipv6: { flags: 0x8000_0000, addressGeneration: 'eui64', token: '::' } },
    });
    const { up, broadcast, running, multicast, lowerUp } = linkFlags.masks;
    expect(values[0]).toMatchObject({ flags: up | broadcast | running | multicast | lowerUp });
  });

  test('a bridge', () => {
    const { values, explanation } = read(golden.bridgeLink);
    expect(values[0], explanation).toMatchObject({
      name: 'br0',
      linkInfo: {
        kind: 'bridge',
        data: {
          forwardDelay: 1500,
          helloTime: 200,
          maxAge: 2000,
          priority: 32768,
          groupAddress: '01:80:c2:00:00:00',
          multicastSnooping: 1,
          multicastQueryInterval: 12500n,
          switches: { value: 0, mask: 31 },
        },
      },
    });
  });

  test('a bridge’s port', () => {
    const { values, explanation } = read(golden.bridgePort);
    expect(values[0], explanation).toMatchObject({
      family: 'bridge',
      name: 'veth1',
      master: 4,
      operationalState: 'up',
      protocolInfo: {
        state: 'disabled',
        priority: 32,
        cost: 2,
        unicastFlood: 1,
        number: 1,
        multicastRouter: 1,
      },
    });
  });

  test('a TAP interface', () => {
    const { values, explanation } = read(golden.tunAnswer);
    expect(values[0], explanation).toMatchObject({
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
});

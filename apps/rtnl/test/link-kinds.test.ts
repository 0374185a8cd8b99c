// Kinds of links that not every kernel has: what their words ask for, and how they are shown. The bytes are in netlink's tests.
import type { LinkMessage } from '@ripstop/netlink';
import { describe, expect, test } from 'vitest';
import { CommandError, type Context } from '../src/command.ts';
import { kindNamed, portOf } from '../src/link/kinds/link-kinds.ts';
import { linkFields } from '../src/link/link-fields.ts';
import { changedLink, newLink } from '../src/link/link-specification.ts';
import { linkText } from '../src/link/link-text.ts';
import { Words } from '../src/words.ts';

const names = new Map([
  ['eth0', 3],
  ['eth1', 4],
]);
const interfaces = {
  get: () => undefined,
  nameOf: (index: number) => [...names].find(([, known]) => known === index)?.[0] ?? `if${index}`,
  indexOf: (name: string) => names.get(name) ?? Number.NaN,
};
/** Only names of interfaces are looked up. */
const context = { interfaces, statistics: false } as unknown as Context;

const words = (text: string): Words => new Words(text.split(' '));

describe('words of a new link', () => {
  const unspecified = { family: 'unspecified' };

  test('dummy', () => {
    expect(newLink.read(words('dummy0 mtu 1400 type dummy'), context)).toEqual({
      ...unspecified,
      name: 'dummy0',
      mtu: 1400,
      linkInfo: { kind: 'dummy' },
    });
  });

  test('vlan', () => {
    const text =
      'link eth0 name eth0.5 type vlan protocol 802.1AD id 5 reorder_hdr off gvrp on ingress-qos-map 1:2 3:4 egress-qos-map 5:6';
    expect(newLink.read(words(text), context)).toEqual({
      ...unspecified,
      parentIndex: 3,
      name: 'eth0.5',
      linkInfo: {
        kind: 'vlan',
        data: {
          protocol: 0x88a8,
          id: 5,
          flags: { flags: 2, mask: 3 },
          ingressPriorities: [
            { from: 1, to: 2 },
            { from: 3, to: 4 },
          ],
          egressPriorities: [{ from: 5, to: 6 }],
        },
      },
    });
  });

  test('vrf', () => {
    expect(newLink.read(words('dev blue type vrf table main'), context).linkInfo).toEqual({
      kind: 'vrf',
      data: { table: 254 },
    });
  });

  test('the two ends of a veth pair', () => {
    const { name, linkInfo } = newLink.read(words('va up type veth peer name vb mtu 1300 netns 1'), context);
    expect([name, linkInfo]).toEqual([
      'va',
      {
        kind: 'veth',
        data: { peer: { ...unspecified, name: 'vb', mtu: 1300, netNamespacePid: 1 } },
      },
    ]);
  });

  test('an interface that moves gets its new index there', () => {
    expect(changedLink.read(words('eth0 netns 1 index 9 name lan'), context)).toEqual({
      ...unspecified,
      index: 3,
      newIndex: 9,
      netNamespacePid: 1,
      name: 'lan',
    });
  });

  test.each([
    ['vlan', 'protocol 802.3'],
    ['vlan', 'egress-qos-map 5:x'],
    ['vlan', 'gvrp 1'],
    ['vrf', 'table 4294967296'],
    ['tun', 'persist on'],
    ['bridge', 'bridge_id 0'],
    ['macvlan', 'mode loud'],
    ['vxlan', 'srcport 2000 1000'],
  ])('%s %s is not understood', (kind, text) => {
    expect(() => kindNamed(kind).read(words(text), context)).toThrow(CommandError);
  });
});

describe('what is shown', () => {
  test.each([
    [
      'vlan',
      {
        id: 5,
        protocol: 0x8100,
        flags: { flags: 3, mask: 0xffff_ffff },
        egressPriorities: [{ from: 5, to: 6 }],
      },
      { protocol: '802.1Q', id: 5, flags: ['REORDER_HDR', 'GVRP'], egress_qos: [{ from: 5, to: 6 }] },
      'protocol 802.1Q id 5 <REORDER_HDR,GVRP> egress-qos-map { 5:6 }',
    ],
    ['vrf', { table: 100 }, { table: 100 }, 'table 100'],
    [
      'tun',
      {
        type: 'tap',
        packetInformation: 0,
        vnetHeader: 1,
        multiQueue: 1,
        queues: 2,
        disabledQueues: 1,
        persist: 1,
        owner: 1000,
      },
      {
        type: 'tap',
        pi: false,
        vnet_hdr: true,
        multi_queue: true,
        numqueues: 2,
        numdisabled: 1,
        persist: true,
        user: 1000,
      },
      'type tap pi off vnet_hdr on multi_queue numqueues 2 numdisabled 1 persist on user 1000',
    ],
    [
      'bridge',
      {
        vlanFiltering: 1,
        vlanProtocol: 0x88a8,
        helloTimer: 191n,
        bridgeId: Uint8Array.of(128, 0, 2, 0, 0, 0, 0, 10),
      },
      { vlan_filtering: 1, vlan_protocol: '802.1ad', bridge_id: '8000.2:0:0:0:0:a', hello_timer: 1.91 },
      'vlan_filtering 1 vlan_protocol 802.1ad bridge_id 8000.2:0:0:0:0:a hello_timer    1.91',
    ],
    ['unheard-of', { a: 1 }, {}, ''],
  ])('of a %s', (kind, data, fields, text) => {
    const shown = kindNamed(kind).show(data, context);
    expect(shown).toEqual(fields);
    expect(kindNamed(kind).text(shown)).toBe(text);
  });

  test('of an interface in a VRF', () => {
    expect(portOf('vrf').show({ table: 100 }, context)).toEqual({ table: 100 });
  });

  const header = { family: 'unspecified', type: 1, index: 9, flags: 0, change: 0 } as const;

  test('of a tunnel: its ends are addresses', () => {
    const link: LinkMessage = {
      ...header,
      type: 776,
      flags: 0x10,
      name: 'sit1',
      parentIndex: 0,
      address: '0a:00:00:01',
      broadcast: '0a:00:00:02',
    };
    const fields = linkFields(link, context);
    expect(fields).toMatchObject({
      link: null,
      link_type: 'sit',
      address: '10.0.0.1',
      link_pointtopoint: true,
      broadcast: '10.0.0.2',
    });
    expect(linkText(fields)).toContain('9: sit1@NONE: <POINTOPOINT>\n    link/sit 10.0.0.1 peer 10.0.0.2');
  });

  test('of values that newer kernels may tell', () => {
    const link: LinkMessage = {
      ...header,
      type: 4711,
      flags: 0x8000_0000,
      name: 'new0',
      operationalState: 42,
      linkMode: 43,
      event: 99,
      families: { ipv6: { addressGeneration: 7 } },
    };
    expect(linkFields(link, context)).toEqual({
      ifindex: 9,
      ifname: 'new0',
      flags: ['80000000'],
      operstate_index: 42,
      linkmode_index: 43,
      event: 99,
      link_type: '[4711]',
      inet6_addr_gen_mode: '0x07',
    });
  });
});

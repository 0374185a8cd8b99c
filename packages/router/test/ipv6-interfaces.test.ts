import { type AddressMessage, addressFlags, linkFlags } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InterfaceNotification, Interfaces } from '../src/interfaces.ts';
import { address, deletedAddress, deletedLink, link, newAddress, newLink } from './interface-messages.ts';

const { up, running } = linkFlags.masks;
const { tentative, duplicateDetectionFailed, optimistic, deprecated, noPrefixRoute, permanent, secondary } =
  addressFlags.masks;

/** @param created in hundredths of a second: younger ones have more */
function ipv6(text: string, created = 0, changes: Partial<AddressMessage> = {}): AddressMessage {
  const scope = text.startsWith('fe80') ? 'link' : 'global';
  const cacheInfo = { preferredLifetime: 0, validLifetime: 0, created, updated: 0 };
  return address(2, text, { family: 'ipv6', local: undefined as never, scope, cacheInfo, ...changes });
}

const own = ipv6('fe80::1/64');
const eth0 = {
  name: 'eth0',
  index: 2,
  mtu: 1500,
  loopback: false,
  addresses: [{ address: 'fe80::1', prefixLength: 64 }],
};
const unusable = [
  ['tentative', tentative],
  ['tentative beyond eight bits', tentative | noPrefixRoute],
  ['found to be a duplicate', tentative | duplicateDetectionFailed],
  ['optimistic', tentative | optimistic],
] as const;

let interfaces: Interfaces;
const receive = (...notifications: InterfaceNotification[]) => interfaces.receive(notifications);
/** The addresses that the one event gives. */
const addressesOf = (...notifications: InterfaceNotification[]) =>
  receive(...notifications).events.flatMap((event) =>
    event.type === 'interface-down' ? [] : event.interface.addresses.map((each) => each.address),
  );

beforeEach(() => {
  interfaces = new Interfaces('ipv6');
});

describe('IPv6 addresses', () => {
  it('have no peer, but one attribute', () => {
    expect(interfaces.replace([link(2, 'eth0')], [own])).toEqual([{ type: 'interface-up', interface: eth0 }]);
  });

  it.each(unusable)('are not told while they are %s, in lists', (_, flags) => {
    const listed = [ipv6('fe80::1/64', 0, { flags }), ipv6('2001:db8::1/64', 0, { flags })];
    expect(interfaces.replace([link(2, 'eth0')], listed)).toEqual([]);
  });

  it.each(unusable)('are not told while they are %s, in notifications', (_, flags) => {
    interfaces.replace([link(2, 'eth0')], []);
    expect(receive(newAddress(ipv6('fe80::1/64', 0, { flags })))).toEqual({ events: [], disturbed: false });
  });

  it('are told when they are no longer tentative', () => {
    interfaces.replace([link(2, 'eth0')], [ipv6('fe80::1/64', 0, { flags: tentative })]);
    expect(receive(newAddress(ipv6('fe80::1/64', 0, { flags: permanent })))).toEqual({
      events: [{ type: 'interface-up', interface: eth0 }],
      disturbed: true,
    });
  });

  it('are tentative if an old kernel says so in the header', () => {
    const listed = ipv6('fe80::1/64', 0, { flags: undefined as never, headerFlags: tentative });
    expect(interfaces.replace([link(2, 'eth0')], [listed])).toEqual([]);
  });

  it('go when they are found to be duplicates', () => {
    interfaces.replace([link(2, 'eth0')], [own]);
    const flags = tentative | duplicateDetectionFailed;
    expect(receive(newAddress(ipv6('fe80::1/64', 0, { flags })))).toEqual({
      events: [{ type: 'interface-down', interface: 'eth0', running: true }],
      disturbed: true,
    });
  });

  it('stay when they are deprecated, and nothing is disturbed', () => {
    interfaces.replace([link(2, 'eth0')], [own]);
    expect(receive(newAddress(ipv6('fe80::1/64', 0, { flags: deprecated })))).toEqual({
      events: [],
      disturbed: false,
    });
  });

  it('follow their peer, of which no deletion is told', () => {
    interfaces.replace([link(2, 'eth0')], []);
    const far = (peer: string) => ipv6(`${peer}/128`, 0, { local: 'fe80::1' });
    receive(newAddress(far('fe80::9')));
    const addresses = [{ address: 'fe80::1', prefixLength: 128, peer: 'fe80::a' }];
    expect(receive(newAddress(far('fe80::a'))).events).toEqual([
      { type: 'interface-changed', interface: { ...eth0, addresses } },
    ]);
    expect(receive(deletedAddress(far('fe80::a'))).events).toEqual([
      { type: 'interface-down', interface: 'eth0', running: true },
    ]);
  });
});

describe('IPv6 addresses that another host has', () => {
  const flags = permanent | tentative | duplicateDetectionFailed;
  const found = ipv6('fe80::1/64', 0, { flags });
  const told = { interface: 'eth0', address: 'fe80::1' };

  it.each([
    ['listed', () => void interfaces.replace([link(2, 'eth0')], [found])],
    ['told', () => void receive(newLink(link(2, 'eth0')), newAddress(found))],
  ])('are given once: %s', (_, learn) => {
    learn();
    expect(interfaces.takeDuplicates()).toEqual([told]);
    receive(newAddress(found));
    interfaces.replace([link(2, 'eth0')], [found]);
    expect(interfaces.takeDuplicates()).toEqual([]);
    expect(interfaces.duplicates).toEqual([told]);
  });

  it.each([
    ['deleted', deletedAddress(found)],
    ['usable', newAddress(own)],
    ['deleted with the interface', deletedLink(link(2, 'eth0'))],
  ])('are given again if they were %s meanwhile', (_, meanwhile) => {
    interfaces.replace([link(2, 'eth0')], [found]);
    interfaces.takeDuplicates();
    receive(meanwhile);
    expect(interfaces.duplicates).toEqual([]);
    interfaces.takeDuplicates();
    receive(newLink(link(2, 'eth0')), newAddress(found));
    expect(interfaces.takeDuplicates()).toEqual([told]);
  });
});

describe('IPv6 interfaces of no use', () => {
  it('are those that the router is not told of, with the reason', () => {
    const links = [
      link(2, 'eth0'),
      link(3, 'eth1'),
      link(4, 'eth2', { flags: up }),
      link(5, 'eth3', { flags: 0, mtu: 1000 }),
    ];
    interfaces.replace(links, [own]);
    expect(interfaces.idle).toEqual([
      { name: 'eth1', mtu: 1500, reason: 'no-address' },
      { name: 'eth2', mtu: 1500, reason: 'no-carrier' },
      { name: 'eth3', mtu: 1000, reason: 'down' },
    ]);
  });
});

describe('the order of IPv6 addresses', () => {
  const settled = [
    ipv6('2001:db8::1/64', 10),
    ipv6('2001:db8::2/64', 30),
    ipv6('fe80::1/64', 20),
    ipv6('fe80::2/64', 40),
    // Of one moment.
    ipv6('fe80::b/64', 50),
    ipv6('fe80::a/64', 50),
    // The flag means temporary here.
    ipv6('2001:db8::3/64', 60, { flags: secondary }),
  ];
  const inOrder = ['2001:db8::3', '2001:db8::2', '2001:db8::1', 'fe80::a', 'fe80::b', 'fe80::2', 'fe80::1'];

  it.each([
    ['as they came', settled],
    ['the other way round', settled.toReversed()],
  ])('is that of reach and youth: listed or told %s', (_, messages) => {
    interfaces.replace([link(2, 'eth0')], []);
    expect(addressesOf(...messages.map(newAddress))).toEqual(inOrder);
    const [listed] = new Interfaces('ipv6').replace([link(2, 'eth0')], messages);
    expect(listed).toMatchObject({ interface: { addresses: inOrder.map((text) => ({ address: text })) } });
  });

  it('that changes alone is no event', () => {
    interfaces.replace([link(2, 'eth0')], [ipv6('fe80::1/64', 10), ipv6('fe80::2/64', 20)]);
    const again = [deletedAddress(ipv6('fe80::1/64', 10)), newAddress(ipv6('fe80::1/64', 30))];
    expect(receive(...again)).toEqual({ events: [], disturbed: true });
    expect(addressesOf(newAddress(ipv6('fe80::3/64', 40)))).toEqual(['fe80::3', 'fe80::1', 'fe80::2']);
  });
});

describe('IPv6 interfaces', () => {
  const down = newLink(link(2, 'eth0', { flags: running }));
  const again = newLink(link(2, 'eth0'));

  beforeEach(() => {
    interfaces.replace([link(2, 'eth0')], [own]);
  });

  it('that were set down have no address until it is told again: it may have been kept, and be tentative', () => {
    expect(receive(down).events).toEqual([{ type: 'interface-down', interface: 'eth0' }]);
    expect(receive(again).events).toEqual([]);
    expect(receive(newAddress(own)).events).toEqual([{ type: 'interface-up', interface: eth0 }]);
  });

  it('go down also for a moment that is over by now', () => {
    expect(receive(down, again).events).toEqual([
      { type: 'interface-down', interface: 'eth0', running: true },
    ]);
  });

  it('have what they were given while they were down: that is told once', () => {
    receive(down, newAddress(ipv6('fe80::2/64')));
    // Something else of the link changes: it is still down.
    receive(newLink(link(2, 'eth0', { flags: running, mtu: 1400 })));
    expect(addressesOf(again)).toEqual(['fe80::2']);
  });

  it('go down and come up if they had no address for a moment: Linux has taken them out of all groups', () => {
    const small = [newLink(link(2, 'eth0', { mtu: 1200 })), deletedAddress(own)];
    expect(receive(...small, again, newAddress(own)).events).toEqual([
      { type: 'interface-down', interface: 'eth0' },
      { type: 'interface-up', interface: eth0 },
    ]);
    expect(receive(newAddress(ipv6('fe80::2/64')), deletedAddress(own)).events).toMatchObject([
      { type: 'interface-changed' },
    ]);
  });

  it('keep their addresses while they have no carrier', () => {
    expect(receive(newLink(link(2, 'eth0', { flags: up }))).events).toEqual([
      { type: 'interface-down', interface: 'eth0' },
    ]);
    expect(receive(again).events).toEqual([{ type: 'interface-up', interface: eth0 }]);
  });

  it('keep their addresses when they are renamed: none is told again', () => {
    expect(receive(newLink(link(2, 'wan0'))).events).toEqual([
      { type: 'interface-down', interface: 'eth0' },
      { type: 'interface-up', interface: { ...eth0, name: 'wan0' } },
    ]);
  });
});

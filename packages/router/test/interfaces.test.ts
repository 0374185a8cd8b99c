import { type AddressMessage, addressFlags, type LinkMessage, linkFlags } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { type InterfaceNotification, Interfaces } from '../src/interfaces.ts';
import { address, deletedAddress, deletedLink, link, newAddress, newLink } from './interface-messages.ts';

const { up, running, loopback } = linkFlags.masks;

const eth0 = {
  name: 'eth0',
  index: 2,
  mtu: 1500,
  loopback: false,
  addresses: [{ address: '10.0.0.1', prefixLength: 24 }],
};

let interfaces: Interfaces;
const events = (...notifications: InterfaceNotification[]) => interfaces.receive(notifications).events;

beforeEach(() => {
  interfaces = new Interfaces('ipv4');
});

describe('lists', () => {
  it('tell which interfaces are usable: up, with carrier, with an address', () => {
    const links = [
      link(2, 'eth0'),
      link(3, 'down', { flags: running }),
      link(4, 'no-carrier', { flags: up }),
      link(5, 'no-address'),
    ];
    const addresses = [2, 3, 4].map((index) => address(index, '10.0.0.1/24'));
    expect(interfaces.replace(links, addresses)).toEqual([{ type: 'interface-up', interface: eth0 }]);
  });

  it('taken again, tell only what differs', () => {
    interfaces.replace(
      [link(2, 'eth0'), link(3, 'eth1')],
      [address(2, '10.0.0.1/24'), address(3, '10.0.1.1/24')],
    );
    const links = [link(2, 'eth0'), link(4, 'eth2')];
    expect(interfaces.replace(links, [address(2, '10.0.0.1/24'), address(4, '10.0.2.1/24')])).toEqual([
      { type: 'interface-down', interface: 'eth1' },
      { type: 'interface-up', interface: expect.objectContaining({ name: 'eth2' }) },
    ]);
  });

  it('know a loopback', () => {
    const lo = link(1, 'lo', { flags: up | running | loopback, mtu: 65_536 });
    expect(interfaces.replace([lo], [address(1, '10.255.0.1/32')])).toMatchObject([
      { interface: { loopback: true, mtu: 65_536 } },
    ]);
  });

  it('ignore addresses of other families', () => {
    expect(interfaces.replace([link(2, 'eth0')], [address(2, 'fe80::1/64', { family: 'ipv6' })])).toEqual([]);
  });

  it('give the own address of a point-to-point link, and the other end', () => {
    const peer = address(2, '10.0.0.1/32', { address: '10.0.0.2' });
    const [up] = interfaces.replace([link(2, 'eth0')], [peer]);
    const addresses = [{ address: '10.0.0.1', prefixLength: 32, peer: '10.0.0.2' }];
    expect(up).toEqual({ type: 'interface-up', interface: { ...eth0, addresses } });
  });

  it('2453 §5.4: speaks on no interface without an address', () => {
    expect(interfaces.replace([link(2, 'eth0')], [])).toEqual([]);
  });
});

describe('notifications', () => {
  beforeEach(() => {
    interfaces.replace([link(2, 'eth0')], [address(2, '10.0.0.1/24')]);
  });

  it.each([
    ['is set down', newLink(link(2, 'eth0', { flags: running })), {}],
    ['loses carrier', newLink(link(2, 'eth0', { flags: up })), {}],
    ['is deleted', deletedLink(link(2, 'eth0')), {}],
    ['loses its last address', deletedAddress(address(2, '10.0.0.1/24')), { running: true }],
  ])('say that an interface goes down when it %s', (_, notification, rest) => {
    expect(interfaces.receive([notification])).toEqual({
      events: [{ type: 'interface-down', interface: 'eth0', ...rest }],
      disturbed: true,
    });
  });

  it.each([
    ['MTU', newLink(link(2, 'eth0', { mtu: 9000 })), { mtu: 9000 }],
    [
      'address',
      newAddress(address(2, '10.0.1.1/24')),
      { addresses: [...eth0.addresses, { address: '10.0.1.1', prefixLength: 24 }] },
    ],
  ])('say that its %s changed', (_, notification, change) => {
    expect(events(notification)).toEqual([{ type: 'interface-changed', interface: { ...eth0, ...change } }]);
  });

  it('let a renamed interface go down and come up', () => {
    expect(events(newLink(link(2, 'wan0')))).toEqual([
      { type: 'interface-down', interface: 'eth0' },
      { type: 'interface-up', interface: { ...eth0, name: 'wan0' } },
    ]);
  });

  it('let a re-created interface go down and come up, even if nothing was seen in between', () => {
    const again = [
      deletedLink(link(2, 'eth0')),
      newLink(link(7, 'eth0')),
      newAddress(address(7, '10.0.0.1/24')),
    ];
    expect(events(...again)).toEqual([
      { type: 'interface-down', interface: 'eth0' },
      { type: 'interface-up', interface: { ...eth0, index: 7 } },
    ]);
  });

  it('of an interface that was set down and up leave its IPv4 addresses', () => {
    events(newLink(link(2, 'eth0', { flags: running })));
    expect(events(newLink(link(2, 'eth0')))).toEqual([{ type: 'interface-up', interface: eth0 }]);
  });

  it('of a flap that is over by now say nothing to the router, but that routes may have gone', () => {
    const flap = [newLink(link(2, 'eth0', { flags: running })), newLink(link(2, 'eth0'))];
    expect(interfaces.receive(flap)).toEqual({ events: [], disturbed: true });
  });

  it('that repeat what is known disturb nothing', () => {
    const repeated = [newLink(link(2, 'eth0')), newAddress(address(2, '10.0.0.1/24'))];
    expect(interfaces.receive(repeated)).toEqual({ events: [], disturbed: false });
  });

  it('of a bridge port do not delete the interface', () => {
    const port = link(2, 'eth0', { family: 'bridge' });
    expect(interfaces.receive([deletedLink(port)])).toEqual({ events: [], disturbed: false });
  });

  it('that tell only what has changed leave the rest as it was', () => {
    const partial: LinkMessage = {
      family: 'unspecified',
      type: 1,
      index: 2,
      flags: up,
      change: 0,
    } as LinkMessage;
    events(newLink(partial));
    expect(events(newLink(link(2, 'eth0')))).toEqual([{ type: 'interface-up', interface: eth0 }]);
  });

  it('keep primary addresses before secondary ones', () => {
    const { secondary } = addressFlags.masks;
    events(newAddress(address(2, '10.0.0.2/24', { flags: secondary })));
    const [changed] = events(newAddress(address(2, '10.0.5.1/24')));
    expect(changed).toMatchObject({
      interface: { addresses: [{ address: '10.0.0.1' }, { address: '10.0.5.1' }, { address: '10.0.0.2' }] },
    });
  });

  it('tell apart what is the same address with other peers and other lengths', () => {
    const far = (peer: string, length = 32) =>
      address(2, `10.0.7.1/${length}`, { address: peer } as Partial<AddressMessage>);
    events(newAddress(far('10.0.7.2')), newAddress(far('10.0.7.3')), newAddress(far('10.0.7.2', 24)));
    const [changed] = events(deletedAddress(far('10.0.7.3')));
    expect(changed).toMatchObject({
      interface: {
        addresses: [
          { address: '10.0.0.1' },
          { address: '10.0.7.1', prefixLength: 32, peer: '10.0.7.2' },
          { address: '10.0.7.1', prefixLength: 24, peer: '10.0.7.2' },
        ],
      },
    });
  });

  it('of each subnet that comes and goes tell the state with it and without it', () => {
    const [came] = events(newAddress(address(2, '10.0.1.1/24')));
    const [went] = events(deletedAddress(address(2, '10.0.0.1/24')));
    expect([came, went]).toMatchObject([
      { interface: { addresses: [{ address: '10.0.0.1' }, { address: '10.0.1.1' }] } },
      { interface: { addresses: [{ address: '10.0.1.1' }] } },
    ]);
  });

  it('promote a secondary address', () => {
    const { secondary } = addressFlags.masks;
    events(newAddress(address(2, '10.0.0.2/24', { flags: secondary })));
    const promoted = [deletedAddress(address(2, '10.0.0.1/24')), newAddress(address(2, '10.0.0.2/24'))];
    expect(events(...promoted)).toMatchObject([{ interface: { addresses: [{ address: '10.0.0.2' }] } }]);
  });
});

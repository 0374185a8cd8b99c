/** Interface events made of what the real kernel tells; `ip` changes the links and addresses. */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pair } from '../kit/pair.ts';
import { InterfaceObserver } from './interface-observer.ts';

let lab: NamespaceLab;
let router: LabNode;
let observer: InterfaceObserver;

beforeEach(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  observer = await InterfaceObserver.start(router, 'ipv4');
});
afterEach(async () => {
  observer?.close();
  await lab?.close();
});

async function ip(...commands: string[]): Promise<void> {
  for (const command of commands) await router.exec('ip', ...command.split(' '));
}

describe('interface events', () => {
  it('follow the administrative state', async () => {
    await ip('link set eth0 down');
    await observer.eventsAre('down eth0');
    await ip('link set eth0 up');
    await observer.eventsAre('down eth0', 'up eth0');
  });

  it('follow the carrier, which goes when the other end goes down', async () => {
    await lab.node('neighbor').setLink('eth0', 'down');
    await observer.eventsAre('down eth0');
    await lab.node('neighbor').setLink('eth0', 'up');
    await observer.eventsAre('down eth0', 'up eth0');
  });

  it('follow the MTU', async () => {
    await ip('link set eth0 mtu 1400');
    await observer.eventsAre('changed eth0');
    expect(observer.events).toMatchObject([{ interface: { mtu: 1400 } }]);
  });

  it('follow addresses; the last one takes the interface with it', async () => {
    await ip('addr add 192.168.1.7/24 dev eth0');
    await observer.eventsAre('changed eth0');
    await ip('addr add 192.168.5.1/24 dev eth0');
    await observer.eventsAre('changed eth0', 'changed eth0');
    const addresses = ['192.168.1.1', '192.168.5.1', '192.168.1.7'].map((address) => ({
      address,
      prefixLength: 24,
    }));
    expect(observer.events.at(-1)).toMatchObject({ interface: { addresses } });
    expect(await observer.listed('eth0')).toMatchObject({ addresses });
    observer.changes.length = 0;
    await ip('addr flush dev eth0');
    const down = { type: 'interface-down', interface: 'eth0', running: true };
    await expect.poll(() => observer.events.at(-1)).toEqual(down);
  });

  it('give both ends of a point-to-point address, and follow each peer of one address', async () => {
    await ip('addr add 10.255.0.1 peer 10.255.0.2/32 dev eth0');
    await observer.eventsAre('changed eth0');
    await ip('addr add 10.255.0.1 peer 10.255.0.3/32 dev eth0');
    await observer.eventsAre('changed eth0', 'changed eth0');
    const [own, second, third] = [
      { address: '192.168.1.1', prefixLength: 24 },
      { address: '10.255.0.1', prefixLength: 32, peer: '10.255.0.2' },
      { address: '10.255.0.1', prefixLength: 32, peer: '10.255.0.3' },
    ];
    expect(observer.events.at(-1)).toMatchObject({ interface: { addresses: [own, second, third] } });
    await ip('addr del 10.255.0.1 peer 10.255.0.2/32 dev eth0');
    await observer.eventsAre('changed eth0', 'changed eth0', 'changed eth0');
    expect(observer.events.at(-1)).toMatchObject({ interface: { addresses: [own, third] } });
    expect(await observer.listed('eth0')).toMatchObject({ addresses: [own, third] });
  });

  it('follow secondary addresses: they go with their subnet, or one takes its place', async () => {
    await ip('addr add 10.9.0.1/24 dev eth0');
    await observer.addressesAre('192.168.1.1', '10.9.0.1');
    await ip('addr add 10.9.0.7/24 dev eth0');
    await observer.addressesAre('192.168.1.1', '10.9.0.1', '10.9.0.7');
    await ip('addr del 10.9.0.1/24 dev eth0');
    await observer.addressesAre('192.168.1.1');
    await router.exec('sysctl', '-qw', 'net.ipv4.conf.eth0.promote_secondaries=1');
    await ip(
      'addr add 10.9.0.1/24 dev eth0',
      'addr add 10.9.0.7/24 dev eth0',
      'addr del 10.9.0.1/24 dev eth0',
    );
    await observer.addressesAre('192.168.1.1', '10.9.0.7');
  });

  it('let a renamed interface go down and come up', async () => {
    await ip('link set eth0 down', 'link set eth0 name wan0', 'link set wan0 up');
    await observer.eventsAre('down eth0', 'up wan0');
  });

  it('let a re-created interface come up with another index', async () => {
    const before = await router.interfaceIndex('eth0');
    await ip('link del eth0');
    await observer.eventsAre('down eth0');
    await ip('link add dev eth0 type veth peer name other', 'link set other up', 'link set eth0 up');
    await ip('addr add 192.168.1.1/24 dev eth0');
    await observer.eventsAre('down eth0', 'up eth0');
    const index = await router.interfaceIndex('eth0');
    expect(index).not.toBe(before);
    expect(observer.events.at(-1)).toMatchObject({ interface: { index } });
  });

  it('come from a new interface, and not from one that joins and leaves a bridge', async () => {
    await ip('link add dev br0 type bridge', 'link set eth0 master br0', 'link set eth0 nomaster');
    await ip('addr add 10.1.0.1/24 dev lo');
    await observer.eventsAre('changed lo');
  });

  it('say of a flap, however short, that routes may have gone', async () => {
    await ip('link set eth0 down', 'link set eth0 up');
    await expect.poll(() => observer.changes.some(({ disturbed }) => disturbed)).toBe(true);
    await expect.poll(() => observer.events.length % 2).toBe(0);
  });
});

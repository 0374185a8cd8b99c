/**
 * Interface events made of what the real kernel tells of IPv6: when an address can be used, and when it no longer can,
 * also where Linux does not say so.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { addressFlags } from '@ripstop/netlink';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterfaceObserver } from './interface-observer.ts';

const { deprecated, duplicateDetectionFailed, tentative } = addressFlags.masks;
const WITHIN_MS = 20_000;
/** Linux: of addresses that were made within the same hundredth of a second nobody can tell which is younger. */
const YOUNGER_MS = 20;

let lab: NamespaceLab;
let router: LabNode;
let neighbor: LabNode;
let observer: InterfaceObserver;
/** The link-local address that the router's interface makes itself. */
let own: string;

/** One link, each end with its link-local address alone; the router detects duplicates of what comes later, quickly. */
beforeEach(async () => {
  const ends = ['router', 'neighbor'].map((node) => ({ node, interface: 'eth0', addresses: [] }));
  lab = await NamespaceLab.lay({ nodes: ['router', 'neighbor'], links: [ends] });
  [router, neighbor] = [lab.node('router'), lab.node('neighbor')];
  own = await router.linkLocalAddress('eth0');
  await set(
    'conf.eth0.accept_dad=1',
    'conf.eth0.router_solicitation_delay=0',
    'neigh.eth0.retrans_time_ms=100',
  );
  observer = await InterfaceObserver.start(router, 'ipv6');
  await delay(YOUNGER_MS);
});
afterEach(async () => {
  observer?.close();
  await lab?.close();
});

async function ip(...commands: string[]): Promise<void> {
  for (const command of commands) await router.exec('ip', ...command.split(' '));
}

async function set(...settings: string[]): Promise<void> {
  await router.exec('sysctl', '-qw', ...settings.map((setting) => `net.ipv6.${setting}`));
}

/** Lets the neighbor have addresses, so that their detection fails here. */
async function take(...addresses: string[]): Promise<void> {
  for (const address of addresses)
    await neighbor.exec('ip', 'address', 'add', `${address}/64`, 'dev', 'eth0', 'nodad');
}

async function flagsOf(address: string): Promise<number> {
  const addresses = await router.kernel.addresses.list({ family: 'ipv6' });
  return addresses.find((each) => each.address === address)?.flags ?? 0;
}

async function detectionFailed(address: string): Promise<void> {
  await until(`the detection of ${address} fails`, WITHIN_MS, async () => {
    return ((await flagsOf(address)) & duplicateDetectionFailed) !== 0;
  });
}

/** Linux: what has failed its detection is tentative for ever, so that one flag says whether an address can be used. */
async function isTentativeDuplicate(address: string): Promise<boolean> {
  const both = tentative | duplicateDetectionFailed;
  return ((await flagsOf(address)) & both) === both;
}

/** Whether the router was ever told of an address. */
const wasTold = (address: string): boolean => JSON.stringify(observer.events).includes(`"${address}"`);

describe('addresses', () => {
  it('are told when their detection has ended, not before', async () => {
    await ip('address add 2001:db8::1/64 dev eth0');
    await observer.eventsAre('changed eth0');
    await observer.addressesAre('2001:db8::1', own);
    expect((await flagsOf('2001:db8::1')) & tentative).toBe(0);
  });

  it('that ask for no detection are told at once', async () => {
    await ip('address add 2001:db8::1/64 dev eth0 nodad');
    await observer.addressesAre('2001:db8::1', own);
  });

  it('that another host has are not told', async () => {
    await take('2001:db8::1', 'fe80::1');
    await ip('address add 2001:db8::1/64 dev eth0', 'address add fe80::1/64 dev eth0');
    await detectionFailed('2001:db8::1');
    await detectionFailed('fe80::1');
    await ip('address add 2001:db8::2/64 dev eth0 nodad');
    await observer.addressesAre('2001:db8::2', own);
    await observer.eventsAre('changed eth0');
    // Nothing that happens to it takes that from it.
    for (const command of ['address change 2001:db8::1/64 dev eth0 nodad', 'link set eth0 mtu 1400']) {
      await ip(command);
      expect(await isTentativeDuplicate('2001:db8::1')).toBe(true);
    }
    await neighbor.setLink('eth0', 'down');
    await observer.eventsAre('changed eth0', 'changed eth0', 'down eth0');
    expect(await isTentativeDuplicate('2001:db8::1')).toBe(true);
    await neighbor.setLink('eth0', 'up');
    await observer.addressesAre('2001:db8::2', own);
    expect(await isTentativeDuplicate('2001:db8::1')).toBe(true);
  });

  it('that are optimistic are not told before their detection has ended', async () => {
    await set('conf.eth0.optimistic_dad=1', 'conf.eth0.use_optimistic=1', 'conf.eth0.forwarding=0');
    await take('2001:db8::1');
    await ip(
      'address add 2001:db8::1/64 dev eth0 optimistic',
      'address add 2001:db8::2/64 dev eth0 optimistic',
    );
    await detectionFailed('2001:db8::1');
    await observer.addressesAre('2001:db8::2', own);
    expect(wasTold('2001:db8::1')).toBe(false);
  });

  it('stay when they are deprecated', async () => {
    await ip(
      `address change ${own}/64 dev eth0 preferred_lft 0`,
      'address add 2001:db8::1/64 dev eth0 nodad',
    );
    expect((await flagsOf(own)) & deprecated).not.toBe(0);
    await observer.addressesAre('2001:db8::1', own);
    await observer.eventsAre('changed eth0');
  });

  it('go when their lifetime ends', async () => {
    await ip('address add 2001:db8::1/64 dev eth0 nodad valid_lft 1 preferred_lft 1');
    await observer.eventsAre('changed eth0', 'changed eth0');
    await observer.addressesAre(own);
  });

  it('follow their peer, of which the kernel tells no deletion', async () => {
    await ip('address add fe80::8 peer fe80::9/128 dev eth0 nodad');
    await observer.eventsAre('changed eth0');
    await ip('address change fe80::8 peer fe80::a/128 dev eth0');
    await observer.eventsAre('changed eth0', 'changed eth0');
    expect(observer.events.at(-1)).toMatchObject({
      interface: { addresses: [{ address: 'fe80::8', peer: 'fe80::a' }, { address: own }] },
    });
  });

  it('come in the order of a list, whenever they are told', async () => {
    await ip('address add 2001:db8::1/64 dev eth0');
    await observer.addressesAre('2001:db8::1', own);
    await ip('address add 2001:db8::2/64 dev eth0');
    await observer.addressesAre('2001:db8::2', '2001:db8::1', own);
    // The interface makes its own address first, and tells it last.
    await set('neigh.eth0.retrans_time_ms=500');
    await ip('link set eth0 down', 'link set eth0 up');
    await until('eth0 makes its own address', WITHIN_MS, async () => (await flagsOf(own)) !== 0);
    await delay(YOUNGER_MS);
    await ip('address add fe80::7/64 dev eth0 nodad');
    await observer.addressesAre('fe80::7', own);
    const listed = await router.kernel.addresses.list({ family: 'ipv6' });
    expect(listed.filter(({ scope }) => scope === 'link').map(({ address }) => address)).toEqual([
      'fe80::7',
      own,
    ]);
    expect(await observer.listed('eth0')).toEqual(
      (observer.events.at(-1) as { interface: object }).interface,
    );
  });
});

describe('interfaces', () => {
  it('keep their addresses while they have no carrier: no detection is made again', async () => {
    await neighbor.setLink('eth0', 'down');
    await observer.eventsAre('down eth0');
    await neighbor.setLink('eth0', 'up');
    await observer.eventsAre('down eth0', 'up eth0');
    await observer.addressesAre(own);
    expect((await flagsOf(own)) & tentative).toBe(0);
  });

  it('have their own address again when they were down', async () => {
    await ip('address add 2001:db8::1/64 dev eth0 nodad');
    await observer.eventsAre('changed eth0');
    await ip('link set eth0 down');
    await observer.eventsAre('changed eth0', 'down eth0');
    await ip('link set eth0 up');
    await observer.eventsAre('changed eth0', 'down eth0', 'up eth0');
    await observer.addressesAre(own);
  });

  it('that keep addresses while they are down wait for their detection', async () => {
    await set('conf.eth0.keep_addr_on_down=1');
    await ip('address add 2001:db8::1/64 dev eth0');
    await observer.addressesAre('2001:db8::1', own);
    await ip('address add 2001:db8::2/64 dev eth0 nodad', 'link set eth0 down');
    await until('eth0 goes down', WITHIN_MS, () => observer.events.at(-1)?.type === 'interface-down');
    observer.changes.length = 0;
    // From now on no detection ends.
    await set('neigh.eth0.retrans_time_ms=600000');
    await ip('link set eth0 up');
    await observer.addressesAre('2001:db8::2');
    await delay(YOUNGER_MS);
    await ip('address add 2001:db8::3/64 dev eth0 nodad');
    await observer.addressesAre('2001:db8::3', '2001:db8::2');
    expect((await flagsOf('2001:db8::1')) & tentative).not.toBe(0);
    expect(wasTold('2001:db8::1')).toBe(false);
  });

  it('have addresses that were kept while they were down, when their detection has ended', async () => {
    await set('conf.eth0.keep_addr_on_down=1');
    await ip('address add 2001:db8::1/64 dev eth0', 'link set eth0 down', 'link set eth0 up');
    await observer.addressesAre('2001:db8::1', own);
    expect((await flagsOf('2001:db8::1')) & tentative).toBe(0);
  });

  it('have addresses that they were given while they were down', async () => {
    await ip(
      'link set eth0 down',
      'address add 2001:db8::2/64 dev eth0',
      'address add 2001:db8::1/64 dev eth0 nodad',
    );
    await ip('link set eth0 mtu 1400', 'link set eth0 up');
    await observer.addressesAre('2001:db8::1', '2001:db8::2', own);
  });

  it('go and come with IPv6, which may be taken from them while they are up', async () => {
    await set('conf.eth0.disable_ipv6=1');
    await observer.eventsAre('down eth0');
    await set('conf.eth0.disable_ipv6=0');
    await observer.eventsAre('down eth0', 'up eth0');
    await observer.addressesAre(own);
  });

  it('follow the MTU; below 1280 they have no IPv6', async () => {
    await ip('link set eth0 mtu 9000');
    await observer.eventsAre('changed eth0');
    expect(observer.events).toMatchObject([{ interface: { mtu: 9000 } }]);
    await ip('link set eth0 mtu 1279');
    await until('eth0 goes down', WITHIN_MS, () => observer.events.at(-1)?.type === 'interface-down');
    observer.changes.length = 0;
    await ip('link set eth0 mtu 1280');
    await observer.eventsAre('up eth0');
    expect(observer.events).toMatchObject([{ interface: { mtu: 1280, addresses: [{ address: own }] } }]);
  });

  it('that make themselves no address are up when they are given one', async () => {
    await set('conf.eth0.addr_gen_mode=1');
    await ip('link set eth0 down');
    await observer.eventsAre('down eth0');
    await ip('link set eth0 up', 'address add fe80::1/64 dev eth0');
    await observer.eventsAre('down eth0', 'up eth0');
    await observer.addressesAre('fe80::1');
  });

  it('that are renamed while they are up keep their addresses', async () => {
    await ip('link set eth0 name wan0');
    await observer.eventsAre('down eth0', 'up wan0');
    await observer.addressesAre(own);
  });

  it('that are made again have another index, and another address', async () => {
    const before = await router.interfaceIndex('eth0');
    await ip('link del eth0');
    await observer.eventsAre('down eth0');
    await ip('link add dev eth0 type veth peer name other', 'link set other up', 'link set eth0 up');
    const index = await router.interfaceIndex('eth0');
    expect(index).not.toBe(before);
    const again = await router.linkLocalAddress('eth0');
    await expect
      .poll(() => observer.events, { timeout: WITHIN_MS })
      .toContainEqual({
        type: 'interface-up',
        interface: expect.objectContaining({
          name: 'eth0',
          index,
          addresses: [{ address: again, prefixLength: 64 }],
        }),
      });
  });

  it('of the machine itself have the address ::1', async () => {
    expect(await observer.listed('lo')).toMatchObject({
      loopback: true,
      addresses: [{ address: '::1', prefixLength: 128 }],
    });
  });
});

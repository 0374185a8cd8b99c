/** Facts about IPv6 addresses that are tentative: whether another host has them is asked first. */
import { addressFlags, completed, messageFlags } from '@ripstop/netlink';
import { beforeEach, expect, it } from 'vitest';
import type { KernelBench } from './kernel-bench.ts';
import { sinceRoutes } from './link-local-facts.ts';

const { noDuplicateDetection } = addressFlags.masks;
const { replace } = messageFlags.masks;

const own = 'fe80::ff:fe00:1';
const detected = { flags: 0 };

export function describeDetection(get: () => KernelBench): void {
  beforeEach(async () => {
    for (const name of ['eth0', 'eth1']) await get().detectionEnds(name);
    await get().told();
  });
  const addresses = async (): Promise<readonly string[]> =>
    (await get().told()).filter((line) => line.includes('address'));
  /** Up again, but without carrier: detection does not begin. */
  const unready = async (): Promise<void> => {
    await get().setUp('eth0', false);
    await get().setCarrier('eth0', false);
    await get().setUp('eth0', true);
    await get().told();
  };

  it("a link's own address is not told before its detection has ended", async () => {
    await get().setUp('eth0', false);
    await get().told();
    await get().setUp('eth0', true);
    await get().detectionEnds('eth0');
    expect(sinceRoutes(await get().told())).toEqual([
      'kernel: new route multicast ff00::/8 on eth0 kernel metric 256 (create)',
      'kernel: new route fe80::/64 on eth0 kernel metric 256 (create)',
      'kernel: new link eth0 up running lowerUp',
      `kernel: new address ${own}/64 eth0`,
      `kernel: new route local ${own}/128 on eth0 kernel metric 0 (create exclusive)`,
      'kernel: new route anycast fe80::/128 on eth0 kernel metric 0 (create)',
    ]);
  });

  it('an address is told when it is tentative, and when it is settled; only then is it ours', async () => {
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    await get().detectionEnds('eth0');
    expect(await get().told()).toEqual([
      'kernel: new route 2001:db8::/64 on eth0 kernel metric 256 (create exclusive)',
      'kernel: new address 2001:db8::1/64 eth0 tentative',
      'kernel: new address 2001:db8::1/64 eth0',
      'kernel: new route local 2001:db8::1/128 on eth0 kernel metric 0 (create exclusive)',
      'kernel: new route anycast 2001:db8::/128 on eth0 kernel metric 0 (create exclusive)',
    ]);
  });

  it('an address that asks for no detection is settled at once', async () => {
    await get().address('new', 'eth0', '2001:db8::1/64');
    expect(await addresses()).toEqual(['kernel: new address 2001:db8::1/64 eth0']);
  });

  it('an address keeps its place when it is settled', async () => {
    await get().address('new', 'eth0', 'fe80::5/64', detected);
    await get().addAddresses('eth0', 'fe80::6/64');
    await get().detectionEnds('eth0');
    expect(await get().ipv6Addresses('eth0')).toEqual(['fe80::6', 'fe80::5', own]);
  });

  it('detection does not begin before the link has carrier', async () => {
    await unready();
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    expect(await get().ipv6Addresses('eth0')).toEqual(['2001:db8::1 tentative']);
    expect(await addresses()).toEqual(['kernel: new address 2001:db8::1/64 eth0 tentative']);
    await get().setCarrier('eth0', true);
    await get().detectionEnds('eth0');
    expect((await addresses()).toSorted()).toEqual([
      'kernel: new address 2001:db8::1/64 eth0',
      `kernel: new address ${own}/64 eth0`,
    ]);
  });

  it('an address on a link that is down is tentative until the link is up', async () => {
    await get().setUp('eth0', false);
    await get().told();
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    await get().address('new', 'eth0', '2001:db8::2/64');
    expect(await get().ipv6Addresses('eth0')).toEqual(['2001:db8::2', '2001:db8::1 tentative']);
    await get().setUp('eth0', true);
    await get().detectionEnds('eth0');
    expect((await addresses()).toSorted()).toEqual([
      'kernel: new address 2001:db8::1/64 eth0',
      'kernel: new address 2001:db8::1/64 eth0 tentative',
      'kernel: new address 2001:db8::2/64 eth0',
      `kernel: new address ${own}/64 eth0`,
    ]);
  });

  it('once a link had carrier, detection goes on and ends without', async () => {
    await get().setCarrier('eth0', false);
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    await get().detectionEnds('eth0');
    expect(await addresses()).toEqual([
      'kernel: new address 2001:db8::1/64 eth0 tentative',
      'kernel: new address 2001:db8::1/64 eth0',
    ]);
  });

  it('a carrier that goes and comes makes no address tentative, and none is told again', async () => {
    await get().setCarrier('eth0', false);
    await get().setCarrier('eth0', true);
    expect(await get().ipv6Addresses('eth0')).toEqual([own]);
    expect(await addresses()).toEqual([]);
  });

  it('a tentative address that is set again is not told; a settled one is', async () => {
    await unready();
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    await get().address('new', 'eth0', '2001:db8::2/64');
    await get().told();
    for (const prefix of ['2001:db8::1/64', '2001:db8::2/64']) {
      const specification = { interfaceIndex: get().index('eth0'), prefix, flags: noDuplicateDetection };
      const message = completed('address', 'new', specification);
      expect(await get().ask({ object: 'address', operation: 'new', flags: replace, message })).toBe('done');
    }
    expect(await get().told()).toEqual(['kernel: new address 2001:db8::2/64 eth0']);
  });

  it('a tentative address that is deleted is told so, and takes its subnet with it', async () => {
    await unready();
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    await get().told();
    await get().address('delete', 'eth0', '2001:db8::1/64');
    expect(await get().told()).toEqual([
      'kernel: delete address 2001:db8::1/64 eth0 tentative',
      'kernel: delete route 2001:db8::/64 on eth0 linkdown kernel metric 256',
    ]);
  });

  it('a tentative address keeps the subnet of another that goes, and not its anycast address', async () => {
    await unready();
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    await get().address('new', 'eth0', '2001:db8::2/64');
    await get().told();
    await get().address('delete', 'eth0', '2001:db8::2/64');
    expect(await get().told()).toEqual([
      'kernel: delete address 2001:db8::2/64 eth0',
      'kernel: delete route anycast 2001:db8::/128 on eth0 kernel metric 0',
      'kernel: delete route local 2001:db8::2/128 on eth0 kernel metric 0',
    ]);
  });

  it('a tentative address does not outlive the going down of its link either', async () => {
    await unready();
    await get().address('new', 'eth0', '2001:db8::1/64', detected);
    await get().told();
    await get().setUp('eth0', false);
    expect((await get().told()).at(-1)).toBe('kernel: delete address 2001:db8::1/64 eth0 tentative');
    expect(await get().ipv6Addresses('eth0')).toEqual([]);
  });

  it('on lo nobody is asked', async () => {
    await get().address('new', 'lo', '2001:db8::1/128', detected);
    await get().detectionEnds('lo');
    expect(await addresses()).toEqual([
      'kernel: new address 2001:db8::1/128 lo tentative',
      'kernel: new address 2001:db8::1/128 lo',
    ]);
  });
}

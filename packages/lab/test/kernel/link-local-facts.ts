/** Facts about the IPv6 addresses that links make themselves; nobody is asked whether another host has them. */
import { expect, it } from 'vitest';
import type { KernelBench } from './kernel-bench.ts';

const own = 'fe80::ff:fe00:1';

/**
 * What is told from the two routes on that a link gets with its addresses. Linux: that it is running is told before them,
 * after them, and sometimes once more when its carrier is looked at.
 */
export function sinceRoutes(told: readonly string[]): readonly string[] {
  const first = told.indexOf('kernel: new route multicast ff00::/8 on eth0 kernel metric 256 (create)');
  return told.slice(first, first + 6);
}

export function describeLinkLocal(get: () => KernelBench): void {
  const setMtu = (name: string, mtu: number) => get().link('set', { index: get().index(name), mtu });

  it('a link makes itself an address when it has carrier', async () => {
    await get().setUp('eth0', false);
    await get().told();
    await get().setUp('eth0', true);
    const told = sinceRoutes(await get().told());
    // Linux tells that it is running before or after its address: both work on it at the same time.
    const running = 'kernel: new link eth0 up running lowerUp';
    expect(told).toContain(running);
    expect(told.filter((line) => line !== running)).toEqual([
      'kernel: new route multicast ff00::/8 on eth0 kernel metric 256 (create)',
      'kernel: new route fe80::/64 on eth0 kernel metric 256 (create)',
      `kernel: new address ${own}/64 eth0`,
      `kernel: new route local ${own}/128 on eth0 kernel metric 0 (create exclusive)`,
      'kernel: new route anycast fe80::/128 on eth0 kernel metric 0 (create)',
    ]);
  });

  it('a link that was given its own address before does not make it', async () => {
    await get().setUp('eth0', false);
    await get().addAddresses('eth0', `${own}/64`);
    await get().told();
    await get().setUp('eth0', true);
    expect((await get().told()).filter((line) => line.includes('new address'))).toEqual([]);
    expect(await get().ipv6Addresses('eth0')).toEqual([own]);
  });

  it('lo has ::1, and no link-local address', async () => {
    expect(await get().ipv6Addresses('lo')).toEqual(['::1']);
  });

  it('an address is told twice: tentative, and settled at once', async () => {
    await get().address('new', 'eth0', '2001:db8::1/64', { flags: 0 });
    expect(await get().told()).toEqual([
      'kernel: new route 2001:db8::/64 on eth0 kernel metric 256 (create exclusive)',
      'kernel: new address 2001:db8::1/64 eth0 tentative',
      'kernel: new address 2001:db8::1/64 eth0',
      'kernel: new route local 2001:db8::1/128 on eth0 kernel metric 0 (create exclusive)',
      'kernel: new route anycast 2001:db8::/128 on eth0 kernel metric 0 (create exclusive)',
    ]);
  });

  it('an address on a link that is down is settled at once, and not told again when the link is up', async () => {
    await get().setUp('eth0', false);
    await get().address('new', 'eth0', '2001:db8::1/64', { flags: 0 });
    expect(await get().ipv6Addresses('eth0')).toEqual(['2001:db8::1']);
    await get().told();
    await get().setUp('eth0', true);
    expect((await get().told()).filter((line) => line.includes('new address'))).toEqual([
      `kernel: new address ${own}/64 eth0`,
    ]);
  });

  it('what reaches farther is listed first, and the younger before the older', async () => {
    await get().addAddresses('eth0', '2001:db8::1/64', 'fe80::5/64', '2001:db8::2/64');
    expect(await get().ipv6Addresses('eth0')).toEqual(['2001:db8::2', '2001:db8::1', 'fe80::5', own]);
  });

  it('an address that was deleted does not come back with the carrier, but when the link was down', async () => {
    await get().address('delete', 'eth0', `${own}/64`);
    await get().addAddresses('eth0', 'fe80::5/64');
    await get().setCarrier('eth0', false);
    await get().setCarrier('eth0', true);
    expect(await get().ipv6Addresses('eth0')).toEqual(['fe80::5']);
    await get().setUp('eth0', false);
    await get().setUp('eth0', true);
    expect(await get().ipv6Addresses('eth0')).toEqual([own]);
  });

  it('a link that is renamed keeps its addresses, and does not tell them again', async () => {
    await get().link('set', { index: get().index('eth0'), name: 'lan0' });
    expect((await get().told()).filter((line) => line.includes('::'))).toEqual([]);
    expect(await get().ipv6Addresses('eth0')).toEqual([own]);
  });

  it('a link whose MTU is below 1280 has no IPv6, told behind the MTU', async () => {
    await setMtu('eth0', 1279);
    const told = await get().told();
    expect(told[0]).toMatch(/: new link eth0 up running lowerUp$/);
    expect(told.at(-1)).toBe(`kernel: delete address ${own}/64 eth0`);
    expect(await get().address('new', 'eth0', '2001:db8::1/64')).toBe('EINVAL');
    expect(await get().routes({ family: 'ipv6', table: undefined, outputInterface: 2 })).toEqual([]);
  });

  it('a link whose MTU is 1280 again has its own address back, and no other', async () => {
    await get().addAddresses('eth0', '2001:db8::1/64');
    await setMtu('eth0', 1279);
    await get().told();
    await setMtu('eth0', 1280);
    await get().detectionEnds('eth0');
    expect((await get().told()).slice(1)).toEqual([
      'kernel: new route multicast ff00::/8 on eth0 kernel metric 256 (create)',
      'kernel: new route fe80::/64 on eth0 kernel metric 256 (create)',
      `kernel: new address ${own}/64 eth0`,
      `kernel: new route local ${own}/128 on eth0 kernel metric 0 (create exclusive)`,
      'kernel: new route anycast fe80::/128 on eth0 kernel metric 0 (create)',
    ]);
    expect(await get().ipv6Addresses('eth0')).toEqual([own]);
  });

  it('a link whose MTU is below 1280 comes up without IPv6', async () => {
    await get().setUp('eth0', false);
    await setMtu('eth0', 1279);
    await get().told();
    await get().link('set', { index: get().index('eth0'), flags: 1, change: 1 });
    expect((await get().told()).filter((line) => line.includes('::'))).toEqual([]);
    await setMtu('eth0', 1280);
    await expect.poll(() => get().ipv6Addresses('eth0')).toEqual([own]);
  });

  it('of a route by several ways, one by a link whose MTU falls below 1280 goes', async () => {
    const hop = (name: string) => ({ gateway: 'fe80::9', interfaceIndex: get().index(name) });
    const multipath = [hop('eth0'), hop('eth1')];
    await get().route('add', { prefix: '2001:db8:9::/48', multipath, protocol: 'rip' });
    await setMtu('eth1', 1279);
    expect((await get().routes({ family: 'ipv6' })).filter((line) => line.includes('rip'))).toEqual([
      '2001:db8:9::/48 via fe80::9 eth0 rip metric 1024',
    ]);
  });
}

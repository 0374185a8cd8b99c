/** Facts about addresses, and the routes that come and go with them. */
import { expect, it } from 'vitest';
import type { KernelBench } from './kernel-bench.ts';

export function describeAddresses(get: () => KernelBench): void {
  it('a new address is told, then what it makes ours, its subnet and its broadcast address', async () => {
    await get().address('new', 'eth0', '10.5.0.1/24');
    expect(await get().told()).toEqual([
      'ours: new address 10.5.0.1/24 eth0',
      'kernel: new route local 10.5.0.1/32 on eth0 kernel scope host src 10.5.0.1 (create exclusive)',
      'kernel: new route 10.5.0.0/24 on eth0 kernel scope link src 10.5.0.1 (create exclusive)',
      'kernel: new route broadcast 10.5.0.255/32 on eth0 kernel scope link src 10.5.0.1 (create exclusive)',
    ]);
  });

  it('a second address of a subnet is secondary: it has no route of its own to the subnet', async () => {
    await get().address('new', 'eth0', '10.0.0.9/24');
    expect(await get().told()).toEqual([
      'ours: new address 10.0.0.9/24 eth0 secondary',
      'kernel: new route local 10.0.0.9/32 on eth0 kernel scope host src 10.0.0.1 (create exclusive)',
    ]);
  });

  it('primary addresses are listed before secondary ones', async () => {
    await get().addAddresses('eth0', '10.0.0.9/24', '10.5.0.1/24');
    const addresses = await get().ours.addresses.list({
      family: 'ipv4',
      interfaceIndex: get().index('eth0'),
    });
    expect(addresses.map(({ local }) => local)).toEqual(['10.0.0.1', '10.5.0.1', '10.0.0.9']);
  });

  it('secondary addresses go with their primary one, before it', async () => {
    await get().addAddresses('eth0', '10.0.0.9/24', '10.5.0.1/24');
    await get().told();
    await get().address('delete', 'eth0', '10.0.0.1/24');
    expect((await get().told()).filter((line) => line.includes('address'))).toEqual([
      'ours: delete address 10.0.0.9/24 eth0 secondary',
      'ours: delete address 10.0.0.1/24 eth0',
    ]);
  });

  it('an address that goes takes its subnet with it, told after it', async () => {
    await get().addAddresses('eth0', '10.5.0.1/24');
    await get().told();
    await get().address('delete', 'eth0', '10.5.0.1/24');
    expect(await get().told()).toEqual([
      'ours: delete address 10.5.0.1/24 eth0',
      'kernel: delete route 10.5.0.0/24 on eth0 kernel scope link src 10.5.0.1',
      'kernel: delete route broadcast 10.5.0.255/32 on eth0 kernel scope link src 10.5.0.1',
      'kernel: delete route local 10.5.0.1/32 on eth0 kernel scope host src 10.5.0.1',
    ]);
  });

  it('a route by a gateway outlives the subnet of the gateway, while the link has another address', async () => {
    await get().addAddresses('eth0', '10.5.0.1/24');
    await get().route('add', { prefix: '10.9.0.0/16', gateway: '10.5.0.2' });
    await get().address('delete', 'eth0', '10.5.0.1/24');
    expect(await get().routes()).toContain('10.9.0.0/16 via 10.5.0.2 eth0 boot');
  });

  it("with a link's last address all IPv4 routes by it go, and nobody is told", async () => {
    await get().route('add', { prefix: '10.9.0.0/16', gateway: '10.1.0.2' });
    await get().told();
    await get().address('delete', 'eth1', '10.1.0.1/24');
    expect((await get().told()).filter((line) => line.includes('10.9.0.0'))).toEqual([]);
    expect((await get().routes()).filter((line) => line.includes('10.9.0.0'))).toEqual([]);
  });

  it('routes that chose an address as their source go with it, and that is told', async () => {
    await get().addAddresses('eth0', '10.5.0.1/24');
    await get().route('add', { prefix: '10.9.0.0/16', gateway: '10.1.0.2', preferredSource: '10.5.0.1' });
    await get().told();
    await get().address('delete', 'eth0', '10.5.0.1/24');
    expect((await get().told()).at(-1)).toBe(
      'kernel: delete route 10.9.0.0/16 via 10.1.0.2 eth1 boot src 10.5.0.1',
    );
  });

  it('a point-to-point address has a route to the other end', async () => {
    await get().address('new', 'eth0', '10.5.0.1/32', { address: '10.6.0.1' });
    expect(await get().told()).toEqual([
      'ours: new address 10.5.0.1 peer 10.6.0.1/32 eth0',
      'kernel: new route local 10.5.0.1/32 on eth0 kernel scope host src 10.5.0.1 (create exclusive)',
      'kernel: new route 10.6.0.1/32 on eth0 kernel scope link src 10.5.0.1 (create exclusive)',
    ]);
  });

  it('an address of 32 bits has no subnet, one of 31 no broadcast address', async () => {
    await get().addAddresses('eth0', '10.5.0.1/32', '10.6.0.0/31');
    expect((await get().toldOfRoutes(254)).map((line) => line.split(' ')[3])).toEqual(['10.6.0.0/31']);
    expect(await get().routes({ table: 255, type: 'broadcast' })).toHaveLength(3);
  });

  it('the same address twice refuses with EEXIST', async () => {
    expect(await get().address('new', 'eth0', '10.0.0.1/24')).toBe('EEXIST: ipv4: Address already assigned');
  });

  it('the same address with another length is another one', async () => {
    expect(await get().address('new', 'eth0', '10.0.0.1/16')).toBe('done');
  });

  it('an address that is not there refuses with EADDRNOTAVAIL', async () => {
    expect(await get().address('delete', 'eth0', '10.5.0.1/24')).toBe(
      'EADDRNOTAVAIL: ipv4: Address not found',
    );
  });

  it('an address on a link that is down is ours, and has its subnet when the link is up', async () => {
    await get().setUp('eth0', false);
    await get().told();
    await get().address('new', 'eth0', '10.5.0.1/24');
    expect(await get().told()).toEqual([
      'ours: new address 10.5.0.1/24 eth0',
      'kernel: new route local 10.5.0.1/32 on eth0 kernel scope host src 10.5.0.1 (create exclusive)',
    ]);
    await get().setUp('eth0', true);
    expect(await get().routes()).toContain('10.5.0.0/24 on eth0 kernel scope link src 10.5.0.1');
  });

  it('an IPv6 address comes between its subnet and what it makes ours, told as of the kernel itself', async () => {
    await get().told();
    await get().address('new', 'eth0', '2001:db8::1/64');
    expect((await get().told()).filter((line) => !line.includes('ff00::'))).toEqual([
      'kernel: new route 2001:db8::/64 on eth0 kernel metric 256 (create exclusive)',
      'kernel: new address 2001:db8::1/64 eth0',
      'kernel: new route local 2001:db8::1/128 on eth0 kernel metric 0 (create exclusive)',
      'kernel: new route anycast 2001:db8::/128 on eth0 kernel metric 0 (create exclusive)',
    ]);
  });

  it('an IPv6 address does not outlive the going down of its link', async () => {
    await get().addAddresses('eth0', '2001:db8::1/64');
    await get().told();
    await get().setUp('eth0', false);
    expect(await get().told()).toContain('kernel: delete address 2001:db8::1/64 eth0');
    const addresses = await get().ours.addresses.list({ family: 'ipv6' });
    expect(addresses.map(({ address }) => address)).toEqual(['::1']);
  });
}

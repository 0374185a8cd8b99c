/** Facts about lists: their order, and what selects. */
import { expect, it } from 'vitest';
import type { KernelBench } from './kernel-bench.ts';

export function describeLists(get: () => KernelBench): void {
  const add = async (...prefixes: readonly string[]): Promise<void> => {
    for (const prefix of prefixes)
      await get().route('add', { prefix, gateway: '10.0.0.2', protocol: 'static' });
  };
  const prefixes = (lines: readonly string[]): readonly (string | undefined)[] =>
    lines.map((line) => line.split(' ')[0]);

  it('IPv4 routes come by address, and at one address the longest prefix first', async () => {
    await add('10.9.1.0/24', '10.0.0.0/8', '0.0.0.0/0', '10.9.0.0/16', '10.9.0.0/24', '10.8.0.0/16');
    expect(prefixes(await get().routes())).toEqual([
      '0.0.0.0/0',
      '10.0.0.0/24',
      '10.0.0.0/8',
      '10.1.0.0/24',
      '10.8.0.0/16',
      '10.9.0.0/24',
      '10.9.0.0/16',
      '10.9.1.0/24',
    ]);
  });

  it('IPv4 routes to one prefix come by TOS, the higher first, and then by metric', async () => {
    for (const [tos, priority] of [
      [0, 20],
      [8, 30],
      [0, 10],
      [8, 5],
      [0, 0],
    ])
      await get().route('add', { prefix: '10.9.0.0/16', gateway: '10.0.0.2', tos, priority });
    const lines = (await get().routes()).filter((line) => line.startsWith('10.9.0.0/16'));
    expect(lines.map((line) => line.replace('10.9.0.0/16 via 10.0.0.2 eth0 boot', '').trim())).toEqual([
      'metric 5 tos 8',
      'metric 30 tos 8',
      '',
      'metric 10',
      'metric 20',
    ]);
  });

  it('an IPv6 route comes behind those that lie in it', async () => {
    await get().addAddresses('eth0', 'fe80::1/64');
    for (const prefix of ['2001:db8::/32', '2001:db8:9::/48', '::/0', '2001:db8:8::/48', '2001:db9::/48'])
      await get().route('add', { prefix, outputInterface: get().index('eth0'), protocol: 'static' });
    expect(prefixes(await get().routes({ family: 'ipv6', protocol: 'static' }))).toEqual([
      '2001:db8:8::/48',
      '2001:db8:9::/48',
      '2001:db8::/32',
      '2001:db9::/48',
      '::/0',
    ]);
  });

  it('the kernel selects by table', async () => {
    await get().route('add', { prefix: '10.9.0.0/16', gateway: '10.0.0.2', table: 1000 });
    expect(prefixes(await get().routes({ table: 1000 }))).toEqual(['10.9.0.0/16']);
  });

  it('a table that never had a route is empty', async () => {
    expect(await get().routes({ table: 1001 })).toEqual([]);
  });

  it('the kernel selects by protocol', async () => {
    await add('10.9.0.0/16');
    expect(prefixes(await get().routes({ protocol: 'static' }))).toEqual(['10.9.0.0/16']);
  });

  it('the kernel selects by type', async () => {
    await get().route('add', { prefix: '10.9.0.0/16', type: 'prohibit' });
    expect(prefixes(await get().routes({ type: 'prohibit' }))).toEqual(['prohibit']);
  });

  it('the kernel selects by link, also among several ways', async () => {
    await add('10.8.0.0/16');
    const multipath = [{ gateway: '10.0.0.2' }, { gateway: '10.1.0.2' }];
    await get().route('add', { prefix: '10.9.0.0/16', multipath });
    const outputInterface = get().index('eth1');
    expect(prefixes(await get().routes({ outputInterface }))).toEqual(['10.1.0.0/24', '10.9.0.0/16']);
  });

  it('without a table all tables come, main before local', async () => {
    await get().route('add', { prefix: '10.9.0.0/16', gateway: '10.0.0.2', table: 77 });
    const routes = await get().ours.routes.list({ family: 'ipv4' });
    const tables = routes.map(({ table = 0 }) => table).filter((table) => table !== 250);
    expect([...new Set(tables)]).toEqual([77, 254, 255]);
  });

  it('addresses come link by link, of one family or of both', async () => {
    const of = async (family?: 'ipv4'): Promise<readonly (string | undefined)[]> =>
      (await get().ours.addresses.list({ family })).map(({ local, address }) => local ?? address);
    expect(await of('ipv4')).toEqual(['127.0.0.1', '10.0.0.1', '10.1.0.1']);
    expect(await of()).toEqual(['127.0.0.1', '10.0.0.1', '10.1.0.1', '::1']);
  });

  it('links come in the order of their indexes, lo first', async () => {
    const links = await get().ours.links.list();
    expect(links[0]).toMatchObject({ index: 1, name: 'lo', flags: 0x10049, mtu: 65_536 });
    expect(links.at(-1)).toMatchObject({ name: 'eth1', flags: 0x11043, mtu: 1500, operationalState: 'up' });
  });
}

/** Facts about links: what happens to routes and addresses when they go down, lose their carrier, or go away. */
import { expect, it } from 'vitest';
import type { KernelBench } from './kernel-bench.ts';

const route = { prefix: '10.9.0.0/16', gateway: '10.1.0.2', protocol: 'rip' } as const;
const both = {
  prefix: '10.9.0.0/16',
  multipath: [{ gateway: '10.0.0.2' }, { gateway: '10.1.0.2' }],
} as const;
/** The lines of a list that are about our route. */
const ofOurs = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.includes('10.9.0.0'));

export function describeLinks(get: () => KernelBench): void {
  it('IPv4 routes by a link that goes down are gone, and nobody is told', async () => {
    await get().route('add', route);
    await get().told();
    await get().setUp('eth1', false);
    expect(await get().toldOfRoutes()).toEqual([]);
    expect(await get().routes()).toEqual(['10.0.0.0/24 on eth0 kernel scope link src 10.0.0.1']);
  });

  it('a link that goes down and up has its subnet back, told as new, and not its other routes', async () => {
    await get().route('add', route);
    await get().setUp('eth1', false);
    await get().told();
    await get().setUp('eth1', true);
    expect(await get().toldOfRoutes()).toEqual([
      'kernel: new route 10.1.0.0/24 on eth1 kernel scope link src 10.1.0.1 (create exclusive)',
    ]);
    expect(ofOurs(await get().routes())).toEqual([]);
  });

  it('a link that is down keeps its addresses, and stays their owner', async () => {
    await get().setUp('eth1', false);
    const addresses = await get().ours.addresses.list({ family: 'ipv4' });
    expect(addresses.map(({ local }) => local)).toContain('10.1.0.1');
    expect(await get().routes({ table: 255 })).toContain(
      'local 10.1.0.1/32 on eth1 kernel scope host src 10.1.0.1',
    );
  });

  it('of a route by several ways, those by a link that goes down are dead', async () => {
    await get().route('add', both);
    await get().setUp('eth1', false);
    expect(ofOurs(await get().routes())).toEqual([
      '10.9.0.0/16 via 10.0.0.2 eth0, via 10.1.0.2 eth1 dead linkdown boot',
    ]);
  });

  it('a dead way is alive again when its link is up', async () => {
    await get().route('add', both);
    await get().setUp('eth1', false);
    await get().setUp('eth1', true);
    expect(ofOurs(await get().routes())).toEqual(['10.9.0.0/16 via 10.0.0.2 eth0, via 10.1.0.2 eth1 boot']);
  });

  it('a route all of whose ways are dead is gone', async () => {
    await get().route('add', both);
    await get().setUp('eth1', false);
    await get().setUp('eth0', false);
    expect(ofOurs(await get().routes())).toEqual([]);
  });

  it('routes by a link without carrier stay, marked, and nobody is told', async () => {
    await get().route('add', route);
    await get().told();
    await get().setCarrier('eth1', false);
    expect(await get().toldOfRoutes()).toEqual([]);
    expect(await get().routes()).toEqual([
      '10.0.0.0/24 on eth0 kernel scope link src 10.0.0.1',
      '10.1.0.0/24 on eth1 linkdown kernel scope link src 10.1.0.1',
      '10.9.0.0/16 via 10.1.0.2 eth1 linkdown rip',
    ]);
  });

  it('a route by a link without carrier can be made, and is marked', async () => {
    await get().setCarrier('eth1', false);
    expect(await get().route('add', route)).toBe('done');
    expect(ofOurs(await get().routes())).toEqual(['10.9.0.0/16 via 10.1.0.2 eth1 linkdown rip']);
  });

  it('the mark goes when the carrier comes', async () => {
    await get().route('add', route);
    await get().setCarrier('eth1', false);
    await get().setCarrier('eth1', true);
    expect(ofOurs(await get().routes())).toEqual(['10.9.0.0/16 via 10.1.0.2 eth1 rip']);
  });

  it('a link that is up and has lost its carrier is not running, and says so', async () => {
    await get().told();
    await get().setCarrier('eth1', false);
    expect(await get().told()).toContain('kernel: new link eth1 up');
    const { flags, carrier } = await get().findLink('eth1');
    expect([flags, carrier]).toEqual([0x1003, 0]);
  });

  it('that a link is set up is told before its routes; that it is running is told, too', async () => {
    await get().setUp('eth1', false);
    await get().told();
    await get().setUp('eth1', true);
    const told = await get().told();
    expect(told[0]).toMatch(/: new link eth1 up/);
    // Linux: before the routes, after them, or both, as its carrier is looked at.
    expect(told.some((line) => line.endsWith(': new link eth1 up running lowerUp'))).toBe(true);
    expect(told.filter((line) => line.includes('10.1.0.0/24'))).toHaveLength(1);
  });

  it('a link can be renamed while it is up; its addresses are told again', async () => {
    const index = get().index('eth1');
    expect(await get().link('set', { index, name: 'lan0' })).toBe('done');
    const told = await get().told();
    expect(told[0]).toMatch(/: new link lan0 up running lowerUp$/);
    expect(told[1]).toBe('kernel: new address 10.1.0.1/24 eth1');
    expect((await get().findLink('lan0')).index).toBe(index);
  });

  it('a name that another link has refuses with EEXIST', async () => {
    expect(await get().link('set', { index: get().index('eth1'), name: 'eth0' })).toBe('EEXIST');
  });

  it('a link that is not there refuses with ENODEV', async () => {
    expect(await get().link('set', { index: 999, flags: 1, change: 1 })).toBe('ENODEV');
    expect(await get().link('delete', { index: 999 })).toBe('ENODEV');
  });

  it('with a link go its addresses and then itself, told; its IPv4 routes go untold', async () => {
    await get().route('add', route);
    await get().told();
    expect(await get().link('delete', { index: get().index('eth1') })).toBe('done');
    const told = await get().told();
    expect(
      told.filter((line) => / delete (link|address) /.test(line)).map((line) => line.replace(/^\w+: /, '')),
    ).toEqual(['delete address 10.1.0.1/24 eth1', 'delete link eth1']);
    expect(told.filter((line) => line.includes('10.9.0.0') || line.includes('10.1.0.0/24'))).toEqual([]);
    expect(await get().routes()).toEqual(['10.0.0.0/24 on eth0 kernel scope link src 10.0.0.1']);
  });

  it('a route by several ways goes with a link of one of them', async () => {
    await get().route('add', both);
    await get().link('delete', { index: get().index('eth1') });
    expect(ofOurs(await get().routes())).toEqual([]);
  });

  it('lo cannot be deleted', async () => {
    expect(await get().link('delete', { index: 1 })).toBe('EOPNOTSUPP');
  });
}

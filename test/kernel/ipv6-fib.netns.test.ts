/**
 * The fib on the real kernel: what is so for IPv6 only. Routes with a gateway, one prefix and one metric are one group,
 * whatever their protocols.
 */
import type { NextHop } from '@ripstop/rip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KernelFib } from './kernel-fib.ts';

const several = ['proto rip', 'nexthop via @2 weight 1', 'nexthop via @3 weight 1'];

let bench: KernelFib;
let prefix: string;

beforeEach(async () => {
  bench = await KernelFib.lay('ipv6');
  ({ prefix } = bench.plan);
  bench.apply(bench.install(prefix, 2, 3));
  await bench.installed();
});
afterEach(async () => {
  await bench?.close();
});

describe('a static route', () => {
  const two = 'nexthop via @8 nexthop via @9';
  it.each([
    ['append PREFIX via @9 proto static metric 20', ['via @9 proto static']],
    ['prepend PREFIX via @9 proto static metric 20', ['via @9 proto static']],
    ['replace PREFIX via @9 proto static metric 20', ['via @9 proto static']],
    ['replace PREFIX dev eth0 proto static metric 20', ['dev eth0 proto static']],
    [
      `append PREFIX proto static metric 20 ${two}`,
      ['proto static', 'nexthop via @8 weight 1', 'nexthop via @9 weight 1'],
    ],
  ])('of `route %s` keeps its place, and ours comes back when it goes', async (command, theirs) => {
    await bench.ip(`route ${command}`);
    await bench.slotBecomes(...theirs);
    await expect
      .poll(() => bench.reports('route-conflict'))
      .toEqual([{ type: 'route-conflict', prefix, protocol: 'static' }]);
    bench.apply(bench.install(prefix, 4));
    bench.fib.interfacesChanged();
    bench.apply(bench.install(prefix, 2, 3));
    expect(await bench.slot()).toEqual(theirs);
    await bench.ip('route del PREFIX proto static metric 20');
    await bench.slotBecomes(...several);
    expect(bench.reports('route-healed')).toEqual([]);
  });

  it('that joined ours survives our exit', async () => {
    await bench.ip('route append PREFIX via @9 proto static metric 20');
    await bench.fib.stop();
    expect(await bench.slot()).toEqual(['via @9 proto static']);
  });

  it('that joined ours while nobody looked is not replaced by the next run', async () => {
    bench.fib.abandon();
    await bench.ip('route append PREFIX via @9 proto static metric 20');
    await bench.startAnew();
    bench.apply(bench.install(prefix, 4));
    await bench.slotBecomes('via @9 proto static');
    await expect.poll(() => bench.reports('route-conflict')).toMatchObject([{ protocol: 'static' }]);
  });

  it('without a gateway beside ours is neither replaced nor removed', async () => {
    await bench.ip('route append PREFIX dev eth0 proto static metric 20');
    bench.apply(bench.install(prefix, 4));
    await bench.slotBecomes('via @4 proto rip', 'dev eth0 proto static');
    await bench.fib.stop();
    expect(await bench.slot()).toEqual(['dev eth0 proto static']);
  });
});

describe('a group of ours', () => {
  it.each([
    ['del PREFIX via @3', 'deleted'],
    ['append PREFIX via @9 proto rip metric 20', 'altered'],
    ['append PREFIX proto rip metric 20 nexthop via @8 nexthop via @9', 'altered'],
    ['append PREFIX dev eth0 proto rip metric 20', 'altered'],
    ['replace PREFIX via @2 proto rip metric 20', 'altered'],
    ['replace PREFIX dev eth0 proto rip metric 20', 'altered'],
    ['replace blackhole PREFIX proto rip metric 20', 'altered'],
    ['del PREFIX', 'deleted'],
  ])('is whole again after `route %s`, with a report', async (command, change) => {
    const culprit = expect.stringMatching(/^netlink port \d+$/);
    await bench.ip(`route ${command}`);
    await expect
      .poll(() => bench.reports('route-healed'))
      .toEqual([{ type: 'route-healed', prefix, change, culprit }]);
    await bench.slotBecomes(...several);
  });

  it('is whole again after a route by a next-hop object took its place', async () => {
    await bench.ip('nexthop add id 7 via @9');
    await bench.ip('route replace PREFIX nhid 7 proto rip metric 20');
    await expect.poll(() => bench.reports('route-healed').length).toBe(1);
    await bench.slotBecomes(...several);
  });

  it('of an earlier run is changed and removed as any other', async () => {
    await bench.startAnew();
    bench.apply(bench.install(prefix, 3, 4));
    await bench.slotBecomes('proto rip', 'nexthop via @3 weight 1', 'nexthop via @4 weight 1');
    await bench.startAnew();
    bench.apply({ type: 'install-route', prefix, nextHops: [bench.via(3), bench.via(4)] });
    bench.apply({ type: 'remove-route', prefix });
    await bench.slotBecomes();
  });
});

describe('a group over two links', () => {
  let far: NextHop;

  beforeEach(async () => {
    await bench.ip('link add eth1 type veth peer name eth2');
    for (const name of ['eth1', 'eth2']) await bench.router.setLink(name, 'up');
    const interfaceIndex = await bench.router.interfaceIndex('eth1');
    far = { gateway: bench.plan.gateway(2), interface: 'eth1', interfaceIndex };
    bench.apply({ type: 'install-route', prefix, nextHops: [bench.via(2), far] });
    await bench.slotBecomes('proto rip', 'nexthop via @2 weight 1', 'nexthop via @2 dev eth1 weight 1');
  });

  it('may have one gateway twice, and lose it once', async () => {
    bench.apply({ type: 'install-route', prefix, nextHops: [far] });
    await bench.slotBecomes('via @2 dev eth1 proto rip');
  });

  it('is right when one of them goes down and comes back, and nobody is blamed', async () => {
    await bench.router.setLink('eth1', 'down');
    await expect.poll(() => bench.slot()).toContain('nexthop via @2 dev eth1 weight 1 dead linkdown');
    bench.apply(bench.install(prefix, 2));
    await bench.slotBecomes('via @2 proto rip');
    await bench.router.setLink('eth1', 'up');
    bench.apply({ type: 'install-route', prefix, nextHops: [bench.via(2), far] });
    await bench.slotBecomes('proto rip', 'nexthop via @2 weight 1', 'nexthop via @2 dev eth1 weight 1');
    expect(bench.host.reports).toEqual([]);
  });

  it('is right when one of them is deleted, and nobody is blamed', async () => {
    await bench.ip('link del eth1');
    bench.apply(bench.install(prefix, 2));
    await bench.slotBecomes('via @2 proto rip');
    expect(bench.reports('route-healed')).toEqual([]);
  });
});

it('default routes of routers that advertise themselves come and go each for itself', async () => {
  await bench.ip('route add default via @8 proto ra metric 1024 expires 1800');
  await bench.toldOfDefault(true);
  await bench.ip('route append default via @9 proto ra metric 1024 expires 900 pref high');
  await bench.ip('route add default via @7 proto ra metric 512 expires 900');
  await bench.ip('route del default via @8');
  await bench.ip('route del default via @7');
  await bench.ip('route del default via @9');
  await bench.toldOfDefault(true, false);
});

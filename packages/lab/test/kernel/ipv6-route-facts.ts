/** Facts about IPv6 routes: several ways are several routes that are told as one. */
import { beforeEach, expect, it } from 'vitest';
import type { KernelBench } from './kernel-bench.ts';

const prefix = '2001:db8:9::/48';

export function describeIpv6Routes(get: () => KernelBench): void {
  beforeEach(async () => {
    await get().addAddresses('eth0', 'fe80::1/64', '2001:db8::1/64');
    await get().addAddresses('eth1', 'fe80::2/64', '2001:db8:1::1/64');
    await get().told();
  });
  const via = (gateway: string, name = 'eth0') =>
    ({ prefix, gateway, outputInterface: get().index(name), protocol: 'rip' }) as const;
  const hop = (gateway: string, name = 'eth0') => ({ gateway, interfaceIndex: get().index(name) });
  const ours = async (): Promise<readonly string[]> =>
    (await get().routes({ family: 'ipv6' })).filter((line) => line.startsWith(prefix));

  it('a route without a metric gets 1024', async () => {
    expect(await get().route('add', via('fe80::9'))).toBe('done');
    expect(await get().told()).toEqual([
      'ours: new route 2001:db8:9::/48 via fe80::9 eth0 rip metric 1024 (create exclusive)',
    ]);
  });

  it('to add where something is refuses with EEXIST', async () => {
    await get().route('add', via('fe80::9'));
    expect(await get().route('add', via('fe80::a'))).toBe('EEXIST');
  });

  it('a link-local gateway needs its link', async () => {
    expect(await get().route('add', { prefix, gateway: 'fe80::9' })).toBe(
      'EINVAL: Egress device not specified',
    );
  });

  it('an address of our own as gateway is refused', async () => {
    expect(await get().route('add', { prefix, gateway: '2001:db8::1' })).toBe(
      'EINVAL: Gateway can not be a local address',
    );
  });

  it('a gateway that no connected subnet has refuses with EHOSTUNREACH', async () => {
    expect(await get().route('add', { prefix, gateway: '2001:db8:77::1' })).toBe('EHOSTUNREACH');
  });

  it('a link that is down refuses with ENETDOWN', async () => {
    await get().setUp('eth1', false);
    expect(await get().route('add', via('fe80::9', 'eth1'))).toBe('ENETDOWN: Nexthop device is not up');
  });

  it('bits behind the prefix length are passed over', async () => {
    expect(await get().route('add', { ...via('fe80::9'), prefix: '2001:db8:9:7::/48' })).toBe('done');
    expect(await ours()).toHaveLength(1);
  });

  it('an appended way becomes one of the route, told with all, itself first', async () => {
    await get().route('add', via('fe80::9'));
    expect(await get().route('append', via('fe80::a', 'eth1'))).toBe('done');
    expect((await get().told())[1]).toBe(
      'ours: new route 2001:db8:9::/48 via fe80::a eth1, via fe80::9 eth0 rip metric 1024 (create append)',
    );
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth1 rip metric 1024']);
  });

  it('without EXCL, REPLACE and APPEND a way is appended as well', async () => {
    await get().route('add', via('fe80::9'));
    await get().route('prepend', via('fe80::a'));
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth0 rip metric 1024']);
  });

  it('the same way twice refuses with EEXIST', async () => {
    await get().route('add', via('fe80::9'));
    expect(await get().route('append', via('fe80::9'))).toBe('EEXIST');
  });

  it('several ways at once are told at once', async () => {
    const multipath = [hop('fe80::9'), hop('fe80::a', 'eth1')];
    expect(await get().route('add', { prefix, multipath, protocol: 'rip' })).toBe('done');
    expect(await get().told()).toEqual([
      'ours: new route 2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth1 rip metric 1024 (create)',
    ]);
  });

  it('several ways with the same gateway twice refuse with EEXIST, and leave nothing', async () => {
    expect(await get().route('add', { prefix, multipath: [hop('fe80::9'), hop('fe80::9')] })).toBe('EEXIST');
    expect(await ours()).toEqual([]);
  });

  it('REPLACE takes the place of all ways, and tells of no deletion', async () => {
    await get().route('add', { prefix, multipath: [hop('fe80::9'), hop('fe80::a', 'eth1')] });
    await get().told();
    expect(await get().route('replace', via('fe80::b'))).toBe('done');
    expect(await get().told()).toEqual([
      'ours: new route 2001:db8:9::/48 via fe80::b eth0 rip metric 1024 (replace)',
    ]);
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::b eth0 rip metric 1024']);
  });

  it('REPLACE of a route by itself is told', async () => {
    await get().route('add', via('fe80::9'));
    await get().route('replace', via('fe80::9'));
    expect((await get().told())[1]).toBe(
      'ours: new route 2001:db8:9::/48 via fe80::9 eth0 rip metric 1024 (replace)',
    );
  });

  it('REPLACE by a gateway passes over a route without one, if there is one with', async () => {
    const onLink = { prefix, outputInterface: get().index('eth1'), protocol: 'static' } as const;
    await get().route('add', onLink);
    await get().route('append', via('fe80::9'));
    await get().route('replace', via('fe80::a'));
    expect(await ours()).toEqual([
      '2001:db8:9::/48 on eth1 static metric 1024',
      '2001:db8:9::/48 via fe80::a eth0 rip metric 1024',
    ]);
  });

  it('a deletion with a gateway takes one way', async () => {
    await get().route('add', {
      prefix,
      multipath: [hop('fe80::9'), hop('fe80::a', 'eth1')],
      protocol: 'rip',
    });
    await get().told();
    await get().deleteRoute({ prefix, gateway: 'fe80::9' });
    expect(await get().told()).toEqual([
      'ours: delete route 2001:db8:9::/48 via fe80::9 eth0 rip metric 1024',
    ]);
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::a eth1 rip metric 1024']);
  });

  it('a deletion without a gateway takes all ways, told as one route', async () => {
    await get().route('add', {
      prefix,
      multipath: [hop('fe80::9'), hop('fe80::a', 'eth1')],
      protocol: 'rip',
    });
    await get().told();
    await get().deleteRoute({ prefix, protocol: 'rip' });
    expect(await get().told()).toEqual([
      'ours: delete route 2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth1 rip metric 1024',
    ]);
  });

  it('a deletion with the gateway :: takes a route without one', async () => {
    await get().route('add', via('fe80::9'));
    await get().route('append', { prefix, outputInterface: get().index('eth0'), protocol: 'rip' });
    await get().told();
    expect(await get().deleteRoute({ prefix, gateway: '::', protocol: 'rip' })).toBe('done');
    expect(await get().told()).toEqual(['ours: delete route 2001:db8:9::/48 on eth0 rip metric 1024']);
    expect(await get().deleteRoute({ prefix, gateway: '::', protocol: 'rip' })).toBe('ESRCH');
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::9 eth0 rip metric 1024']);
  });

  it('ways of any protocols are one route: told with that of the newest, listed with that of the first', async () => {
    await get().route('add', via('fe80::9'));
    await get().told();
    await get().route('append', { ...via('fe80::a'), protocol: 'static' }, get().stranger);
    expect(await get().told()).toEqual([
      'stranger: new route 2001:db8:9::/48 via fe80::a eth0, via fe80::9 eth0 static metric 1024 (create append)',
    ]);
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth0 rip metric 1024']);
  });

  it('several ways that are appended at once are told with the protocol of the first of all', async () => {
    await get().route('add', via('fe80::9'));
    await get().told();
    const multipath = [hop('fe80::a'), hop('fe80::b', 'eth1')];
    await get().route('append', { prefix, multipath, protocol: 'static' }, get().stranger);
    expect(await get().told()).toEqual([
      'stranger: new route 2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth0, via fe80::b eth1 rip metric 1024 (create append)',
    ]);
  });

  it('a deletion with a gateway takes it only if it has the protocol, one without takes all with the first', async () => {
    await get().route('add', via('fe80::9'));
    await get().route('append', { ...via('fe80::a'), protocol: 'static' });
    await get().route('append', { ...via('fe80::b'), protocol: 'static' });
    expect(await get().deleteRoute({ ...via('fe80::a'), protocol: 'rip' })).toBe('ESRCH');
    expect(await get().deleteRoute({ ...via('fe80::a'), protocol: 'static' })).toBe('done');
    expect(await get().deleteRoute({ prefix, protocol: 'rip' })).toBe('done');
    expect(await ours()).toEqual([]);
  });

  it('REPLACE without a gateway takes the place of all ways, if there is none without', async () => {
    await get().route('add', { prefix, multipath: [hop('fe80::9'), hop('fe80::a', 'eth1')] });
    await get().route('replace', { prefix, outputInterface: get().index('eth1'), protocol: 'static' });
    expect(await ours()).toEqual(['2001:db8:9::/48 on eth1 static metric 1024']);
  });

  it('REPLACE without a gateway takes the place of the first without, though its way may then be there twice', async () => {
    const onLink = (name: string, protocol: 'rip' | 'static') =>
      ({ prefix, outputInterface: get().index(name), protocol }) as const;
    await get().route('add', onLink('eth0', 'rip'));
    await get().route('append', onLink('eth1', 'rip'));
    await get().route('replace', onLink('eth1', 'static'));
    expect(await ours()).toEqual([
      '2001:db8:9::/48 on eth1 static metric 1024',
      '2001:db8:9::/48 on eth1 rip metric 1024',
    ]);
    expect(await get().deleteRoute({ ...onLink('eth1', 'rip'), gateway: '::' })).toBe('done');
    expect(await ours()).toEqual(['2001:db8:9::/48 on eth1 static metric 1024']);
  });

  it('a list passes over what stands between the ways of a route', async () => {
    await get().route('add', via('fe80::9'));
    await get().route('append', { prefix, outputInterface: get().index('eth1'), protocol: 'static' });
    expect(await ours()).toHaveLength(2);
    await get().route('append', via('fe80::a'));
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth0 rip metric 1024']);
  });

  it('a deletion of what is not there refuses with ESRCH', async () => {
    await get().route('add', via('fe80::9'));
    expect(await get().deleteRoute({ prefix, protocol: 'static' })).toBe('ESRCH');
    expect(await get().deleteRoute({ prefix, priority: 20 })).toBe('ESRCH');
  });

  it('routes by a link that goes down are gone, and that is told', async () => {
    await get().route('add', via('fe80::9', 'eth1'));
    await get().told();
    await get().setUp('eth1', false);
    expect(await get().told()).toContain(
      'kernel: delete route 2001:db8:9::/48 via fe80::9 eth1 rip metric 1024',
    );
  });

  it('of a route by several ways, one by a link that goes down is dead, and nobody is told', async () => {
    await get().route('add', {
      prefix,
      multipath: [hop('fe80::9'), hop('fe80::a', 'eth1')],
      protocol: 'rip',
    });
    await get().told();
    await get().setUp('eth1', false);
    expect((await get().told()).filter((line) => line.includes(prefix))).toEqual([]);
    expect(await ours()).toEqual([
      '2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth1 dead linkdown rip metric 1024',
    ]);
    await get().setUp('eth1', true);
    expect((await get().told()).filter((line) => line.includes(prefix))).toEqual([]);
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::9 eth0, via fe80::a eth1 rip metric 1024']);
  });

  it('of a route by several ways, one by a link that is deleted is gone, and told', async () => {
    await get().route('add', {
      prefix,
      multipath: [hop('fe80::9'), hop('fe80::a', 'eth1')],
      protocol: 'rip',
    });
    await get().told();
    await get().link('delete', { index: get().index('eth1') });
    expect((await get().told()).filter((line) => line.includes(prefix))).toEqual([
      'kernel: delete route 2001:db8:9::/48 via fe80::a eth1 dead linkdown rip metric 1024',
    ]);
    expect(await ours()).toEqual(['2001:db8:9::/48 via fe80::9 eth0 rip metric 1024']);
  });
}

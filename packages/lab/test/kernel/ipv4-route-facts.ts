/** Facts about IPv4 routes: the slot of a prefix, table, TOS and metric, and what may be put into it. */
import { expect, it } from 'vitest';
import type { KernelBench } from './kernel-bench.ts';

const prefix = '10.9.0.0/16';
const two = { prefix, gateway: '10.0.0.2', protocol: 'static' } as const;
const three = { ...two, gateway: '10.0.0.3' } as const;
const four = { ...two, gateway: '10.0.0.4' } as const;

export function describeIpv4Routes(get: () => KernelBench): void {
  /** `10.0.0.2 10.0.0.3`: the gateways of the prefix, in order. */
  const slot = async (): Promise<string> => {
    const routes = await get().ours.routes.list({ family: 'ipv4', table: 254 });
    return routes
      .filter(({ destination }) => destination === '10.9.0.0')
      .map(({ gateway }) => gateway)
      .join(' ');
  };

  it('a new route is told with CREATE and EXCL and the port of who asked', async () => {
    expect(await get().route('add', { ...two, priority: 20 })).toBe('done');
    expect(await get().told()).toEqual([
      'ours: new route 10.9.0.0/16 via 10.0.0.2 eth0 static metric 20 (create exclusive)',
    ]);
  });

  it('to add where something is refuses with EEXIST', async () => {
    await get().route('add', two);
    expect(await get().route('add', three)).toBe('EEXIST');
  });

  it('another metric, another TOS and another table are other places', async () => {
    for (const other of [two, { ...two, priority: 20 }, { ...two, tos: 8 }, { ...two, table: 77 }])
      expect(await get().route('add', other)).toBe('done');
  });

  it('another protocol is not another place', async () => {
    await get().route('add', two);
    expect(await get().route('add', { ...two, protocol: 'rip' })).toBe('EEXIST');
  });

  it('a route without EXCL, REPLACE and APPEND comes before those that are there', async () => {
    await get().route('add', two);
    expect(await get().route('prepend', three)).toBe('done');
    expect(await slot()).toBe('10.0.0.3 10.0.0.2');
    expect((await get().told())[1]).toBe('ours: new route 10.9.0.0/16 via 10.0.0.3 eth0 static (create)');
  });

  it('an appended route comes behind those that are there, and is told so', async () => {
    await get().route('add', two);
    await get().route('prepend', three);
    await get().route('append', four);
    expect(await slot()).toBe('10.0.0.3 10.0.0.2 10.0.0.4');
    expect((await get().told())[2]).toBe(
      'ours: new route 10.9.0.0/16 via 10.0.0.4 eth0 static (create append)',
    );
  });

  it('to append where nothing is makes the first', async () => {
    await get().route('append', two);
    expect(await get().told()).toEqual([
      'ours: new route 10.9.0.0/16 via 10.0.0.2 eth0 static (create exclusive)',
    ]);
  });

  it('REPLACE takes the place of the first, whosever it is, and tells of no deletion', async () => {
    await get().route('add', two);
    await get().route('append', three);
    await get().told();
    expect(await get().route('replace', { ...four, protocol: 'rip' })).toBe('done');
    expect(await slot()).toBe('10.0.0.4 10.0.0.3');
    expect(await get().told()).toEqual(['ours: new route 10.9.0.0/16 via 10.0.0.4 eth0 rip (replace)']);
  });

  it('REPLACE by what serves already is done without a word', async () => {
    await get().route('add', two);
    await get().told();
    expect(await get().route('replace', two)).toBe('done');
    expect(await get().told()).toEqual([]);
  });

  it('REPLACE by what stands farther behind refuses with EEXIST', async () => {
    await get().route('add', two);
    await get().route('append', three);
    expect(await get().route('replace', three)).toBe('EEXIST');
    expect(await slot()).toBe('10.0.0.2 10.0.0.3');
  });

  it('REPLACE where nothing is makes one, and tells no REPLACE', async () => {
    await get().route('replace', two);
    expect(await get().told()).toEqual([
      'ours: new route 10.9.0.0/16 via 10.0.0.2 eth0 static (create exclusive)',
    ]);
  });

  it('REPLACE without CREATE refuses with ENOENT where nothing is', async () => {
    expect(await get().route('change', two)).toBe('ENOENT');
  });

  it('the same route twice refuses with EEXIST, appended or prepended', async () => {
    await get().route('add', two);
    expect([await get().route('append', two), await get().route('prepend', two)]).toEqual([
      'EEXIST',
      'EEXIST',
    ]);
  });

  it('a route that differs in its protocol alone stands beside the other', async () => {
    await get().route('add', two);
    expect(await get().route('append', { ...two, protocol: 'rip' })).toBe('done');
  });

  it('a gateway that no connected subnet has refuses with ENETUNREACH', async () => {
    expect(await get().route('add', { ...two, gateway: '10.7.0.1' })).toBe(
      'ENETUNREACH: Nexthop has invalid gateway',
    );
  });

  it('a gateway behind another gateway refuses with ENETUNREACH', async () => {
    await get().route('add', { ...two, prefix: '10.7.0.0/24' });
    expect(await get().route('add', { ...two, gateway: '10.7.0.1' })).toBe(
      'ENETUNREACH: Nexthop has invalid gateway',
    );
  });

  it('a gateway on another link than the one that is named refuses with ENETUNREACH', async () => {
    expect(await get().route('add', { ...two, outputInterface: get().index('eth1') })).toBe(
      'ENETUNREACH: Nexthop has invalid gateway',
    );
  });

  it("the subnet's broadcast address as gateway refuses with EINVAL", async () => {
    expect(await get().route('add', { ...two, gateway: '10.0.0.255' })).toBe(
      'EINVAL: Nexthop has invalid gateway',
    );
  });

  it('an address of our own as gateway is accepted', async () => {
    expect(await get().route('add', { ...two, gateway: '10.0.0.1' })).toBe('done');
  });

  it('a gateway in a subnet whose link is down refuses with ENETUNREACH', async () => {
    await get().setUp('eth0', false);
    expect(await get().route('add', two)).toBe('ENETUNREACH: Nexthop has invalid gateway');
  });

  it('a gateway said to be on the link is believed', async () => {
    const asked = { ...two, gateway: '10.7.0.1', outputInterface: get().index('eth1'), flags: 4 };
    expect(await get().route('add', asked)).toBe('done');
    expect(await get().told()).toEqual([
      'ours: new route 10.9.0.0/16 via 10.7.0.1 eth1 onlink static (create exclusive)',
    ]);
  });

  it('a gateway on the link needs the link to be named, and up', async () => {
    const asked = { ...two, gateway: '10.7.0.1', flags: 4 };
    expect(await get().route('add', asked)).toBe('ENODEV: Nexthop device required for onlink');
    await get().setUp('eth1', false);
    expect(await get().route('add', { ...asked, outputInterface: get().index('eth1') })).toBe(
      'ENETDOWN: Nexthop device is not up',
    );
  });

  it('a link that is not there refuses with ENODEV, one that is down with ENETDOWN', async () => {
    expect(await get().route('add', { prefix, outputInterface: 999 })).toBe('ENODEV');
    await get().setUp('eth1', false);
    expect(await get().route('add', { prefix, outputInterface: get().index('eth1') })).toBe(
      'ENETDOWN: Device for nexthop is not up',
    );
  });

  it('neither gateway nor link refuses with ENODEV', async () => {
    expect(await get().route('add', { prefix })).toBe('ENODEV');
  });

  it('bits behind the prefix length refuse with EINVAL', async () => {
    expect(await get().route('add', { ...two, prefix: '10.9.1.0/16' })).toBe(
      'EINVAL: Invalid prefix for given prefix length',
    );
  });

  it('a source that is no address of ours refuses with EINVAL', async () => {
    expect(await get().route('add', { ...two, preferredSource: '10.0.0.9' })).toBe(
      'EINVAL: Invalid prefsrc address',
    );
  });

  it('a route that drops packets has no gateway', async () => {
    expect(await get().route('add', { prefix, type: 'unreachable' })).toBe('done');
    expect(await get().route('replace', { ...two, type: 'blackhole' })).toBe(
      'EINVAL: Gateway, device and multipath can not be specified for this route type',
    );
    expect(await get().routes()).toContain('unreachable 10.9.0.0/16  boot');
  });

  it('a route by several ways is one route, told with all of them', async () => {
    const multipath = [{ gateway: '10.0.0.2' }, { gateway: '10.1.0.2', hops: 1 }];
    expect(await get().route('add', { prefix, multipath, protocol: 'rip' })).toBe('done');
    expect(await get().told()).toEqual([
      'ours: new route 10.9.0.0/16 via 10.0.0.2 eth0, via 10.1.0.2 eth1 weight 2 rip (create exclusive)',
    ]);
  });

  it('a route by several ways is refused as a whole', async () => {
    const multipath = [{ gateway: '10.0.0.2' }, { gateway: '10.7.0.2' }];
    expect(await get().route('add', { prefix, multipath })).toBe('ENETUNREACH: Nexthop has invalid gateway');
    expect(await slot()).toBe('');
  });

  it('the order of several ways distinguishes routes', async () => {
    const [a, b] = [{ gateway: '10.0.0.2' }, { gateway: '10.1.0.2' }];
    await get().route('add', { prefix, multipath: [a, b] });
    await get().told();
    expect(await get().route('replace', { prefix, multipath: [b, a] })).toBe('done');
    expect(await get().told()).toHaveLength(1);
  });

  it('a deletion takes the first that has what is asked for: protocol', async () => {
    await get().route('add', two);
    await get().route('append', { ...three, protocol: 'rip' });
    expect(await get().deleteRoute({ prefix, protocol: 'rip' })).toBe('done');
    expect(await slot()).toBe('10.0.0.2');
    expect((await get().told())[2]).toBe('ours: delete route 10.9.0.0/16 via 10.0.0.3 eth0 rip');
  });

  it('a deletion takes the first that has what is asked for: gateway', async () => {
    await get().route('add', two);
    await get().route('append', three);
    expect(await get().deleteRoute({ prefix, gateway: '10.0.0.3' })).toBe('done');
    expect(await slot()).toBe('10.0.0.2');
  });

  it('a deletion without a metric takes the lowest, with one that one', async () => {
    await get().route('add', { ...two, priority: 30 });
    await get().route('add', { ...three, priority: 20 });
    await get().route('add', { ...four, priority: 40 });
    await get().deleteRoute({ prefix, priority: 40 });
    await get().deleteRoute({ prefix });
    expect(await slot()).toBe('10.0.0.2');
  });

  it('a deletion compares a gateway with the first way only', async () => {
    await get().route('add', { prefix, multipath: [{ gateway: '10.0.0.2' }, { gateway: '10.1.0.2' }] });
    expect(await get().deleteRoute({ prefix, gateway: '10.1.0.2' })).toBe('ESRCH');
    expect(await get().deleteRoute({ prefix, gateway: '10.0.0.2' })).toBe('done');
  });

  it('a deletion of what is not there refuses with ESRCH', async () => {
    await get().route('add', two);
    for (const other of [
      { protocol: 'rip' },
      { type: 'blackhole' },
      { scope: 'link' },
      { priority: 5 },
      { tos: 8 },
    ] as const)
      expect(await get().deleteRoute({ prefix, ...other })).toBe('ESRCH');
  });

  it('a deletion in a table that never was refuses with ESRCH', async () => {
    expect(await get().deleteRoute({ prefix, table: 78 })).toBe('ESRCH: FIB table does not exist');
  });

  it('a deletion in a table that is empty by now refuses with ESRCH', async () => {
    await get().route('add', { ...two, table: 78 });
    await get().deleteRoute({ prefix, table: 78 });
    expect(await get().deleteRoute({ prefix, table: 78 })).toBe('ESRCH');
  });

  it('a failed request does not keep back those after it in one datagram', async () => {
    const request = (gateway: string) => {
      const message = {
        family: 'ipv4',
        destination: '10.9.0.0',
        destinationLength: 16,
        gateway,
        type: 'unicast',
        table: 254,
      } as const;
      return { object: 'route', operation: 'new', flags: 0x600, message } as const;
    };
    const outcomes = await get().ours.batch([request('10.7.0.1'), request('10.0.0.2'), request('10.0.0.3')]);
    expect(outcomes.map((outcome) => outcome?.code)).toEqual(['ENETUNREACH', undefined, 'EEXIST']);
  });

  it('what another program does is told with its port', async () => {
    await get().route('add', two, get().stranger);
    await get().route('replace', three);
    await get().deleteRoute({ prefix }, get().stranger);
    expect((await get().told()).map((line) => line.split(' ', 2).join(' '))).toEqual([
      'stranger: new',
      'ours: new',
      'stranger: delete',
    ]);
  });
}

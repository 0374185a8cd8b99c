/**
 * The fib on a kernel in memory: what is so for IPv6 only. Routes with a gateway, one prefix and one metric are one group,
 * whatever their protocols, and what the kernel removes by itself it tells.
 */
import { messageFlags, type RouteInput, type RouteMessage, routeFlags } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { FibBench } from './fib-bench.ts';
import { foreignRoute } from './observed-kernel.ts';

const { create, replace, append } = messageFlags.masks;

let bench: FibBench;
const { prefix, plan } = new FibBench('ipv6');

beforeEach(async () => {
  bench = new FibBench('ipv6');
  await bench.start();
});

/** Someone makes a route by several gateways at once. */
function someoneByMany(
  protocol: 'rip' | 'static',
  flags: number,
  gateways: readonly number[],
  to = prefix,
): void {
  const { message, ...request } = foreignRoute('new', to, undefined, protocol, flags);
  const multipath = gateways.map((each) => ({ interfaceIndex: 2, gateway: plan.gateway(each) }));
  bench.kernel.someone({ ...request, message: { ...message, multipath } });
}

/** Someone makes a route without a gateway. */
function someoneOnLink(
  protocol: 'rip' | 'static',
  flags: number,
  operation: 'new' | 'delete' = 'new',
  to = prefix,
  outputInterface = 2,
): void {
  const { message, ...request } = foreignRoute(operation, to, undefined, protocol, flags);
  bench.kernel.someone({ ...request, message: { ...message, outputInterface } });
}

/** Something is told as the simulated kernel would not tell it. */
function told(
  operation: 'new' | 'delete',
  to: string,
  gateway: number,
  protocol: 'rip' | 'static' | 'ra',
  flags: number,
  differences: RouteInput,
): void {
  const { message } = foreignRoute(operation, to, plan.gateway(gateway), protocol);
  const route = { tos: 0, flags: 0, sourceLength: 0, ...message, ...differences } as RouteMessage;
  const portId = bench.kernel.strangerPort;
  bench.fib.receive([{ object: 'route', operation, flags, sequence: 1, portId, message: route }]);
}

const never = {
  references: 0,
  lastUse: 0,
  expires: 0,
  error: 0,
  used: 0,
  id: 0,
  timestamp: 0,
  timestampAge: 0,
};
const conflict = { type: 'route-conflict', prefix, protocol: 'static' };

describe('the group of next hops', () => {
  it('is changed by one replace, whatever its size was and will be', async () => {
    for (const gateways of [[2], [2, 3, 4], [5], [2, 3, 4], [3, 5]])
      await bench.apply(bench.install(prefix, ...gateways));
    expect(bench.kernel.requests).toEqual([
      `create exclusively ${prefix} via 2`,
      `replace ${prefix} via 2 3 4`,
      `replace ${prefix} via 5`,
      `replace ${prefix} via 2 3 4`,
      `replace ${prefix} via 3 5`,
    ]);
    expect(bench.slot()).toBe('rip 3+5');
  });

  it('is removed by naming each of it', async () => {
    await bench.apply(bench.install(prefix, 2, 3));
    await bench.apply(bench.remove(prefix));
    expect(bench.kernel.requests.slice(1)).toEqual([`delete ${prefix} via 2`, `delete ${prefix} via 3`]);
    expect(bench.slot()).toBe('');
  });

  it('may have one gateway behind two interfaces', async () => {
    const interfaceIndex = bench.kernel.fake.addLink('eth1');
    const [gateway, other] = [plan.gateway(2), plan.gateway(3)];
    const nextHops = [
      { gateway, interface: 'eth0', interfaceIndex: 2 },
      { gateway, interface: 'eth1', interfaceIndex },
      { gateway: other, interface: 'eth1', interfaceIndex },
    ];
    await bench.apply({ type: 'install-route', prefix, nextHops });
    expect(bench.slot()).toBe('rip 2+2+3');
    await bench.apply({ type: 'install-route', prefix, nextHops: nextHops.slice(1) });
    const [route] = bench.kernel.routeList;
    expect(route?.multipath).toMatchObject(nextHops.slice(1).map(({ interface: _, ...hop }) => hop));
    await bench.apply(bench.remove(prefix));
    expect(bench.slot()).toBe('');
  });

  it('is whole again after someone has deleted one of it', async () => {
    await bench.apply(bench.install(prefix, 2, 3));
    bench.someone('delete', prefix, 3, 'rip');
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2+3');
    const culprit = bench.stranger;
    expect(bench.host.reports).toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
  });

  it.each([
    ['one next hop', () => bench.someone('new', prefix, 9, 'rip', create | append)],
    ['two next hops', () => someoneByMany('rip', create | append, [8, 9])],
  ])('is as wanted again after someone has joined %s of our protocol to it', async (_, join) => {
    await bench.apply(bench.install(prefix, 2, 3));
    join();
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2+3');
    const culprit = bench.stranger;
    expect(bench.host.reports).toEqual([{ type: 'route-healed', prefix, change: 'altered', culprit }]);
  });

  it('is put right after someone has put a route without a gateway in its place, or beside it', async () => {
    await bench.apply(bench.install(prefix, 2, 3));
    someoneOnLink('rip', create | replace);
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2+3');
    expect(bench.kernel.requests.slice(1)).toEqual([`replace ${prefix} via 2 3`]);
    someoneOnLink('rip', create | append);
    await bench.host.settle();
    // The router asks for what stays when this is gone: a list does not tell of what stands in the midst of a group.
    await bench.apply(bench.install(prefix, 2));
    expect(bench.slot()).toBe('rip 2');
    expect(bench.fib.snapshot().heals).toBe(2);
  });

  it('of an earlier run is replaced without a moment in between', async () => {
    bench = new FibBench('ipv6');
    someoneByMany('rip', create, [2, 3]);
    await bench.start();
    await bench.apply(bench.install(prefix, 4));
    expect(bench.slot()).toBe('rip 4');
    // Whose the second one is the kernel had not said.
    expect(bench.kernel.requests).toEqual([`delete ${prefix} via 3`, `replace ${prefix} via 4`]);
  });

  it('of an earlier run goes after the stale time', async () => {
    bench = new FibBench('ipv6');
    someoneByMany('rip', create, [2, 3]);
    await bench.start();
    await bench.host.advance(60_000);
    expect(bench.slot()).toBe('');
  });
});

describe('a next hop of another protocol', () => {
  it.each([
    ['joins', () => bench.someone('new', prefix, 9, 'static', create | append), 'static 9'],
    ['joins with another', () => someoneByMany('static', create | append, [8, 9]), 'static 8+9'],
    ['replaces', () => bench.someone('new', prefix, 9, 'static', create | replace), 'static 9'],
    ['replaces with another', () => someoneByMany('static', create | replace, [8, 9]), 'static 8+9'],
  ])(
    'that %s ours stays alone, is reported once, and ours comes back when it goes',
    async (_, act, theirs) => {
      await bench.apply(bench.install(prefix, 2, 3));
      act();
      await bench.host.advance(5_000);
      bench.fib.interfacesChanged();
      await bench.host.advance(5_000);
      expect(bench.slot()).toBe(theirs);
      expect(bench.host.reports).toEqual([conflict]);
      expect(bench.outcomes.at(-1)).toMatchObject({ state: 'conflict', prefix });
      bench.someone('delete', prefix, undefined, 'static');
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2+3');
      expect(bench.outcomes.at(-1)).toEqual({ state: 'installed', prefix });
      expect(bench.fib.snapshot().heals).toBe(0);
    },
  );

  it('that keeps ours out is no injury of ours, if notifications are lost', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.someone('new', prefix, 9, 'static', create | replace);
    await bench.host.settle();
    for (let time = 0; time < 40; time += 1) {
      bench.kernel.overrun();
      await bench.host.advance(200);
    }
    bench.someone('delete', prefix, 9, 'static');
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2');
    expect(bench.host.reports.map(({ type }) => type)).not.toContain('route-contested');
    expect(bench.fib.snapshot().heals).toBe(0);
  });

  it('that is left of a group of which only the first was known is not taken for ours', async () => {
    bench = new FibBench('ipv6');
    someoneByMany('static', create, [9, 2]);
    await bench.start();
    bench.someone('delete', prefix, 9, 'static');
    await bench.host.settle();
    await bench.apply(bench.install(prefix, 2));
    await bench.host.advance(1_000);
    expect(bench.slot()).toBe('static 2');
    expect(bench.host.reports).toEqual([conflict]);
  });

  it('that joined unheard is found by the kernel refusing to delete it for ours', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.unheard(() => bench.someone('new', prefix, 9, 'static', create | append));
    bench.kernel.overrun();
    await bench.host.advance(1_000);
    expect(bench.slot()).toBe('static 9');
    expect(bench.host.reports).toEqual([{ type: 'kernel-overrun' }, conflict]);
  });

  it('that is told to join only after our own change ends alone', async () => {
    bench.kernel.late = [];
    await bench.apply(bench.install(prefix, 2));
    bench.someone('new', prefix, 9, 'static', create | append);
    bench.kernel.tellLate();
    await bench.host.settle();
    expect(bench.slot()).toBe('static 9');
  });

  it('in a group of an earlier run is not replaced with it', async () => {
    bench = new FibBench('ipv6');
    bench.someone('new', prefix, 2, 'rip');
    bench.someone('new', prefix, 9, 'static', create | append);
    await bench.start();
    await bench.apply(bench.install(prefix, 3));
    await bench.host.advance(1_000);
    expect(bench.slot()).toBe('static 9');
    expect(bench.host.reports.at(-1)).toEqual(conflict);
  });

  it('that joined ours at the very end survives our stop', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.unheard(() => bench.someone('new', prefix, 9, 'static', create | append));
    await bench.fib.stop();
    expect(bench.slot()).toBe('static 9');
    expect(bench.host.reports).toEqual([]);
  });

  it('that has joined ours survives our withdrawal', async () => {
    await bench.apply(bench.install(prefix, 2, 3));
    bench.kernel.unheard(() => bench.someone('new', prefix, 9, 'static', create | append));
    await bench.apply(bench.remove(prefix));
    expect(bench.slot()).toBe('static 9');
  });
});

describe('a route without a gateway of another protocol', () => {
  it('beside ours stays there, whatever ours does', async () => {
    await bench.apply(bench.install(prefix, 2));
    someoneOnLink('static', create | append);
    await bench.apply(bench.install(prefix, 3));
    expect(bench.slot()).toBe('rip 3, static none');
    await bench.apply(bench.install(prefix, 4, 5));
    await bench.apply(bench.remove(prefix));
    expect(bench.slot()).toBe('static none');
    expect(bench.host.reports).toEqual([]);
  });

  it('before ours serves in its place', async () => {
    someoneOnLink('static', create);
    bench.someone('new', prefix, 2, 'rip', create | append);
    await bench.apply(bench.install(prefix, 2));
    expect(bench.slot()).toBe('static none, rip 2');
    expect(bench.host.reports.at(-1)).toEqual({
      type: 'route-shadowed',
      prefix,
      protocol: 'static',
      metric: 20,
    });
  });

  it('that keeps ours out may be replaced by one with a gateway; ours comes when that goes', async () => {
    someoneOnLink('static', create);
    await bench.apply(bench.install(prefix, 2));
    bench.someone('new', prefix, 9, 'static', create | replace);
    await bench.host.settle();
    expect(bench.slot()).toBe('static 9');
    bench.someone('delete', prefix, 9, 'static');
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2');
  });

  it('is one by a next-hop object, too, whatever gateway that has', async () => {
    await bench.apply(bench.install(prefix, 2));
    told('new', prefix, 9, 'static', create, { nextHopId: 7 });
    await bench.apply(bench.install(prefix, 3));
    expect(bench.kernel.requests.slice(1)).toEqual([`replace ${prefix} via 3`]);
    expect(bench.host.reports).toEqual([]);
  });

  it('that takes the place of ours is left alone', async () => {
    await bench.apply(bench.install(prefix, 2, 3));
    someoneOnLink('static', create | replace);
    await bench.host.settle();
    expect(bench.slot()).toBe('static none');
    expect(bench.host.reports).toEqual([conflict]);
  });
});

describe('what the kernel removes by itself', () => {
  it('is put back when its link comes back; nothing is asked before that, and nobody is blamed', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.fake.setUp('eth0', false);
    await bench.host.settle();
    expect(bench.kernel.requests).toHaveLength(1);
    bench.kernel.fake.setUp('eth0', true);
    bench.fib.interfacesChanged();
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2');
    expect(bench.host.reports).toEqual([]);
  });

  it('is put back in time though no link and no address changed', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.dropRoutes();
    await bench.host.advance(1_000);
    expect(bench.slot()).toBe('rip 2');
    expect(bench.host.reports).toEqual([]);
  });

  it('is not asked for when it is withdrawn', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.fake.setUp('eth0', false);
    await bench.host.settle();
    await bench.apply(bench.remove(prefix));
    await bench.host.advance(5_000);
    expect(bench.kernel.requests).toHaveLength(1);
    expect(bench.host.reports).toEqual([]);
  });

  it('may be one next hop of several: it is dead until its link comes back, and nothing is to be done', async () => {
    const interfaceIndex = bench.kernel.fake.addLink('eth1');
    const nextHops = [
      { gateway: plan.gateway(2), interface: 'eth0', interfaceIndex: 2 },
      { gateway: plan.gateway(3), interface: 'eth1', interfaceIndex },
    ];
    await bench.apply({ type: 'install-route', prefix, nextHops });
    bench.kernel.fake.setUp('eth1', false);
    bench.fib.interfacesChanged();
    await bench.host.advance(1_000);
    expect(bench.kernel.requests).toHaveLength(1);
    await bench.apply(bench.install(prefix, 2));
    expect(bench.kernel.requests.slice(1)).toEqual([`replace ${prefix} via 2`]);
    expect(bench.host.reports).toEqual([]);
  });

  it('may be one next hop of several that is gone with its link', async () => {
    const interfaceIndex = bench.kernel.fake.addLink('eth1');
    const nextHops = [
      { gateway: plan.gateway(2), interface: 'eth0', interfaceIndex: 2 },
      { gateway: plan.gateway(3), interface: 'eth1', interfaceIndex },
    ];
    await bench.apply({ type: 'install-route', prefix, nextHops });
    bench.kernel.fake.deleteLink('eth1');
    await bench.host.settle();
    await bench.apply(bench.install(prefix, 2));
    expect(bench.slot()).toBe('rip 2');
    expect(bench.kernel.requests).toHaveLength(1);
    expect(bench.host.reports).toEqual([]);
  });
});

describe('of what is told of a prefix', () => {
  it.each([
    ['what was learned of a destination', { flags: routeFlags.masks.cloned }],
    ['a route for some sources', { source: '2001:db8::', sourceLength: 64 }],
    ['a route of the table local', { table: 255 }],
  ] as const)('%s is no concern of ours', async (_, differences) => {
    told('new', prefix, 9, 'static', create, differences);
    await bench.apply(bench.install(prefix, 2));
    expect(bench.outcomes).toEqual([{ state: 'installed', prefix }]);
    expect(bench.host.reports).toEqual([]);
  });

  it.each([
    ['has another preference', { preference: 'high' }],
    ['expires', { cacheInfo: { ...never, expires: 900 } }],
  ] as const)('a route of ours that %s is not as wanted', async (_, differences) => {
    await bench.apply(bench.install(prefix, 2));
    told('new', prefix, 2, 'rip', replace, { preference: 'medium', cacheInfo: never });
    await bench.host.settle();
    expect(bench.kernel.requests).toHaveLength(1);
    told('new', prefix, 2, 'rip', replace, differences);
    await bench.host.settle();
    expect(bench.kernel.requests.slice(1)).toEqual([`replace ${prefix} via 2`]);
    expect(bench.fib.snapshot().heals).toBe(1);
  });
});

describe('the default route', () => {
  it('of ours by several next hops is not taken for that of another', async () => {
    await bench.apply(bench.install('::/0', 2, 3));
    bench.fib.interfacesChanged();
    await bench.host.advance(1_000);
    expect(bench.defaults).toEqual([]);
    bench.someone('new', '::/0', 9, 'static', create | append);
    await bench.host.settle();
    expect(bench.defaults).toEqual([true]);
  });

  describe('without a gateway', () => {
    let eth1: number;
    const act = async (
      operation: 'new' | 'delete',
      flags: number,
      outputInterface: number,
      protocol: 'rip' | 'static' = 'static',
    ): Promise<void> => {
      someoneOnLink(protocol, flags, operation, '::/0', outputInterface);
      await bench.host.settle();
    };

    beforeEach(async () => {
      eth1 = bench.kernel.fake.addLink('eth1');
      await act('new', create, 2);
      await act('new', create | append, eth1);
    });

    it('is replaced in the order of the kernel, and may be there twice', async () => {
      await act('new', create | replace, 2);
      await act('delete', 0, 2);
      await act('new', create | append, 2);
      await act('new', create | replace, 2);
      await act('delete', 0, 2);
      expect(bench.slot('::/0')).toBe('static none');
      expect(bench.defaults).toHaveLength(1);
      await act('delete', 0, 2);
      expect(bench.defaults.at(-1)).toEqual(false);
    });

    it('that is there twice goes with its protocol', async () => {
      await act('new', create | replace, eth1, 'rip');
      await act('delete', 0, eth1, 'rip');
      expect(bench.defaults).toHaveLength(1);
      await act('new', create | append, 2, 'rip');
      await act('new', create | replace, 2);
      await act('delete', 0, 2, 'rip');
      expect(bench.slot('::/0')).toBe('static none');
      expect(bench.defaults).toHaveLength(1);
    });

    it('is not taken for another that was listed, and told late to have gone', async () => {
      bench.kernel.late = [];
      await act('delete', 0, 2);
      bench.fib.interfacesChanged();
      await bench.host.advance(1_000);
      bench.kernel.tellLate();
      await bench.host.settle();
      expect(bench.slot('::/0')).toBe('static none');
      expect(bench.defaults).toHaveLength(1);
    });
  });

  it('of an earlier run is not taken for that of another, either', async () => {
    bench = new FibBench('ipv6');
    someoneByMany('rip', create, [2, 3], '::/0');
    await bench.start();
    expect(bench.defaults).toEqual([]);
  });

  it('of a router that advertises itself is known by its gateway, whatever else was told of it', () => {
    const advertised = {
      preference: 'medium',
      priority: 1024,
      cacheInfo: { ...never, expires: 1800 },
    } as const;
    told('new', '::/0', 8, 'ra', create | append, advertised);
    told('new', '::/0', 9, 'ra', create | append, advertised);
    told('new', '::/0', 9, 'ra', 0, { ...advertised, preference: 'high' });
    expect(bench.defaults).toEqual([true]);
    const withdrawn = { priority: 1024, metrics: { hopLimit: 64 } };
    told('delete', '::/0', 9, 'ra', 0, withdrawn);
    expect(bench.defaults).toHaveLength(1);
    told('delete', '::/0', 8, 'ra', 0, withdrawn);
    expect(bench.defaults.at(-1)).toEqual(false);
  });
});

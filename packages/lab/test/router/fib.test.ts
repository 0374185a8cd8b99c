/** The fib on a kernel in memory, for both address families: what is the same for both. */
import { messageFlags } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FakeKernel } from '../../src/world/kernel/fake-kernel.ts';
import { FibBench } from './fib-bench.ts';
import { foreignRoute } from './observed-kernel.ts';

const { create, replace, append } = messageFlags.masks;

/** A gateway that the kernel refuses until it has this subnet. */
const refusals = {
  ipv4: {
    gateway: '10.0.0.66',
    reason: 'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway',
    addSubnet: (kernel: FakeKernel) => kernel.addAddress('eth0', '10.0.0.65', 26),
  },
  ipv6: {
    gateway: '2001:db8::66',
    reason: 'RTM_NEWROUTE: EHOSTUNREACH: No route to host',
    addSubnet: (kernel: FakeKernel) => kernel.addAddress('eth0', '2001:db8::65', 64),
  },
};

describe.each(['ipv4', 'ipv6'] as const)('of %s', (family) => {
  let bench: FibBench;
  const {
    prefix,
    plan: { net, subnet },
  } = new FibBench(family);
  /** For IPv6 a deletion names the next hop. */
  const deletion = (to: string, gateway: number): string =>
    family === 'ipv4' ? `delete ${to}` : `delete ${to} via ${gateway}`;

  beforeEach(async () => {
    bench = new FibBench(family);
    await bench.start();
  });

  describe('installing', () => {
    it('creates exclusively, tells the router, and asks nothing more', async () => {
      await bench.apply(bench.install(prefix, 2));
      expect(bench.kernel.requests).toEqual([`create exclusively ${prefix} via 2`]);
      expect(bench.outcomes).toEqual([{ state: 'installed', prefix }]);
      expect(bench.slot()).toBe('rip 2');
      expect(bench.fib.snapshot()).toMatchObject({ wanted: 1, installed: 1 });
    });

    it('replaces its own route, without a moment in between', async () => {
      await bench.apply(bench.install(prefix, 2));
      await bench.apply(bench.install(prefix, 3, 4));
      expect(bench.kernel.requests.slice(1)).toEqual([`replace ${prefix} via 3 4`]);
      expect(bench.slot()).toBe('rip 3+4');
    });

    it('asks for nothing when the next hops are the same in another order', async () => {
      await bench.apply(bench.install(prefix, 3, 4));
      await bench.apply(bench.install(prefix, 4, 3));
      expect(bench.kernel.requests).toHaveLength(1);
      expect(bench.outcomes).toHaveLength(2);
    });

    it('sends what one step changes as one batch, and what comes meanwhile as the next', async () => {
      bench.fib.apply([bench.install(net(1), 2), bench.install(net(2), 2)]);
      bench.fib.apply([bench.install(net(3), 2)]);
      bench.fib.apply([bench.install(net(4), 2)]);
      await bench.host.settle();
      expect(bench.kernel.batches).toEqual([2, 2]);
    });

    it('limits a batch', async () => {
      const many = Array.from({ length: 1500 }, (_, at) => bench.install(subnet(at), 2));
      await bench.apply(...many);
      expect(bench.kernel.batches).toEqual([1024, 476]);
      expect(bench.kernel.routeList).toHaveLength(1500);
    });

    it('ends removed what was removed while its install was under way', async () => {
      bench.fib.apply([bench.install(prefix, 2)]);
      bench.fib.apply([bench.remove(prefix)]);
      await bench.host.settle();
      expect(bench.kernel.routeList).toEqual([]);
      expect(bench.kernel.requests).toEqual([`create exclusively ${prefix} via 2`, deletion(prefix, 2)]);
    });

    it('asks for the next change only when it was told of the one before', async () => {
      bench.kernel.late = [];
      await bench.apply(bench.install(prefix, 2));
      await bench.apply(bench.install(prefix, 3));
      expect(bench.kernel.requests).toHaveLength(1);
      bench.kernel.tellLate();
      await bench.host.settle();
      expect(bench.kernel.requests.slice(1)).toEqual([`replace ${prefix} via 3`]);
      expect(bench.slot()).toBe('rip 3');
    });

    it('lists everything when the kernel never tells of a change', async () => {
      bench.kernel.deaf();
      await bench.apply(bench.install(prefix, 2));
      expect(bench.outcomes).toEqual([]);
      await bench.host.advance(1_000);
      expect(bench.outcomes).toEqual([{ state: 'installed', prefix }]);
      expect(bench.kernel.requests).toHaveLength(1);
    });
  });

  describe('a refused route', () => {
    const { reason, gateway, addSubnet } = refusals[family];

    it('does not keep back the others, is reported once, and is retried until it is in', async () => {
      await bench.apply(bench.install(prefix, gateway), bench.install(net(8), 2));
      await bench.host.advance(30_000);
      expect(bench.slot(net(8))).toBe('rip 2');
      expect(bench.host.reports).toEqual([{ type: 'route-install-failed', prefix, reason }]);
      addSubnet(bench.kernel.fake);
      await bench.host.advance(32_000);
      expect(bench.slot()).toBe('rip 66');
      expect(bench.outcomes).toEqual([
        { state: 'failed', prefix, reason },
        { state: 'installed', prefix: net(8) },
        { state: 'installed', prefix },
      ]);
    });

    it('is retried after ever longer times', async () => {
      await bench.apply(bench.install(prefix, gateway));
      await bench.host.advance(1_000);
      expect(bench.kernel.requests).toHaveLength(2);
      await bench.host.advance(1_999);
      expect(bench.kernel.requests).toHaveLength(2);
      await bench.host.advance(600_000);
      expect(bench.kernel.requests.length).toBeLessThan(20);
    });

    it('is retried at once when a link or an address changes', async () => {
      await bench.apply(bench.install(prefix, gateway));
      addSubnet(bench.kernel.fake);
      bench.fib.interfacesChanged();
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 66');
    });

    it('is forgotten when it is no longer wanted', async () => {
      await bench.apply(bench.install(prefix, gateway));
      await bench.apply(bench.remove(prefix));
      await bench.host.advance(120_000);
      expect(bench.kernel.requests).toHaveLength(1);
    });
  });

  describe('a route of another protocol', () => {
    it('that was there first is left alone, reported once, and ours comes when it goes, which is reported, too', async () => {
      bench.someone('new', prefix, 9, 'static');
      await bench.host.settle();
      await bench.apply(bench.install(prefix, 2));
      bench.fib.interfacesChanged();
      await bench.host.advance(60_000);
      expect(bench.slot()).toBe('static 9');
      expect(bench.kernel.requests).toEqual([]);
      expect(bench.host.reports).toEqual([{ type: 'route-conflict', prefix, protocol: 'static' }]);
      const reason = 'a route of proto static has this prefix and metric';
      expect(bench.outcomes).toEqual([{ state: 'conflict', prefix, reason }]);
      expect(bench.fib.snapshot()).toMatchObject({ installed: 0, conflicting: 1, failed: 0 });
      bench.someone('delete', prefix, undefined, 'static');
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      expect(bench.outcomes.at(-1)).toEqual({ state: 'installed', prefix });
      expect(bench.host.reports.slice(1)).toEqual([{ type: 'route-admitted', prefix }]);
    });

    it('that was there first survives our withdrawal and our stop', async () => {
      bench.someone('new', prefix, 9, 'static');
      await bench.apply(bench.install(prefix, 2));
      await bench.apply(bench.remove(prefix));
      await bench.fib.stop();
      expect(bench.slot()).toBe('static 9');
    });

    it('that came in a race is found by listing, and left alone', async () => {
      bench.kernel.unheard(() => bench.someone('new', prefix, 9, 'static'));
      await bench.apply(bench.install(prefix, 2));
      await bench.host.advance(5_000);
      expect(bench.slot()).toBe('static 9');
      expect(bench.kernel.requests).toHaveLength(1);
      expect(bench.host.reports).toEqual([{ type: 'route-conflict', prefix, protocol: 'static' }]);
    });

    it('in another table, with another metric or another TOS is none of our business', async () => {
      for (const difference of [
        { table: 100 },
        { priority: 30 },
        ...(family === 'ipv4' ? [{ tos: 4 }] : []),
      ]) {
        const { message, ...request } = foreignRoute('new', prefix, bench.plan.gateway(9), 'static');
        bench.kernel.someone({ ...request, message: { ...message, ...difference } });
      }
      await bench.apply(bench.install(prefix, 2));
      expect(bench.outcomes).toEqual([{ state: 'installed', prefix }]);
    });
  });

  describe('healing', () => {
    it('puts a deleted route back at once and names the netlink port that did it', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.someone('delete', prefix, undefined, 'rip');
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      const culprit = bench.stranger;
      expect(bench.host.reports).toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
      expect(bench.fib.snapshot().heals).toBe(1);
      expect(bench.outcomes).toHaveLength(1);
    });

    it('puts an altered route right', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.someone('new', prefix, 7, 'rip', create | replace);
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      expect(bench.host.reports).toMatchObject([{ type: 'route-healed', change: 'altered' }]);
    });

    it('removes a second route of our protocol that someone has added', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.someone('new', prefix, 7, 'rip', create | append);
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
    });

    it('reports a deletion that is told only after everything was listed', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.kernel.late = [];
      bench.someone('delete', prefix, undefined, 'rip');
      bench.fib.interfacesChanged();
      await bench.host.settle();
      bench.kernel.tellLate();
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      const culprit = bench.stranger;
      expect(bench.host.reports).toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
    });

    it('of a route that another protocol replaced, and then withdrew, blames it once, for the first', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.someone('new', prefix, 2, 'static', create | replace);
      bench.someone('delete', prefix, 2, 'static');
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      expect(bench.host.reports).toEqual([
        { type: 'route-healed', prefix, change: 'altered', culprit: 'proto static' },
      ]);
    });

    it('does not take its own changes for those of others', async () => {
      await bench.apply(bench.install(prefix, 2));
      await bench.apply(bench.install(prefix, 3));
      await bench.apply(bench.remove(prefix));
      expect(bench.host.reports).toEqual([]);
    });

    it('waits longer and longer in a fight, says so once, and never gives up', async () => {
      await bench.apply(bench.install(prefix, 2));
      for (let round = 0; round < 600; round += 1) {
        if (bench.slot() !== '') bench.someone('delete', prefix, undefined, 'rip');
        await bench.host.advance(100);
      }
      const heals = bench.host.reports.filter(({ type }) => type === 'route-healed').length;
      expect(heals).toBeGreaterThan(30);
      expect(heals).toBeLessThan(40);
      const contested = bench.host.reports.filter(({ type }) => type === 'routes-contested');
      expect(contested).toEqual([{ type: 'routes-contested', routes: 1, prefix, culprit: bench.stranger }]);
      await bench.host.advance(30_000);
      expect(bench.slot()).toBe('rip 2');
      await bench.host.advance(61_000);
      bench.someone('delete', prefix, undefined, 'rip');
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
    });

    it('removes a contested route at once when it is no longer wanted', async () => {
      await bench.apply(bench.install(prefix, 2));
      for (let round = 0; round < 31; round += 1) {
        bench.someone('delete', prefix, undefined, 'rip');
        await bench.host.settle();
      }
      bench.someone('new', prefix, 2, 'rip');
      await bench.host.settle();
      await bench.apply(bench.remove(prefix));
      expect(bench.slot()).toBe('');
    });
  });

  describe('after lost notifications', () => {
    it('lists everything, heals, and says that nobody knows who it was', async () => {
      await bench.apply(bench.install(prefix, 2), bench.install(net(8), 2));
      bench.kernel.unheard(() => bench.someone('delete', prefix, undefined, 'rip'));
      bench.kernel.overrun();
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      expect(bench.host.reports).toEqual([
        { type: 'kernel-overrun' },
        { type: 'route-healed', prefix, change: 'deleted', culprit: 'unknown (notifications were lost)' },
      ]);
    });

    it('heals what was deleted before our own change was told', async () => {
      bench.kernel.late = [];
      await bench.apply(bench.install(prefix, 2));
      bench.someone('delete', prefix, 2, 'rip');
      await bench.host.settle();
      bench.kernel.tellLate();
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      const culprit = bench.stranger;
      expect(bench.host.reports).toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
    });

    it('takes into account what is told while it lists', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.kernel.overrun();
      // The list is taken; this comes after it.
      bench.someone('delete', prefix, undefined, 'rip');
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
    });

    it('lists again when listing failed', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.kernel.unheard(() => bench.someone('delete', prefix, undefined, 'rip'));
      bench.kernel.failure = Object.assign(new Error('it broke'), { code: 'EIO' });
      bench.kernel.overrun();
      await bench.host.settle();
      expect(bench.slot()).toBe('');
      expect(bench.host.reports.at(-1)).toEqual({ type: 'kernel-failed', reason: 'it broke' });
      await bench.host.advance(1_000);
      expect(bench.slot()).toBe('rip 2');
    });

    it('reports once, not for every attempt, that it cannot list', async () => {
      const { list } = bench.kernel.routes;
      const error = Object.assign(new Error('it broke'), { code: 'EIO' });
      bench.kernel.routes.list = () => Promise.reject(error);
      bench.kernel.overrun();
      await bench.host.advance(10_000);
      bench.kernel.routes.list = list;
      await bench.host.advance(2_000);
      bench.kernel.routes.list = () => Promise.reject(error);
      bench.kernel.overrun();
      await bench.host.advance(10_000);
      expect(bench.host.reports.filter(({ type }) => type === 'kernel-failed')).toHaveLength(2);
    });

    it('finds out what became of a batch that failed as a whole', async () => {
      bench.kernel.failure = Object.assign(new Error('it broke'), { code: 'EIO' });
      await bench.apply(bench.install(prefix, 2));
      await bench.host.advance(2_000);
      expect(bench.slot()).toBe('rip 2');
      expect(bench.outcomes).toEqual([{ state: 'installed', prefix }]);
    });

    it('finds in time what nobody told it', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.kernel.unheard(() => bench.someone('delete', prefix, undefined, 'rip'));
      await bench.host.advance(600_000);
      expect(bench.slot()).toBe('rip 2');
    });

    it('puts back what Linux dropped with a link, and reports nothing', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.kernel.dropRoutes();
      bench.fib.interfacesChanged();
      await bench.host.settle();
      expect(bench.slot()).toBe('rip 2');
      expect(bench.host.reports).toEqual([]);
    });

    it('lists once for a burst of changes of links', async () => {
      const before = bench.kernel.lists;
      for (let change = 0; change < 50; change += 1) {
        bench.fib.interfacesChanged();
        await bench.host.advance(1);
      }
      await bench.host.advance(1_000);
      expect(bench.kernel.lists - before).toBe(2);
    });
  });

  describe('routes of an earlier run', () => {
    beforeEach(async () => {
      bench = new FibBench(family);
      for (const to of [prefix, net(8)]) bench.someone('new', to, 2, 'rip');
      await bench.start();
    });

    it('stay if a neighbor announces them again, and go after the stale time if not', async () => {
      expect(bench.host.reports).toEqual([{ type: 'stale-routes', change: 'adopted', routes: 2 }]);
      await bench.apply(bench.install(prefix, 2));
      await bench.host.advance(58_000);
      expect(bench.kernel.routeList).toHaveLength(2);
      expect(bench.kernel.requests).toEqual([]);
      await bench.host.advance(1_000);
      expect(bench.slot()).toBe('rip 2');
      expect(bench.slot(net(8))).toBe('');
      expect(bench.host.reports.at(-1)).toEqual({ type: 'stale-routes', change: 'removed', routes: 1 });
    });

    it('are replaced, not deleted, if their next hop is another now', async () => {
      await bench.apply(bench.install(prefix, 3));
      expect(bench.kernel.requests).toEqual([`replace ${prefix} via 3`]);
    });

    it('have the stale time once neighbors can be heard, and stay until then', async () => {
      bench = new FibBench(family);
      bench.someone('new', prefix, 2, 'rip');
      await bench.fib.start();
      await bench.host.advance(3_600_000);
      bench.fib.listening();
      await bench.host.advance(59_999);
      bench.fib.listening();
      expect(bench.slot()).toBe('rip 2');
      await bench.host.advance(1);
      expect(bench.slot()).toBe('');
    });

    it('have it from the beginning if neighbors can be heard before they are found', async () => {
      bench = new FibBench(family);
      bench.someone('new', prefix, 2, 'rip');
      const starting = bench.fib.start();
      bench.fib.listening();
      await starting;
      await bench.host.advance(60_000);
      expect(bench.slot()).toBe('');
    });

    it('survive lost notifications while they are stale', async () => {
      bench.kernel.overrun();
      await bench.host.advance(1_000);
      expect(bench.kernel.routeList).toHaveLength(2);
    });
  });

  describe('while it starts', () => {
    beforeEach(() => {
      bench = new FibBench(family);
      bench.someone('new', prefix, 2, 'rip');
    });

    it('it lists again after lost notifications, but one list at a time', async () => {
      const starting = bench.fib.start();
      bench.fib.notificationsLost();
      expect(bench.kernel.lists).toBe(1);
      await starting;
      await bench.host.advance(1_000);
      expect(bench.kernel.lists).toBe(2);
    });

    it('a stop removes the routes that it finds, and nothing happens after it', async () => {
      const starting = bench.fib.start();
      bench.fib.listening();
      await Promise.all([starting, bench.fib.stop()]);
      expect(bench.kernel.routeList).toEqual([]);
      const reports = bench.host.reports.length;
      await bench.host.advance(600_000);
      expect(bench.host.reports).toHaveLength(reports);
    });
  });

  describe('the order of deletions', () => {
    const many = Array.from({ length: 5 }, (_, at) => net(at + 1));
    /** The host's random numbers are all 0: that shuffles five things so. */
    const shuffled = (prefixes: readonly string[]) => [1, 2, 3, 4, 0].map((at) => prefixes[at]);
    const deleted = (): (string | undefined)[] =>
      bench.kernel.requests.filter((text) => text.startsWith('delete')).map((text) => text.split(' ')[1]);

    beforeEach(async () => {
      await bench.apply(...many.map((to) => bench.install(to, 2)));
    });

    it('is shuffled when many routes are withdrawn: Linux is faster so', async () => {
      await bench.apply(...many.map((to) => bench.remove(to)));
      expect(deleted()).toEqual(shuffled(many));
    });

    it('is shuffled at the end', async () => {
      const listed = bench.kernel.routeList.map((route) => `${route.destination}/${route.destinationLength}`);
      await bench.fib.stop();
      expect(deleted()).toEqual(shuffled(listed));
    });
  });

  describe('a route that others have added with our protocol', () => {
    const theirs = net(6);

    beforeEach(async () => {
      bench.someone('new', theirs, 9, 'rip');
      await bench.host.settle();
    });

    it('is left alone, also after everything was listed again', async () => {
      bench.kernel.overrun();
      await bench.host.advance(1_000);
      expect(bench.slot(theirs)).toBe('rip 9');
    });

    it('is left alone also where ours was before', async () => {
      await bench.apply(bench.install(prefix, 2));
      await bench.apply(bench.remove(prefix));
      bench.someone('new', prefix, 9, 'rip');
      bench.kernel.overrun();
      await bench.host.advance(1_000);
      await bench.fib.stop();
      expect(bench.slot()).toBe('rip 9');
    });

    it('makes place for ours when a neighbor announces the prefix', async () => {
      await bench.apply(bench.install(theirs, 2));
      expect(bench.slot(theirs)).toBe('rip 2');
      await bench.apply(bench.remove(theirs));
      expect(bench.slot(theirs)).toBe('');
    });
  });

  describe('stopping', () => {
    it('removes every route of ours, and nothing that others have added, even with our protocol', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.someone('new', net(7), 9, 'static');
      bench.someone('new', net(6), 9, 'rip');
      await bench.host.settle();
      await bench.fib.stop();
      expect(bench.kernel.routeList.map(({ protocol }) => protocol).sort()).toEqual(['rip', 'static']);
    });

    it('waits for the batch under way', async () => {
      bench.fib.apply([bench.install(prefix, 2)]);
      await bench.fib.stop();
      expect(bench.kernel.routeList).toEqual([]);
    });

    it('leaves everything if it is told to keep it', async () => {
      bench = new FibBench(family, { onExit: 'keep' });
      await bench.start();
      await bench.apply(bench.install(prefix, 2));
      await bench.fib.stop();
      await bench.host.advance(600_000);
      expect(bench.slot()).toBe('rip 2');
    });

    it('does not heal any more', async () => {
      bench = new FibBench(family, { onExit: 'keep' });
      await bench.start();
      await bench.apply(bench.install(prefix, 2));
      await bench.fib.stop();
      bench.someone('delete', prefix, undefined, 'rip');
      await bench.host.advance(10_000);
      expect(bench.slot()).toBe('');
    });
  });
});

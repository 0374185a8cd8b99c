/** The fib on the real kernel, for both address families: what is the same for both. */
import { until } from '@ripstop/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gcc, installed } from '../kit/requirements.ts';
import { KernelFib, WITHIN_MS } from './kernel-fib.ts';
import { readRoute } from './route-reader.ts';

const NEXT_HOP_CHANGES = 1_000;
const MANY = 10_000;
const ours = 'via @2 proto rip';
const theirs = 'via @9 proto static';
const hasReader = installed('test/kernel/fib', gcc);

describe.each(['ipv4', 'ipv6'] as const)('of %s', (family) => {
  let bench: KernelFib;

  beforeEach(async () => {
    bench = await KernelFib.lay(family);
  });
  afterEach(async () => {
    await bench?.close();
  });

  describe('a static route with our metric', () => {
    beforeEach(async () => {
      const { prefix } = bench.plan;
      await bench.ip('route add PREFIX via @9 proto static metric 20');
      bench.apply(bench.install(prefix, 2));
      await expect
        .poll(() => bench.reports('route-conflict'))
        .toEqual([{ type: 'route-conflict', prefix, protocol: 'static' }]);
    });

    it('that is there before ours survives our install, our withdrawal and our exit', async () => {
      expect(await bench.slot()).toEqual([theirs]);
      bench.apply({ type: 'remove-route', prefix: bench.plan.prefix });
      await bench.fib.stop();
      expect(await bench.slot()).toEqual([theirs]);
    });

    it('that keeps ours out makes room for it by going', async () => {
      await bench.ip('route del PREFIX proto static metric 20');
      await bench.slotBecomes(ours);
    });
  });

  describe('a route of ours', () => {
    beforeEach(async () => {
      bench.apply(bench.install(bench.plan.prefix, 2));
      await bench.installed();
    });

    it('that someone deletes is put back at once, with a report', async () => {
      const { prefix } = bench.plan;
      await bench.isPutRight('route del PREFIX', ours);
      const culprit = expect.stringMatching(/^netlink port \d+$/);
      await expect
        .poll(() => bench.reports('route-healed'))
        .toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
    });

    it.each([
      'via @9',
      'via @2 mtu 1400',
      'dev eth0',
      ...(family === 'ipv4' ? ['via @2 src 192.168.1.1'] : ['via @2 expires 300', 'via @2 pref high']),
    ])('that someone alters to "%s" is put right at once', async (change) => {
      await bench.isPutRight(`route replace PREFIX ${change} proto rip metric 20`, ours);
      await expect.poll(() => bench.reports('route-healed')).toMatchObject([{ change: 'altered' }]);
    });

    it('beside which someone puts another of our protocol stays alone', async () => {
      await bench.ip('route append PREFIX via @9 proto rip metric 20');
      await bench.slotBecomes(ours);
      await expect.poll(() => bench.reports('route-healed')).toMatchObject([{ change: 'altered' }]);
    });

    it('that is taken over and over is put back after pauses, and is back in the end', async () => {
      for (let round = 0; round < 31; round += 1) {
        await bench.ip('route del PREFIX');
        await bench.slotBecomes(ours);
      }
      await expect.poll(() => bench.reports('routes-contested'), { timeout: WITHIN_MS }).toHaveLength(1);
    });

    it('comes back after its link was down, and nobody is blamed', async () => {
      await bench.router.setLink('eth0', 'down');
      await expect.poll(() => bench.slot()).toEqual([]);
      await bench.router.setLink('eth0', 'up');
      await bench.slotBecomes(ours);
      expect(bench.reports('route-healed')).toEqual([]);
    });

    it('by several next hops that someone flushes comes back', async () => {
      const several = ['proto rip', 'nexthop via @2 weight 1', 'nexthop via @3 weight 1'];
      bench.apply(bench.install(bench.plan.prefix, 2, 3));
      await bench.slotBecomes(...several);
      await bench.ip('route flush proto rip');
      await expect.poll(() => bench.reports('route-healed').length).toBeGreaterThan(0);
      await bench.slotBecomes(...several);
    });
  });

  describe.skipIf(!hasReader)('a reader of routes', () => {
    const sets = [[2], [3], [2, 3, 4], [5], [5, 2], [4, 3]];

    async function change(round: number): Promise<void> {
      const told = new Promise<void>((resolve) => {
        bench.told = resolve;
      });
      bench.apply(bench.install(bench.plan.prefix, ...(sets[round % sets.length] ?? [])));
      await told;
    }

    beforeEach(async () => {
      await change(0);
    });

    it(`finds a route whose next hops change ${NEXT_HOP_CHANGES} times always there`, async () => {
      const reading = await readRoute(bench, async () => {
        for (let round = 1; round <= NEXT_HOP_CHANGES; round += 1) await change(round);
      });
      expect(reading.rounds).toBeGreaterThan(NEXT_HOP_CHANGES);
      expect(reading).toMatchObject({ notListed: 0, notFoundTwice: 0 });
      // Linux: who asks for an IPv6 route in the very moment in which it is replaced may be told that there is none.
      if (family === 'ipv4') expect(reading.notFound).toBe(0);
      expect(bench.host.reports).toEqual([]);
    });

    it('notices when a route is not there', async () => {
      const reading = await readRoute(bench, async (reader) => {
        bench.apply({ type: 'remove-route', prefix: bench.plan.prefix });
        await reader.waitForLine(/^gone$/, WITHIN_MS);
      });
      expect(reading.notListed).toBeGreaterThan(0);
    });
  });

  describe('the default route of someone else', () => {
    it('is told when it comes and when the last one goes', async () => {
      await bench.ip('route add default via @9 proto static metric 7');
      await bench.toldOfDefault(true);
      await bench.ip('route add default via @8 metric 9');
      await bench.ip('route replace default via @7 proto static metric 7');
      await bench.ip('route del default metric 7');
      await bench.ip('route del default metric 9');
      await bench.toldOfDefault(true, false);
    });

    it('that is there at start is told at start', async () => {
      await bench.ip('route add default via @9');
      await bench.toldOfDefault(true);
      await bench.startAnew();
      await bench.toldOfDefault(true);
    });

    it('is told to be gone when its link goes down, and when it comes back', async () => {
      await bench.ip('route add default via @9');
      await bench.toldOfDefault(true);
      await bench.router.setLink('eth0', 'down');
      await bench.toldOfDefault(true, false);
      await bench.router.setLink('eth0', 'up');
      await bench.ip('route add default via @9');
      await bench.toldOfDefault(true, false, true);
    });

    it('counts when it leads somewhere, is in our table and not of our protocol', async () => {
      const { defaultRoute } = bench.plan;
      await bench.ip('route add unreachable default metric 3');
      await bench.ip('route add default via @9 table 100');
      await bench.ip('route add default via @9 proto rip metric 4');
      await bench.ip(`route add ${family === 'ipv4' ? '128.0.0.0/1' : '8000::/1'} via @9`);
      bench.apply(bench.install(defaultRoute, 2, 3));
      await bench.shadowed(3, defaultRoute, 'failed');
      bench.fib.interfacesChanged();
      await bench.toldOfDefault();
      await bench.ip('route replace default via @9 proto static metric 3');
      await bench.toldOfDefault(true);
      await bench.ip('route replace blackhole default proto static metric 3');
      await bench.toldOfDefault(true, false);
    });

    it('with our metric is seen, and seen to go', async () => {
      const { defaultRoute } = bench.plan;
      bench.apply(bench.install(defaultRoute, 2));
      await bench.installed(defaultRoute);
      await bench.ip('route append default via @9 proto static metric 20');
      await bench.toldOfDefault(true);
      await bench.ip('route del default via @9 proto static metric 20');
      await bench.toldOfDefault(true, false);
    });
  });

  describe('many routes', () => {
    it('come back each time that someone flushes them all, and none is left after an orderly exit', async () => {
      bench.apply(...bench.many(MANY).map((to) => bench.install(to, 2)));
      await expect.poll(() => bench.ripRoutes(), { timeout: WITHIN_MS }).toBe(MANY);
      // `ip` looks again until it finds nothing, so that it meets some a second time.
      const healed = (): number =>
        new Set(bench.reports('route-healed').map((report) => 'prefix' in report && report.prefix)).size;
      for (const _ of ['first', 'second']) {
        bench.host.reports.splice(0);
        // `ip` gives up when a route that it is about to delete is gone already.
        await until('ip flushes all', WITHIN_MS, () =>
          bench.ip('route flush proto rip').then(
            () => true,
            () => false,
          ),
        );
        await expect.poll(healed, { timeout: WITHIN_MS }).toBe(MANY);
        await expect.poll(() => bench.ripRoutes(), { timeout: WITHIN_MS }).toBe(MANY);
      }
      expect(bench.reports('routes-contested')).toEqual([]);
      await bench.fib.stop();
      expect(await bench.ripRoutes()).toBe(0);
    });

    it('are all there although the twelfth of a thousand is refused, which is told and retried', async () => {
      const prefixes = bench.many(1_000);
      const twelfth = prefixes[11] as string;
      const [gateway, subnet, reason] =
        family === 'ipv4'
          ? ['172.16.0.1', '172.16.0.2/24', 'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway']
          : ['2001:db8:77::1', '2001:db8:77::2/64', 'RTM_NEWROUTE: EHOSTUNREACH: No route to host'];
      const refused = {
        type: 'install-route',
        prefix: twelfth,
        nextHops: [{ ...bench.via(2), gateway }],
      } as const;
      bench.apply(...prefixes.map((to) => (to === twelfth ? refused : bench.install(to, 2))));
      await expect.poll(() => bench.ripRoutes(), { timeout: WITHIN_MS }).toBe(999);
      expect(bench.host.reports).toEqual([{ type: 'route-install-failed', prefix: twelfth, reason }]);
      const failed = bench.outcomes.filter(({ state }) => state === 'failed');
      expect(failed).toEqual([{ state: 'failed', prefix: twelfth, reason }]);
      await bench.ip(`addr add ${subnet} dev eth0`);
      await bench.installed(twelfth);
      expect(await bench.ripRoutes()).toBe(1_000);
    });

    it('are removed as they come and go', async () => {
      const prefixes = bench.many(3_000);
      bench.apply(...prefixes.map((to) => bench.install(to, 2)));
      bench.apply(...prefixes.slice(0, 2_990).map((to) => ({ type: 'remove-route', prefix: to }) as const));
      await expect.poll(() => bench.ripRoutes(), { timeout: WITHIN_MS }).toBe(10);
      expect(bench.host.reports).toEqual([]);
    });
  });

  describe('routes of an earlier run', () => {
    it('are adopted, not deleted, and removed by an orderly exit', async () => {
      bench.apply(bench.install(bench.plan.prefix, 2));
      await bench.installed();
      await bench.startAnew();
      expect(bench.reports('stale-routes')).toEqual([{ type: 'stale-routes', change: 'adopted', routes: 1 }]);
      expect(await bench.slot()).toEqual([ours]);
      await bench.fib.stop();
      expect(await bench.slot()).toEqual([]);
    });
  });
});

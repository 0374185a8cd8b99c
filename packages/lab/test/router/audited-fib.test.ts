/** The fib on a kernel in memory: what lists find that nobody told of, what is told while one is read, and what is forgotten. */
import { messageFlags, type RouteMessage } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { FibBench } from './fib-bench.ts';
import { foreignRoute } from './observed-kernel.ts';

const { create, replace } = messageFlags.masks;
const AUDIT_MS = 60_000;
const MANY = 1_000;

describe.each(['ipv4', 'ipv6'] as const)('of %s', (family) => {
  let bench: FibBench;
  const { prefix, plan } = new FibBench(family);
  const many = Array.from({ length: MANY }, (_, at) => plan.subnet(at));

  beforeEach(async () => {
    bench = new FibBench(family);
    await bench.start();
  });

  describe('an audit', () => {
    it('comes every minute, and changes and tells nothing if nothing has changed', async () => {
      await bench.apply(...many.map((to) => bench.install(to, 2)));
      const before = { lists: bench.kernel.lists, requests: bench.kernel.requests.length };
      const { length } = bench.outcomes;
      await bench.host.advance(10 * AUDIT_MS);
      expect(bench.kernel.lists - before.lists).toBe(10);
      expect(bench.kernel.requests).toHaveLength(before.requests);
      expect(bench.outcomes).toHaveLength(length);
      expect(bench.host.reports).toEqual([]);
    });

    it.each([
      ['deleted', () => bench.someone('delete', prefix, 2, 'rip')],
      ['altered', () => bench.someone('new', prefix, 7, 'rip', create | replace)],
    ] as const)(
      'puts right what was %s, counts it, and says that nobody knows who it was',
      async (change, act) => {
        await bench.apply(bench.install(prefix, 2));
        bench.kernel.unheard(act);
        await bench.host.advance(AUDIT_MS);
        expect(bench.slot()).toBe('rip 2');
        expect(bench.fib.snapshot().heals).toBe(1);
        expect(bench.host.reports).toEqual([
          { type: 'route-healed', prefix, change, culprit: 'unknown (nothing was told)' },
        ]);
      },
    );

    it('blames nobody for a route that the kernel refuses', async () => {
      await bench.apply(bench.install(prefix, 2));
      bench.kernel.fake.refuseInstalls(1_000, 'ENOMEM');
      await bench.apply(bench.install(prefix, 3));
      await bench.host.advance(5 * AUDIT_MS);
      expect(bench.host.reports).toMatchObject([{ type: 'route-install-failed' }]);
    });
  });

  describe('a list', () => {
    /** While the next lists are read, others change a route so often. */
    function overtake(lists: number, changes: number): void {
      const list = bench.kernel.routes.list;
      const { message } = foreignRoute('new', plan.net(7), plan.gateway(9), 'static');
      const route = { tos: 0, flags: 0, sourceLength: 0, ...message } as RouteMessage;
      const portId = bench.kernel.strangerPort;
      const told = {
        object: 'route',
        operation: 'new',
        flags: 0,
        sequence: 1,
        portId,
        message: route,
      } as const;
      let left = lists;
      bench.kernel.routes.list = async (filter) => {
        const routes = await list(filter);
        left -= 1;
        if (left >= 0) for (let change = 0; change < changes; change += 1) bench.fib.receive([told]);
        return routes;
      };
    }

    it('that a link asks for waits until the changes are made', async () => {
      const order: string[] = [];
      const { batch, routes } = bench.kernel;
      bench.kernel.batch = (requests) => {
        order.push(`${requests.length} changes`);
        return batch.call(bench.kernel, requests);
      };
      const list = routes.list;
      routes.list = (filter) => {
        order.push('list');
        return list(filter);
      };
      const twice = Array.from({ length: 2 * MANY }, (_, at) => bench.install(plan.subnet(at), 2));
      bench.fib.apply(twice);
      bench.fib.interfacesChanged();
      await bench.host.settle();
      expect(order).toEqual(['1024 changes', '976 changes', 'list']);
    });

    it('that a storm overtakes is read again, and nothing of ours is taken for gone', async () => {
      await bench.apply(bench.install(prefix, 2));
      overtake(2, 60_000);
      const before = bench.kernel.lists;
      bench.kernel.overrun();
      await bench.host.settle();
      expect(bench.kernel.lists - before).toBe(3);
      expect(bench.host.reports).toEqual([{ type: 'kernel-overrun' }]);
      expect(bench.kernel.requests).toHaveLength(1);
    });

    it('that is overtaken over and over is left for a second, and that is told', async () => {
      overtake(5, 60_000);
      bench.kernel.overrun();
      await bench.host.settle();
      expect(bench.host.reports.at(-1)).toMatchObject({
        type: 'kernel-failed',
        reason: expect.stringContaining('while the routes were listed'),
      });
      await bench.apply(bench.install(prefix, 2));
      await bench.host.advance(1_000);
      expect(bench.outcomes).toEqual([{ state: 'installed', prefix }]);
    });
  });

  it('of routes that came and went nothing is kept', async () => {
    await bench.apply(...many.map((to) => bench.install(to, 2)));
    await bench.apply(...many.map((to) => bench.remove(to)));
    expect(bench.fib.kernelRoutes()).toEqual([]);
    expect(bench.fib.snapshot()).toMatchObject({ wanted: 0, installed: 0, stale: 0 });
    const before = bench.kernel.requests.length;
    for (const to of many) bench.someone('new', to, 9, 'rip');
    bench.fib.interfacesChanged();
    await bench.host.advance(2 * AUDIT_MS);
    await bench.fib.stop();
    expect(bench.kernel.requests).toHaveLength(before);
    expect(bench.kernel.routeList).toHaveLength(MANY);
  });

  it('what others add with our protocol while we run is never touched', async () => {
    for (const each of [prefix, plan.net(8)]) bench.someone('new', each, 9, 'rip');
    await bench.host.settle();
    bench.kernel.overrun();
    await bench.host.advance(2 * AUDIT_MS);
    await bench.fib.stop();
    expect(bench.slot()).toBe('rip 9');
    expect(bench.slot(plan.net(8))).toBe('rip 9');
    expect(bench.kernel.requests).toEqual([]);
  });

  it('it is not touched either by a route that is not wanted any more before it was asked for', async () => {
    bench.someone('new', prefix, 9, 'rip');
    await bench.host.settle();
    bench.fib.apply([bench.install(plan.net(8), 2)]);
    bench.fib.apply([bench.install(prefix, 2)]);
    bench.fib.apply([bench.remove(prefix)]);
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 9');
  });
});

/** The fib on a kernel in memory: routes of ours that are in the kernel, and do not serve because a better one does. */
import { messageFlags } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { FibBench } from './fib-bench.ts';
import { foreignRoute } from './observed-kernel.ts';

const { create, exclusive, replace, append } = messageFlags.masks;

describe.each(['ipv4', 'ipv6'] as const)('of %s', (family) => {
  let bench: FibBench;
  const { prefix, plan } = new FibBench(family);

  beforeEach(async () => {
    bench = new FibBench(family);
    await bench.start();
  });

  /** Someone changes routes with a smaller metric than ours. */
  async function better(
    operation: 'new' | 'delete',
    metric: number,
    { protocol = 'static', gateway = 9, flags = create | exclusive, to = prefix } = {},
  ): Promise<void> {
    const request = foreignRoute(operation, to, plan.gateway(gateway), protocol as 'static', flags);
    bench.kernel.someone({ ...request, message: { ...request.message, priority: metric } });
    await bench.host.settle();
  }

  const reports = (): object[] => bench.host.reports.filter(({ type }) => /shadowed|serves/.test(type));
  const shadowed = (metric: number, protocol = 'static') => ({
    type: 'route-shadowed',
    prefix,
    metric,
    protocol,
  });
  const reason = (metric: number, protocol = 'static') =>
    `a route of proto ${protocol} with metric ${metric} serves`;
  const servesAgain = { type: 'route-serves-again', prefix };
  const states = (): object[] =>
    bench.fib.kernelRoutes().map(({ state, reason: why }) => ({ state, reason: why }));

  it('a route is shadowed while a better one is there, and serves again when that goes; each is told once', async () => {
    await bench.apply(bench.install(prefix, 2));
    await better('new', 5);
    expect(states()).toEqual([{ state: 'shadowed', reason: reason(5) }]);
    expect(bench.fib.snapshot()).toMatchObject({ wanted: 1, installed: 0, shadowed: 1 });
    bench.fib.interfacesChanged();
    await bench.host.advance(200_000);
    await better('delete', 5);
    expect(states()).toEqual([{ state: 'installed' }]);
    expect(reports()).toEqual([shadowed(5), servesAgain]);
    expect(bench.outcomes).toEqual([
      { state: 'installed', prefix },
      { state: 'shadowed', prefix, reason: reason(5) },
      { state: 'installed', prefix },
    ]);
    expect(bench.kernel.requests).toHaveLength(1);
  });

  it.each(['blackhole', 'unreachable', 'prohibit'] as const)(
    'where a better one of type %s drops the packets, nobody is to send any',
    async (type) => {
      await bench.apply(bench.install(prefix, 2));
      const request = foreignRoute('new', prefix, undefined, 'static');
      const outputInterface = family === 'ipv6' ? 1 : undefined;
      const message = { ...request.message, type, outputInterface, priority: 5 };
      bench.kernel.someone({ ...request, message });
      await bench.host.settle();
      const why = `a route of proto static with metric 5 (${type}) serves`;
      expect(bench.outcomes.at(-1)).toEqual({ state: 'failed', prefix, reason: why });
      bench.kernel.someone({ ...request, operation: 'delete', flags: 0, message });
      await bench.host.settle();
      expect(bench.outcomes.at(-1)).toEqual({ state: 'installed', prefix });
    },
  );

  it('it is in the kernel all the same, and a better one that is there before it is known', async () => {
    await better('new', 5);
    await bench.apply(bench.install(prefix, 2));
    expect(bench.slot()).toBe('static 9, rip 2');
    expect(bench.outcomes).toEqual([{ state: 'shadowed', prefix, reason: reason(5) }]);
  });

  it('a better one that is there at start is known', async () => {
    bench = new FibBench(family);
    await better('new', 5);
    await bench.start();
    await bench.apply(bench.install(prefix, 2));
    expect(states()).toEqual([{ state: 'shadowed', reason: reason(5) }]);
  });

  it('of several the best one is named, and the one after it when it goes', async () => {
    await bench.apply(bench.install(prefix, 2));
    await better('new', 5);
    await better('new', 3, { protocol: 'bgp' });
    await better('delete', 3, { protocol: 'bgp' });
    await better('delete', 5);
    expect(reports()).toEqual([shadowed(5), shadowed(3, 'bgp'), shadowed(5), servesAgain]);
  });

  it('of several next hops the last one ends it', async () => {
    await bench.apply(bench.install(prefix, 2));
    await better('new', 5);
    await better('new', 5, { gateway: 8, flags: create | append });
    await better('delete', 5);
    expect(states()).toMatchObject([{ state: 'shadowed' }]);
    await better('delete', 5, { gateway: 8 });
    expect(states()).toEqual([{ state: 'installed' }]);
  });

  it('a better one that another protocol replaces is told anew', async () => {
    await bench.apply(bench.install(prefix, 2));
    await better('new', 5);
    await better('new', 5, { protocol: 'bgp', flags: create | replace });
    await better('delete', 5, { protocol: 'bgp' });
    expect(reports()).toEqual([shadowed(5), shadowed(5, 'bgp'), servesAgain]);
  });

  it('a change of next hops of a shadowed route is told to the router, and is no news for the operator', async () => {
    await better('new', 5);
    await bench.apply(bench.install(prefix, 2));
    await bench.apply(bench.install(prefix, 3));
    expect(bench.outcomes.map(({ state }) => state)).toEqual(['shadowed', 'shadowed']);
    expect(reports()).toEqual([shadowed(5)]);
  });

  it('one with a greater metric, in another table or for another prefix shadows nothing', async () => {
    await bench.apply(bench.install(prefix, 2));
    await better('new', 21);
    await better('new', 5, { to: plan.net(8) });
    const request = foreignRoute('new', prefix, plan.gateway(9), 'static', create);
    bench.kernel.someone({ ...request, message: { ...request.message, priority: 5, table: 100 } });
    await bench.host.settle();
    expect(states()).toEqual([{ state: 'installed' }]);
    expect(reports()).toEqual([]);
  });

  it('what comes and goes unheard is found by the audit', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.unheard(() => void better('new', 5));
    await bench.host.advance(60_000);
    expect(states()).toMatchObject([{ state: 'shadowed' }]);
    bench.kernel.unheard(() => void better('delete', 5));
    await bench.host.advance(60_000);
    expect(states()).toEqual([{ state: 'installed' }]);
  });

  it('a better one whose link has no carrier is passed over, where the kernel does so', async () => {
    await bench.apply(bench.install(prefix, 2));
    const request = foreignRoute('new', prefix, plan.gateway(9), 'static', create | exclusive);
    const message = { ...request.message, priority: 5, tos: 0, sourceLength: 0, flags: 0x11 };
    const { strangerPort: portId } = bench.kernel;
    const told = { object: 'route', operation: 'new', flags: create, sequence: 1, portId, message } as const;
    bench.fib.receive([told as unknown as Parameters<typeof bench.fib.receive>[0][number]]);
    await bench.host.settle();
    expect(states()).toEqual([{ state: 'installed' }]);
  });
});

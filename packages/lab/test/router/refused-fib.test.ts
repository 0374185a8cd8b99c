/** The fib on a kernel in memory: what the kernel refuses, why, and when it is asked again. */
import { NetlinkError } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { FibBench } from './fib-bench.ts';

const gateways = { ipv4: '10.0.0.66', ipv6: '2001:db8::66' };

describe.each(['ipv4', 'ipv6'] as const)('of %s', (family) => {
  let bench: FibBench;
  const {
    prefix,
    plan: { net },
  } = new FibBench(family);
  const impossible = gateways[family];

  beforeEach(async () => {
    bench = new FibBench(family);
    await bench.start();
  });

  const requestsFor = (to: string): number =>
    bench.kernel.requests.filter((words) => words.includes(` ${to} `)).length;
  const stateOf = (to: string) => bench.fib.kernelRoutes().find((one) => one.prefix === to)?.state;

  it.each(['ENOMEM', 'EPERM', 'ENETDOWN', 'EINVAL'] as const)(
    'is known by its reason (%s), and is asked for again until it is in',
    async (code) => {
      bench.kernel.fake.refuseInstalls(1, code);
      await bench.apply(bench.install(prefix, 2));
      expect(bench.fib.kernelRoutes()).toMatchObject([
        { prefix, state: 'failed', reason: expect.stringContaining(`RTM_NEWROUTE: ${code}`) },
      ]);
      expect(bench.fib.snapshot()).toMatchObject({ installed: 0, failed: 1 });
      await bench.host.advance(1_000);
      expect(bench.fib.kernelRoutes()).toEqual([
        { prefix, nextHops: expect.anything(), state: 'installed', heals: 0 },
      ]);
      expect(bench.host.reports.map(({ type }) => type)).toEqual(['route-install-failed', 'route-admitted']);
    },
  );

  it.each(['ENOBUFS', 'EEXIST'] as const)(
    'is not told of at once if the answer may mean something else (%s)',
    async (code) => {
      bench.kernel.fake.refuseInstalls(1, code);
      await bench.apply(bench.install(prefix, 2));
      await bench.host.advance(100);
      expect(bench.outcomes).toEqual([{ state: 'installed', prefix }]);
      expect(bench.host.reports).toEqual([]);
    },
  );

  it.each(['ENOBUFS', 'EEXIST'] as const)('is told of if that answer comes again (%s)', async (code) => {
    bench.kernel.fake.refuseInstalls(100, code);
    await bench.apply(bench.install(prefix, 2));
    const before = bench.kernel.lists;
    await bench.host.advance(30_000);
    expect(bench.outcomes).toMatchObject([{ state: 'failed' }]);
    expect(requestsFor(prefix)).toBeLessThan(8);
    expect(bench.kernel.lists - before).toBeLessThan(3);
  });

  it('keeps no other waiting, whenever that one came', async () => {
    await bench.apply(bench.install(prefix, impossible));
    await bench.host.advance(40_000);
    bench.kernel.fake.refuseInstalls(1, 'ENOMEM');
    await bench.apply(bench.install(net(8), 2));
    expect(stateOf(net(8))).toBe('failed');
    await bench.host.advance(1_000);
    expect(stateOf(net(8))).toBe('installed');
    expect(stateOf(prefix)).toBe('failed');
  });

  it('is asked for again when a subnet comes that its gateway may be in', async () => {
    await bench.apply(bench.install(prefix, impossible));
    await bench.host.advance(40_000);
    const before = requestsFor(prefix);
    const subnet = family === 'ipv4' ? ['10.0.0.64', 26] : ['2001:db8::', 64];
    const [destination, destinationLength] = subnet as [string, number];
    const scope = family === 'ipv4' ? 'link' : 'global';
    const message = {
      family,
      destination,
      destinationLength,
      table: 254,
      priority: 7,
      protocol: 'static',
      scope,
      type: 'unicast',
      outputInterface: 2,
    } as const;
    bench.kernel.someone({ object: 'route', operation: 'new', flags: 0x400, message });
    await bench.host.settle();
    expect(requestsFor(prefix)).toBe(before + 1);
  });

  it('by the failure of a deletion stays stale, and is deleted in the end', async () => {
    await bench.apply(bench.install(prefix, 2));
    const batch = bench.kernel.batch.bind(bench.kernel);
    const refusal = new NetlinkError({ errno: 1, operation: 'RTM_DELROUTE', sequence: 1 });
    bench.kernel.batch = async () => [refusal];
    await bench.apply(bench.remove(prefix));
    expect(bench.fib.kernelRoutes()).toEqual([
      { prefix, nextHops: [], state: 'stale', reason: refusal.message, heals: 0 },
    ]);
    bench.kernel.batch = batch;
    await bench.host.advance(1_000);
    expect(bench.fib.kernelRoutes()).toEqual([]);
    expect(bench.slot()).toBe('');
  });
});

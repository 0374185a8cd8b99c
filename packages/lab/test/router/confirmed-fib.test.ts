// The first second: what an earlier run has left is not changed before all neighbors have had time to speak.
import { beforeEach, describe, expect, it } from 'vitest';
import { FibBench } from './fib-bench.ts';

describe.each(['ipv4', 'ipv6'] as const)('a route of %s of an earlier run', (family) => {
  let bench: FibBench;
  let prefix: string;

  beforeEach(async () => {
    bench = new FibBench(family);
    ({ prefix } = bench);
    bench.someone('new', prefix, 2, 'rip');
    bench.kernel.subscribe(
      ['route'],
      (notifications) => bench.fib.receive(notifications),
      () => bench.fib.notificationsLost(),
    );
    await bench.fib.start();
    bench.fib.listening();
  });

  it('is not touched if the second neighbor wants it as it is', async () => {
    await bench.apply(bench.install(prefix, 3));
    await bench.host.advance(900);
    await bench.apply(bench.install(prefix, 2));
    await bench.host.advance(50_000);
    expect(bench.kernel.requests).toEqual([]);
    expect(bench.outcomes).toContainEqual({ state: 'installed', prefix });
  });

  it('is replaced after a second if nobody does', async () => {
    await bench.apply(bench.install(prefix, 3));
    await bench.host.advance(999);
    expect(bench.kernel.requests).toEqual([]);
    await bench.host.advance(1);
    expect(bench.kernel.requests).toEqual([`replace ${prefix} via 3`]);
  });

  it('is replaced at once from then on', async () => {
    await bench.host.advance(1_000);
    await bench.apply(bench.install(prefix, 3));
    expect(bench.kernel.requests).toEqual([`replace ${prefix} via 3`]);
  });

  it('that somebody takes is stale no more, and not counted when the others expire', async () => {
    expect(bench.fib.snapshot().stale).toBe(1);
    bench.someone('delete', prefix, 2, 'rip');
    await bench.host.settle();
    expect(bench.fib.snapshot().stale).toBe(0);
    expect(bench.fib.kernelRoutes()).toEqual([]);
    await bench.host.advance(60_000);
    expect(bench.host.reports.filter((report) => 'change' in report && report.change === 'removed')).toEqual(
      [],
    );
  });

  it('that goes meanwhile is put back at once', async () => {
    await bench.apply(bench.install(prefix, 3));
    bench.someone('delete', prefix, 2, 'rip');
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 3');
  });

  it('that its neighbor takes back is removed at once', async () => {
    await bench.apply(bench.install(prefix, 3));
    await bench.apply(bench.remove(prefix));
    await bench.host.settle();
    expect(bench.slot()).toBe('');
  });
});

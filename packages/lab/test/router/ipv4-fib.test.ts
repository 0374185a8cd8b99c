/** The fib on a kernel in memory: what is so for IPv4 only. Routes go silently, and two of one metric stand side by side. */
import { messageFlags } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { FibBench } from './fib-bench.ts';

const { create, replace } = messageFlags.masks;

let bench: FibBench;
let prefix: string;

beforeEach(async () => {
  bench = new FibBench('ipv4');
  ({ prefix } = bench);
  await bench.start();
});

describe('the fib of IPv4', () => {
  it('takes a route that the kernel dropped silently for removed', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.dropRoutes();
    await bench.apply(bench.remove(prefix));
    await bench.host.advance(5_000);
    expect(bench.kernel.requests).toHaveLength(2);
    expect(bench.host.reports).toEqual([]);
  });

  it('changes a route that the kernel dropped silently', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.kernel.dropRoutes();
    await bench.apply(bench.install(prefix, 3));
    expect(bench.slot()).toBe('rip 3');
    expect(bench.kernel.requests).toHaveLength(2);
  });

  it('does not take a change by someone else, told after its own, for its own', async () => {
    bench.kernel.late = [];
    await bench.apply(bench.install(prefix, 2));
    bench.someone('new', prefix, 9, 'static', create | replace);
    bench.kernel.tellLate();
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2, static 9');
  });

  it('leaves a route of another protocol that took the place of ours, and puts ours back before it', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.someone('new', prefix, 9, 'static', create | replace);
    await bench.host.settle();
    expect(bench.slot()).toBe('rip 2, static 9');
    expect(bench.host.reports).toEqual([
      { type: 'route-healed', prefix, change: 'altered', culprit: 'proto static' },
    ]);
  });

  it('never replaces a route of another protocol beside ours, whichever serves', async () => {
    await bench.apply(bench.install(prefix, 2));
    bench.someone('new', prefix, 9, 'static', create);
    await bench.host.settle();
    expect(bench.slot()).toBe('static 9, rip 2');
    await bench.apply(bench.install(prefix, 3));
    expect(bench.slot()).toBe('rip 3, static 9');
    await bench.apply(bench.install(prefix, 4));
    expect(bench.slot()).toBe('rip 4, static 9');
    expect(bench.kernel.requests.filter((request) => request.startsWith('replace'))).toEqual([]);
    await bench.apply(bench.remove(prefix));
    expect(bench.slot()).toBe('static 9');
  });
});

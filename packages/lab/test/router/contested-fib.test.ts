/** The fib on a kernel in memory: somebody keeps changing its routes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FibBench } from './fib-bench.ts';

const MANY = 2_000;

describe.each(['ipv4', 'ipv6'] as const)('of %s', (family) => {
  let bench: FibBench;
  const { prefix, plan } = new FibBench(family);

  beforeEach(async () => {
    bench = new FibBench(family);
    await bench.start();
  });

  async function take(times: number, ...prefixes: string[]): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      for (const to of prefixes) bench.someone('delete', to, 2, 'rip');
      await bench.host.settle();
    }
  }
  const reports = (of: RegExp): object[] => bench.host.reports.filter(({ type }) => of.test(type));

  it('a route that is taken thirty times within a minute is back at once each time', async () => {
    await bench.apply(bench.install(prefix, 2));
    await take(30, prefix);
    expect(bench.slot()).toBe('rip 2');
    expect(bench.fib.kernelRoutes()).toMatchObject([
      { state: 'installed', heals: 30, culprit: bench.stranger },
    ]);
  });

  it('one that is taken less often than thirty times a minute never waits, however long that goes on', async () => {
    await bench.apply(bench.install(prefix, 2));
    for (let time = 0; time < 300; time += 1) {
      await take(1, prefix);
      expect(bench.slot()).toBe('rip 2');
      await bench.host.advance(2_100);
    }
    expect(reports(/contested/)).toEqual([]);
  });

  it('then it waits, is not announced meanwhile, and nothing else waits', async () => {
    const other = plan.net(8);
    await bench.apply(bench.install(prefix, 2), bench.install(other, 2));
    await take(31, prefix);
    await take(1, other);
    expect([bench.slot(), bench.slot(other)]).toEqual(['', 'rip 2']);
    expect(bench.fib.kernelRoutes()).toMatchObject([
      { prefix, state: 'contested', reason: expect.stringContaining(bench.stranger) },
      { prefix: other, state: 'installed' },
    ]);
    expect(bench.outcomes.at(-1)).toMatchObject({ state: 'failed', prefix });
    await bench.host.advance(1_000);
    expect(bench.slot()).toBe('rip 2');
    expect(bench.outcomes.at(-1)).toEqual({ state: 'installed', prefix });
  });

  it('a fight over many routes is told once, with their number, and once when it is over', async () => {
    const many = Array.from({ length: 50 }, (_, at) => plan.subnet(at));
    await bench.apply(...many.map((to) => bench.install(to, 2)));
    await take(31, ...many);
    await bench.host.advance(1_000);
    await take(1, ...many);
    const culprit = bench.stranger;
    const begin = { type: 'routes-contested', routes: 50, prefix: many[0], culprit };
    expect(reports(/contested/)).toEqual([begin]);
    expect(reports(/install-failed/)).toEqual([]);
    await bench.host.advance(120_000);
    expect(reports(/contested/)).toEqual([begin, { type: 'routes-uncontested', routes: 50 }]);
    expect(bench.fib.snapshot()).toMatchObject({ installed: 50, failed: 0 });
    await take(30, ...many);
    expect(bench.slot(many[0])).toBe('rip 2');
  });

  it(`a flush of ${MANY} is healed at once, and so is another one`, async () => {
    const many = Array.from({ length: MANY }, (_, at) => plan.subnet(at));
    await bench.apply(...many.map((to) => bench.install(to, 2)));
    for (const heals of [MANY, 2 * MANY]) {
      await take(1, ...many);
      expect(bench.fib.snapshot()).toMatchObject({ installed: MANY, heals });
      expect(bench.kernel.routeList).toHaveLength(MANY);
    }
    expect(reports(/contested/)).toEqual([]);
  });
});

/** Redistribution with the real kernel: what is taken in of its routes, and when it goes. */
import type { RedistributionRule } from '@ripstop/router';
import { afterEach, describe, expect, it } from 'vitest';
import { KernelRedistribution, plans, rule, SECONDS } from './kernel-redistribution.ts';

describe.each(['ipv4', 'ipv6'] as const)('redistribution of %s', (family) => {
  let bench: KernelRedistribution;
  const lay = async (...rules: RedistributionRule[]): Promise<void> => {
    bench = await KernelRedistribution.lay(family, ...rules);
  };
  afterEach(() => bench?.close());

  it('takes in routes by who made them, and lets go what goes', async () => {
    await lay(rule('static'), rule('boot', { metric: 3 }), rule('babel', { tag: 7 }));
    await bench.ip('route add #1 @eth0 proto static');
    await bench.ip('route add #2 @eth0');
    await bench.ip('route add #3 @lan0 proto babel');
    await bench.ip('route add #4 @eth0 proto bgp');
    await bench.takes('1 static', '2 boot metric 3', '3 babel metric 5 tag 7');
    await bench.told(bench.plan.net(3), 5);
    expect(bench.heard.get(bench.plan.net(3))?.tag).toBe(7);
    await bench.ip('route del #3');
    await bench.takes('1 static', '2 boot metric 3');
    await bench.told(bench.plan.net(3), 16);
  });

  it('connected: the subnets of interfaces that are up, single addresses of lo too', async () => {
    await lay(rule('connected'));
    const { plan } = bench;
    await bench.takes(`${plan.lan0} connected`);
    await bench.ip(`address add ${plan.loopback} dev lo`);
    await bench.takes(`${plan.lan0} connected`, `${plan.loopback} connected`);
    await bench.router.setLink('lan0', 'down');
    await bench.takes(`${plan.loopback} connected`);
    await bench.told(plan.lan0, 16);
    await bench.ip(`address del ${plan.loopback} dev lo`);
    await bench.takes();
  });

  it('kernel: not the connected ones', async () => {
    await lay(rule('kernel'));
    await bench.ip('route add #1 @lan0 proto kernel');
    await bench.takes('1 kernel');
  });

  it('the first rule that matches decides, by prefix set, type and table', async () => {
    const first = { name: 'first', ranges: [plans[family].first] };
    await lay(
      rule('static', { prefixSet: first, metric: 2 }),
      rule('static', { table: 100, metric: 4 }),
      rule('static', { types: ['blackhole', 'prohibit'], metric: 6 }),
      rule('static', { metric: 8 }),
    );
    await bench.ip('route add #1 @eth0 proto static');
    await bench.ip('route add #2 @eth0 proto static table 100');
    await bench.ip('route add #3 @eth0 proto static');
    await bench.ip('route add blackhole #4 proto static');
    await bench.ip('route add unreachable #5 proto static');
    await bench.ip('route add prohibit #6 proto static');
    await bench.ip('route add #7 @eth0 proto static table 101');
    await bench.takes(
      '1 static metric 2',
      '2 static metric 4',
      '3 static metric 8',
      '4 static metric 6',
      '6 static metric 6',
    );
  });

  it('of several routes for a prefix the one that the kernel uses decides', async () => {
    await lay(rule('static', { metric: 2 }), rule('bgp', { metric: 4 }));
    await bench.ip('route add #1 @eth0 proto static metric 100');
    await bench.takes('1 static metric 2');
    await bench.ip('route add #1 @lan0 proto bgp metric 50');
    await bench.takes('1 bgp metric 4');
    await bench.ip('route add #1 @lan0 proto babel metric 30');
    await bench.takes();
    await bench.ip('route del #1 proto babel');
    await bench.takes('1 bgp metric 4');
    await bench.ip('route del #1 proto bgp');
    await bench.takes('1 static metric 2');
  });

  it('of several tables the lowest metric decides', async () => {
    await lay(rule('static', { metric: 2 }), rule('static', { table: 100, metric: 4 }));
    await bench.ip('route add #1 @eth0 proto static metric 100');
    await bench.ip('route add #1 @eth0 proto static metric 50 table 100');
    await bench.takes('1 static metric 4');
    await bench.ip('route add #1 @eth0 proto static metric 30');
    await bench.takes('1 static metric 2');
    await bench.ip('route flush proto static');
    await bench.takes('1 static metric 4');
  });

  it('after a loss of notifications it is right again, and nothing was withdrawn that is there', async () => {
    await lay(rule('static'));
    await bench.ip('route add #1 @eth0 proto static');
    await bench.ip('route add #2 @eth0 proto static');
    await bench.takes('1 static', '2 static');
    const numbers = Array.from({ length: 20_000 }, (_, at) => at + 10);
    bench.batchUnheard([
      ...numbers.map((number) => `route add #${number} @eth0 proto babel`),
      ...numbers.map((number) => `route del #${number} proto babel`),
      'route del #1',
      'route add #3 @eth0 proto static',
    ]);
    await bench.takes('2 static', '3 static');
    expect(bench.reports('kernel-overrun')).not.toEqual([]);
    const lost = bench.host.reports.filter(
      (report) => report.type === 'route-changed' && report.metric === 16,
    );
    expect(lost).toMatchObject([{ prefix: bench.plan.net(1) }]);
  });

  it('knows what was there before a rule wanted its prefix', async () => {
    await lay(rule('static'));
    await bench.ip('route add #1 @lan0 proto babel metric 30');
    await bench.ip('route add #1 @eth0 proto static metric 100');
    await bench.ip('route add #2 @eth0 proto static metric 100');
    await bench.takes('2 static');
  });

  it('what RIP has put into the kernel never comes back in, and does not stand in the way', async () => {
    await lay(rule('static'), rule('kernel'));
    await bench.ip('route add #1 @eth0 proto rip metric 20');
    await bench.ip('route add #2 @eth0 proto rip metric 20');
    await bench.ip('route add #2 @eth0 proto static metric 200');
    await bench.takes('2 static');
  });

  it('lets go what the kernel drops with its link, or cannot reach over it', async () => {
    await lay(rule('static'));
    await bench.ip('route add #1 @lan0 proto static');
    await bench.ip('route add #2 @eth0 proto static');
    await bench.takes('1 static', '2 static');
    await bench.lab.node('neighbor').setLink('lan0', 'down');
    await bench.takes('2 static');
    await bench.told(bench.plan.net(1), 16);
    await bench.lab.node('neighbor').setLink('lan0', 'up');
    await bench.takes('1 static', '2 static');
    await bench.router.setLink('lan0', 'down');
    await bench.takes('2 static');
    await bench.router.setLink('lan0', 'up');
    await bench.told(bench.plan.net(2), 5);
    await bench.takes('2 static');
  });

  it('names the next hop to those who reach it themselves', async () => {
    await lay(rule('static'));
    await bench.ip('route add #1 @eth0 proto static');
    await bench.ip('route add #2 @lan0 proto static');
    await bench.told(bench.plan.net(1), 5);
    await bench.told(bench.plan.net(2), 5);
    expect(bench.heard.get(bench.plan.net(1))?.nextHop).toBe(bench.plan.neighbor);
    expect(bench.heard.get(bench.plan.net(2))?.nextHop).toBeUndefined();
    await bench.ip('route replace #1 @lan0 proto static');
    await expect.poll(() => bench.heard.get(bench.plan.net(1))?.nextHop, SECONDS).toBeUndefined();
  });

  it('a reload adds, changes and removes rules', async () => {
    await lay(rule('static'));
    await bench.ip('route add #1 @eth0 proto static');
    await bench.ip('route add #2 @eth0 proto bgp');
    await bench.takes('1 static');
    await bench.told(bench.plan.net(1), 5);
    bench.reload(10_000, rule('static', { metric: 7, tag: 9 }), rule('bgp'));
    await bench.takes('1 static metric 7 tag 9', '2 bgp');
    bench.reload(10_000, rule('bgp', { table: 100 }));
    await bench.takes();
    await bench.told(bench.plan.net(1), 16);
  });

  it('takes 10,000 routes in and out', async () => {
    await lay(rule('static'));
    const numbers = Array.from({ length: 10_000 }, (_, at) => at);
    await bench.batch(numbers.map((number) => `route add #${number} @eth0 proto static`));
    await expect.poll(() => bench.redistributed.length, SECONDS).toBe(10_000);
    await expect.poll(() => reachable(bench), SECONDS).toBe(10_000);
    await bench.ip('route flush proto static');
    await expect.poll(() => bench.redistributed.length, SECONDS).toBe(0);
    await expect.poll(() => reachable(bench), SECONDS).toBe(0);
    for (const number of numbers) expect(bench.heard.get(bench.plan.net(number))?.metric).toBe(16);
    expect(bench.reports('redistribution-full')).toEqual([]);
  });

  it('a flood stops at the limit; what was there before stays, and it all comes when it fits', async () => {
    bench = await KernelRedistribution.layLimited(family, 100, rule('bgp'), rule('static'));
    const many = Array.from({ length: 20_000 }, (_, at) => at + 10);
    await bench.ip('route add #1 @eth0 proto bgp');
    await bench.ip('route add #2 @eth0 proto bgp');
    await bench.takes('1 bgp', '2 bgp');
    await bench.batch(many.map((number) => `route add #${number} @eth0 proto bgp`));
    await expect.poll(() => bench.reports('redistribution-full'), SECONDS).toHaveLength(1);
    await bench.ip('route add #3 @eth0 proto static');
    await expect.poll(() => bench.taken, SECONDS).toContain(`${bench.plan.net(3)} static metric 5 tag 0`);
    expect(bench.redistributed.length).toBeLessThanOrEqual(101);
    expect(bench.taken).toContain(`${bench.plan.net(1)} bgp metric 5 tag 0`);
    expect(bench.runtime.snapshot().redistribution).toMatchObject([
      { source: 'bgp', full: true, most: 100 },
      { source: 'static', full: false, routes: 1 },
    ]);
    await bench.ip('route del #1');
    await bench.told(bench.plan.net(1), 16);
    await bench.ip('route flush proto bgp');
    await bench.takes('3 static');
    await bench.ip('route add #4 @eth0 proto bgp');
    // Any change of an address has everything listed; without one it would take up to a minute.
    await bench.ip(`address add ${bench.plan.loopback} dev lo`);
    await bench.takes('3 static', '4 bgp');
    expect(bench.reports('redistribution-full')).toHaveLength(1);
    expect(bench.reports('redistribution-resumed')).toHaveLength(1);
  });
});

/** Routes that the neighbor believes it can reach. */
function reachable({ heard, plan }: KernelRedistribution): number {
  return [...heard.values()].filter(({ prefix, metric }) => metric < 16 && prefix !== plan.eth0).length;
}

/** Redistribution on a host in memory: what is taken in, and what a loss of notifications or of a link does to it. */
import {
  defaultInterfaceConfiguration,
  defaultRipngInterfaceConfiguration,
  defaultRouterConfiguration,
  type PrefixRange,
  Router,
  rip,
  ripng,
} from '@ripstop/rip';
import { type RedistributionRule, Runtime, systemDigest } from '@ripstop/router';
import { prefixLength } from '@ripstop/wire';
import { describe, expect, it } from 'vitest';
import { FakeHost } from './fake-host.ts';
import { foreignRoute } from './observed-kernel.ts';

const plans = {
  ipv4: { protocol: rip, net: (number: number) => `10.${number}.0.0/16`, gateway: '10.0.0.9' },
  ipv6: { protocol: ripng, net: (number: number) => `2001:db8:${number}::/48`, gateway: 'fe80::9' },
} as const;

const rule = (changes: Partial<RedistributionRule> = {}): RedistributionRule => ({
  name: 'static',
  source: 4,
  metric: undefined,
  tag: 0,
  prefixSet: undefined,
  table: 254,
  types: ['unicast'],
  ...changes,
});

/** The set's range that holds one prefix alone. */
function exactly(prefix: string): PrefixRange {
  return { prefix, shortest: prefixLength(prefix), longest: prefixLength(prefix) };
}

describe.each(['ipv4', 'ipv6'] as const)('redistribution of %s', (family) => {
  const { protocol, net, gateway } = plans[family];

  /** A router that may bring in ten routes by each rule. */
  function start(...rules: RedistributionRule[]) {
    const host = new FakeHost();
    host.datagrams = {
      open: () => ({ isWaiting: false, send: () => undefined, close: () => Promise.resolve() }),
    };
    host.kernel.fake.addAddress('eth0', 'fe80::1', 64);
    const eth0 = family === 'ipv4' ? defaultInterfaceConfiguration : defaultRipngInterfaceConfiguration;
    const configuration = { ...defaultRouterConfiguration, interfaces: { eth0 } };
    const place = {
      family,
      table: 254,
      metric: 20,
      protocol: 189,
      onExit: 'remove',
      staleTime: 60_000,
    } as const;
    const options = { protocol, random: () => 0.5, digest: systemDigest, sequence: 0 };
    const redistribution = { rules, mostPerRule: 10 };
    const runtime = new Runtime(new Router(configuration, options), { ...place, redistribution }, host);
    const someone = async (operation: 'new' | 'delete', ...numbers: number[]): Promise<void> => {
      for (const number of numbers)
        host.kernel.someone(foreignRoute(operation, net(number), gateway, 'static'));
      await host.settle();
    };
    return {
      host,
      runtime,
      someone,
      /** Of each prefix that was brought in, its metric. */
      taken: () =>
        Object.fromEntries(
          runtime
            .snapshot()
            .router.routes.filter(({ kind }) => kind === 'redistributed')
            .map(({ prefix, metric }) => [prefix, metric]),
        ),
      reports: (type: string) => host.reports.filter((report) => report.type === type),
      reload: async (...renewed: RedistributionRule[]): Promise<void> => {
        runtime.reconfigure(configuration, { rules: renewed, mostPerRule: 10 });
        await host.advance(200);
      },
    };
  }

  const numbers = (count: number, from = 1): number[] => Array.from({ length: count }, (_, at) => from + at);

  it('1812 §7.4: announces static routes with the metric that is configured for them', async () => {
    for (const metric of [1, 8, 15]) {
      const bench = start(rule({ metric }));
      await bench.someone('new', 1);
      await bench.runtime.start();
      expect(bench.taken()).toEqual({ [net(1)]: metric });
    }
  });

  it('1812 §7.4: announces of the static routes those that the administrator lists', async () => {
    const listed = { name: 'listed', ranges: [2, 3].map((number) => exactly(net(number))) };
    const bench = start(rule({ prefixSet: listed }));
    await bench.someone('new', 1, 2);
    await bench.runtime.start();
    await bench.someone('new', 3, 4);
    expect(bench.taken()).toEqual({ [net(2)]: 1, [net(3)]: 1 });
  });

  it('1812 §7.6: takes in the routes of other routing protocols', async () => {
    const bench = start(rule({ name: 'bgp', source: 186 }), rule({ name: 'ospf', source: 188, metric: 5 }));
    await bench.someone('new', 1);
    bench.host.kernel.someone(foreignRoute('new', net(2), gateway, 'bgp'));
    await bench.runtime.start();
    bench.host.kernel.someone(foreignRoute('new', net(3), gateway, 'ospf'));
    await bench.host.settle();
    expect(bench.taken()).toEqual({ [net(2)]: 1, [net(3)]: 5 });
  });

  it('1812 §7.6: takes in nothing that it has put into the kernel itself', async () => {
    // A rule that no configuration has: our own protocol is a mistake in it.
    const bench = start(rule({ name: 'rip', source: 189 }));
    await bench.runtime.start();
    bench.host.kernel.someone(foreignRoute('new', net(1), gateway, 'rip'));
    await bench.host.settle();
    expect(bench.host.kernel.routeList).toHaveLength(1);
    expect(bench.taken()).toEqual({});
  });

  it('1812 §7.6: gives each network the metric of its rule', async () => {
    const near = { name: 'near', ranges: [exactly(net(1))] };
    const bench = start(rule({ prefixSet: near, metric: 2 }), rule({ metric: 9 }));
    await bench.someone('new', 1, 2);
    await bench.runtime.start();
    expect(bench.taken()).toEqual({ [net(1)]: 2, [net(2)]: 9 });
  });

  it('takes what is there at start, and what comes; what goes, goes', async () => {
    const bench = start(rule({ metric: 3 }));
    await bench.someone('new', 1);
    await bench.runtime.start();
    expect(bench.taken()).toEqual({ [net(1)]: 3 });
    await bench.someone('new', 2);
    await bench.someone('delete', 1);
    expect(bench.taken()).toEqual({ [net(2)]: 3 });
    expect(bench.runtime.snapshot().router.routes.find(({ prefix }) => prefix === net(1))?.metric).toBe(16);
  });

  it('says nothing of a loss of notifications until it has seen everything anew', async () => {
    const bench = start(rule());
    await bench.someone('new', 1, 2);
    await bench.runtime.start();
    const told: number[] = [];
    const changes = (): void => void told.push(bench.runtime.snapshot().router.status.routeChanges);
    changes();
    bench.host.kernel.fake.overrun();
    await bench.someone('delete', 1);
    await bench.someone('new', 3);
    await bench.host.advance(1_000);
    expect(bench.taken()).toEqual({ [net(2)]: 1, [net(3)]: 1 });
    changes();
    // One was lost, one has come; the one that was there all the time has not changed.
    expect((told[1] ?? 0) - (told[0] ?? 0)).toBe(2);
    expect(bench.reports('kernel-overrun')).toHaveLength(1);
  });

  it('lets go what leads over a link without carrier, and has it back with the carrier', async () => {
    const bench = start(rule());
    await bench.someone('new', 1);
    await bench.runtime.start();
    bench.host.kernel.fake.setCarrier('eth0', false);
    await bench.host.settle();
    expect(bench.taken()).toEqual({});
    bench.host.kernel.fake.setCarrier('eth0', true);
    await bench.host.advance(1_000);
    expect(bench.taken()).toEqual({ [net(1)]: 1 });
  });

  it('starts with nothing of a source that has more than may come in, and says so once', async () => {
    const bench = start(rule());
    await bench.someone('new', ...numbers(11));
    await bench.runtime.start();
    expect(bench.taken()).toEqual({});
    await bench.host.advance(600_000);
    expect(bench.reports('redistribution-full')).toEqual([
      { type: 'redistribution-full', source: 'static', most: 10 },
    ]);
    await bench.someone('delete', 11);
    await bench.host.advance(61_000);
    expect(Object.keys(bench.taken())).toHaveLength(10);
    expect(bench.reports('redistribution-resumed')).toHaveLength(1);
  });

  it('keeps what it has when more comes than may, and follows that', async () => {
    const bench = start(rule());
    await bench.someone('new', ...numbers(10));
    await bench.runtime.start();
    expect(bench.reports('redistribution-full')).toEqual([]);
    await bench.someone('new', ...numbers(20, 11));
    expect(Object.keys(bench.taken())).toHaveLength(10);
    expect(bench.runtime.snapshot().redistribution).toEqual([
      { source: 'static', routes: 10, most: 10, full: true },
    ]);
    await bench.someone('delete', 1, 2);
    await bench.host.advance(120_000);
    expect(Object.keys(bench.taken())).toEqual(numbers(8, 3).map(net));
    await bench.someone('delete', ...numbers(20, 11));
    await bench.host.advance(61_000);
    await bench.someone('new', 1);
    expect(Object.keys(bench.taken())).toHaveLength(9);
    expect(bench.reports('redistribution-full')).toHaveLength(1);
  });

  it('a limit of one rule is none of another', async () => {
    const odd = { name: 'odd', ranges: [exactly(net(77))] };
    const bench = start(rule({ prefixSet: odd, metric: 7 }), rule());
    await bench.someone('new', 77, ...numbers(11));
    await bench.runtime.start();
    expect(bench.taken()).toEqual({ [net(77)]: 7 });
  });

  it('a reload that changes nothing changes nothing, also of a rule at its limit', async () => {
    const bench = start(rule());
    await bench.someone('new', ...numbers(11));
    await bench.runtime.start();
    await bench.reload(rule());
    await bench.reload(rule(), rule({ name: 'bgp', source: 186 }));
    expect(bench.taken()).toEqual({});
    expect(bench.reports('redistribution-full')).toHaveLength(1);
    await bench.reload();
    expect(bench.taken()).toEqual({});
    await bench.someone('delete', 1);
    await bench.reload(rule({ metric: 4 }));
    expect(Object.values(bench.taken())).toEqual(Array.from({ length: 10 }, () => 4));
  });

  it('does nothing without rules', async () => {
    const bench = start();
    await bench.someone('new', 1);
    await bench.runtime.start();
    await bench.someone('new', 2);
    expect(bench.taken()).toEqual({});
    expect(bench.runtime.snapshot().redistribution).toEqual([]);
  });
});

/** The fib on the real kernel. Everything that others do to the routes is done by `ip`. */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import type { NextHop } from '@ripstop/rip';
import { Fib, type FibSettings, type RouteAction, type RouteOutcome } from '@ripstop/router';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pair } from '../kit/pair.ts';
import { KernelHost } from './kernel-host.ts';

const settings: FibSettings = {
  family: 'ipv4',
  table: 254,
  metric: 20,
  protocol: 189,
  onExit: 'remove',
  staleTime: 60_000,
};
/** The limit the project sets itself for putting a route back. */
const HEAL_MS = 1_000;
const prefix = '10.9.0.0/16';

let lab: NamespaceLab;
let router: LabNode;
let host: KernelHost;
let fib: Fib;
let outcomes: RouteOutcome[];
let index: number;

beforeEach(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  index = await router.interfaceIndex('eth0');
  await start();
});
afterEach(async () => {
  host?.close();
  await lab?.close();
});

async function start(): Promise<void> {
  host = new KernelHost(router);
  outcomes = [];
  fib = new Fib(settings, host, (outcome) => outcomes.push(outcome));
  host.kernel.subscribe(
    ['link', 'address', 'route'],
    (notifications) => {
      fib.receive(notifications.filter((one) => one.object === 'route'));
      if (notifications.some((one) => one.object !== 'route')) fib.interfacesChanged();
    },
    () => fib.notificationsLost(),
  );
  await fib.start();
}

const via = (gateway: string): NextHop => ({ gateway, interface: 'eth0', interfaceIndex: index });
const install = (to: string, ...gateways: string[]): RouteAction => ({
  type: 'install-route',
  prefix: to,
  nextHops: gateways.map(via),
});
const many = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`);

async function ip(command: string): Promise<string> {
  return await router.exec('ip', ...command.split(' '));
}

/** `ip route` of a prefix, the serving route first: `via 192.168.1.2 proto rip`. */
async function slot(): Promise<string[]> {
  const lines = (await ip(`route show exact ${prefix}`)).trim().split('\n');
  return lines
    .filter(Boolean)
    .map((line) => line.replace(`${prefix} `, '').replace(/\t| dev eth0| metric 20| *$/g, ''));
}

async function ripRoutes(): Promise<number> {
  return (await router.routes({ family: 'ipv4', table: 254, protocol: 'rip' })).length;
}

/** Waits until the slot is this. @returns milliseconds it took */
async function slotBecomes(...routes: string[]): Promise<number> {
  const begin = performance.now();
  await expect.poll(slot, { timeout: 5_000, interval: 20 }).toEqual(routes);
  return performance.now() - begin;
}

async function installed(to = prefix): Promise<void> {
  await expect
    .poll(() => outcomes, { timeout: 5_000 })
    .toContainEqual({ type: 'route-installed', prefix: to });
}

const reports = (type: string): unknown[] => host.reports.filter((report) => report.type === type);
const ours = 'via 192.168.1.2 proto rip';
const theirs = 'via 192.168.1.9 proto static';

describe('a static route with our metric', () => {
  it('that is there before ours survives our install, our withdrawal and our exit', async () => {
    await ip(`route add ${prefix} via 192.168.1.9 proto static metric 20`);
    fib.apply([install(prefix, '192.168.1.2')]);
    await expect
      .poll(() => reports('route-conflict'))
      .toEqual([{ type: 'route-conflict', prefix, protocol: 'static' }]);
    expect(await slot()).toEqual([theirs]);
    fib.apply([{ type: 'remove-route', prefix }]);
    await fib.stop();
    expect(await slot()).toEqual([theirs]);
  });

  it('that keeps ours out makes room for it by going', async () => {
    await ip(`route add ${prefix} via 192.168.1.9 proto static metric 20`);
    fib.apply([install(prefix, '192.168.1.2')]);
    await expect.poll(() => reports('route-conflict')).toHaveLength(1);
    await ip(`route del ${prefix} proto static metric 20`);
    await slotBecomes(ours);
  });

  it('that replaces ours stays beside it, and survives our change, our withdrawal and our exit', async () => {
    fib.apply([install(prefix, '192.168.1.2')]);
    await installed();
    await ip(`route replace ${prefix} via 192.168.1.9 proto static metric 20`);
    expect(await slotBecomes(ours, theirs)).toBeLessThan(HEAL_MS);
    expect(reports('route-healed')).toEqual([
      { type: 'route-healed', prefix, change: 'altered', culprit: 'proto static' },
    ]);
    fib.apply([install(prefix, '192.168.1.3')]);
    await slotBecomes('via 192.168.1.3 proto rip', theirs);
    fib.apply([install(prefix, '192.168.1.2', '192.168.1.3')]);
    await slotBecomes(
      'proto rip',
      'nexthop via 192.168.1.2 weight 1',
      'nexthop via 192.168.1.3 weight 1',
      theirs,
    );
    fib.apply([{ type: 'remove-route', prefix }]);
    await slotBecomes(theirs);
    await fib.stop();
    expect(await slot()).toEqual([theirs]);
  });

  it.each(['prepend', 'append'])(
    'that is added beside ours by %s is neither replaced nor removed',
    async (how) => {
      fib.apply([install(prefix, '192.168.1.2')]);
      await installed();
      await ip(`route ${how} ${prefix} via 192.168.1.9 proto static metric 20`);
      fib.apply([install(prefix, '192.168.1.3')]);
      await slotBecomes('via 192.168.1.3 proto rip', theirs);
      await fib.stop();
      expect(await slot()).toEqual([theirs]);
    },
  );
});

describe('a route of ours', () => {
  beforeEach(async () => {
    fib.apply([install(prefix, '192.168.1.2')]);
    await installed();
  });

  it('that someone deletes is put back within a second, with a report', async () => {
    await ip(`route del ${prefix}`);
    expect(await slotBecomes(ours)).toBeLessThan(HEAL_MS);
    const culprit = expect.stringMatching(/^netlink port \d+$/);
    await expect
      .poll(() => reports('route-healed'))
      .toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
  });

  it.each(['via 192.168.1.9', 'via 192.168.1.2 mtu 1400', 'via 192.168.1.2 src 192.168.1.1', 'dev eth0'])(
    'that someone alters to "%s" is put right within a second',
    async (change) => {
      await ip(`route replace ${prefix} ${change} proto rip metric 20`);
      expect(await slotBecomes(ours)).toBeLessThan(HEAL_MS);
      await expect.poll(() => reports('route-healed')).toMatchObject([{ change: 'altered' }]);
    },
  );

  it('beside which someone puts another of our protocol stays alone', async () => {
    await ip(`route append ${prefix} via 192.168.1.9 proto rip metric 20`);
    await slotBecomes(ours);
  });

  it('that is taken over and over is put back after pauses, and is back in the end', async () => {
    for (let round = 0; round < 31; round += 1) {
      await ip(`route del ${prefix}`);
      await slotBecomes(ours);
    }
    await expect.poll(() => reports('route-contested')).toHaveLength(1);
  });

  it('comes back after its link was down, which drops it silently', async () => {
    await router.setLink('eth0', 'down');
    await expect.poll(slot).toEqual([]);
    await router.setLink('eth0', 'up');
    await slotBecomes(ours);
    expect(reports('route-healed')).toEqual([]);
  });

  it('comes back after its last address went and came, which drops it silently', async () => {
    await ip('addr del 192.168.1.1/24 dev eth0');
    await expect.poll(slot).toEqual([]);
    await ip('addr add 192.168.1.1/24 dev eth0');
    await slotBecomes(ours);
  });

  it('changes its next hops without a moment in which it is not there', async () => {
    const monitor = router.start(['ip', 'monitor', 'route']);
    await expect
      .poll(async () => {
        await ip('route replace 10.250.0.0/16 dev eth0');
        return monitor.output.length;
      })
      .toBeGreaterThan(0);
    fib.apply([install(prefix, '192.168.1.3', '192.168.1.2')]);
    await expect.poll(() => monitor.output.join('\n')).toContain('nexthop via 192.168.1.3');
    expect(monitor.output.filter((line) => line.startsWith('Deleted'))).toEqual([]);
  });
});

describe('a gateway off the subnets of its interface', () => {
  const offLink = (...gateways: string[]): RouteAction => ({
    type: 'install-route',
    prefix,
    nextHops: gateways.map((gateway) => ({ ...via(gateway), onLink: true })),
  });

  beforeEach(async () => {
    await ip('addr flush dev eth0');
    await ip('addr add 10.255.0.1/32 dev eth0');
  });

  it('is refused, unless it is said to be on the link', async () => {
    fib.apply([install(prefix, '192.0.2.9')]);
    await expect.poll(() => outcomes).toMatchObject([{ type: 'route-install-failed' }]);
    fib.apply([offLink('192.0.2.9')]);
    await installed();
    expect(await slot()).toEqual(['via 192.0.2.9 proto rip onlink']);
  });

  it('may be one of several; each is changed and healed as any other', async () => {
    fib.apply([offLink('192.0.2.9', '192.0.2.8')]);
    const both = ['proto rip', ...['9', '8'].map((host) => `nexthop via 192.0.2.${host} weight 1 onlink`)];
    await slotBecomes(...both);
    await installed();
    await ip(`route del ${prefix}`);
    await slotBecomes(...both);
    fib.apply([offLink('192.0.2.8')]);
    await slotBecomes('via 192.0.2.8 proto rip onlink');
    fib.apply([{ type: 'remove-route', prefix }]);
    await slotBecomes();
  });

  it('is not asked for again and again once it is there', async () => {
    fib.apply([offLink('192.0.2.9')]);
    await installed();
    const before = await ip('-d route show table main');
    const monitor = router.start(['ip', 'monitor', 'route']);
    await expect
      .poll(async () => {
        await ip('route replace 10.250.0.0/16 dev eth0');
        return monitor.output.length;
      })
      .toBeGreaterThan(0);
    fib.interfacesChanged();
    fib.apply([offLink('192.0.2.9')]);
    await ip('route del 10.250.0.0/16 dev eth0');
    await expect.poll(() => monitor.output.join('\n')).toContain('Deleted 10.250.0.0/16');
    expect(monitor.output.filter((line) => line.includes('192.0.2.9'))).toEqual([]);
    expect(await ip('-d route show table main')).toBe(before);
  });
});

describe('the default route of someone else', () => {
  /** `present`, `absent`, as they were told. */
  async function toldIs(...expected: boolean[]): Promise<void> {
    const told = (): boolean[] =>
      outcomes.flatMap((one) => (one.type === 'default-route' ? [one.present] : []));
    await expect.poll(told, { timeout: 5_000, interval: 20 }).toEqual(expected);
  }

  it('is told when it comes and when the last one goes', async () => {
    await ip('route add default via 192.168.1.9 proto static metric 7');
    await toldIs(true);
    await ip('route add default via 192.168.1.8 metric 9');
    await ip('route replace default via 192.168.1.7 proto static metric 7');
    await ip('route del default metric 7');
    await ip('route del default metric 9');
    await toldIs(true, false);
  });

  it('that is there at start is told at start', async () => {
    await ip('route add default via 192.168.1.9');
    await toldIs(true);
    fib.abandon();
    host.close();
    await start();
    await toldIs(true);
  });

  it('is told to be gone when its link goes down, which drops it silently, and when it comes back', async () => {
    await ip('route add default via 192.168.1.9');
    await toldIs(true);
    await router.setLink('eth0', 'down');
    await toldIs(true, false);
    await router.setLink('eth0', 'up');
    await ip('route add default via 192.168.1.9');
    await toldIs(true, false, true);
  });

  it('counts when it leads somewhere, is in our table and not of our protocol', async () => {
    await ip('route add unreachable default metric 3');
    await ip('route add default via 192.168.1.9 table 100');
    await ip('route add default via 192.168.1.9 proto rip metric 4');
    await ip('route add 128.0.0.0/1 via 192.168.1.9');
    fib.apply([install('0.0.0.0/0', '192.168.1.2')]);
    await installed('0.0.0.0/0');
    await toldIs();
    await ip('route replace default via 192.168.1.9 proto static metric 3');
    await toldIs(true);
    await ip('route replace blackhole default proto static metric 3');
    await toldIs(true, false);
  });

  it('beside ours with our metric is seen, and seen to go', async () => {
    fib.apply([install('0.0.0.0/0', '192.168.1.2')]);
    await installed('0.0.0.0/0');
    await ip('route append default via 192.168.1.9 proto static metric 20');
    await toldIs(true);
    await ip('route del default proto static metric 20');
    await toldIs(true, false);
  });
});

describe('many routes', () => {
  it('come back when someone flushes them all, and none is left after an orderly exit', async () => {
    fib.apply(many(1_000).map((to) => install(to, '192.168.1.2')));
    await expect.poll(ripRoutes, { timeout: 10_000 }).toBe(1_000);
    await ip('route flush proto rip');
    // `ip` looks again until it finds nothing, so that it meets some a second time.
    const healed = (): number =>
      new Set(host.reports.map((report) => 'prefix' in report && report.prefix)).size;
    await expect.poll(healed, { timeout: 10_000 }).toBe(1_000);
    await expect.poll(ripRoutes, { timeout: 10_000 }).toBe(1_000);
    await fib.stop();
    expect(await ripRoutes()).toBe(0);
  });

  it('are all there although the twelfth of a thousand is refused, which is told and retried', async () => {
    const prefixes = many(1_000);
    const twelfth = prefixes[11] as string;
    fib.apply(prefixes.map((to) => install(to, to === twelfth ? '172.16.0.1' : '192.168.1.2')));
    await expect.poll(ripRoutes, { timeout: 10_000 }).toBe(999);
    const reason = 'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway';
    const failed = { type: 'route-install-failed', prefix: twelfth, reason } as const;
    expect(host.reports).toEqual([failed]);
    expect(outcomes.filter(({ type }) => type === 'route-install-failed')).toEqual([failed]);
    await ip('addr add 172.16.0.2/24 dev eth0');
    await installed(twelfth);
    expect(await ripRoutes()).toBe(1_000);
  });

  it('are removed as they come and go', async () => {
    const prefixes = many(3_000);
    fib.apply(prefixes.map((to) => install(to, '192.168.1.2')));
    fib.apply(prefixes.slice(0, 2_990).map((to) => ({ type: 'remove-route', prefix: to })));
    await expect.poll(ripRoutes, { timeout: 10_000 }).toBe(10);
    expect(host.reports).toEqual([]);
  });
});

describe('routes of an earlier run', () => {
  it('are adopted, not deleted, and removed by an orderly exit', async () => {
    fib.apply([install(prefix, '192.168.1.2')]);
    await installed();
    fib.abandon();
    host.close();
    await start();
    expect(reports('stale-routes')).toEqual([{ type: 'stale-routes', change: 'adopted', routes: 1 }]);
    expect(await slot()).toEqual([ours]);
    await fib.stop();
    expect(await slot()).toEqual([]);
  });
});

/** How the real kernel stands to a route of ours: it serves, it is shadowed by a better one, or it is refused; both families. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelFib, WITHIN_MS } from './kernel-fib.ts';

const WITHIN = { timeout: WITHIN_MS, interval: 20 };

describe.each(['ipv4', 'ipv6'] as const)('of %s', (family) => {
  let bench: KernelFib;

  beforeAll(async () => {
    bench = await KernelFib.lay(family);
  });
  afterAll(async () => {
    await bench?.close();
  });

  const standing = () => {
    const [route] = bench.fib.kernelRoutes();
    return route && [route.state, route.reason];
  };
  const becomes = async (state: string, reason?: string): Promise<void> => {
    await expect.poll(standing, WITHIN).toEqual([state, reason]);
  };

  it('a route of ours serves', async () => {
    bench.apply(bench.install(bench.plan.prefix, 2));
    await becomes('installed');
  });

  describe('a better route of someone else', () => {
    it('shadows ours while it is there, whichever protocol it has', async () => {
      await bench.ip('route add PREFIX via @9 proto static metric 5');
      await becomes('shadowed', 'a route of proto static with metric 5 serves');
      await bench.ip('route add PREFIX dev eth0 metric 3');
      await becomes('shadowed', 'a route of proto boot with metric 3 serves');
      await bench.ip('route del PREFIX metric 3');
      await becomes('shadowed', 'a route of proto static with metric 5 serves');
      await bench.ip('route replace unreachable PREFIX proto bgp metric 5');
      await becomes('failed', 'a route of proto bgp with metric 5 (unreachable) serves');
      await bench.ip('route del PREFIX proto bgp metric 5');
      await becomes('installed');
    });

    it('does so with several next hops until the last one is gone', async () => {
      const hop = (number: number): string => `nexthop via ${bench.plan.gateway(number)} dev eth0`;
      await bench.ip(`route add PREFIX proto static metric 5 ${hop(8)} ${hop(9)}`);
      await becomes('shadowed', 'a route of proto static with metric 5 serves');
      if (family === 'ipv6') {
        await bench.ip('route del PREFIX via @9 proto static metric 5');
        await bench.listed();
        await becomes('shadowed', 'a route of proto static with metric 5 serves');
      }
      await bench.ip('route del PREFIX proto static metric 5');
      await becomes('installed');
    });

    it('is also the subnet of an address of ours, if Linux prefers that', async () => {
      const address = family === 'ipv4' ? '10.9.0.1/16' : '2001:db8:9::1/48';
      await bench.ip(`addr add ${address} dev eth0${family === 'ipv6' ? ' nodad' : ''}`);
      if (family === 'ipv4') await becomes('shadowed', 'a route of proto kernel with metric 0 serves');
      await bench.listed();
      if (family === 'ipv6') await becomes('installed');
      await bench.ip(`addr del ${address} dev eth0`);
      await becomes('installed');
    });

    it('that is over a link without carrier does so unless Linux is told to ignore it', async () => {
      if (family === 'ipv6') return;
      const { router } = bench;
      await router.exec('ip', 'link', 'add', 'dangling', 'type', 'veth', 'peer', 'name', 'other-end');
      await router.exec('ip', 'link', 'set', 'other-end', 'up');
      await router.exec('ip', 'link', 'set', 'dangling', 'up');
      await bench.ip('route add PREFIX dev dangling proto static metric 5');
      await becomes('shadowed', 'a route of proto static with metric 5 serves');
      await router.exec('ip', 'link', 'set', 'other-end', 'down');
      await bench.listed();
      await becomes('shadowed', 'a route of proto static with metric 5 serves');
      await router.exec('sysctl', '-qw', 'net.ipv4.conf.dangling.ignore_routes_with_linkdown=1');
      await router.exec('ip', 'link', 'set', 'other-end', 'up');
      await router.exec('ip', 'link', 'set', 'other-end', 'down');
      await becomes('installed');
      await router.exec('ip', 'link', 'del', 'dangling');
    });
  });

  it('ours stays in the kernel all the while, and each change is told once', () => {
    const told = bench.host.reports.filter(({ type }) => /^route-/.test(type)).map(({ type }) => type);
    expect(told.filter((type) => type === 'route-shadowed')).toHaveLength(family === 'ipv4' ? 7 : 5);
    expect(new Set(told)).toEqual(new Set(['route-shadowed', 'route-serves-again']));
    expect(bench.fib.snapshot()).toMatchObject({ wanted: 1, installed: 1, shadowed: 0, heals: 0 });
  });

  it('a route whose link went down meanwhile is refused with the words of the kernel, and is in as soon as that is up', async () => {
    const { prefix } = bench.plan;
    await bench.router.setLink('eth0', 'down');
    bench.apply(bench.install(prefix, 3));
    await expect.poll(standing, WITHIN).toEqual(['failed', expect.stringMatching(/^RTM_NEWROUTE: E/)]);
    await bench.router.setLink('eth0', 'up');
    await becomes('installed');
  });
});

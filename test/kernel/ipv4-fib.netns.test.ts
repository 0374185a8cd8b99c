/** The fib on the real kernel: what is so for IPv4 only. Two routes of one metric stand side by side; some go silently. */
import type { RouteAction } from '@ripstop/router';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KernelFib } from './kernel-fib.ts';

const ours = 'via @2 proto rip';
const theirs = 'via @9 proto static';

let bench: KernelFib;
let prefix: string;

beforeEach(async () => {
  bench = await KernelFib.lay('ipv4');
  ({ prefix } = bench.plan);
});
afterEach(async () => {
  await bench?.close();
});

describe('a static route with our metric', () => {
  beforeEach(async () => {
    bench.apply(bench.install(prefix, 2));
    await bench.installed();
  });

  it('that replaces ours stays beside it, and survives our change, our withdrawal and our exit', async () => {
    await bench.isPutRight('route replace PREFIX via @9 proto static metric 20', ours, theirs);
    await expect
      .poll(() => bench.reports('route-healed'))
      .toEqual([{ type: 'route-healed', prefix, change: 'altered', culprit: 'proto static' }]);
    bench.apply(bench.install(prefix, 3));
    await bench.slotBecomes('via @3 proto rip', theirs);
    bench.apply(bench.install(prefix, 2, 3));
    await bench.slotBecomes('proto rip', 'nexthop via @2 weight 1', 'nexthop via @3 weight 1', theirs);
    bench.apply({ type: 'remove-route', prefix });
    await bench.slotBecomes(theirs);
    await bench.fib.stop();
    expect(await bench.slot()).toEqual([theirs]);
  });

  it.each(['prepend', 'append'])(
    'that is added beside ours by %s is neither replaced nor removed',
    async (how) => {
      await bench.ip(`route ${how} PREFIX via @9 proto static metric 20`);
      bench.apply(bench.install(prefix, 3));
      await bench.slotBecomes('via @3 proto rip', theirs);
      await bench.fib.stop();
      expect(await bench.slot()).toEqual([theirs]);
    },
  );
});

it('a route of ours comes back after its last address went and came, which drops it silently', async () => {
  bench.apply(bench.install(prefix, 2));
  await bench.installed();
  await bench.ip('addr del 192.168.1.1/24 dev eth0');
  await expect.poll(() => bench.slot()).toEqual([]);
  await bench.ip('addr add 192.168.1.1/24 dev eth0');
  await bench.slotBecomes(ours);
});

describe('a gateway off the subnets of its interface', () => {
  const offLink = (...numbers: number[]): RouteAction => ({
    type: 'install-route',
    prefix,
    nextHops: numbers.map((number) => ({ ...bench.via(2), gateway: `192.0.2.${number}`, onLink: true })),
  });

  beforeEach(async () => {
    await bench.ip('addr flush dev eth0');
    await bench.ip('addr add 10.255.0.1/32 dev eth0');
  });

  it('is refused, unless it is said to be on the link', async () => {
    bench.apply(bench.install(prefix, 9));
    await expect.poll(() => bench.outcomes).toMatchObject([{ state: 'failed' }]);
    bench.apply(offLink(9));
    await bench.installed();
    expect(await bench.slot()).toEqual(['via @9 proto rip onlink']);
  });

  it('may be one of several; each is changed and healed as any other', async () => {
    bench.apply(offLink(9, 8));
    const both = ['proto rip', ...['9', '8'].map((host) => `nexthop via @${host} weight 1 onlink`)];
    await bench.slotBecomes(...both);
    await bench.installed();
    await bench.ip('route del PREFIX');
    await bench.slotBecomes(...both);
    bench.apply(offLink(8));
    await bench.slotBecomes('via @8 proto rip onlink');
    bench.apply({ type: 'remove-route', prefix });
    await bench.slotBecomes();
  });

  it('is not asked for again and again once it is there', async () => {
    bench.apply(offLink(9));
    await bench.installed();
    const before = await bench.ip('-d route show table main');
    const monitor = bench.router.start(['ip', 'monitor', 'route']);
    let mtu = 1000;
    await expect
      .poll(async () => {
        // Linux tells nothing of a replacement that changes nothing.
        mtu += 1;
        await bench.ip(`route replace 10.250.0.0/16 dev eth0 mtu ${mtu}`);
        return monitor.output.length;
      })
      .toBeGreaterThan(0);
    bench.fib.interfacesChanged();
    bench.apply(offLink(9));
    await bench.ip('route del 10.250.0.0/16 dev eth0');
    await expect.poll(() => monitor.output.join('\n')).toContain('Deleted 10.250.0.0/16');
    expect(monitor.output.filter((line) => line.includes('192.0.2.9'))).toEqual([]);
    expect(await bench.ip('-d route show table main')).toBe(before);
  });
});

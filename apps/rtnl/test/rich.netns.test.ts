// Everything that `ip` shows of one namespace that has everything, beside what `rtnl` shows.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { compare, type Exceptions, ip, rtnl } from './iproute2.ts';
import { ipv4Rules, ipv6Rules, makeRichNamespace, nexthops } from './rich-namespace.ts';
import { ipv4Routes, ipv6Routes } from './route-namespace.ts';

/** The kernel does things of its own, at any time: for a moment the two may differ. */
const DEADLINE = { timeout: 30_000, interval: 50 };

/** All that differs on purpose. The routes with encapsulations, of which `ip` loses fields, are in the test of routes. */
const exceptions: Exceptions = {
  'linkinfo.info_data.hello_timer': 'runs between the two calls',
  'linkinfo.info_data.gc_timer': 'runs between the two calls',
  'addr_info.valid_life_time': 'runs between the two calls',
  'addr_info.preferred_life_time': 'runs between the two calls',
  'addr_info.protocol': 'who made the address, which ip 6.1 does not know',
  expires: 'runs between the two calls',
  'resilient_args.unbalanced_time': 'runs between the two calls',
};

let namespace: string;
beforeAll(() => {
  namespace = makeRichNamespace();
});

describe('rtnl --json shows what ip -j -d shows', () => {
  const links = 25;
  const inTables = ipv4Routes.length + ipv6Routes.length;
  test.each([
    ['link show', links],
    ['-s link show', links],
    ['-s -s link show', links],
    ['-br link show', links],
    ['address show', links],
    ['-4 address show', 4],
    ['-s -s address show', links],
    ['-br address show', links],
    ['route show', 15],
    ['route show table all', inTables],
    ['-4 route show table all', ipv4Routes.length],
    ['-6 route show', 10],
    ['-6 route show table all', ipv6Routes.length],
    ['rule show', ipv4Rules.length],
    ['-6 rule show', ipv6Rules.length],
    ['neigh show', 10],
    ['neigh show nud all', 15],
    ['neigh show proxy', 3],
    ['-br neigh show', 10],
    ['nexthop show', nexthops.length],
  ])('%s', async (words, least) => {
    const shown = await vi.waitFor(() => compare(namespace, words, words, exceptions), DEADLINE);
    expect(shown.length).toBeGreaterThanOrEqual(least);
  });
});

describe('and in the same columns', () => {
  const trimmed = (text: string): string => text.replaceAll(/ +$/gm, '');

  test.each(['-br link show', '-br address show', '-br neigh show'])('%s', async (words) => {
    await vi.waitFor(
      async () => expect(await rtnl(namespace, words)).toBe(trimmed(ip(namespace, words))),
      DEADLINE,
    );
  });
});

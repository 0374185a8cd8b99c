/**
 * Ten thousand routes of each family that an earlier run has left behind: adopted, confirmed, moved, or removed. Judged by what
 * the kernel tells of them, and by what it does not.
 */
import { type LabNode, NamespaceLab, type Topology, until } from '@ripstop/lab';
import { routeNextHops, routePrefix } from '@ripstop/netlink';
import { type Protocol, rip, ripng } from '@ripstop/rip';
import type { AddressFamily, Prefix } from '@ripstop/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelRoutes } from '../kit/kernel.ts';
import { rip as judgeOfRip, ripng as judgeOfRipng } from '../kit/protocol.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { Speaker } from '../kit/speaker.ts';

const CONVERGENCE_MS = 30_000;
const ROUTES = 10_000;
/** Those from here on are announced by another neighbor afterwards, and those from there on by nobody. */
const MOVED_FROM = 8_000;
const FORGOTTEN_FROM = 9_000;

const topology: Topology = {
  nodes: ['router', 'first', 'second'],
  links: [
    [
      { node: 'router', interface: 'to-first', addresses: ['10.0.1.1/24'] },
      { node: 'first', interface: 'eth0', addresses: ['10.0.1.2/24'] },
    ],
    [
      { node: 'router', interface: 'to-second', addresses: ['10.0.2.1/24'] },
      { node: 'second', interface: 'eth0', addresses: ['10.0.2.2/24'] },
    ],
  ],
};

/** What the kernel tells of RIP's routes in one family. */
interface Told {
  readonly deleted: Prefix[];
  /** With its gateways: `10.20.0.0/24 via 10.0.2.2`. What was asked for twice on a busy machine counts once. */
  readonly changed: Set<string>;
}

function listen(node: LabNode, family: AddressFamily): Told {
  const told: Told = { deleted: [], changed: new Set() };
  node.kernel.subscribe(
    ['route'],
    (notifications) => {
      for (const { operation, message } of notifications) {
        if (message.protocol !== 'rip' || message.family !== family) continue;
        const prefix = routePrefix(message);
        const gateways = routeNextHops(message).map(({ gateway }) => gateway);
        if (operation === 'delete') told.deleted.push(prefix);
        else told.changed.add(`${prefix} via ${gateways.join(' and ')}`);
      }
    },
    () => told.deleted.push('some that the kernel could not tell'),
  );
  return told;
}

const families = [
  {
    protocol: rip,
    judge: judgeOfRip,
    prefix: (at: number): Prefix => `10.${20 + (at >> 8)}.${at & 255}.0/24`,
  },
  {
    protocol: ripng,
    judge: judgeOfRipng,
    prefix: (at: number): Prefix => `fd01:${(at + 1).toString(16)}::/64`,
  },
] as const;

describe('Routes that an earlier run has left', () => {
  let lab: NamespaceLab;
  let node: LabNode;
  let ripd: RipdRouter;
  let told: Record<AddressFamily, Told>;

  /** @param staleTime seconds */
  const start = async (staleTime: number): Promise<void> => {
    const protocol = { interfaces: { 'to-*': {} } };
    const kernel = { 'stale-time': staleTime };
    ripd = await RipdRouter.start(node, lab.directory, { kernel, rip: protocol, ripng: protocol });
  };
  const announce = async (who: 'first' | 'second', protocol: Protocol, prefixes: Prefix[]) => {
    const speaker = await Speaker.open(lab.node(who), 'eth0', { protocol });
    speaker.announce(prefixes.map((prefix) => ({ prefix, tag: 0, nextHop: undefined, metric: 1 })));
    await speaker.close();
  };
  const prefixes = (from: number, to: number, prefix: (at: number) => Prefix): Prefix[] =>
    Array.from({ length: to - from }, (_, at) => prefix(from + at));
  const untilInstalled = async (routes: number): Promise<void> => {
    for (const { protocol } of families) {
      await until(`the kernel has ${routes} of ${protocol.name}`, CONVERGENCE_MS, async () => {
        return (await kernelRoutes(node, 'rip', protocol.family)).length === routes;
      });
    }
  };
  const stale = async (): Promise<number[]> => {
    const { protocols } = (await ripd.show('status')) as { protocols: { kernel: { stale: number } }[] };
    return protocols.map(({ kernel }) => kernel.stale);
  };

  beforeAll(async () => {
    lab = await NamespaceLab.lay(topology);
    node = lab.node('router');
    for (const name of ['first', 'second']) await judgeOfRipng.speaker(lab.node(name), 'eth0');
    await start(600);
    for (const { protocol, prefix } of families)
      await announce('first', protocol, prefixes(0, ROUTES, prefix));
    await untilInstalled(ROUTES);
    ripd.daemon.kill();
    await ripd.daemon.exited;
    told = { ipv4: listen(node, 'ipv4'), ipv6: listen(node, 'ipv6') };
    await start(600);
  });
  afterAll(() => lab?.close());

  it('stay, and are counted as stale', async () => {
    expect(await stale()).toEqual([ROUTES, ROUTES]);
    await untilInstalled(ROUTES);
    const nothing: Told = { deleted: [], changed: new Set() };
    expect(told).toEqual({ ipv4: nothing, ipv6: nothing });
  });

  it('are confirmed without a touch, or moved in one change; the others stay stale', async () => {
    for (const { protocol, prefix } of families) {
      await announce('first', protocol, prefixes(0, MOVED_FROM, prefix));
      await announce('second', protocol, prefixes(MOVED_FROM, FORGOTTEN_FROM, prefix));
    }
    const counts = async (): Promise<number[]> => [
      ...(await stale()),
      ...families.map(({ protocol }) => told[protocol.family].changed.size),
    ];
    const expected = [ROUTES - FORGOTTEN_FROM, FORGOTTEN_FROM - MOVED_FROM].flatMap((count) => [
      count,
      count,
    ]);
    await expect.poll(counts, { timeout: CONVERGENCE_MS }).toEqual(expected);
    for (const { protocol, judge, prefix } of families) {
      const gateway = await judge.speaker(lab.node('second'), 'eth0');
      const moved = prefixes(MOVED_FROM, FORGOTTEN_FROM, prefix).map((each) => `${each} via ${gateway}`);
      const { changed, deleted } = told[protocol.family];
      expect([...changed].sort()).toEqual(moved.sort());
      expect(deleted).toEqual([]);
    }
  });

  it('go after the stale time if nobody announces them', async () => {
    ripd.daemon.kill();
    await ripd.daemon.exited;
    await start(0.5);
    await untilInstalled(0);
    expect(await stale()).toEqual([0, 0]);
  });
});

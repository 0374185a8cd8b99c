/**
 * Others have routes for the prefixes of ripd, or routes that look like its own: none of them is ever touched, and ripd says
 * which of its own do not serve.
 */
import { until } from '@ripstop/lab';
import type { KernelRouteSnapshot } from '@ripstop/router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protocols } from '../kit/protocol.ts';
import { SharedKernel } from './shared-kernel.ts';

const STATE_MS = 30_000;
const STALE_SECONDS = 3;
const ours = 'proto rip metric 20';

describe.each(protocols)('beside 10,000 routes of $name', (protocol) => {
  let kernel: SharedKernel;

  beforeAll(async () => {
    kernel = await SharedKernel.lay(protocol, { 'stale-time': STALE_SECONDS });
  });
  afterAll(() => kernel?.close());

  /** How the kernel stands to our route, as ripd says. */
  const view = async (prefix: string): Promise<KernelRouteSnapshot | undefined> => {
    const { routes } = (await kernel.ask(`/kernel?prefix=${prefix}`)) as { routes?: KernelRouteSnapshot[] };
    return routes?.[0];
  };
  const stateBecomes = (
    prefix: string,
    state: KernelRouteSnapshot['state'],
    reason = /^/,
  ): Promise<unknown> =>
    until(`${prefix} is ${state}`, STATE_MS, async () => {
      const route = await view(prefix);
      return route?.state === state && reason.test(route.reason ?? '');
    });
  /** Where the kernel sends a packet for an address of a prefix. */
  const serving = async (prefix: string): Promise<string | undefined> => {
    const text = await kernel.ip(`route get ${prefix.replace(/0?\/\d+$/, '7')}`);
    return /via (\S+)/.exec(text)?.[1];
  };
  const gateway = (way: string): string => kernel.words(way)[2] as string;
  /** Nothing is changed of the rest, and nothing was put back. */
  const quietly = async (doing: () => Promise<void>): Promise<void> => {
    const { heals } = await kernel.counts();
    await doing();
    await kernel.untilAsLearned();
    expect((await kernel.counts()).heals).toBe(heals);
  };

  it('a better route of someone else shadows ours, which stays, and serves again when the other goes', async () => {
    const prefix = kernel.lone(1);
    await quietly(async () => {
      await kernel.ip(`route add ${prefix} via @9 proto static metric 5`);
      await stateBecomes(prefix, 'shadowed', /static.* 5|5.*static/);
      await kernel.untilLogged({ prefix, holder: 'proto static', metric: 5 });
      expect(await kernel.routes(prefix)).toHaveLength(2);
      expect(await serving(prefix)).toBe(gateway('@9'));
      await kernel.ip(`route del ${prefix} proto static metric 5`);
      await stateBecomes(prefix, 'installed');
      await kernel.untilLogged({ prefix, msg: 'the other route is gone; ours serves again' });
      expect(await serving(prefix)).toBe(kernel.gateways[0]);
    });
  });

  it('a worse route of someone else changes nothing', async () => {
    const prefix = kernel.lone(2);
    const before = kernel.log.length;
    await quietly(async () => {
      await kernel.ip(`route add ${prefix} via @9 proto static metric 2000`);
      // What is told after it was heard after it.
      await kernel.ip(`route add ${kernel.lone(3)} via @9 proto static metric 5`);
      await stateBecomes(kernel.lone(3), 'shadowed');
      expect(await view(prefix)).toMatchObject({ state: 'installed', heals: 0 });
      expect(await serving(prefix)).toBe(kernel.gateways[0]);
      expect(kernel.log.slice(before).filter((record) => record.prefix === prefix)).toEqual([]);
      await kernel.ip(`route del ${kernel.lone(3)} proto static metric 5`);
    });
  });

  it('a route of our metric that was there before ours keeps it out, and lets it in by going', async () => {
    const prefix = protocol.in('10.102.1.0/24');
    await quietly(async () => {
      await kernel.ip(`route add ${prefix} via @9 proto static metric 20`);
      await kernel.say('first', [prefix]);
      await stateBecomes(prefix, 'conflict', /static/);
      await kernel.untilLogged({ prefix, holder: 'proto static' });
      expect(await kernel.routes(prefix)).toEqual([expect.stringContaining('proto static')]);
      expect(await serving(prefix)).toBe(gateway('@9'));
      await kernel.ip(`route del ${prefix} proto static metric 20`);
      await kernel.untilRoutes(prefix, [kernel.learnedFrom('first', prefix)]);
      await kernel.untilLogged({ prefix, msg: 'our route is in the kernel now' });
      expect(await serving(prefix)).toBe(kernel.gateways[0]);
      await kernel.say('first', [prefix], 16);
    });
  });

  it('a route of someone else that replaces ours stays, and ours is back: of IPv4 before it, of IPv6 after it', async () => {
    const prefix = kernel.lone(4);
    const [learned = ''] = kernel.asLearned(prefix);
    const { heals } = await kernel.counts();
    await kernel.ip(`route replace ${prefix} via @9 proto static metric 20`);
    const theirs: unknown = expect.stringContaining('proto static');
    if (protocol.family === 'ipv4') {
      await until('ours is back', STATE_MS, async () => (await kernel.routes(prefix)).length === 2);
      expect(await kernel.routes(prefix)).toEqual([learned, theirs]);
      await kernel.untilLogged({ prefix, change: 'altered', culprit: 'proto static' });
      expect((await kernel.counts()).heals).toBe(heals + 1);
    } else {
      await stateBecomes(prefix, 'conflict', /static/);
      expect(await kernel.routes(prefix)).toEqual([theirs]);
    }
    await kernel.ip(`route del ${prefix} proto static metric 20`);
    await kernel.untilRoutes(prefix, [learned]);
    await kernel.untilAsLearned();
  });

  describe('routes of our protocol by others', () => {
    /** `ip` takes the place in the same words when it shows a route as when it makes one. */
    interface Stray {
      readonly prefix: string;
      readonly place: string;
    }
    const [announced, free] = [protocol.in('10.0.5.0/24'), protocol.in('10.103.0.0/24')];
    const strays: readonly Stray[] = [
      { prefix: announced, place: 'proto rip metric 30' },
      { prefix: announced, place: `${ours} table 77` },
      { prefix: free, place: 'proto rip metric 30' },
      { prefix: free, place: 'proto static metric 20' },
    ];
    /** Where ours would be, if a neighbor had announced that prefix. */
    const inOurPlace: Stray = { prefix: protocol.in('10.104.0.0/24'), place: ours };

    const add = ({ prefix, place }: Stray): Promise<string> =>
      kernel.ip(`route add ${prefix} via @9 ${place}`);
    const isThere = async ({ prefix, place }: Stray): Promise<boolean> =>
      (await kernel.ip(`route show exact ${prefix} ${place}`)) !== '';
    const areThere = async (some: readonly Stray[]): Promise<boolean> =>
      (await Promise.all(some.map(isThere))).every(Boolean);
    const untilInstalled = (routes: number): Promise<unknown> =>
      until(`${routes} are installed`, STATE_MS, async () => (await kernel.counts()).installed === routes);

    it('stay while ours is taken and put back beside them', async () => {
      for (const stray of [...strays, inOurPlace]) await add(stray);
      await kernel.ip(`route del ${announced} ${ours}`);
      await until('ours is back', STATE_MS, () => isThere({ prefix: announced, place: ours }));
      expect(await areThere([...strays, inOurPlace])).toBe(true);
    });

    it('are adopted at start where ours would be, and removed if nobody announces them', async () => {
      await kernel.ripd.daemon.stop('SIGKILL');
      await kernel.startAgain();
      expect((await kernel.counts()).stale).toBe(kernel.size + 1);
      expect(await view(inOurPlace.prefix)).toMatchObject({ state: 'stale' });
      await kernel.announce();
      await kernel.untilLogged({ change: 'removed', routes: 1 });
      await until('it is gone', STATE_MS, async () => !(await isThere(inOurPlace)));
      await untilInstalled(kernel.size);
      expect(await areThere(strays)).toBe(true);
    });

    it('stay when we leave, which takes ours away', async () => {
      await add(inOurPlace);
      // The contract gives an exit three seconds, in which a busy machine does not remove ten thousand.
      const withdrawn = Array.from({ length: 9_000 }, (_, at) => kernel.lone(1_000 + at));
      await kernel.say('first', withdrawn, 16);
      await untilInstalled(kernel.size - withdrawn.length);
      expect(await kernel.ripd.daemon.stop()).toBe(0);
      expect(await areThere([...strays, inOurPlace])).toBe(true);
      const left = [announced, free, inOurPlace.prefix];
      expect((await kernel.table()).map((line) => line.split(' ')[1])).toEqual(left);
    });
  });
});

/** Networks by the hundred, with all that can go wrong. `npm run nightly` has thousands, and larger ones. */
import { describe, expect, it } from 'vitest';
import { randomScenario } from '../../src/scenario/generator.ts';
import { longestUnrest, speakingOnly } from '../../src/scenario/scenario.ts';
import { topologyOf } from '../../src/scenario/scenario-file.ts';
import { simulate } from '../../src/scenario/simulation.ts';
import { checkTopology } from '../../src/topology.ts';

const SCENARIOS = 200;
const ROUND = 20;

describe('random scenarios', () => {
  const rounds = Array.from({ length: SCENARIOS / ROUND }, (_, round) => 1 + round * ROUND);
  it.each(rounds)(
    'from seed %i on come to rest, with shortest paths in every kernel',
    async (first) => {
      for (let seed = first; seed < first + ROUND; seed += 1) {
        const routers = 3 + (seed % 8);
        const { violations } = await simulate(randomScenario(seed, { routers }));
        const replay = `node apps/riplab/bin/riplab.js simulate --seed ${seed} --routers ${routers}`;
        expect(violations, `to see it: ${replay}`).toEqual([]);
      }
    },
    120_000,
  );

  it('are the same with the same seed, down to the last byte', async () => {
    const choices = { routers: 6, spoken: 'both' } as const;
    const first = await simulate(randomScenario(11, choices));
    expect(await simulate(randomScenario(11, choices))).toEqual(first);
    expect((await simulate(randomScenario(12, choices))).fingerprint).not.toBe(first.fingerprint);
  });

  it('speak RIP, RIPng, or both, and are the same networks otherwise', () => {
    const spoken = (seed: number): string =>
      Object.keys(randomScenario(seed).routers[0]?.configurations ?? {}).join(' ');
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    expect([...new Set(seeds.map(spoken))].sort()).toEqual(['rip', 'rip ripng', 'ripng']);
    const both = randomScenario(7, { spoken: 'both' });
    for (const protocol of ['rip', 'ripng'] as const)
      expect(randomScenario(7, { spoken: protocol })).toEqual(speakingOnly(both, protocol));
  });

  it('never give two interfaces of one segment the same address', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { segments, events } = randomScenario(seed);
      for (const { name, ends } of segments) {
        const owners = new Map<string, string>();
        const own = (router: string, port: string, addresses: readonly string[]): void => {
          for (const address of addresses) {
            const owner = `${router} ${port}`;
            expect(owners.get(address) ?? owner, `${address} on ${name} with seed ${seed}`).toBe(owner);
            owners.set(address, owner);
          }
        };
        for (const end of ends) own(end.router, end.interface, end.addresses);
        for (const event of events) {
          if (event.type !== 'readdress') continue;
          if (ends.some((end) => end.router === event.router && end.interface === event.interface))
            own(event.router, event.interface, event.addresses);
        }
      }
    }
  });

  it('are networks that could be laid', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const scenario = randomScenario(seed);
      expect(() => checkTopology(topologyOf(scenario))).not.toThrow();
      expect(scenario.routers.length).toBeGreaterThanOrEqual(3);
      expect(scenario.routers.length).toBeLessThanOrEqual(60);
    }
  });

  it('connect all routers', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { routers, segments } = randomScenario(seed);
      const reached = new Set(['r1']);
      for (let size = 0; size < reached.size; ) {
        size = reached.size;
        for (const { ends } of segments) {
          if (ends.some(({ router }) => reached.has(router)))
            for (const { router } of ends) reached.add(router);
        }
      }
      expect(reached.size).toBe(routers.length);
    }
  });

  it('leave the network in peace for as long as it may need', () => {
    const scenario = randomScenario(5);
    expect(scenario.end - (scenario.events.at(-1)?.at ?? 0)).toBe(longestUnrest(scenario));
  });
});

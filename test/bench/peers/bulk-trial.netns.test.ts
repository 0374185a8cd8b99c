/** The bulk benchmark does what it says, with a burst that every daemon can take: what it measures is whole. */
import { describe, expect, it } from 'vitest';
import { rip } from '../../kit/protocol.ts';
import { gcc, installed } from '../../kit/requirements.ts';
import { tryRival } from './bulk-trial.ts';
import { availableRivals } from './rival.ts';

const plan = { protocol: rip, routes: 1_000, gap: 0, settling: 300, nodeOptions: [] };
const rivals = installed('the bulk benchmark', gcc) ? availableRivals(['Ripstop', 'FRR', 'BIRD']) : [];

describe('a trial', () => {
  it.concurrent.each(rivals)('of %s learns, poisons and learns again every route', async (name) => {
    const { learn, poison, learnAgain, refreshes, peakMemory } = await tryRival(name, plan);
    for (const change of [learn, poison, learnAgain]) {
      expect(change).toMatchObject({ routes: plan.routes, droppedPackets: 0 });
      expect(change.time).toBeGreaterThan(0);
      expect(change.cpu).toBeGreaterThan(0);
      expect(change.cpuToAnnounced).toBeGreaterThanOrEqual(change.cpu);
    }
    expect(Math.max(...refreshes.cold, ...refreshes.warm)).toBeGreaterThan(0);
    expect(peakMemory).toBeGreaterThan(1_000_000);
  });
});

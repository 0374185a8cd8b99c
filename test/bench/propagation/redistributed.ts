/**
 * 10,000 static routes that a router has in its kernel: from the first one there to the moment at which a neighbor has heard all
 * of them, and the same when they are deleted.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ascending, network } from '../many-routes.ts';
import { format } from '../peers/bulk-report.ts';
import { availableRivals, Rival, type RivalName } from '../peers/rival.ts';
import type { Row } from './comparison.ts';
import { Line, leftInterface, rightInterface } from './line.ts';
import { type Part, QUIET_MS, type Trial } from './part.ts';

const ROUTES = 10_000;
/** After which whoever has not heard all is not waited for. */
const LOST_MS = 10_000;
/** The generator's. */
const GATEWAY = '20.255.0.1';

/** What is done to the routes, and what comes of it in the kernel and at the neighbor. */
interface Change {
  /** Of `ip route`. */
  readonly verb: 'add' | 'del';
  readonly inKernel: 'learned' | 'withdrawn';
  readonly heard: 'reachable' | 'unreachable';
  readonly batch: Row;
  readonly all: Row;
}

const addition: Change = {
  verb: 'add',
  inKernel: 'learned',
  heard: 'reachable',
  batch: { title: 'ip -batch adds them', unit: 'ms' },
  all: { title: '  all heard, since the first one', unit: 'ms' },
};
const deletion: Change = {
  verb: 'del',
  inKernel: 'withdrawn',
  heard: 'unreachable',
  batch: { title: 'ip -batch deletes them', unit: 'ms' },
  all: { title: '  all heard as unreachable, since the first one', unit: 'ms' },
};

export const redistributed: Part<RivalName> = {
  title: `${format(ROUTES)} static routes redistributed`,
  contestants: () => availableRivals(['Ripstop', 'FRR', 'BIRD']),
  async trial(trial) {
    const { contestant, nodeOptions } = trial;
    const interfaces = [leftInterface, rightInterface];
    const options = { redistributes: true, nodeOptions };
    await Line.with(1, async (line) => {
      const rival = await Rival.start(contestant, line.first, line.lab.directory, interfaces, options);
      await change(trial, line, addition);
      await change(trial, line, deletion);
      await rival.stop();
    });
  },
};

async function change(
  { instruments, add }: Trial<RivalName>,
  { lab, first: router, collector }: Line,
  { verb, inKernel, heard, batch, all }: Change,
): Promise<void> {
  const file = join(lab.directory, `${verb}.ip`);
  writeFileSync(file, lines(verb));
  await setTimeout(QUIET_MS);
  const watched = await instruments.watchRoutes([router], inKernel, ROUTES, LOST_MS);
  const listening = await instruments.listen(collector, leftInterface, heard, ROUTES, LOST_MS);
  await router.exec('ip', '-batch', file);
  const [kernel] = await watched();
  const { routes, last } = await listening();
  if (kernel?.routes !== ROUTES) throw new Error(`ip changed ${kernel?.routes} routes`);
  add(batch, (kernel.last - kernel.first) / 1e6);
  add(all, routes < ROUTES ? `${format(routes)} heard` : (last - kernel.first) / 1e6);
}

function lines(verb: 'add' | 'del'): string {
  return ascending(ROUTES)
    .map((at) => `route ${verb} ${network(at)}/24 via ${GATEWAY} proto static\n`)
    .join('');
}

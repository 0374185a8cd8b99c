/**
 * Somebody deletes routes that a daemon has learned, one or all of them: from the first deletion until all are back in the
 * kernel. FRR is told of it by the kernel as we are, BIRD looks once a minute.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabNode } from '@ripstop/lab';
import { ascending, network } from '../many-routes.ts';
import { format } from '../peers/bulk-report.ts';
import { availableRivals, Rival, type RivalName } from '../peers/rival.ts';
import type { Row } from '../propagation/comparison.ts';
import { Line, leftInterface, rightInterface } from '../propagation/line.ts';
import type { Part, Trial } from '../propagation/part.ts';
import { learn, ROUTES } from './learning.ts';

/** BIRD's interval between two looks, and some seconds. */
const HEALED_MS = 65_000;

interface Damage {
  readonly row: Row;
  /** How many are deleted. */
  readonly routes: number;
  /** For `ip`. @param directory for a file */
  command(routeProtocol: number, directory: string): readonly string[];
}

const damages: readonly Damage[] = [
  {
    row: { title: 'ip route del of one: back in the kernel', unit: 'ms' },
    routes: 1,
    command: () => ['route', 'del', prefix(ROUTES / 2)],
  },
  {
    row: { title: 'ip -batch deletes all: all back', unit: 'ms' },
    routes: ROUTES,
    command(_, directory) {
      const file = join(directory, 'deletions.ip');
      writeFileSync(
        file,
        ascending(ROUTES)
          .map((at) => `route del ${prefix(at)}\n`)
          .join(''),
      );
      return ['-batch', file];
    },
  },
  {
    row: { title: 'ip route flush of all: all back', unit: 'ms' },
    routes: ROUTES,
    command: (routeProtocol) => ['route', 'flush', 'protocol', String(routeProtocol)],
  },
];

export const deletion: Part<RivalName> = {
  title: `Of ${format(ROUTES)} learned routes, some are deleted by somebody else`,
  contestants: () => availableRivals(['Ripstop', 'FRR', 'BIRD']),
  async trial(trial) {
    for (const damage of damages) await Line.with(1, (line) => heal(trial, line, damage));
  },
};

async function heal(
  { contestant, instruments, directory, nodeOptions, add }: Trial<RivalName>,
  { lab, generator, first: router }: Line,
  { row, routes, command }: Damage,
): Promise<void> {
  const interfaces = [leftInterface, rightInterface];
  const rival = await Rival.start(contestant, router, lab.directory, interfaces, { nodeOptions });
  const { routeProtocol } = rival;
  const neighbor = { neighbor: generator, interface: rightInterface };
  await learn({ ...neighbor, router, routeProtocol, nextHops: 1, directory });
  const watched = await instruments.watchRoutes([router], 'healed', routes, HEALED_MS);
  if (await canDo(router, ...command(routeProtocol, lab.directory))) {
    const [kernel] = await watched();
    if (kernel === undefined || kernel.deletions < routes) throw new Error('ip deleted too few routes');
    const time = (kernel.last - kernel.first) / 1e6;
    add(row, kernel.routes < routes ? `${format(kernel.routes)} within ${HEALED_MS / 1e3} s` : time);
  } else {
    add(row, 'ip cannot');
  }
  await rival.stop();
}

/** iproute2 6.1 cannot flush routes over next-hop objects, as FRR makes them: the kernel finds its request contradictory. */
async function canDo(router: LabNode, ...command: string[]): Promise<boolean> {
  try {
    await router.exec('ip', ...command);
    return true;
  } catch (error) {
    if (!(error as Error).message.includes('Invalid argument')) throw error;
    return false;
  }
}

function prefix(at: number): string {
  return `${network(at)}/24`;
}

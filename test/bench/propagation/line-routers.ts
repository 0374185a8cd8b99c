/**
 * The same daemon on every router of a line, all started at once. Ours can also be one process for all of them.
 *
 * Before this file: `line.ts`. After it: `peers/rival.ts`, and the kit that starts our daemon.
 */
import { RipdRouter } from '../../kit/ripd.ts';
import { availableRivals, Rival, type RivalName, type RivalOptions } from '../peers/rival.ts';
import { type Line, leftInterface, rightInterface } from './line.ts';

const oneProcess = 'Ripstop, one process';
export type LineContestant = RivalName | typeof oneProcess;

/** Those that can run here. */
export function lineContestants(): LineContestant[] {
  const [ours, ...others] = availableRivals(['Ripstop', 'FRR', 'BIRD']);
  return ours === undefined ? others : [ours, oneProcess, ...others];
}

/** Resolves when all of them hear their neighbors. */
export async function startRouters(
  contestant: LineContestant,
  { lab, routers }: Line,
  options: RivalOptions,
): Promise<void> {
  const active = [leftInterface, rightInterface];
  if (contestant !== oneProcess) {
    await Promise.all(
      routers.map((router) => Rival.start(contestant, router, lab.directory, active, options)),
    );
    return;
  }
  const interfaces = Object.fromEntries(active.map((name) => [name, {}]));
  const configurations = new Map(routers.map((router) => [router, { rip: { interfaces } }]));
  await RipdRouter.startTogether(configurations, lab.directory, options.nodeOptions);
}

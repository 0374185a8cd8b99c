/**
 * A lone change along a line of routers: from the neighbor at one end that announces it, or from the loss of its link, into the
 * kernel of the router at the other end. And how long it takes at first until all routers know all links.
 */
import { setTimeout } from 'node:timers/promises';
import { rip } from '../../kit/protocol.ts';
import { Announcer, INFINITY } from '../peers/announcer.ts';
import type { Row } from './comparison.ts';
import { now, type RoutesWatched, type Watching } from './instruments.ts';
import { Line, leftInterface, rightInterface } from './line.ts';
import { type LineContestant, lineContestants, startRouters } from './line-routers.ts';
import { type Part, QUIET_MS, type Trial } from './part.ts';

const START_MS = 60_000;
const CHANGE_MS = 20_000;

interface LineRows {
  readonly start: Row;
  readonly learn: Row;
  readonly poison: Row;
  readonly linkDown: Row;
}

const lines: ReadonlyMap<number, LineRows> = new Map([4, 8, 14].map((length) => [length, rowsOf(length)]));

export const alongLine: Part<LineContestant> = {
  title: 'A lone change along a line of routers',
  contestants: lineContestants,
  async trial(trial) {
    for (const [length, rows] of lines) await Line.with(length, (line) => changes(trial, line, rows));
  },
};

async function changes(trial: Trial<LineContestant>, line: Line, rows: LineRows): Promise<void> {
  const { add, instruments, directory } = trial;
  add(rows.start, await startTime(trial, line));
  await setTimeout(QUIET_MS); // what was learned last is passed on, too
  const announcer = new Announcer(line.generator, rightInterface, rip, directory);
  const announce = (metric: number) => async (): Promise<number> =>
    (await announcer.announce({ routes: 1, metric, gap: 0 })).first;
  const changed = async (
    what: 'learned' | 'withdrawn',
    routes: number,
    begin: () => Promise<number>,
  ): Promise<number | string> => {
    await setTimeout(QUIET_MS);
    const watched = await instruments.watchRoutes([line.last], what, routes, CHANGE_MS);
    return timeOf(await begin(), routes, watched);
  };
  add(rows.learn, await changed('learned', 1, announce(1)));
  add(rows.poison, await changed('withdrawn', 1, announce(INFINITY)));
  await changed('learned', 1, announce(1));
  // The link's own subnet is lost with it.
  add(rows.linkDown, await changed('withdrawn', 2, () => loseLink(line)));
}

/** From the start of the first process until every router has a route to every link. */
async function startTime(
  { contestant, instruments, nodeOptions }: Trial<LineContestant>,
  line: Line,
): Promise<number | string> {
  const others = line.routers.length - 1; // links that are not its own
  const watched = await instruments.watchRoutes(line.routers, 'learned', others, START_MS);
  const start = now();
  await startRouters(contestant, line, { nodeOptions });
  return await timeOf(start, others, watched);
}

async function loseLink({ first }: Line): Promise<number> {
  const start = now();
  await first.setLink(leftInterface, 'down');
  return start;
}

async function timeOf(
  start: number,
  routes: number,
  watched: Watching<readonly RoutesWatched[]>,
): Promise<number | string> {
  const kernels = await watched();
  const complete = kernels.filter((kernel) => kernel.routes >= routes);
  if (complete.length < kernels.length) return `${complete.length} of ${kernels.length} routers`;
  return (Math.max(...kernels.map(({ last }) => last)) - start) / 1e6;
}

function rowsOf(length: number): LineRows {
  const row = (title: string): Row => ({ title: `${length} routers: ${title}`, unit: 'ms' });
  return {
    start: row('started, all know all'),
    learn: row('learned'),
    poison: row('poisoned'),
    linkDown: row('link set down'),
  };
}

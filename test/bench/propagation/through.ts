/**
 * 10,000 routes through one router: from the first packet of a neighbor to the moment at which a neighbor behind the router has
 * heard all of them. Then the link that they came over is lost, until the other has heard that all are unreachable.
 */
import { setTimeout } from 'node:timers/promises';
import { rip } from '../../kit/protocol.ts';
import { Announcer } from '../peers/announcer.ts';
import { format } from '../peers/bulk-report.ts';
import { availableRivals, Rival, type RivalName, rivalNames } from '../peers/rival.ts';
import type { Row } from './comparison.ts';
import { type Heard, now } from './instruments.ts';
import { Line, leftInterface, rightInterface } from './line.ts';
import { type Part, QUIET_MS, type Trial } from './part.ts';

const ROUTES = 10_000;
/** After which whoever has not heard all is not waited for. */
const LOST_MS = 10_000;
/** Microseconds from one packet to the next. */
const PACE = 1_000;

interface AnnouncementRows {
  readonly all: Row;
  readonly first: Row;
  readonly bytes: Row;
}

const burst = rowsOf('in a burst');
const paced = rowsOf('a packet a millisecond');
const linkDown: Row = { title: 'link set down: all heard as unreachable', unit: 'ms' };
const carrierLost: Row = { title: 'carrier lost, since the kernel said so: the same', unit: 'ms' };

export const through: Part<RivalName> = {
  title: `${format(ROUTES)} routes through one router`,
  contestants: () => availableRivals(rivalNames),
  async trial(trial) {
    await onRouter(trial, (line) => announce(trial, line, 0, burst));
    await onRouter(trial, async (line) => {
      await announce(trial, line, PACE, paced);
      await loseLink(trial, line);
    });
    await onRouter(trial, async (line) => {
      await announce(trial, line, PACE, paced);
      await loseCarrier(trial, line);
    });
  },
};

/** With a fresh process on a fresh kernel that has said what it says at first. */
async function onRouter(
  { contestant, nodeOptions }: Trial<RivalName>,
  use: (line: Line) => Promise<void>,
): Promise<void> {
  await Line.with(1, async (line) => {
    const interfaces = [leftInterface, rightInterface];
    const rival = await Rival.start(contestant, line.first, line.lab.directory, interfaces, { nodeOptions });
    await setTimeout(QUIET_MS);
    await use(line);
    await rival.stop();
  });
}

async function announce(
  { instruments, directory, add }: Trial<RivalName>,
  { generator, collector }: Line,
  gap: number,
  rows: AnnouncementRows,
): Promise<void> {
  const announcer = new Announcer(generator, rightInterface, rip, directory);
  const heard = await instruments.listen(collector, leftInterface, 'reachable', ROUTES, LOST_MS);
  const sent = await announcer.announce({ routes: ROUTES, metric: 1, gap });
  const { routes, first, last, bytes } = await heard();
  add(rows.all, routes < ROUTES ? `${format(routes)} heard` : milliseconds(last - sent.first));
  add(rows.first, milliseconds(first - sent.first));
  if (routes === ROUTES) add(rows.bytes, bytes / 1000);
}

/** The link to the generator goes down by command. Linux: the kernel drops its routes and tells nobody. */
async function loseLink({ instruments, add }: Trial<RivalName>, { first, collector }: Line): Promise<void> {
  await setTimeout(QUIET_MS);
  const heard = await instruments.listen(collector, leftInterface, 'unreachable', ROUTES, LOST_MS);
  const start = now();
  await first.setLink(leftInterface, 'down');
  add(linkDown, untilAll(await heard(), start));
}

/** The far end of the link goes down. Linux: that a carrier is lost is told at most once a second. */
async function loseCarrier(
  { instruments, add }: Trial<RivalName>,
  { generator, first, collector }: Line,
): Promise<void> {
  await setTimeout(QUIET_MS);
  const watched = await instruments.watchRoutes([first], 'withdrawn', ROUTES, LOST_MS);
  const heard = await instruments.listen(collector, leftInterface, 'unreachable', ROUTES, LOST_MS);
  await generator.setLink(rightInterface, 'down');
  const [kernel] = await watched();
  add(carrierLost, untilAll(await heard(), kernel?.carrierLost ?? Number.NaN));
}

function untilAll({ routes, last }: Heard, start: number): number | string {
  return routes < ROUTES ? `${format(routes)} heard` : milliseconds(last - start);
}

function rowsOf(how: string): AnnouncementRows {
  return {
    all: { title: `${how}: all heard`, unit: 'ms' },
    first: { title: '  first packet out', unit: 'ms', isUncompared: true },
    bytes: { title: '  bytes until all were heard', unit: 'kB' },
  };
}

function milliseconds(nanoseconds: number): number {
  return nanoseconds / 1e6;
}

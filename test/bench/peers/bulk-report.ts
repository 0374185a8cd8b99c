/**
 * The bulk benchmark for the eye: a table for each thing that is measured, a row for each daemon, a column for each
 * announcement. Beside each figure stands its multiple of the best that FRR or BIRD reached: below 1 is better than both.
 *
 * Before this file: `bulk-trial.ts`.
 */
import { median } from '../rounds.ts';
import type { Change, Trial } from './bulk-trial.ts';
import type { RivalName } from './rival.ts';

/** What was announced, and what each daemon made of it, run by run. */
export interface Column {
  /** `10,000 burst` */
  readonly title: string;
  readonly routes: number;
  readonly trials: ReadonlyMap<RivalName, readonly Trial[]>;
  /** Nanoseconds of CPU for receiving it and nothing else. */
  readonly floor: number;
}

interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  figure(trial: Trial, routes: number): number;
  /** The figure says nothing unless this change was of every route. */
  readonly needs: (trial: Trial) => Change;
  /** It may be compared with receiving alone. */
  readonly hasFloor?: boolean;
}

const duration = (title: string, change: (trial: Trial) => Change): Measure => ({
  title: `${title}: from the first packet to the last route in the kernel`,
  unit: 'ms',
  digits: 1,
  figure: (trial) => change(trial).time / 1e6,
  needs: change,
});

const cost = (
  title: string,
  change: (trial: Trial) => Change,
  figure: 'cpu' | 'cpuToAnnounced',
): Measure => ({
  title: `CPU a route, ${title}`,
  unit: 'µs',
  digits: 1,
  figure: (trial, routes) => change(trial)[figure] / 1e3 / routes,
  needs: change,
});

const refresh = (title: string, time: (trial: Trial) => number): Measure => ({
  title: `CPU for hearing everything again without a change, ${title}`,
  unit: 'ms',
  digits: 2,
  figure: (trial) => time(trial) / 1e6,
  needs: ({ learn }) => learn,
  hasFloor: true,
});

const measures: readonly Measure[] = [
  duration('Learned by a fresh process (cold)', ({ learn }) => learn),
  duration('Poisoned', ({ poison }) => poison),
  duration('Learned again by the same process (warm)', ({ learnAgain }) => learnAgain),
  cost('cold', ({ learn }) => learn, 'cpu'),
  cost('poisoned', ({ poison }) => poison, 'cpu'),
  cost('warm', ({ learnAgain }) => learnAgain, 'cpu'),
  cost('warm, until it is announced as well', ({ learnAgain }) => learnAgain, 'cpuToAnnounced'),
  refresh('the first time', ({ refreshes }) => refreshes.cold[0] ?? Number.NaN),
  refresh('warm', ({ refreshes }) => median(refreshes.warm)),
  {
    title: 'Peak memory of all its processes',
    unit: 'MB',
    digits: 1,
    figure: (trial) => trial.peakMemory / 1e6,
    needs: ({ learn }) => learn,
  },
];

export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

export function bulkTables(columns: readonly Column[]): Table[] {
  const names = [...new Set(columns.flatMap(({ trials }) => [...trials.keys()]))];
  const header = ['', ...columns.flatMap(({ title }) => [title, ''])];
  const tables = measures.map((measure) => {
    const cells = columns.map((column) => cellsOf(measure, column));
    const rows = names.map((name) => [name, ...cells.flatMap((each) => each.get(name) ?? ['', ''])]);
    const floor = measure.hasFloor === true ? [floorRow(measure, columns)] : [];
    return { title: measure.title, rows: [header, ...rows, ...floor] };
  });
  const drops = {
    title: 'Packets dropped: learned / poisoned / learned again',
    rows: [
      ['', ...columns.map(({ title }) => title)],
      ...names.map((name) => [name, ...columns.map(({ trials }) => dropsOf(trials.get(name) ?? []))]),
    ],
  };
  return [...tables, drops];
}

function floorRow({ unit, digits }: Measure, columns: readonly Column[]): string[] {
  return [
    'C, receiving only',
    ...columns.flatMap(({ floor }) => [`${(floor / 1e6).toFixed(digits)} ${unit}`, '']),
  ];
}

/** Each daemon's figure and its ratio. */
function cellsOf(measure: Measure, { trials, routes }: Column): Map<RivalName, string[]> {
  const figures = new Map(
    [...trials].map(([name, each]) => [name, figureOf(measure, each, routes)] as const),
  );
  const peers = [...figures].flatMap(([name, figure]) =>
    name !== 'Ripstop' && typeof figure === 'number' ? [figure] : [],
  );
  const best = Math.min(...peers);
  return new Map(
    [...figures].map(([name, figure]) => [
      name,
      typeof figure === 'string'
        ? [figure, '']
        : [`${figure.toFixed(measure.digits)} ${measure.unit}`, peers.length > 0 ? ratio(figure / best) : ''],
    ]),
  );
}

/** The median of all runs; if one was not complete, of how many routes the worst was. */
function figureOf({ figure, needs }: Measure, trials: readonly Trial[], routes: number): number | string {
  const done = Math.min(...trials.map((trial) => needs(trial).routes));
  return done < routes ? `${format(done)} done` : median(trials.map((trial) => figure(trial, routes)));
}

function dropsOf(trials: readonly Trial[]): string {
  const changes = (['learn', 'poison', 'learnAgain'] as const).map((change) =>
    trials.map((trial) => trial[change].droppedPackets),
  );
  return changes.map((runs) => format(median(runs))).join(' / ');
}

function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}

/** `10,000` */
export function format(count: number): string {
  return count.toLocaleString('en-US');
}

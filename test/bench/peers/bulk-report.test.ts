/** What the bulk benchmark tells of its trials. */
import { describe, expect, it } from 'vitest';
import { bulkTables, type Column } from './bulk-report.ts';
import type { Change, Trial } from './bulk-trial.ts';

const ROUTES = 1_000;

/** Of a daemon that does everything in so many milliseconds, with as much CPU. */
function trial(milliseconds: number, learned = ROUTES, droppedPackets = 0): Trial {
  const time = milliseconds * 1e6;
  const change: Change = { routes: learned, droppedPackets, time, cpu: time, cpuToAnnounced: 2 * time };
  return {
    learn: change,
    poison: change,
    learnAgain: change,
    refreshes: { cold: [time, 0, 0], warm: [0, time, 2 * time] },
    peakMemory: time,
  };
}

const column: Column = {
  title: '1,000 burst',
  routes: ROUTES,
  floor: 1e6,
  trials: new Map([
    ['Ripstop', [trial(30), trial(5), trial(10)]],
    ['FRR', [trial(1, 25, 39), trial(1, 50, 38), trial(1, 75, 37)]],
    ['BIRD', [trial(20), trial(20), trial(20)]],
    ['BIRD 64 MB', [trial(40), trial(40), trial(40)]],
  ]),
};
const tables = new Map(bulkTables([column]).map(({ title, rows }) => [title, rows]));

describe('a table of the bulk benchmark', () => {
  it('has medians, and their multiples of the best rival that did it all', () => {
    const learned =
      'Learned by a fresh process (cold): from the first packet to the last route in the kernel';
    expect(tables.get(learned)).toEqual([
      ['', '1,000 burst', ''],
      ['Ripstop', '10.0 ms', '0.50 ×'],
      ['FRR', '25 done', ''],
      ['BIRD', '20.0 ms', '1.00 ×'],
      ['BIRD 64 MB', '40.0 ms', '2.00 ×'],
    ]);
  });

  it('tells CPU for each route', () => {
    expect(tables.get('CPU a route, warm')?.[1]).toEqual(['Ripstop', '10.0 µs', '0.50 ×']);
    expect(tables.get('CPU a route, warm, until it is announced as well')?.[1]?.[1]).toBe('20.0 µs');
  });

  it('tells beside the refreshes what receiving alone costs', () => {
    expect(tables.get('CPU for hearing everything again without a change, warm')).toEqual([
      ['', '1,000 burst', ''],
      ['Ripstop', '10.00 ms', '0.50 ×'],
      ['FRR', '25 done', ''],
      ['BIRD', '20.00 ms', '1.00 ×'],
      ['BIRD 64 MB', '40.00 ms', '2.00 ×'],
      ['C, receiving only', '1.00 ms', ''],
    ]);
  });

  it('tells how many packets were dropped', () => {
    const rows = tables.get('Packets dropped: learned / poisoned / learned again');
    expect(rows?.[2]).toEqual(['FRR', '38 / 38 / 38']);
  });

  it('has no multiples where no rival did it all', () => {
    const alone = { ...column, trials: new Map([['Ripstop', [trial(10)]]] as const) };
    const [first] = bulkTables([alone]);
    expect(first?.rows[1]).toEqual(['Ripstop', '10.0 ms', '']);
  });
});

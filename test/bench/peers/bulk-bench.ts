/**
 * A neighbor announces 1,000, 10,000 and 100,000 routes, at once and paced, poisons them all, and announces them again:
 * beside FRR and BIRD. Every daemon has its defaults and a fresh process on a fresh kernel; daemons take turns.
 *
 * After this file: `bulk-trial.ts`, one daemon's turn; `bulk-report.ts`, the tables. `bulk-options.ts` says what may be chosen.
 */
import { settle } from '../rounds.ts';
import { printTable } from '../table.ts';
import { gaps, parseBulkOptions } from './bulk-options.ts';
import { bulkTables, type Column, format } from './bulk-report.ts';
import { type Trial, type TrialPlan, tryRival } from './bulk-trial.ts';
import { receivingFloor } from './receiving-floor.ts';
import { availableRivals, type RivalName } from './rival.ts';

/** @throws Error if the words are wrong, or none of the chosen daemons is installed */
export async function benchBulk(words: readonly string[]): Promise<void> {
  const { names, sizes, pacings, protocol, runs, settling, profile } = parseBulkOptions(words);
  const present = availableRivals(names);
  const nodeOptions = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const columns: Column[] = [];
  for (const routes of sizes) {
    for (const pacing of pacings) {
      const title = `${format(routes)} ${pacing}`;
      const announcement = { routes, metric: 1, gap: gaps[pacing] };
      const floor = await receivingFloor(protocol, announcement);
      const plan = { protocol, ...announcement, settling, nodeOptions };
      columns.push({ title, routes, floor, trials: await takeTurns(title, present, runs, plan) });
    }
  }
  for (const { title, rows } of bulkTables(columns)) printTable(title, rows);
}

async function takeTurns(
  title: string,
  names: readonly RivalName[],
  runs: number,
  plan: TrialPlan,
): Promise<Column['trials']> {
  const trials = new Map<RivalName, Trial[]>(names.map((name) => [name, []]));
  for (let run = 1; run <= runs; run += 1) {
    for (const name of names) {
      await settle();
      const trial = await tryRival(name, plan);
      trials.get(name)?.push(trial);
      const learned = `${format(trial.learn.routes)} in ${(trial.learn.time / 1e6).toFixed(0)} ms`;
      console.error(`${title}, run ${run} of ${runs}: ${name} learned ${learned}`);
    }
  }
  return trials;
}

/**
 * A part of a benchmark beside other daemons: what is done with each contestant in each run; and how its runs become a table.
 * Contestants take turns, so that a busy minute of the machine meets all of them.
 *
 * After this file: `comparison.ts`.
 */
import { Comparison, type Row, type Sample } from './comparison.ts';
import type { ComparisonOptions } from './comparison-options.ts';
import { Instruments } from './instruments.ts';

/** Until a daemon has said what there is to say: the longest pause after a triggered update (RFC 2453 §3.10.1), and a second. */
export const QUIET_MS = 6_000;

export interface Part<Contestant extends string> {
  /** Of its table. */
  readonly title: string;
  /** Those that can run here. */
  contestants(): readonly Contestant[];
  /** One run of one contestant. */
  trial(trial: Trial<Contestant>): Promise<void>;
}

/** A contestant's turn. */
export interface Trial<Contestant extends string> {
  readonly contestant: Contestant;
  readonly instruments: Instruments;
  /** For programs that announce. */
  readonly directory: string;
  /** Of Node, for ours. */
  readonly nodeOptions: readonly string[];
  /** Tells what was measured. */
  add(row: Row, sample: Sample): void;
}

/** Runs those contestants that are wanted, and prints the table. @param directory for programs */
export async function comparePart<Contestant extends string>(
  { title, contestants, trial }: Part<Contestant>,
  directory: string,
  { isWanted, runs, nodeOptions }: ComparisonOptions,
): Promise<void> {
  const wanted = contestants().filter(isWanted);
  if (wanted.length === 0) return;
  const comparison = new Comparison(`${title}, medians of ${runs}`, wanted);
  const instruments = new Instruments(directory);
  for (let run = 1; run <= runs; run += 1) {
    for (const contestant of wanted) {
      const add = (row: Row, sample: Sample): void => comparison.add(row, contestant, sample);
      await trial({ contestant, instruments, directory, nodeOptions, add });
    }
  }
  comparison.print();
}

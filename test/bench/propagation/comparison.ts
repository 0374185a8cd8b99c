/**
 * What was measured of several contestants, run by run, and the table that is made of it: medians, and the ratio of ours to the
 * best of the others.
 *
 * Invariant: a median is taken of the runs that were complete. How many they were is said where one was not, and there is no
 * ratio to somebody who was never complete.
 */
import { median } from '../rounds.ts';
import { printTable } from '../table.ts';

export interface Row {
  readonly title: string;
  readonly unit: 'ms' | 'kB' | 'packets';
  /** Has no ratio: less of it is not better, or best is none. */
  readonly isUncompared?: boolean;
}

/** A number of the row's unit, or what there is to say of a run that was not complete: `1,650 heard`. */
export type Sample = number | string;

export class Comparison {
  readonly #title: string;
  readonly #contestants: readonly string[];
  readonly #rows = new Map<Row, Map<string, Sample[]>>();

  /** @param contestants in the order of the columns; the first of ours, which begin with `Ripstop`, is compared */
  constructor(title: string, contestants: readonly string[]) {
    this.#title = title;
    this.#contestants = contestants;
  }

  /** Adds a sample, and tells of it while the benchmark goes on. */
  add(row: Row, contestant: string, sample: Sample): void {
    const samples = this.#rows.get(row) ?? new Map<string, Sample[]>();
    this.#rows.set(row, samples.set(contestant, [...(samples.get(contestant) ?? []), sample]));
    console.error(`${contestant}: ${row.title}: ${cell(row, [sample])}`);
  }

  print(): void {
    const rows = [...this.#rows].map(([row, samples]) => [
      row.title,
      ...this.#contestants.map((contestant) => cell(row, samples.get(contestant) ?? [])),
      row.isUncompared ? '' : this.#ratio(samples),
    ]);
    printTable(this.#title, [['', ...this.#contestants, ''], ...rows]);
  }

  #ratio(samples: ReadonlyMap<string, readonly Sample[]>): string {
    const medians = (some: readonly string[]): number[] =>
      some.map((name) => median(numbers(samples.get(name) ?? []))).filter((value) => !Number.isNaN(value));
    const [ours] = medians(this.#contestants.filter(isOurs));
    const others = medians(this.#contestants.filter((name) => !isOurs(name)));
    return ours === undefined || others.length === 0 ? '' : `${(ours / Math.min(...others)).toFixed(2)} ×`;
  }
}

function isOurs(contestant: string): boolean {
  return contestant.startsWith('Ripstop');
}

function numbers(samples: readonly Sample[]): number[] {
  return samples.filter((sample) => typeof sample === 'number');
}

/** `312 ms`, `4946 ms (2 of 3)`, `1,650 heard`. */
function cell({ unit }: Row, samples: readonly Sample[]): string {
  const complete = numbers(samples);
  if (complete.length === 0) return String(samples[samples.length >> 1] ?? '');
  const share = complete.length < samples.length ? ` (${complete.length} of ${samples.length})` : '';
  return `${short(median(complete))} ${unit}${share}`;
}

/** Three digits that count; no fractions of what is counted. */
function short(value: number): string {
  return value < 100 && !Number.isInteger(value) ? value.toPrecision(3) : value.toFixed(0);
}

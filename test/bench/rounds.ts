/**
 * Measuring in rounds: the contestants take turns, so that a busy minute of the machine meets all of them. The first round
 * is not counted: until then V8 compiles, and its heap finds its size.
 */
import { setTimeout } from 'node:timers/promises';

/** Of those that are counted. */
export const ROUNDS = 5;

const SETTLING_MS = 250;

/** Named numbers of one round: microseconds. */
export type Round = Readonly<Record<string, number>>;

/** The medians of the rounds' numbers, without those of the first. */
export async function measured(round: () => Promise<Round>): Promise<Record<string, number>> {
  await round();
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) rounds.push(await round());
  return medians(rounds);
}

/** The median of every number over all rounds. */
export function medians(rounds: readonly Round[]): Record<string, number> {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((round) => round[name] ?? Number.NaN))]),
  );
}

/** Microseconds that `action` takes. */
export async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) * 1000;
}

/**
 * Waits until what one contestant left behind is no other's burden: our garbage, and the kernel's.
 *
 * Linux: the memory of deleted routes is freed after a grace period of RCU, on whichever processor is busy then. Whoever
 * adds 100,000 routes right after a fast deletion pays for it.
 */
export async function settle(): Promise<void> {
  await collectGarbage();
  await setTimeout(SETTLING_MS);
}

/** @throws Error without `--expose-gc` */
export async function collectGarbage(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('The benchmarks need node --expose-gc');
  await gc({ type: 'major', execution: 'async' });
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

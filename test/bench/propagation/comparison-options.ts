/**
 * What of a benchmark beside other daemons is wanted: the words after `npm run bench -- propagation`.
 *
 *   --only NAME        ripstop, frr, bird or another contestant; several times for several
 *   --part NAME        a part of the benchmark; several times for several
 *   --runs COUNT       of which the medians are told
 *   --profile FOLDER   where Node leaves CPU profiles of our daemon
 */
import { parseArgs } from 'node:util';

export interface ComparisonOptions {
  readonly isWanted: (contestant: string) => boolean;
  readonly parts: readonly string[];
  readonly runs: number;
  /** For our daemon. */
  readonly nodeOptions: readonly string[];
}

/** @param parts all there are @throws Error that says what is wrong */
export function parseComparisonOptions(
  words: readonly string[],
  parts: readonly string[],
): ComparisonOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string', multiple: true },
      part: { type: 'string', multiple: true },
      runs: { type: 'string', default: '3' },
      profile: { type: 'string' },
    },
  });
  const { only, profile } = values;
  const unknown = values.part?.find((word) => !parts.includes(word));
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of: ${parts.join(', ')}`);
  const runs = Number(values.runs);
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`"${values.runs}" is no number of runs`);
  return {
    isWanted: (contestant) =>
      only === undefined || only.some((word) => word.toLowerCase() === contestant.toLowerCase()),
    parts: values.part ?? parts,
    runs,
    nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  };
}

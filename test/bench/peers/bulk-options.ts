/**
 * What of the bulk benchmark is wanted: the words after `npm run bench -- bulk`.
 *
 *   --only NAME       ripstop, frr, bird or "bird 64 mb"; several times for several
 *   -N COUNT          of routes; several times for several
 *   --pacing PACING   burst, or paced: a packet each millisecond
 *   --protocol NAME   rip or ripng
 *   --runs COUNT      of which the median is told
 *   --settle SECONDS  after each change, in which every daemon announces it
 *   --profile FOLDER  where Node leaves CPU profiles of our daemon
 */
import { parseArgs } from 'node:util';
import { type Protocol, rip, ripng } from '../../kit/protocol.ts';
import { type RivalName, rivalNames } from './rival.ts';

/** Microseconds from one packet to the next. */
export const gaps = { burst: 0, paced: 1_000 } as const;
type Pacing = keyof typeof gaps;

/** Longer than the pause after a triggered update: FRR and BIRD announce the rest of a change after it. */
const SETTLE_SECONDS = '6';

export interface BulkOptions {
  readonly names: readonly RivalName[];
  readonly sizes: readonly number[];
  readonly pacings: readonly Pacing[];
  readonly protocol: Protocol;
  readonly runs: number;
  /** Milliseconds. */
  readonly settling: number;
  /** A folder. */
  readonly profile: string | undefined;
}

/** @throws Error that says what is wrong */
export function parseBulkOptions(words: readonly string[]): BulkOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string', multiple: true },
      routes: { type: 'string', multiple: true, short: 'N' },
      pacing: { type: 'string', multiple: true },
      protocol: { type: 'string', default: 'rip' },
      runs: { type: 'string', default: '3' },
      settle: { type: 'string', default: SETTLE_SECONDS },
      profile: { type: 'string' },
    },
  });
  const pacings = Object.keys(gaps) as Pacing[];
  return {
    names: values.only?.map((word) => oneOf(rivalNames, word)) ?? rivalNames,
    sizes: (values.routes ?? ['1000', '10000', '100000']).map(positive),
    pacings: values.pacing?.map((word) => oneOf(pacings, word)) ?? pacings,
    protocol: { rip, ripng }[oneOf(['rip', 'ripng'], values.protocol)],
    runs: positive(values.runs),
    settling: positive(values.settle) * 1_000,
    profile: values.profile,
  };
}

function oneOf<Name extends string>(names: readonly Name[], word: string): Name {
  const found = names.find((name) => name.toLowerCase() === word.toLowerCase());
  if (found === undefined) throw new Error(`"${word}" is none of: ${names.join(', ')}`);
  return found;
}

function positive(word: string): number {
  if (!(Number(word) > 0)) throw new Error(`A number above 0 expected, "${word}" given`);
  return Number(word);
}

/**
 * `npm run bench -- healing`: how fast the kernel's routes are right again when somebody deletes them, or a neighbor is lost,
 * with our daemon, FRR's and BIRD's.
 *
 * After this file: the parts, `deletion.ts` and `failover.ts`.
 */
import { parseComparisonOptions } from '../propagation/comparison-options.ts';
import { comparePart } from '../propagation/part.ts';
import { deletion } from './deletion.ts';
import { failover } from './failover.ts';

/** @param directory for programs @throws Error if the words are wrong */
export async function benchHealing(directory: string, words: readonly string[]): Promise<void> {
  const options = parseComparisonOptions(words, ['deletion', 'failover']);
  for (const part of options.parts) {
    await comparePart(part === 'deletion' ? deletion : failover, directory, options);
  }
}

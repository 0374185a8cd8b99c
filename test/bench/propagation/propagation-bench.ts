/**
 * `npm run bench -- propagation`: how fast news travels through our router, FRR's and BIRD's, with the timers that each has by
 * default.
 *
 * After this file: the parts, `through.ts`, `redistributed.ts` and `along-line.ts`; `comparison-options.ts` says what may be chosen.
 */
import { alongLine } from './along-line.ts';
import { parseComparisonOptions } from './comparison-options.ts';
import { comparePart } from './part.ts';
import { redistributed } from './redistributed.ts';
import { through } from './through.ts';

/** @param directory for programs @throws Error if the words are wrong */
export async function benchPropagation(directory: string, words: readonly string[]): Promise<void> {
  const options = parseComparisonOptions(words, ['through', 'redistributed', 'line']);
  for (const part of options.parts) {
    if (part === 'through') await comparePart(through, directory, options);
    if (part === 'redistributed') await comparePart(redistributed, directory, options);
    if (part === 'line') await comparePart(alongLine, directory, options);
  }
}

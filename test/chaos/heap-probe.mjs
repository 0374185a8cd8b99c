/**
 * Loaded into `ripd` beside its own code: at SIGUSR2 it collects all garbage and prints what memory is left. Before and after
 * this file: `resources.ts`, which sends the signal and reads the line.
 */
import { writeSync } from 'node:fs';

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const measured = { at: performance.now(), live: heapUsed + external, resident: rss };
  writeSync(2, `memory ${JSON.stringify(measured)}\n`);
});

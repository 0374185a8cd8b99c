/**
 * `npm run bench`: how far we are from C. Trust the ratios, not the milliseconds of a shared machine. `npm run bench --
 * routes` runs one benchmark; each has a process of its own, so that none inherits another's memory or compiled code.
 * Those beside other daemons take long and run only by name; the words after it are theirs: `npm run bench -- bulk -N 1000`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probePrivilege, runInUserNamespace } from '@ripstop/lab';
import { benchDumps } from './dump-bench.ts';
import { benchHealing } from './healing/healing-bench.ts';
import { benchMemory } from './memory-bench.ts';
import { benchPackets } from './packet-bench.ts';
import { benchBulk } from './peers/bulk-bench.ts';
import { benchPropagation } from './propagation/propagation-bench.ts';
import { benchRestart } from './restart/restart-bench.ts';
import { benchRoutes } from './route-bench.ts';
import { benchSteps } from './step-bench.ts';

/** @throws Error whose message says what went wrong */
type Benchmark = (words: readonly string[]) => Promise<void>;

const benchmarks: Readonly<Record<string, Benchmark>> = {
  packets: inDirectory(benchPackets),
  steps: inDirectory(benchSteps),
  routes: benchRoutes,
  dumps: benchDumps,
  memory: benchMemory,
  bulk: benchBulk,
  propagation: inDirectory(benchPropagation),
  healing: inDirectory(benchHealing),
  restart: benchRestart,
};
/** Those that need the right to change a network. */
const privileged = ['routes', 'dumps', 'memory', 'bulk', 'propagation', 'healing', 'restart'];
/** Those that run only by name. */
const onRequest = ['bulk', 'propagation', 'healing', 'restart'];

const [only, ...words] = process.argv.slice(2);
const privilege = probePrivilege();
if (only !== undefined && benchmarks[only] === undefined) {
  console.error(`Unknown benchmark "${only}". Benchmarks: ${Object.keys(benchmarks).join(', ')}.`);
  process.exitCode = 2;
} else if (privilege.way === 'user-namespace') {
  process.exitCode = await runInUserNamespace();
} else if (only !== undefined && globalThis.gc !== undefined) {
  await benchmarks[only]?.(words);
} else {
  if (privilege.way !== 'directly')
    console.log(`No routes are changed. ${privilege.reason}\n  ${privilege.remedies.join('\n  ')}`);
  const usual = Object.keys(benchmarks).filter((name) => !onRequest.includes(name));
  for (const name of only === undefined ? usual : [only]) {
    if (privilege.way !== 'directly' && privileged.includes(name)) continue;
    const script = fileURLToPath(import.meta.url);
    const argv = ['--expose-gc', script, name, ...words];
    const { status } = spawnSync(process.execPath, argv, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = status ?? 1;
  }
}

/** Runs a benchmark with a directory for its files. */
function inDirectory(bench: (directory: string, words: readonly string[]) => Promise<void>): Benchmark {
  return async (words) => {
    const directory = mkdtempSync(join(tmpdir(), 'riplab-bench-'));
    try {
      await bench(directory, words);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

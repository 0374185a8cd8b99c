/**
 * `npm run bench`: how far we are from C. Trust the ratios, not the milliseconds of a shared machine. `npm run bench --
 * routes` runs one benchmark; each has a process of its own, so that none inherits another's memory or compiled code.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probePrivilege, runInUserNamespace } from '@ripstop/lab';
import { benchDumps } from './dump-bench.ts';
import { benchMemory } from './memory-bench.ts';
import { benchPackets } from './packet-bench.ts';
import { benchRoutes } from './route-bench.ts';
import { benchSteps } from './step-bench.ts';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  packets: inDirectory(benchPackets),
  steps: inDirectory(benchSteps),
  routes: benchRoutes,
  dumps: benchDumps,
  memory: benchMemory,
};
/** Those that need the right to change a network. */
const privileged = ['routes', 'dumps', 'memory'];

const [only] = process.argv.slice(2);
const privilege = probePrivilege();
if (only !== undefined && benchmarks[only] === undefined) {
  console.error(`Unknown benchmark "${only}". Benchmarks: ${Object.keys(benchmarks).join(', ')}.`);
  process.exitCode = 2;
} else if (privilege.way === 'user-namespace') {
  process.exitCode = await runInUserNamespace();
} else if (only !== undefined && globalThis.gc !== undefined) {
  await benchmarks[only]?.();
} else {
  if (privilege.way !== 'directly')
    console.log(`No routes are changed. ${privilege.reason}\n  ${privilege.remedies.join('\n  ')}`);
  for (const name of only === undefined ? Object.keys(benchmarks) : [only]) {
    if (privilege.way !== 'directly' && privileged.includes(name)) continue;
    const script = fileURLToPath(import.meta.url);
    const { status } = spawnSync(process.execPath, ['--expose-gc', script, name], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = status ?? 1;
  }
}

/** Runs a benchmark with a directory for its files. */
function inDirectory(bench: (directory: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const directory = mkdtempSync(join(tmpdir(), 'riplab-bench-'));
    try {
      await bench(directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

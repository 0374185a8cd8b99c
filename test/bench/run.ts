/** `npm run bench`: how far we are from C. Trust the ratios, not the milliseconds of a shared machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probePrivilege, runInUserNamespace } from '@ripstop/lab';
import { benchPackets } from './packet-bench.ts';
import { benchRoutes } from './route-bench.ts';

const privilege = probePrivilege();
if (privilege.way === 'user-namespace') {
  process.exitCode = await runInUserNamespace();
} else {
  const directory = mkdtempSync(join(tmpdir(), 'riplab-bench-'));
  try {
    await benchPackets(directory);
    if (privilege.way === 'directly') await benchRoutes();
    else console.log(`\nNo routes are installed. ${privilege.reason}\n  ${privilege.remedies.join('\n  ')}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

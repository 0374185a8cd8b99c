/**
 * `npm test`: every test that this user may run. An ordinary user gets network namespaces inside a user namespace; where
 * that is forbidden too, only the unit tests run, and a line says so.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { probePrivilege, runInUserNamespace } from '@ripstop/lab';

const root = fileURLToPath(new URL('../..', import.meta.url));
const options = process.argv.slice(2);

const privilege = probePrivilege();
if (privilege.way === 'user-namespace') {
  process.exitCode = await runInUserNamespace();
} else {
  if (privilege.way === 'refused' && !options.includes('--project')) {
    const remedies = privilege.remedies.join('\n  ');
    console.error(`skipped: tests in network namespaces. ${privilege.reason}\n  ${remedies}`);
    options.push('--project', 'unit');
  }
  const { status } = spawnSync(`${root}node_modules/.bin/vitest`, ['run', ...options], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

/**
 * A test file that is interrupted, or fails before it has cleaned up, leaves no network namespace: those that it makes have the
 * number of its process in their names. Vitest loads this file before every test file that makes some.
 *
 * Invariant: the namespaces of a lab are left to the lab, which ends what runs in them before.
 */
import { existsSync, readdirSync } from 'node:fs';
import { onExit } from '@ripstop/lab';
import { deleteNamespace } from '@ripstop/socket';

const FOLDER = '/run/netns';

const isOurs = (name: string): boolean =>
  name.split('-').includes(String(process.pid)) && !name.startsWith('riplab-');

onExit(() => {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  for (const name of names.filter(isOurs)) deleteNamespace(name);
});

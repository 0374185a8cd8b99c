/**
 * The room for packets that the system gives to every new socket: what an administrator can do for a daemon that asks for
 * none itself.
 *
 * Linux: `net.core.rmem_default` is one for all network namespaces, and counts when a socket is made. So it is changed for no
 * longer than a daemon needs to start, and restored however this process ends.
 */
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { onExit } from '@ripstop/lab';

const SETTING = '/proc/sys/net/core/rmem_default';

/** Whether we may change it: not as root of a user namespace. */
export function receiveBufferIsOurs(): boolean {
  try {
    accessSync(SETTING, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param bytes of room for the sockets that are made while `start` runs */
export async function withReceiveBuffer<Result>(
  bytes: number,
  start: () => Promise<Result>,
): Promise<Result> {
  const before = readFileSync(SETTING, 'utf8');
  const restore = (): void => writeFileSync(SETTING, before);
  const forget = onExit(restore);
  writeFileSync(SETTING, String(bytes));
  try {
    return await start();
  } finally {
    restore();
    forget();
  }
}

/** Directories that have to be there before a file or a socket can be. After it: `mkdir(2)`. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it, as far as they are missing.
 * @throws Error of Node's that says what is in the way
 */
export function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  const above = dirname(path);
  if (above !== path) makeDirectory(above);
  try {
    // Node: with `recursive`, it never returns where the kernel lets nobody make one: ENOENT in an existing /proc.
    mkdirSync(path, 0o755);
  } catch (error) {
    // Another process may have been quicker.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The C programs beside tests and benchmarks, compiled when they are needed. */
import { execFileSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @param name of the source file below `test`, without `.c`: `restart/flood`
 * @param directory where the program goes
 * @returns the program's path
 * @throws Error if there is no gcc
 */
export function compile(name: string, directory: string): string {
  // The compiled form of this file is in test/dist/kit, the C files are not.
  const root = dirname(dirname(fileURLToPath(import.meta.url))).replace(/\/dist$/, '');
  const program = join(directory, basename(name));
  const argv = ['-O2', '-Wall', '-o', program, join(root, `${name}.c`)];
  try {
    execFileSync('gcc', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(`gcc and libc6-dev are needed for ${name}.c`, { cause: error });
  }
  return program;
}

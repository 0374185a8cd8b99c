/** The C programs beside this file and in its folders, compiled when they are needed. */
import { execFileSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @param name of the source file, without `.c`; `propagation/listener` is in a folder
 * @param directory where the program goes
 * @returns the program's path
 * @throws Error if there is no gcc
 */
export function compile(name: string, directory: string): string {
  // The compiled form of this file is in test/dist/bench, the C files are not.
  const folder = dirname(fileURLToPath(import.meta.url)).replace('/dist/', '/');
  const source = join(folder, `${name}.c`);
  const program = join(directory, basename(name));
  try {
    execFileSync('gcc', ['-O2', '-Wall', '-o', program, source], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('The benchmarks compare with C: gcc and libc6-dev are needed', { cause: error });
  }
  return program;
}

/** The C programs beside this file, compiled when they are needed. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @param name of the source file, without `.c`
 * @param directory where the program goes
 * @returns the program's path
 * @throws Error if there is no gcc
 */
export function compile(name: string, directory: string): string {
  // From test/dist/bench, where the compiled form of this file is.
  const source = fileURLToPath(new URL(`../../bench/${name}.c`, import.meta.url));
  const program = join(directory, name);
  try {
    execFileSync('gcc', ['-O2', '-Wall', '-o', program, source], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('The benchmarks compare with C: gcc and libc6-dev are needed', { cause: error });
  }
  return program;
}

// Fails a unit test that prints. Vitest loads this file before every unit test file.

import { afterAll, afterEach } from 'vitest';

const printed: string[] = [];

const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const;
for (const method of methods) {
  console[method] = (...values: unknown[]): void => {
    printed.push(`console.${method}: ${values.map(String).join(' ')}`);
  };
}
for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = (chunk: unknown): boolean => {
    printed.push(`process.${name}: ${String(chunk)}`);
    return true;
  };
}

function failIfPrinted(): void {
  const lines = printed.splice(0);
  if (lines.length > 0)
    throw new Error(`A unit test must print nothing, but it printed:\n${lines.join('\n')}`);
}

afterEach(failIfPrinted);
afterAll(failIfPrinted);

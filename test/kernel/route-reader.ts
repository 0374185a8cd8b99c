/** A program that looks for a route over and over: `route-reader.c`, compiled when it is needed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabNode, LabProcess } from '@ripstop/lab';
import { mayRun } from '../kit/requirements.ts';

/** Of how many rounds; each asks for the route, and lists the table. */
interface Reading {
  readonly rounds: number;
  readonly notFound: number;
  /** Not found, and not in the round before either. */
  readonly notFoundTwice: number;
  readonly notListed: number;
}

/** Whether there is a compiler; prints a line if not. */
export function canReadRoutes(): boolean {
  const isThere = spawnSync('gcc', ['--version']).error === undefined;
  return mayRun(isThere ? [] : ['gcc is not installed (Debian package gcc), wanted by the reader of routes']);
}

/** What is read of a route while something happens. @param prefix there is a route to it when this is called */
export async function readRoute(
  node: LabNode,
  prefix: string,
  happening: (reader: LabProcess) => Promise<void>,
): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), 'ripstop-reader-'));
  try {
    const program = join(folder, 'route-reader');
    const source = fileURLToPath(new URL('route-reader.c', import.meta.url));
    execFileSync('gcc', ['-O2', '-Wall', '-o', program, source]);
    const reader = node.start([program, ...prefix.split('/')]);
    await reader.waitForLine(/^ready$/, 5_000);
    await happening(reader);
    await reader.stop();
    return JSON.parse(reader.output.at(-1) ?? '') as Reading;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

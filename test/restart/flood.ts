/** A thousand echo requests a second through a lab, and which of them got no answer: `flood.c`, compiled when it is needed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import type { Address } from '@ripstop/wire';
import { mayRun } from '../kit/requirements.ts';

const START_MS = 15_000;
/** The program waits a second for the last answers. */
const END_MS = 5_000;

/** What became of the requests. */
export interface Passage {
  readonly sent: number;
  readonly lost: number;
  /** The longest run of lost ones: milliseconds. */
  readonly outage: number;
}

/** Whether there is a compiler; prints a line if not. */
export function canFlood(): boolean {
  const isThere = spawnSync('gcc', ['--version']).error === undefined;
  return mayRun(isThere ? [] : ['gcc is not installed (Debian package gcc), wanted by the flood']);
}

/** @param directory where the program goes. @returns its path */
export function compileFlood(directory: string): string {
  const program = join(directory, 'flood');
  // The C file stands beside this one, not beside its compiled form.
  const source = fileURLToPath(import.meta.url)
    .replace('/dist/', '/')
    .replace(/\.[jt]s$/, '.c');
  execFileSync('gcc', ['-O2', '-Wall', '-Werror', '-o', program, source]);
  return program;
}

/**
 * What becomes of the packets to some hosts while something happens.
 * @param program of `compileFlood`
 * @throws Error if a host does not answer before
 */
export async function flooded(
  node: LabNode,
  program: string,
  hosts: readonly Address[],
  happening: () => Promise<void>,
): Promise<Passage[]> {
  const floods = hosts.map((host) => node.start([program, host]));
  await Promise.all(floods.map((flood) => flood.waitForLine(/^ready$/, START_MS)));
  try {
    await happening();
  } finally {
    await Promise.all(floods.map((flood) => flood.stop('SIGTERM', END_MS)));
  }
  return floods.map(passageOf);
}

/** Resolves when the hosts answer. @throws Error if they do not within some milliseconds */
export async function untilAnswered(node: LabNode, hosts: readonly Address[], within: number): Promise<void> {
  for (const host of hosts) {
    await until(`${host} answers ${node.name}`, within, () =>
      node.exec('ping', '-c', '1', '-W', '1', host).then(
        () => true,
        () => false,
      ),
    );
  }
}

function passageOf({ output }: LabProcess): Passage {
  return JSON.parse(output.at(-1) ?? '') as Passage;
}

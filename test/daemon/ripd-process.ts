/** `ripd` and `ripctl` as a user runs them, right or wrong: any arguments, any end. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabNode, LabProcess } from '@ripstop/lab';

const program = (name: string): string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../apps/ripd/bin/${name}.js`, import.meta.url)),
];

const START_MS = 30_000;

/** A program that has ended. */
export interface Ended {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Writes a configuration file. @returns its path */
export function configure(directory: string, name: string, configuration: object): string {
  const path = join(directory, `${name}.yaml`);
  writeFileSync(path, JSON.stringify(configuration));
  return path;
}

/** Starts `ripd`; `wrapper` is a program that starts it in turn. */
export function startRipd(
  node: LabNode,
  parameters: readonly string[],
  wrapper: readonly string[] = [],
): LabProcess {
  return node.start([...wrapper, ...program('ripd'), ...parameters]);
}

/** Starts `ripd` and waits until it is ready. */
export async function readyRipd(node: LabNode, ...parameters: string[]): Promise<LabProcess> {
  const daemon = startRipd(node, parameters);
  await daemon.waitForLine(/^ready$/, START_MS);
  return daemon;
}

/** What the lines of a log in JSON say that match as a whole: level, protocol and fields stand before `msg`. */
export function messages({ output }: LabProcess, of: RegExp): string[] {
  return output.filter((line) => of.test(line)).map((line) => (JSON.parse(line) as { msg: string }).msg);
}

/** Runs `ripd` to its end. */
export async function ripd(
  node: LabNode,
  parameters: readonly string[],
  wrapper: readonly string[] = [],
): Promise<Ended> {
  return await ended(startRipd(node, parameters, wrapper));
}

/** Runs `ripctl` to its end. */
export async function ripctl(node: LabNode, ...parameters: string[]): Promise<Ended> {
  return await ended(node.start([...program('ripctl'), ...parameters]));
}

async function ended(process: LabProcess): Promise<Ended> {
  const code = await process.exited;
  return { code, output: process.output.join('\n') };
}

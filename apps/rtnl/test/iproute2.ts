/**
 * `rtnl` beside `ip`, in namespaces: what one does the other must see, and what both show must be the same JSON.
 * `rtnl` runs in the process of the test, from its arguments to its exit code: to start one for each of a thousand
 * commands takes minutes. The program as a user starts it is tested in `command-line` and `monitor`.
 */
import { execFileSync } from 'node:child_process';
import { createNamespace, deleteNamespace } from '@ripstop/socket';
import { afterAll, expect } from 'vitest';
import { rtnl as runRtnl } from '../src/program.ts';
import { CapturedText } from './captured-text.ts';

/** `ip -j -d route show` of a large table is long. */
const OUTPUT_MAX = 1 << 28;

/** One element of the array that `ip -j` prints. */
export type Fields = Record<string, unknown>;

const made: string[] = [];
afterAll(() => {
  for (const name of made.splice(0)) {
    deleteWideProxies(name);
    deleteNamespace(name);
  }
});

/** Makes a namespace that is gone when the tests of the file have ended. `prefix` tells the files' namespaces apart. */
export function makeNamespace(prefix: string): string {
  const name = `${prefix}-${process.pid}-${made.length + 1}`;
  createNamespace(name);
  made.push(name);
  deleteWideProxies(name);
  return name;
}

/**
 * Linux: a neighbor proxy for all interfaces (`neigh add proxy ADDRESS`, without `dev`) outlives its namespace, and is there
 * again in a later one that the kernel happens to put in the same place. So none is left behind, and none is met that
 * somebody else has left behind.
 */
function deleteWideProxies(namespace: string): void {
  for (const { dst, dev } of ipShows(namespace, 'neigh show proxy')) {
    if (dev === undefined) ip(namespace, `neigh del proxy ${dst}`);
  }
}

/** Runs `ip` in a namespace: `ip(blue, 'link set eth0 up')`. @returns what it prints @throws Error if `ip` fails */
export function ip(namespace: string, words: string): string {
  return execFileSync('ip', ['-n', namespace, ...words.split(' ')], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: OUTPUT_MAX,
  });
}

/** Runs `ip` commands one after the other; the first that fails ends it. */
export function ipAll(namespace: string, commands: readonly string[]): void {
  execFileSync('ip', ['-n', namespace, '-batch', '-'], { input: commands.join('\n'), stdio: 'pipe' });
}

/** What `ip -j -d WORDS` shows. Linux: iproute2 prints `{}` for what its own filter left out. */
export function ipShows(namespace: string, words: string): Fields[] {
  const all = JSON.parse(ip(namespace, `-j -d ${words}`) || '[]') as Fields[];
  return all.filter((fields) => Object.keys(fields).length > 0);
}

/** How a run of `rtnl` ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs `rtnl` in a namespace to its end, good or bad. */
export async function rtnlEnds(namespace: string, words: string): Promise<Ended> {
  const [output, errors] = [new CapturedText(), new CapturedText()];
  const code = await runRtnl(['--netns', namespace, ...words.split(' ')], { output, errors });
  return { code, output: output.text, errors: errors.text };
}

/** Runs `rtnl` in a namespace: `rtnl(blue, 'link set eth0 up')`. @returns what it prints @throws Error if it fails */
export async function rtnl(namespace: string, words: string): Promise<string> {
  const { code, output, errors } = await rtnlEnds(namespace, words);
  if (code !== 0) throw new Error(`rtnl ${words}: exit code ${code}: ${errors}`);
  return output;
}

/** What `rtnl --json WORDS` shows. */
export async function rtnlShows(namespace: string, words: string): Promise<Fields[]> {
  return JSON.parse(await rtnl(namespace, `--json ${words}`)) as Fields[];
}

/**
 * Paths of fields that are not compared, each with the reason: `{ 'linkinfo.info_data.hello_timer': 'runs' }`. A path goes
 * through arrays: `nexthops.weight` is the weight of every next hop.
 */
export type Exceptions = Readonly<Record<string, string>>;

/**
 * Fails unless `rtnl --json RTNLWORDS` and `ip -j -d IPWORDS` show the same things, in the same order, with the same
 * fields and values. Order of fields does not count.
 * @returns what was compared, which is never nothing
 */
export async function compare(
  namespace: string,
  rtnlWords: string,
  ipWords: string,
  exceptions: Exceptions = {},
): Promise<Fields[]> {
  const [ours, theirs] = [await rtnlShows(namespace, rtnlWords), ipShows(namespace, ipWords)];
  for (const path of Object.keys(exceptions)) {
    for (const fields of [...ours, ...theirs]) remove(fields, path.split('.'));
  }
  expect(theirs.length, `ip ${ipWords} shows nothing`).toBeGreaterThan(0);
  expect(ours, `rtnl ${rtnlWords} beside ip ${ipWords}`).toEqual(theirs);
  return ours;
}

function remove(value: unknown, [key = '', ...rest]: readonly string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) remove(item, [key, ...rest]);
  } else if (typeof value === 'object' && value !== null) {
    const fields = value as Fields;
    if (rest.length === 0) delete fields[key];
    else remove(fields[key], rest);
  }
}

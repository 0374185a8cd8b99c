// Runs a script in a process of its own against the built package (`npm run build`): for what a test cannot do to itself.
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const socket = new URL('../dist/index.js', import.meta.url);
const netlink = new URL('../../netlink/dist/index.js', import.meta.url);
const TIMEOUT = 50_000;

export interface ScriptResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param source sees this package as `socket`, and `netlink`
 * @param through a command that runs the command behind it: `['setpriv', '--nnp']`
 */
export function runScript(source: string, through: readonly string[] = []): ScriptResult {
  const [program, ...parameters] = commandOf(source, through);
  return spawnSync(program, parameters, { encoding: 'utf8', timeout: TIMEOUT });
}

/** As `runScript`, while the test goes on. @returns what it prints @throws if its status is not 0 */
export async function startScript(source: string): Promise<string> {
  const [program, ...parameters] = commandOf(source, []);
  return (await promisify(execFile)(program, parameters, { encoding: 'utf8', timeout: TIMEOUT })).stdout;
}

function commandOf(source: string, through: readonly string[]): [string, ...string[]] {
  const code = [
    `import * as socket from ${JSON.stringify(socket.href)};`,
    `import * as netlink from ${JSON.stringify(netlink.href)};`,
    source,
  ].join('\n');
  const node = [process.execPath, '--expose-gc', '--input-type=module', '-e', code];
  return [...through, ...node] as [string, ...string[]];
}

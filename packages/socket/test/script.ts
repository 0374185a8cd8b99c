// Runs a script in a process of its own against the built package (`npm run build`): for what a test cannot do to itself.
import { spawnSync } from 'node:child_process';

const built = new URL('../dist/index.js', import.meta.url);

export interface ScriptResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param source sees the package as `socket`
 * @param through a command that runs the command behind it: `['setpriv', '--nnp']`
 */
export function runScript(source: string, through: readonly string[] = []): ScriptResult {
  const code = `import * as socket from ${JSON.stringify(built.href)};\n${source}`;
  const node = [process.execPath, '--expose-gc', '--input-type=module', '-e', code];
  const [program = '', ...parameters] = [...through, ...node];
  return spawnSync(program, parameters, { encoding: 'utf8', timeout: 50_000 });
}

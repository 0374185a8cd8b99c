/** The npm registry, which these tests need: without it they are skipped, and a line says so; in CI they fail. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mayRun } from '../kit/requirements.ts';

/**
 * Whether the registry answers.
 * @param wanting what is skipped otherwise
 * @throws Error if it does not although it must
 */
export async function registryAnswers(wanting: string): Promise<boolean> {
  try {
    await promisify(execFile)('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000']);
    return mayRun([]);
  } catch {
    return mayRun([`the npm registry does not answer, wanted by ${wanting}`]);
  }
}

/**
 * A copy of the checkout in a temporary directory, in which mutations are tried: the clause's test has to pass without
 * the mutation and to fail with it.
 *
 * Invariants: the checkout itself is only read. When this process ends, also by a signal, the copy and the tests that run in
 * it are gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit } from '@ripstop/lab';
import { type Mutation, mutate } from './mutation.ts';

/** does not run: not with the mutation. fails by itself: without it, too. Neither says anything of the clause. */
export type Verdict = 'found' | 'survived' | 'does not run' | 'fails by itself';

/** What tests need of the checkout, besides what is installed. */
const copied = [
  'packages',
  'apps',
  'test',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'vitest.config.ts',
];

/** Milliseconds; a test that takes longer than this with a mutation runs in circles because of it. */
const LONGEST_MS = 120_000;

/** What `vitest --reporter=json` writes, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

export class WorkingCopy {
  readonly #root: string;
  readonly #forget: () => void;
  #tests: ChildProcess | undefined;

  /** @param root of the checkout, ends with a slash */
  constructor(root: string) {
    this.#root = `${mkdtempSync(join(tmpdir(), 'ripstop-mutation-'))}/`;
    const filter = (path: string): boolean => !path.endsWith('/dist');
    for (const name of copied) {
      cpSync(root + name, this.#root + name, { recursive: true, verbatimSymlinks: true, filter });
    }
    symlinkSync(`${root}node_modules`, `${this.#root}node_modules`);
    this.#forget = onExit(() => this.#release());
  }

  remove(): void {
    this.#forget();
    this.#release();
  }

  #release(): void {
    if (this.#tests !== undefined) killGroup(this.#tests);
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Those of the clauses that have tests in these files, all of which pass. */
  async passing(clauses: readonly string[], files: readonly string[]): Promise<ReadonlySet<string>> {
    const report = await this.#test(files);
    return new Set(clauses.filter((clause) => allPass(report, clause)));
  }

  /** @param files with the clause's test */
  async judge(mutation: Mutation, files: readonly string[]): Promise<Verdict> {
    const path = this.#root + mutation.file;
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, mutate(text, mutation));
    try {
      const report = await this.#test(files, mutation.clause);
      if (report === 'too long') return 'found';
      const passed = allPass(report, mutation.clause);
      if (passed === undefined) return 'does not run';
      return passed ? 'survived' : 'found';
    } finally {
      writeFileSync(path, text);
    }
  }

  async #test(files: readonly string[], clause?: string): Promise<Report | 'too long' | undefined> {
    const output = `${this.#root}report.json`;
    rmSync(output, { force: true });
    const parameters = ['run', ...files, '--reporter=json', `--outputFile=${output}`];
    if (clause !== undefined) parameters.push('-t', clause.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    if (!(await this.#run(parameters))) return 'too long';
    try {
      return JSON.parse(readFileSync(output, 'utf8')) as Report;
    } catch {
      return undefined;
    }
  }

  /** @returns false if it was stopped because it took too long */
  #run(parameters: readonly string[]): Promise<boolean> {
    return new Promise((resolve) => {
      const command = `${this.#root}node_modules/.bin/vitest`;
      const tests = spawn(command, parameters, { cwd: this.#root, stdio: 'ignore', detached: true });
      this.#tests = tests;
      let ended = true;
      const timer = setTimeout(() => {
        ended = false;
        killGroup(tests);
      }, LONGEST_MS);
      tests.on('close', () => {
        clearTimeout(timer);
        this.#tests = undefined;
        resolve(ended);
      });
    });
  }
}

/** Vitest's workers go with it. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** Undefined: no test of the clause has run. */
function allPass(report: Report | 'too long' | undefined, clause: string): boolean | undefined {
  if (report === undefined || report === 'too long') return undefined;
  const results = report.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ ancestorTitles, title }) => [...ancestorTitles, title].includes(clause))
    .filter(({ status }) => status === 'passed' || status === 'failed');
  return results.length === 0 ? undefined : results.every(({ status }) => status === 'passed');
}

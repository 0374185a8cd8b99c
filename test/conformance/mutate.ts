/**
 * The mutation run, a part of `npm run nightly`: takes every clause out of the code, one at a time, and demands that its
 * test fails. `--record` keeps the result for docs/conformance.md; other arguments are parts of names of clauses, and only
 * these are tried.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { clauseTests } from './clause-tests.ts';
import type { Mutation } from './mutation.ts';
import { recordMutationResult } from './mutation-result.ts';
import { mutations } from './mutations.ts';
import { type Verdict, WorkingCopy } from './working-copy.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const parameters = process.argv.slice(2);
const isRecorded = parameters.includes('--record');
const wanted = parameters.filter((parameter) => parameter !== '--record');
const chosen = mutations.filter(
  ({ clause }) => wanted.length === 0 || wanted.some((part) => clause.includes(part)),
);
if (chosen.length === 0) {
  console.error(`no mutation is of a clause with ${wanted.join(' or ')} in its name`);
  process.exit(2);
}
const tests = clauseTests(root);
const copies = Array.from({ length: availableParallelism() }, () => new WorkingCopy(root));
try {
  const verdicts = await judgeAll();
  const bad = [...verdicts].filter(([, verdict]) => verdict !== 'found');
  for (const [{ clause, file }, verdict] of bad) console.error(`${verdict}: ${clause} (${file})`);
  console.error(`${verdicts.size} mutations, ${verdicts.size - bad.length} found`);
  if (isRecorded && wanted.length === 0) record(bad.map(([{ clause }]) => clause));
  process.exitCode = bad.length === 0 ? 0 : 1;
} finally {
  for (const copy of copies) copy.remove();
}

/** The cheapest files that hold the clause's test: one without namespaces if there is any. */
function testFiles(clause: string): readonly string[] {
  const all = tests.get(clause) ?? [];
  const quick = all.filter((path) => !path.endsWith('.netns.test.ts') && !path.startsWith('test/interop/'));
  return quick.length > 0 ? quick : all;
}

/** Every copy takes the next mutation as soon as it is free. */
async function judgeAll(): Promise<ReadonlyMap<Mutation, Verdict>> {
  const verdicts = new Map<Mutation, Verdict>();
  const passing = await passingClauses();
  const queue = [...chosen];
  const work = async (copy: WorkingCopy): Promise<void> => {
    for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
      const files = testFiles(mutation.clause);
      verdicts.set(
        mutation,
        passing.has(mutation.clause) ? await copy.judge(mutation, files) : 'fails by itself',
      );
    }
  };
  await Promise.all(copies.map(work));
  return verdicts;
}

/** Clauses whose tests pass as long as nothing is mutated. */
async function passingClauses(): Promise<ReadonlySet<string>> {
  const clauses = [...new Set(chosen.map(({ clause }) => clause))];
  const files = [...new Set(clauses.flatMap(testFiles))];
  const [copy] = copies;
  if (copy === undefined || files.length === 0) return new Set();
  return await copy.passing(clauses, files);
}

function record(survivors: readonly string[]): void {
  const date = new Date().toISOString().slice(0, 10);
  recordMutationResult(root, { date, mutations: chosen.length, survivors });
}

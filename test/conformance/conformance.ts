/** The clauses joined with their tests and their code, and what is wrong with that. */
import { type Clause, clauseName } from './clause.ts';
import { clauseTests } from './clause-tests.ts';
import { topics } from './clauses.ts';
import { Declarations } from './declarations.ts';

/** A clause with what keeps it and what proves it; paths from the root. */
export interface Entry {
  readonly clause: Clause;
  readonly tests: readonly string[];
  readonly code: readonly { readonly name: string; readonly file: string | undefined }[];
}

export interface Conformance {
  readonly entries: readonly Entry[];
  /** One line each; none if all is well. */
  readonly mistakes: readonly string[];
}

/** @param root of the checkout, ends with a slash */
export function readConformance(root: string): Conformance {
  const tests = clauseTests(root);
  const declarations = new Declarations(root);
  const entries = topics
    .flatMap((topic) => topic.clauses)
    .map((clause) => ({
      clause,
      tests: tests.get(clauseName(clause)) ?? [],
      code: clause.code.map((name) => ({ name, file: declarations.fileOf(name) })),
    }));
  const names = new Set(entries.map(({ clause }) => clauseName(clause)));
  const unknown = [...tests].filter(([name]) => !names.has(name));
  return {
    entries,
    mistakes: [
      ...entries.flatMap(mistakesOf),
      ...unknown.map(([name, files]) => `${name}: a test in ${files.join(', ')}, but no such clause`),
      ...ambiguous([...names]),
      ...(names.size < entries.length ? ['two clauses have the same name'] : []),
    ],
  };
}

function mistakesOf({ clause, tests, code }: Entry): string[] {
  const name = clauseName(clause);
  const isKept = clause.notImplemented === undefined && clause.keptByLinux === undefined;
  const mistakes: string[] = [];
  if (isKept && tests.length === 0) mistakes.push(`${name}: no test, and no reason for that`);
  if (!isKept && tests.length > 0)
    mistakes.push(`${name}: has a test (${tests.join(', ')}), but is not ours`);
  if (isKept && code.length === 0) mistakes.push(`${name}: names no code`);
  for (const { name: declaration, file } of code) {
    if (file === undefined) mistakes.push(`${name}: no declaration, or several, of ${declaration}`);
  }
  return mistakes;
}

/** `vitest -t` finds a test by a part of its name: no clause's name may begin with another's. */
function ambiguous(names: readonly string[]): string[] {
  return names
    .filter((name) => names.some((other) => other !== name && other.startsWith(name)))
    .map((name) => `${name}: another clause's name begins with it`);
}

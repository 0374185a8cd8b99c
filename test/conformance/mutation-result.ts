/** What the last mutation run found; kept beside this file, and told in docs/conformance.md. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const path = 'test/conformance/mutation-result.json';

interface MutationResult {
  /** `2026-11-21`. */
  readonly date: string;
  readonly mutations: number;
  /** Names of the clauses whose tests did not notice. */
  readonly survivors: readonly string[];
}

export function recordMutationResult(root: string, result: MutationResult): void {
  writeFileSync(root + path, `${JSON.stringify(result, undefined, 2)}\n`);
}

/** A paragraph for the page. */
export function mutationParagraph(root: string): string {
  if (!existsSync(root + path)) return 'No mutation run has been recorded yet.';
  const { date, mutations, survivors } = JSON.parse(readFileSync(root + path, 'utf8')) as MutationResult;
  const found = mutations - survivors.length;
  const not = survivors.length === 0 ? '' : ` Not noticed: ${survivors.join('; ')}.`;
  return `On ${date} ${mutations} mutations each took one rule out of the code: the rule's test noticed ${found} of them.${not}`;
}

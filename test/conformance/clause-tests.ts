/**
 * Which test files hold the test of which clause. Read from the text of the files: a clause's name stands there as one
 * string, as the name of a test or of a `describe`. That it really runs is shown by the mutation run.
 */
import { readFileSync } from 'node:fs';
import { filesUnder } from './tree.ts';

/** A string that begins like the name of a clause's test, in any quotes. */
const clauseString = /(['"`])(\d{3,4} §[^\s:'"`]+: (?:\\.|(?!\1).)+)\1/g;

/** Paths from the root by the name of a clause's test, both in alphabetical order. */
export function clauseTests(root: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const paths = ['apps', 'packages', 'test'].flatMap((folder) => filesUnder(root, folder));
  for (const path of paths.filter((name) => name.endsWith('.test.ts'))) {
    for (const [, , quoted = ''] of readFileSync(root + path, 'utf8').matchAll(clauseString)) {
      const name = quoted.replace(/\\(.)/g, '$1');
      found.set(name, (found.get(name) ?? new Set()).add(path));
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, files]) => [name, [...files]]));
}

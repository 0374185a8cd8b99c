/** The clauses against the tests, the code and docs/conformance.md. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readConformance } from './conformance.ts';
import { mutate } from './mutation.ts';
import { mutations } from './mutations.ts';
import { conformancePage } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { entries, mistakes } = readConformance(root);

test('every clause has a test and code that exists, or a reason; every clause test has a clause', () => {
  expect(mistakes).toEqual([]);
});

test('docs/conformance.md is as `npm run conformance` makes it', () => {
  expect(readFileSync(`${root}docs/conformance.md`, 'utf8')).toBe(conformancePage(root, entries));
});

test('every mutation finds its place, once', () => {
  for (const mutation of mutations) mutate(readFileSync(root + mutation.file, 'utf8'), mutation);
});

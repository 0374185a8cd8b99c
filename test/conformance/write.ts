/** `npm run conformance`: writes docs/conformance.md, or tells what is wrong with the clauses. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readConformance } from './conformance.ts';
import { conformancePage } from './page.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { entries, mistakes } = readConformance(root);
if (mistakes.length === 0) writeFileSync(`${root}docs/conformance.md`, conformancePage(root, entries));
for (const mistake of mistakes) console.error(mistake);
console.error(`${entries.length} clauses, ${mistakes.length} mistakes`);
process.exitCode = mistakes.length === 0 ? 0 : 1;

/** docs/conformance.md, made of the clauses, their tests and their code. */
import type { Clause, Level } from './clause.ts';
import type { Entry } from './conformance.ts';
import { decisions } from './decisions.ts';
import { mutationParagraph } from './mutation-result.ts';

/** In the order of the page. */
const titles: ReadonlyMap<number, string> = new Map([
  [2453, 'RIP version 2'],
  [1058, 'RIP version 1'],
  [2080, 'RIPng, RIP for IPv6'],
  [4822, 'RIPv2 cryptographic authentication'],
  [2082, 'RIPv2 MD5 authentication (obsoleted by 4822)'],
  [8177, 'key chains'],
  [1812, 'requirements for routers, appendix F.2 and section 7'],
  [5082, 'the generalized TTL security mechanism'],
  [1724, 'the RIPv2 MIB'],
  [8695, 'a YANG model for RIP'],
  [1923, 'RIPv1 applicability'],
  [3927, 'link-local addresses'],
]);

const levels: readonly Level[] = ['must', 'should', 'may'];

/** @param root of the checkout, ends with a slash */
export function conformancePage(root: string, entries: readonly Entry[]): string {
  const missing = entries.find(({ clause }) => !titles.has(clause.rfc));
  if (missing !== undefined) throw new Error(`RFC ${missing.clause.rfc} has no title in page.ts`);
  return `${[
    '# Conformance',
    '',
    '<!-- Made by `npm run conformance` from test/conformance and the names of the tests. Do not edit. -->',
    '',
    'Which rules of the RFCs Ripstop keeps, which test proves it, and which code does it. Every rule has a test that is named',
    'after it, or a reason why there is none. The words are ours; RFC 2453, RFC 1058 and RFC 2080 write *must* and *should* in',
    'lower case, and where they only describe we judged the level.',
    '',
    mutationParagraph(root),
    '',
    ...summary(entries),
    '',
    decisions.trim(),
    '',
    ...[...titles.keys()].flatMap((rfc) => chapter(rfc, ofRfc(entries, rfc))),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function ofRfc(entries: readonly Entry[], rfc: number): Entry[] {
  return entries
    .filter(({ clause }) => clause.rfc === rfc)
    .sort((a, b) => compareSections(a.clause.section, b.clause.section));
}

/** How many rules of each level are kept, of how many. */
function summary(entries: readonly Entry[]): string[] {
  const row = (title: string, some: readonly Entry[]): string => {
    const cells = levels.map((level) => {
      const ofLevel = some.filter(({ clause }) => clause.level === level);
      const kept = ofLevel.filter(({ clause }) => clause.notImplemented === undefined);
      return ofLevel.length === 0 ? '' : `${kept.length} of ${ofLevel.length}`;
    });
    return `| ${[title, ...cells].join(' | ')} |`;
  };
  return [
    '| Rules kept | must | should | may |',
    '|---|---|---|---|',
    ...[...titles.keys()].map((rfc) => row(`[RFC ${rfc}](#${anchor(rfc)})`, ofRfc(entries, rfc))),
    row('All', entries),
  ];
}

function heading(rfc: number): string {
  return `RFC ${rfc}: ${titles.get(rfc)}`;
}

/** As GitHub makes it from a heading. */
function anchor(rfc: number): string {
  return heading(rfc)
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function chapter(rfc: number, entries: readonly Entry[]): string[] {
  return [
    `## ${heading(rfc)}`,
    '',
    '| § | Level | The router … | Proved by | Kept by |',
    '|---|---|---|---|---|',
    ...entries.map(
      ({ clause, tests, code }) =>
        `| ${clause.section} | ${clause.level} | ${clause.rule} | ${tests.map(link).join(', ')} | ${keptBy(clause, code)} |`,
    ),
    '',
  ];
}

function keptBy(clause: Clause, code: Entry['code']): string {
  if (clause.notImplemented !== undefined) return `*Not implemented, ${clause.notImplemented}.*`;
  if (clause.keptByLinux !== undefined) return clause.keptByLinux;
  return code.map(({ name, file }) => `[\`${name}\`](../${file})`).join(', ');
}

function link(path: string): string {
  return `[${path.slice(path.lastIndexOf('/') + 1).replace(/\.test\.ts$/, '')}](../${path})`;
}

/** `3.9.2` before `3.10`, `7.1` before `F.2`. */
function compareSections(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = (left[index] ?? '').localeCompare(right[index] ?? '', 'en', { numeric: true });
    if (order !== 0) return order;
  }
  return 0;
}

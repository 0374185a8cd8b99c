/**
 * A mistake in words: what was found and what was expected. Before: `schema`, whose messages say what was expected. After:
 * a `Remark`.
 *
 * Invariant: no text that may be a secret is ever shown. In a key chain and in `authentication` only that is quoted which
 * stands under a key that holds no secret; nothing is quoted that holds something else. Of a key only its name is quoted:
 * without a blank behind the colon, the secret is a part of the key.
 */
import type { z } from 'zod';
import { nearestName } from '../nearest-name.ts';
import { type Path, type Place, valueAt } from './place.ts';
import type { Remark } from './remark.ts';

/** Under which secrets are written; `key-string` may have come to stand where an interface belongs. */
const SECRET_SECTIONS: readonly PropertyKey[] = ['key-chains', 'authentication', 'key-string'];

/** What may be quoted there. A text where a number belongs may be a secret that slipped. */
const HARMLESS_NUMBERS: readonly PropertyKey[] = ['key-id', 'md5-length'];
const HARMLESS_TEXTS: readonly PropertyKey[] = [
  'name',
  'key-chain',
  'crypto-algorithm',
  'key-file',
  'send-lifetime',
  'accept-lifetime',
  'start',
  'end',
];

export function remarksOf(issue: z.core.$ZodIssue, value: unknown, place: Place): Remark[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...place([...issue.path, key], 'key'),
      text: unknownKey(key, issue.path, issue.message),
    }));
  }
  const found = valueAt(value, issue.path);
  const what = found === undefined ? 'missing' : shown(found, issue.path);
  return [{ ...place(issue.path), text: `${nameOf(issue.path)} is ${what}, expected ${issue.message}` }];
}

/** `rip.policy[0].action`: places in lists count from 0. */
function nameOf(path: Path): string {
  let name = '';
  for (const step of path) name += typeof step === 'number' ? `[${step}]` : `.${String(step)}`;
  return name === '' ? 'the file' : name.replace(/^\./, '');
}

function unknownKey(key: string, path: Path, known: string): string {
  const names = known.split(', ');
  const name = /^[\w-]*/.exec(key)?.[0] ?? '';
  const isWhole = name === key;
  const quoted = isWhole ? JSON.stringify(key) : `"${name}…"`;
  if (!isWhole && names.includes(name)) return `unknown key ${quoted}, expected "${name}: " and a value`;
  const near = nearestName(name, names);
  if (near !== undefined) return `unknown key ${quoted}, expected perhaps ${JSON.stringify(near)}`;
  // A secret without its key.
  return `unknown key ${holdsSecrets(path) ? '(not shown)' : quoted}, expected one of: ${known}`;
}

function shown(value: unknown, path: Path): string {
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  const isNested = items.some(
    (item) => typeof item === 'object' && item !== null && Object.keys(item).length > 0,
  );
  if (isNested) return Array.isArray(value) ? 'a list' : 'a section';
  const isSecret = holdsSecrets(path) && !items.every((item) => isHarmless(item, path));
  return isSecret || items.some(holdsKeyString) ? `${kindOf(value)} (not shown)` : JSON.stringify(value);
}

function holdsSecrets(path: Path): boolean {
  return path.some((step) => SECRET_SECTIONS.includes(step));
}

/** `eth0: key-string:secret`. */
function holdsKeyString(value: unknown): boolean {
  return typeof value === 'string' && value.includes('key-string');
}

function isHarmless(value: unknown, path: Path): boolean {
  const last = path.at(-1) ?? '';
  if (typeof value === 'string') return HARMLESS_TEXTS.includes(last);
  if (typeof value === 'number') return HARMLESS_NUMBERS.includes(last);
  return true;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'text' : 'a number';
}

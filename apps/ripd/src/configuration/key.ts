/**
 * Keys of packet authentication as they are written: what a key chain holds, and what `authentication` may hold itself.
 * RFC 8177, RFC 4822 §3.1.
 */
import { resolve } from 'node:path';
import { always, type Key, type Millis } from '@ripstop/rip';
import { utf8Encode } from '@ripstop/wire';
import { z } from 'zod';
import { type KeyFile, readKeyFile } from './key-file.ts';
import { oneOf, section, text, wholeNumber } from './value.ts';

/** RFC 2453 §4.1: what a packet has room for. */
const CLEAR_TEXT_BYTES_MAX = 16;

/** A key, and where its secret is. */
export interface KeySection {
  readonly key: Key;
  /** Undefined: the secret is in the configuration file. */
  readonly file: KeyFile | undefined;
}

const INSTANT = 'a date and time like 2026-01-01T00:00:00Z';
const instant = z.string(INSTANT).transform((given, context): Millis => {
  const parsed = parseInstant(given);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: INSTANT });
  return z.NEVER;
});

const LIFETIME = 'always, or { start, end }';
const lifetime = z
  .preprocess(
    (value) => (value === 'always' ? {} : value),
    z.strictObject(
      { start: instant.default(always.start), end: instant.default(always.end) },
      { error: ({ code }) => (code === 'unrecognized_keys' ? 'start, end' : LIFETIME) },
    ),
  )
  .refine(({ start, end }): boolean => start < end, 'an end after the start');

const ALGORITHMS = [
  'clear-text',
  'md5',
  'hmac-sha-1',
  'hmac-sha-256',
  'hmac-sha-384',
  'hmac-sha-512',
] as const;

/** Which of its keys must be there depends on the others: `keyOf` says so. */
export const keyShape = {
  'key-id': wholeNumber(0, 255).optional(),
  'crypto-algorithm': oneOf(...ALGORITHMS).optional(),
  'key-string': z.string('text: put it in quotes').optional(),
  'key-file': text('the path of a file').optional(),
  'send-lifetime': lifetime.optional(),
  'accept-lifetime': lifetime.optional(),
} as const;
const shape = z.object(keyShape);

/** @param folder where the paths of key files begin */
export function keySection(folder: string) {
  return section(keyShape).transform((keys, context) => keyOf(keys, folder, context));
}

/** The key that is described; what is wrong with it goes to `context`. */
export function keyOf(keys: z.output<typeof shape>, folder: string, context: z.RefinementCtx): KeySection {
  const mistake = (key: keyof typeof keyShape, expected: string): never => {
    context.addIssue({ code: 'custom', path: [key], message: expected });
    return z.NEVER;
  };
  const { 'crypto-algorithm': algorithm, 'key-id': id, 'key-string': string, 'key-file': path } = keys;
  if (algorithm === undefined) return mistake('crypto-algorithm', `one of: ${ALGORITHMS.join(', ')}`);
  if (id === undefined && algorithm !== 'clear-text')
    return mistake('key-id', 'a whole number from 0 to 255');
  if (string === undefined && path === undefined) return mistake('key-string', 'key-string or key-file');
  if (string !== undefined && path !== undefined)
    return mistake('key-file', 'key-string or key-file, not both');

  const file = path === undefined ? undefined : readKeyFile(resolve(folder, path));
  if (typeof file === 'string') return mistake('key-file', file);
  const secret = file?.secret ?? utf8Encode(string ?? '');
  const source = file === undefined ? 'key-string' : 'key-file';
  if (secret.byteLength === 0) return mistake(source, 'a key of at least one byte');
  if (algorithm === 'clear-text' && secret.byteLength > CLEAR_TEXT_BYTES_MAX) {
    return mistake(source, `a clear-text key of at most ${CLEAR_TEXT_BYTES_MAX} bytes`);
  }
  const { 'send-lifetime': send = always, 'accept-lifetime': accept = always } = keys;
  return { key: { id: id ?? 0, algorithm, secret, send, accept }, file };
}

/** RFC 3339 §5.6, without leap seconds; undefined if it is none. */
function parseInstant(given: string): Millis | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(given);
  if (parts === null) return undefined;
  const [year, month, day] = parts.slice(1, 4).map(Number) as [number, number, number];
  // JavaScript: the 30th of February is the 2nd of March.
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return undefined;
  const millis = Date.parse(given.toUpperCase().replace(' ', 'T'));
  return Number.isNaN(millis) ? undefined : millis;
}

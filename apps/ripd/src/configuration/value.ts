import type { Millis } from '@ripstop/rip';
import { numberOfName } from '@ripstop/socket';
import { z } from 'zod';
import { valueAt } from './place.ts';

const SECONDS_MAX = 86_400;

export function wholeNumber(lowest: number, highest: number) {
  const expected = `a whole number from ${lowest} to ${highest}`;
  return z.int(expected).min(lowest, expected).max(highest, expected);
}

export const boolean = z.boolean('true or false');

/** Any text but none. */
export function text(expected: string) {
  return z.string(expected).min(1, expected);
}

export function oneOf<const Names extends readonly [string, ...string[]]>(...names: Names) {
  return z.enum(names, `one of: ${names.join(', ')}`);
}

/** Names of which some are numbers: `2` means `"2"`. */
export function version<const Names extends readonly [string, ...string[]]>(...names: Names) {
  return z.preprocess((value) => (typeof value === 'number' ? String(value) : value), oneOf(...names));
}

/** Seconds in the file, milliseconds in the program. */
export function seconds(lowest: 'above 0' | 'from 0') {
  const expected = `a number of seconds ${lowest} to ${SECONDS_MAX}`;
  const number = z.number(expected).max(SECONDS_MAX, expected);
  const bounded = lowest === 'above 0' ? number.positive(expected) : number.nonnegative(expected);
  return bounded.transform((value): Millis => value * 1_000);
}

/** A number, or a name that `ip` knows. */
export function named(kind: 'rt_tables' | 'rt_protos', highest: number) {
  const expected = `a name in ${kind} or a number from 1 to ${highest}`;
  return z.union([z.string(), z.number()], expected).transform((value, context): number => {
    const number =
      typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : numberOfName(kind, value);
    if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= highest) return number;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/**
 * The name of something that the file defines elsewhere.
 * @param kind in words, with its article
 */
export function referenceTo(kind: string, names: readonly string[]) {
  const known = names.length === 0 ? 'this file has none' : names.join(', ');
  const expected = `the name of ${kind}: ${known}`;
  return z.string(expected).refine((name) => names.includes(name), expected);
}

/**
 * A key that means something elsewhere, and nothing here: it may not be written.
 * @param value what is true without it
 */
export function meaningless<const Value>(value: Value, why: string) {
  return z
    .undefined(`nothing: ${why}`)
    .optional()
    .transform(() => value)
    .meta({ meaningless: true });
}

/** A list; `name:` with nothing behind it is an empty one. */
export function list<Item extends z.ZodType>(item: Item, expected: string) {
  return z.preprocess((value) => value ?? [], z.array(item, expected));
}

/** Has a check of a whole list run though there are mistakes in its items: these are not what was said they are then. */
export const withMistakes = { when: ({ value }: { readonly value: unknown }) => Array.isArray(value) };

/** A list of sections, none with the name of another. */
export function namedList<Item extends z.ZodType<{ readonly name: string }>>(item: Item, expected: string) {
  return list(item, expected).superRefine((items: readonly unknown[], context) => {
    const names = new Set<unknown>();
    for (const [at, section] of items.entries()) {
      const name = valueAt(section, ['name']);
      if (typeof name === 'string' && names.has(name)) {
        context.addIssue({ code: 'custom', path: [at, 'name'], message: 'a name that no other has' });
      }
      names.add(name);
    }
  }, withMistakes);
}

/**
 * A section; `name:` with nothing behind it is an empty one. The message of an issue about unknown keys is the list of
 * the known ones.
 */
export function section<const Shape extends z.ZodRawShape>(
  shape: Shape,
  expected = 'a section of keys and values',
) {
  const known = Object.entries(shape)
    .filter(([, value]) => (value as z.ZodType).meta()?.meaningless !== true)
    .map(([key]) => key)
    .join(', ');
  return z.preprocess(
    (value) => value ?? {},
    z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? known : expected) }),
  );
}

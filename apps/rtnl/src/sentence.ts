/** Fields as text in the manner of `ip`: one after the other, in their order. Before this file: the fields of an object. */
import type { Fields } from './fields.ts';

/** How a field is said, by its name; an empty string leaves it out. What has no rule is said as `NAME VALUE`. */
export type Rules = Readonly<Record<string, (value: never) => string>>;

/** A field that is `true` or `null` says all by its name. */
export function sentence(fields: Fields, rules: Rules): string {
  const parts = Object.entries(fields).map(([name, value]) => {
    const rule = rules[name] as ((value: unknown) => string) | undefined;
    if (rule !== undefined) return rule(value);
    return value === true || value === null ? name : `${name} ${value}`;
  });
  return parts
    .filter((part) => part !== '')
    .join(' ')
    .replaceAll(' \n', '\n');
}

/** The rule of a field whose value speaks for itself. */
export function bare(value: string | number): string {
  return String(value);
}

/** The rule of a field that another one says too. */
export function unsaid(): string {
  return '';
}

/** The rule of a list of words. */
export function listed(words: readonly string[]): string {
  return words.join(' ');
}

/** The rule of a field that is said under another name. */
export function called(word: string): (value: unknown) => string {
  return (value) => `${word} ${value}`;
}

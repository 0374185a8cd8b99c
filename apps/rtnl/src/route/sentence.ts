/** Fields as text in the manner of `ip`: one after the other, in their order. Before this file: the fields. */
import type { Fields } from '../command.ts';

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

/** `prefix-sets`: names for sets of prefixes, as policy rules use them. `10.0.0.0/8 le 24`, `0.0.0.0/0`. */
import type { PrefixRange, PrefixSet } from '@ripstop/rip';
import { addressBits, addressFamily, parseInterfaceAddress, prefixOf } from '@ripstop/wire';
import { z } from 'zod';
import { list, namedList, section, text } from './value.ts';

const EXPECTED = 'a prefix, perhaps with its shortest and longest length, like "10.0.0.0/8 ge 16 le 24"';

const range = z.string(EXPECTED).transform((given, context): PrefixRange => {
  const parsed = parseRange(given);
  if (typeof parsed !== 'string') return parsed;
  context.addIssue({ code: 'custom', message: parsed });
  return z.NEVER;
});

export const prefixSets = namedList(
  section({
    name: text('the name of a prefix set'),
    prefixes: list(range, 'a list of prefixes'),
  }).transform(({ name, prefixes }): PrefixSet => ({ name, ranges: prefixes })),
  'a list of { name, prefixes }',
);

/** A range, or what was expected. Without `le` and `ge` it holds its own prefix alone; with `ge` alone all that is longer. */
function parseRange(given: string): PrefixRange | string {
  const words = /^(\S+)((?: +(?:le|ge) +\d{1,3})*)$/.exec(given.trim());
  const parsed = parseInterfaceAddress(words?.[1] ?? '');
  if (words === null || parsed === undefined) return EXPECTED;
  const { address, length } = parsed;
  const prefix = prefixOf(address, length);
  const bounds = [...(words[2] ?? '').matchAll(/(le|ge) +(\d+)/g)];
  if (bounds.length > new Set(bounds.map(([, word]) => word)).size) return EXPECTED;
  if (prefix !== `${address}/${length}`) return `${prefix}${words[2]}: no bits may be set behind the length`;

  const bound = (wanted: string): number | undefined => {
    const found = bounds.find(([, word]) => word === wanted);
    return found === undefined ? undefined : Number(found[2]);
  };
  const [atLeast, atMost] = [bound('ge'), bound('le')];
  const bits = addressBits(addressFamily(address));
  const shortest = atLeast ?? length;
  const longest = atMost ?? (atLeast === undefined ? length : bits);
  if (length <= shortest && shortest <= longest && longest <= bits) return { prefix, shortest, longest };
  return `lengths in this order: ${length} (the prefix's own), ge, le, ${bits}`;
}

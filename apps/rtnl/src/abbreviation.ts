/** Names that may be abbreviated, as `ip` allows: of several that begin so, the first is meant. */

/** What stands beside the name that `word` is, or begins; undefined if there is none. */
export function abbreviated<Value>(
  word: string,
  names: Iterable<readonly [name: string, value: Value]>,
): Value | undefined {
  if (word === '') return undefined;
  for (const [name, value] of names) if (name.startsWith(word)) return value;
  return undefined;
}

/** The words for a neighbor's state: `nud stale`. Before this file: the command's words. linux/neighbour.h. */
import { neighborState } from '@ripstop/netlink';
import type { Words } from '../words.ts';

const states = new Map<string, number>([
  ['none', 0],
  ...Object.entries(neighborState.masks).map(([name, mask]) => [name.toLowerCase(), mask] as const),
]);

/** Takes the name of a state, or its number. @throws CommandError */
export function takeState(words: Words): number {
  const known = states.get(words.peek ?? '');
  if (known === undefined) return words.number('nud', 0, 0xff);
  words.take();
  return known;
}

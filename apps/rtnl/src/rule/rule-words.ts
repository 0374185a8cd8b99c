/** Words that select packets by a range or under a mask: `1000-2000`, `0x10/0xff`. After this file: the selection and the specification of rules. */
import { CommandError } from '../command.ts';
import { wholeNumber } from '../numerals.ts';
import type { Words } from '../words.ts';

/** Takes `MARK` or `MARK/MASK`. @throws CommandError */
export function takeMark(words: Words): { readonly mark: number; readonly markMask?: number } {
  const word = words.value('fwmark');
  const numbers = word.split('/').map(wholeNumber);
  const [mark, markMask, ...others] = numbers;
  const areMarks = numbers.every((number) => number !== undefined && number <= 0xffff_ffff);
  if (mark === undefined || !areMarks || others.length > 0)
    throw new CommandError(`fwmark: MARK or MARK/MASK expected, got "${word}"`);
  return markMask === undefined ? { mark } : { mark, markMask };
}

/** Both ends are in it. */
export interface NumberRange {
  readonly start: number;
  readonly end: number;
}

/** Takes `FIRST-LAST`, or one number for both. @throws CommandError */
export function takeRange(of: string, words: Words, highest: number): NumberRange {
  const word = words.value(of);
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
  if (first === undefined || Number(first) > highest || Number(last) > highest)
    throw new CommandError(`${of}: NUMBER or NUMBER-NUMBER up to ${highest} expected, got "${word}"`);
  return { start: Number(first), end: Number(last) };
}

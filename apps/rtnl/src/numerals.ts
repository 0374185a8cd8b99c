/** How whole numbers are written, and the unit in which Linux tells times. Before this file: a word, or a member of a message. */

/** The number that is written in decimal digits or as 0x…; undefined if it is none. */
export function wholeNumber(word: string): number | undefined {
  return /^(?:\d+|0x[\da-f]+)$/i.test(word) ? Number(word) : undefined;
}

/** As C's `%#x`: zero has no prefix. */
export function hexadecimal(number: number): string {
  return number === 0 ? '0' : `0x${number.toString(16)}`;
}

/** Linux: user space is told times in hundredths of a second (USER_HZ), whatever the kernel itself counts in. */
export const TICKS_PER_SECOND = 100;

/** Whole seconds that have passed. */
export function secondsOf(ticks: number): number {
  return Math.trunc(ticks / TICKS_PER_SECOND);
}

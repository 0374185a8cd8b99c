/** How long an address is valid, and preferred: seconds, or for ever. linux/if_addr.h, struct ifa_cacheinfo. */
import type { Words } from '../words.ts';

/** Seconds that mean for ever. */
export const FOREVER = 0xffff_ffff;

/** Takes seconds, or `forever`. @throws CommandError */
export function takeLifetime(of: string, words: Words): number {
  return words.takeIf('forever') ? FOREVER : words.number(of, 0, FOREVER);
}

/** An address in words, in the manner of `ip`. Before this file: `address-fields.ts`, which it is made of. */
import type { Fields } from '../fields.ts';
import { bare, called, sentence } from '../sentence.ts';
import { FOREVER } from './address-lifetime.ts';

/** Two lines, without the indentation of the first. */
export function addressText({ family, local, address, prefixlen, ...fields }: Fields): string {
  const end = address === undefined ? local : `${local} peer ${address}`;
  const others = sentence(fields, {
    broadcast: called('brd'),
    anycast: called('any'),
    protocol: called('proto'),
    label: bare,
    valid_life_time: (seconds: number) => `\n       valid_lft ${lifetimeText(seconds)}`,
    preferred_life_time: (seconds: number) => `preferred_lft ${lifetimeText(seconds)}`,
  });
  return `${family} ${end}/${prefixlen} ${others}`;
}

function lifetimeText(seconds: number): string {
  return seconds === FOREVER ? 'forever' : `${seconds}sec`;
}

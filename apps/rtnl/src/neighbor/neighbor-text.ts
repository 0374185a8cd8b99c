/** A neighbor in words, in the manner of `ip`. Before this file: `neighbor-fields.ts`, which it is made of. */
import type { Fields } from '../fields.ts';
import { bare, called, listed, sentence, unsaid } from '../sentence.ts';

export function neighborText(fields: Fields): string {
  return sentence(fields, {
    dst: bare,
    refcnt: called('ref'),
    used: (seconds: number) => `used ${seconds}/${fields.confirmed}/${fields.updated}`,
    confirmed: unsaid,
    updated: unsaid,
    state: listed,
    protocol: called('proto'),
  });
}

/** Letters of the columns. */
const WIDTHS = { destination: 39, device: 16 } as const;

/** One line, as of `ip -br`. */
export function briefNeighborText({ dst, dev = '', lladdr = '' }: Fields): string {
  const columns = [String(dst).padEnd(WIDTHS.destination), String(dev).padEnd(WIDTHS.device), lladdr];
  return columns.join(' ').trimEnd();
}

/** A next-hop object in words, in the manner of `ip`. Before this file: `nexthop-fields.ts`, which it is made of. */
import type { Fields } from '../fields.ts';
import { nextHopRules } from '../route/next-hop-text.ts';
import { sentence } from '../sentence.ts';

export function nexthopText(fields: Fields): string {
  return sentence(fields, {
    ...nextHopRules,
    group: (members: readonly Fields[]) => `group ${members.map(memberText).join('/')}`,
    resilient_args: (resilience: Fields) => sentence(resilience, {}),
  });
}

function memberText({ id, weight }: Fields): string {
  return weight === undefined ? String(id) : `${id},${weight}`;
}

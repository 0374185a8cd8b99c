/** How the fields of a next hop are said. Before this file: `next-hop-fields.ts`. After it: the text of routes and next-hop objects. */
import { encapsulationRules } from '../encapsulation/encapsulation-text.ts';
import type { Fields } from '../fields.ts';
import { called, listed, type Rules, sentence } from '../sentence.ts';

export const nextHopRules = {
  ...encapsulationRules,
  to: called('as to'),
  gateway: called('via'),
  via: ({ family, host }: Readonly<Record<'family' | 'host', string>>) => `via ${family} ${host}`,
  flow: ({ from, to }: { readonly from?: string; readonly to: string }) =>
    from === undefined ? `realm ${to}` : `realms ${from}/${to}`,
  flags: listed,
  protocol: called('proto'),
} satisfies Rules;

export function nextHopText(fields: Fields): string {
  return sentence(fields, nextHopRules);
}

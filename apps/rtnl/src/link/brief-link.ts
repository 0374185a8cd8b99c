/**
 * A link in columns, as `ip -br link` shows it. Before this file: `link-fields.ts`. After it: `link.ts`, and the brief
 * addresses, which stand behind the first two columns.
 */
import type { Shown } from '../command.ts';
import { definedOnly, type Fields } from '../fields.ts';
import { linkTitle } from './link-text.ts';

/** Letters of each of the first columns. */
const WIDTHS = { name: 16, state: 14 } as const;

/** Which link it is, and its state: the fields of the first two columns. */
export function firstFields({ link, link_index, ifname, operstate, operstate_index }: Fields): Fields {
  return definedOnly({ link, link_index, ifname, operstate, operstate_index });
}

/** The first two columns, and what stands behind them. */
export function columns(fields: Fields, others: readonly string[]): string {
  const state = String(fields.operstate ?? fields.operstate_index ?? '');
  const first = [linkTitle(fields).padEnd(WIDTHS.name), state.padEnd(WIDTHS.state)];
  return [...first, ...others].join(' ').trimEnd();
}

/** @param all what is shown of the link otherwise */
export function briefLink({ fields: all }: Shown): Shown {
  const { address, flags } = all;
  const fields = definedOnly({ ...firstFields(all), address, flags });
  const words = [...(address === undefined ? [] : [String(address)]), `<${(flags as string[]).join(',')}>`];
  return { fields, text: () => columns(fields, words) };
}

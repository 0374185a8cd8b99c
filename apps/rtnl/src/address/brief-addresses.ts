/** A link with its addresses in columns, as `ip -br address` shows them. Before this file: `address-list.ts`. */
import type { Shown } from '../command.ts';
import { definedOnly, type Fields } from '../fields.ts';
import { columns, firstFields } from '../link/brief-link.ts';

/** @param link what is shown of the link otherwise @param addresses what is shown of each otherwise */
export function briefAddresses({ fields: link }: Shown, addresses: readonly Fields[]): Shown {
  const brief = addresses.map(({ local, address, prefixlen, metric }) =>
    definedOnly({ local, address, prefixlen, metric }),
  );
  const first = firstFields(link);
  return {
    fields: { ...first, addr_info: brief },
    text: () => columns(first, brief.map(briefText)),
  };
}

function briefText({ local, address, prefixlen, metric }: Fields): string {
  const end = address === undefined ? local : `${local} peer ${address}`;
  return metric === undefined ? `${end}/${prefixlen}` : `${end}/${prefixlen} metric ${metric}`;
}

/** Links with their addresses, as `ip address` lists them. Before this file: `address-selection.ts`. */
import type { AddressMessage, LinkMessage } from '@ripstop/netlink';
import type { Context, Shown } from '../command.ts';
import type { Fields } from '../fields.ts';
import { linkCommands } from '../link/link.ts';
import { selectedLinks } from '../link/link-selection.ts';
import { addressFields } from './address-fields.ts';
import type { AddressSelection } from './address-selection.ts';
import { addressText } from './address-text.ts';
import { briefAddresses } from './brief-addresses.ts';

/** What `ip link` tells of an interface and `ip address` does not. */
const ONLY_OF_LINKS: ReadonlySet<string> = new Set(['linkmode', 'inet6_addr_gen_mode']);

/** @throws NetlinkError, SyscallError */
export async function listAddresses(
  { links, filter, where, labeled }: AddressSelection,
  context: Context,
): Promise<readonly Shown[]> {
  const addresses = new Map<number, AddressMessage[]>();
  for (const address of await context.rtnetlink.addresses.list(filter)) {
    const ofLink = addresses.get(address.interfaceIndex);
    if (ofLink === undefined) addresses.set(address.interfaceIndex, [address]);
    else ofLink.push(address);
  }
  const shown: Shown[] = [];
  for (const link of await selectedLinks(links, context)) {
    const all = addresses.get(link.index) ?? [];
    const selected = all.filter(where);
    // As `ip`: an interface without any address is told too, unless addresses of one family or of a label are asked for.
    if (selected.length > 0 || (all.length === 0 && filter.family === undefined && !labeled))
      shown.push(shownLink(link, selected, context));
  }
  return shown;
}

function shownLink(link: LinkMessage, addresses: readonly AddressMessage[], context: Context): Shown {
  const shown = linkCommands.show(link, context);
  const addressInfo: Fields[] = addresses.map(addressFields);
  if (context.brief) return briefAddresses(shown, addressInfo);
  const { fields, text } = shown;
  const known = Object.entries(fields).filter(([name]) => !ONLY_OF_LINKS.has(name));
  const texts = (): string[] => addressInfo.map((address) => `    ${addressText(address)}`);
  return {
    fields: { ...Object.fromEntries(known), addr_info: addressInfo },
    text: () => [text(), ...texts()].join('\n'),
    records: () => texts().map((address) => `${link.index}: ${fields.ifname}${address}`),
  };
}

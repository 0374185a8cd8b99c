/** Links with their addresses, as `ip address` lists them. Before this file: `address-selection.ts`. */
import type { AddressMessage, LinkMessage } from '@ripstop/netlink';
import type { Context, Fields, Shown } from '../command.ts';
import { linkCommands } from '../link/link.ts';
import { addressFields, addressText } from './address-fields.ts';
import type { AddressSelection } from './address-selection.ts';

/** What `ip link` tells of an interface and `ip address` does not. */
const ONLY_OF_LINKS: ReadonlySet<string> = new Set(['linkmode', 'inet6_addr_gen_mode']);

/** @throws NetlinkError, SyscallError */
export async function listAddresses(
  selection: AddressSelection,
  context: Context,
): Promise<readonly Shown[]> {
  const { rtnetlink } = context;
  const { family, index } = selection;
  const links = index === undefined ? await rtnetlink.links.list() : [await rtnetlink.links.get({ index })];
  const addresses = new Map<number, AddressMessage[]>();
  for (const address of await rtnetlink.addresses.list({ family, index })) {
    const ofLink = addresses.get(address.index);
    if (ofLink === undefined) addresses.set(address.index, [address]);
    else ofLink.push(address);
  }
  const shown: Shown[] = [];
  for (const link of links) {
    const all = addresses.get(link.index) ?? [];
    const selected = all.filter((address) => selection.addresses.every((holds) => holds(address)));
    // As `ip`: an interface without any address is told too, unless addresses of one family are asked for.
    const isShown = selected.length > 0 || (all.length === 0 && family === undefined);
    if (isShown && selection.links.every((holds) => holds(link)))
      shown.push(shownLink(link, selected, context));
  }
  return shown;
}

function shownLink(link: LinkMessage, addresses: readonly AddressMessage[], context: Context): Shown {
  const { fields, text } = linkCommands.show(link, context);
  const known = Object.entries(fields).filter(([name]) => !ONLY_OF_LINKS.has(name));
  const addressInfo: Fields[] = addresses.map(addressFields);
  return {
    fields: { ...Object.fromEntries(known), addr_info: addressInfo },
    text: [text, ...addressInfo.map((address) => `    ${addressText(address)}`)].join('\n'),
  };
}

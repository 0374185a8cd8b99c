/**
 * `rtnl address`: the commands. Before this file: `objects.ts`. After it: `address-selection.ts` and
 * `address-specification.ts` read the words, `address-list.ts`, `address-fields.ts` and `address-text.ts` show.
 */
import type { AddressMessage } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import { type Context, changing, demanding, type ObjectCommands, type Shown, showing } from '../command.ts';
import { selectedLinks } from '../link/link-selection.ts';
import { addressFields } from './address-fields.ts';
import { listAddresses } from './address-list.ts';
import { type AddressSelection, addressSelection } from './address-selection.ts';
import { type AddressSpecification, addressQuery, addressSpecification } from './address-specification.ts';
import { addressText } from './address-text.ts';

const someAddresses = demanding(addressSelection, 'flush: say which addresses, by dev, to, scope, …');

export const addressCommands: ObjectCommands<'address'> = {
  commands: {
    list: showing(addressSelection, listAddresses),
    add: changing(addressSpecification, ({ request }, { rtnetlink }) => rtnetlink.addresses.add(request)),
    replace: changing(addressSpecification, ({ request }, { rtnetlink }) =>
      rtnetlink.addresses.replace(request),
    ),
    // Linux: makes the address if it is not there.
    set: changing(addressSpecification, ({ request }, { rtnetlink }) => rtnetlink.addresses.set(request)),
    delete: changing(addressSpecification, async (specification, context) => {
      await context.rtnetlink.addresses.delete(await withLength(specification, context));
    }),
    get: showing(addressQuery, async (query, context) => [
      show(await context.rtnetlink.addresses.get(query), context),
    ]),
    flush: changing(someAddresses, flush),
  },
  show,
};

async function flush({ links, filter, where }: AddressSelection, context: Context): Promise<void> {
  const selected = new Set((await selectedLinks(links, context)).map(({ index }) => index));
  await context.rtnetlink.addresses.flush(filter, {
    where: (address) => selected.has(address.interfaceIndex) && where(address),
  });
}

/** Without a length, the address has the one that the interface gives it. Linux: a wrong length is EADDRNOTAVAIL. */
async function withLength(
  { request, isBare }: AddressSpecification,
  { rtnetlink }: Context,
): Promise<AddressSpecification['request']> {
  if (!isBare) return request;
  const { local, interfaceIndex } = request;
  const all = await rtnetlink.addresses.list({ family: addressFamily(local), interfaceIndex });
  const found = all.find((address) => (address.local ?? address.address) === local);
  return found === undefined
    ? request
    : { ...request, address: found.address, prefixLength: found.prefixLength };
}

/** By itself an address is shown with its interface. */
function show(address: AddressMessage, { interfaces }: Context): Shown {
  const index = address.interfaceIndex;
  const device = interfaces.nameOf(index);
  const fields = addressFields(address);
  return {
    fields: { index, dev: device, ...fields },
    text: () => `${index}: ${device} ${addressText(fields)}`,
  };
}

/**
 * `rtnl address`: the commands. Before this file: `objects.ts`. After it: `address-selection.ts` and
 * `address-specification.ts` read the words, `address-list.ts` and `address-fields.ts` show.
 */
import type { AddressMessage } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import { type Command, CommandError, type Context, type ObjectCommands, type Shown } from '../command.ts';
import type { Words } from '../words.ts';
import { addressFields, addressText } from './address-fields.ts';
import { listAddresses } from './address-list.ts';
import { addressSelection } from './address-selection.ts';
import { type AddressSpecification, addressSpecification } from './address-specification.ts';

export const addressCommands: ObjectCommands<'address'> = {
  object: 'address',
  commands: {
    list: (words, context) => listAddresses(addressSelection(words, context), context),
    add: changing('add'),
    replace: changing('replace'),
    // Linux: makes the address if it is not there.
    set: changing('set'),
    async del(words, context) {
      const specification = addressSpecification(words, context);
      await context.rtnetlink.addresses.delete(await withLength(specification, context));
      return [];
    },
    async get(words, context) {
      const local = words.address('address');
      const index = words.takeIf('dev') ? context.interfaces.indexOf(words.value('dev')) : undefined;
      words.end();
      return [show(await context.rtnetlink.addresses.get({ local, index }), context)];
    },
    flush,
  },
  show,
};

function changing(method: 'add' | 'replace' | 'set'): Command {
  return async (words, context) => {
    await context.rtnetlink.addresses[method](addressSpecification(words, context).request);
    return [];
  };
}

async function flush(words: Words, context: Context): Promise<readonly Shown[]> {
  if (words.peek === undefined) throw new CommandError('flush: say which addresses, by dev, to, scope, …');
  const { rtnetlink } = context;
  const { family, index, links, addresses } = addressSelection(words, context);
  const known = await rtnetlink.links.list();
  const selected = new Set(
    known.filter((link) => links.every((holds) => holds(link))).map((link) => link.index),
  );
  const where = (address: AddressMessage): boolean =>
    selected.has(address.index) && addresses.every((holds) => holds(address));
  await rtnetlink.addresses.flush({ family, index }, { where });
  return [];
}

/** Without a length, the address has the one that the interface gives it. Linux: a wrong length is EADDRNOTAVAIL. */
async function withLength(
  { request, isBare }: AddressSpecification,
  { rtnetlink }: Context,
): Promise<AddressSpecification['request']> {
  if (!isBare) return request;
  const { local, index } = request;
  const all = await rtnetlink.addresses.list({ family: addressFamily(local), index });
  const found = all.find((address) => (address.local ?? address.address) === local);
  return found === undefined
    ? request
    : { ...request, address: found.address, prefixLength: found.prefixLength };
}

/** By itself an address is shown with its interface. */
function show(address: AddressMessage, { interfaces }: Context): Shown {
  const [index, device] = [address.index, interfaces.nameOf(address.index)];
  const fields = addressFields(address);
  return { fields: { index, dev: device, ...fields }, text: `${index}: ${device} ${addressText(fields)}` };
}

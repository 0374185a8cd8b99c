/**
 * An address as `ip -j -d address` shows it: names, values and order of iproute2. Before this file: the decoded message.
 * After it: `address-text.ts`.
 */
import { type AddressMessage, addressProtocol } from '@ripstop/netlink';
import { nameOfNumber } from '@ripstop/socket';
import { definedOnly, type Fields } from '../fields.ts';
import { scopeName } from '../names.ts';
import { namesOfFlags } from './address-flags.ts';

/** One element of `addr_info`. */
export function addressFields(message: AddressMessage): Fields {
  const { family, address, prefixLength, priority, broadcast, anycast, scope, label, cacheInfo } = message;
  const local = message.local ?? address;
  const flags = namesOfFlags(message.flags ?? message.headerFlags, family === 'ipv6');
  return definedOnly({
    family: family === 'ipv6' ? 'inet6' : 'inet',
    local,
    address: address === local ? undefined : address,
    prefixlen: prefixLength,
    metric: priority,
    broadcast,
    anycast,
    scope: scopeName(scope),
    protocol: message.protocol === undefined ? undefined : protocolName(message.protocol),
    ...Object.fromEntries(flags.map((name) => [name, true])),
    label,
    valid_life_time: cacheInfo?.validLifetime,
    preferred_life_time: cacheInfo?.preferredLifetime,
  });
}

function protocolName(protocol: NonNullable<AddressMessage['protocol']>): string {
  const number = addressProtocol.numberOf(protocol);
  return nameOfNumber('rt_addrprotos', number) ?? String(number);
}

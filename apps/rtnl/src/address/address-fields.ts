/** An address as `ip -j -d address` shows it, and as text made of these fields. Before this file: the decoded message. */
import { type AddressMessage, addressProtocol } from '@ripstop/netlink';
import { nameOfNumber } from '@ripstop/socket';
import type { Fields } from '../command.ts';
import { scopeName } from '../route/named-number.ts';
import { namesOfFlags } from './address-flags.ts';

/** Seconds that mean for ever. */
export const FOREVER = 0xffff_ffff;

/** One element of `addr_info`. */
export function addressFields(address: AddressMessage): Fields {
  const { family, prefixLength, label, cacheInfo } = address;
  const local = address.local ?? address.address;
  const flags = namesOfFlags(address.flags ?? address.headerFlags, family === 'ipv6');
  return {
    family: family === 'ipv6' ? 'inet6' : 'inet',
    local,
    ...(address.address !== local && { address: address.address }),
    prefixlen: prefixLength,
    ...(address.priority !== undefined && { metric: address.priority }),
    ...(address.broadcast !== undefined && { broadcast: address.broadcast }),
    ...(address.anycast !== undefined && { anycast: address.anycast }),
    scope: scopeName(address.scope),
    ...(address.protocol !== undefined && { protocol: protocolName(address.protocol) }),
    ...Object.fromEntries(flags.map((name) => [name, true])),
    ...(label !== undefined && { label }),
    ...(cacheInfo !== undefined && {
      valid_life_time: cacheInfo.validLifetime,
      preferred_life_time: cacheInfo.preferredLifetime,
    }),
  };
}

function protocolName(protocol: NonNullable<AddressMessage['protocol']>): string {
  const number = addressProtocol.numberOf(protocol);
  return nameOfNumber('rt_addrprotos', number) ?? String(number);
}

/** The lines of an address in the manner of `ip`, without the indentation of the first. */
export function addressText(fields: Fields): string {
  const { family, local, address, prefixlen, metric, broadcast, anycast, scope, protocol, label } = fields;
  const words = [
    family,
    address === undefined ? `${local}/${prefixlen}` : `${local} peer ${address}/${prefixlen}`,
    ...(metric === undefined ? [] : ['metric', metric]),
    ...(broadcast === undefined ? [] : ['brd', broadcast]),
    ...(anycast === undefined ? [] : ['any', anycast]),
    'scope',
    scope,
    ...(protocol === undefined ? [] : ['proto', protocol]),
    ...Object.keys(fields).filter((name) => fields[name] === true),
    ...(label === undefined ? [] : [label]),
  ].join(' ');
  const { valid_life_time: valid, preferred_life_time: preferred } = fields;
  if (valid === undefined) return words;
  return `${words}\n       valid_lft ${lifetimeText(valid)} preferred_lft ${lifetimeText(preferred)}`;
}

function lifetimeText(seconds: unknown): string {
  return seconds === FOREVER ? 'forever' : `${seconds}sec`;
}

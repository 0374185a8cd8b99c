/** The kinds of IPv6 addresses that RIPng tells apart, by their first bits: RFC 4291 §2.4. */
import { type Address, type Prefix, prefixAddress } from '@ripstop/wire';
import type { EntryDropReason } from '../drop.ts';

/** fe80::/10: of no meaning without its link. */
export function isLinkLocal(address: Address): boolean {
  return /^fe[89ab][\da-f]:/.test(address);
}

/** ff00::/8. */
function isMulticast(address: Address): boolean {
  return /^ff[\da-f]{2}:/.test(address);
}

/** Of a host, and known beyond the link: what RFC 2080 calls globally valid. Also of fc00::/7. */
export function isGlobal(address: Address): boolean {
  return !isLinkLocal(address) && !isMulticast(address) && address !== '::1' && address !== '::';
}

/** Why no router takes a route to a prefix (RFC 2080 §2.4.2, §2.5.2); undefined: they do. */
export function destinationFault(prefix: Prefix): EntryDropReason | undefined {
  const address = prefixAddress(prefix);
  if (isMulticast(address) || prefix === '::/128') return 'destination-not-unicast';
  if (isLinkLocal(address)) return 'destination-link-local';
  return prefix === '::1/128' ? 'destination-loopback' : undefined;
}

/**
 * Addresses of neighbors: what of a file's text can be one. Before: `interface-section` and `policy-rules`, which have such
 * addresses.
 */
import { type Protocol, ripng } from '@ripstop/rip';
import { type Address, type AddressFamily, addressFamily, ipv4ToNumber, parseAddress } from '@ripstop/wire';
import { z } from 'zod';

interface Kind {
  /** In words. */
  readonly expected: string;
  /** Of an address of the family. */
  isRouter(address: Address): boolean;
}

const kinds: Readonly<Record<AddressFamily, Kind>> = {
  ipv4: { expected: 'the IPv4 address of a router', isRouter: isUnicast },
  // RFC 2080 §2.4.2: what a router says from another address is refused.
  ipv6: {
    expected: 'the link-local address of a router, like fe80::1',
    isRouter: (address) => ripng.isLinkScoped(address),
  },
};

/** The address of a router that speaks a protocol. */
export function routerAddress({ family }: Protocol) {
  const { expected, isRouter } = kinds[family];
  return z.string(expected).transform((given, context): Address => {
    const address = parseAddress(given);
    if (address !== undefined && addressFamily(address) === family && isRouter(address)) return address;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** Not in network 0 or 127, not a multicast, reserved or broadcast address. */
function isUnicast(address: Address): boolean {
  const network = (ipv4ToNumber(address) ?? 0) >>> 24;
  return network !== 0 && network !== 127 && network < 224;
}

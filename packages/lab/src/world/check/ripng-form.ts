/** What the bytes of a RIPng packet look like. Before and after this file: `packet-check.ts`. RFC 2080 §2.1, §2.1.1, §2.4. */
import { ripng } from '@ripstop/rip';
import { ipv6FromBytes } from '@ripstop/wire';
import { isLinkLocal } from '../port.ts';
import { type Form, packetSizes } from './form.ts';

const { header, entry } = packetSizes;
const VERSION = 1;
/** The metric of an entry that names the next hop of those after it. */
const NEXT_HOP = 0xff;
/** IPv6 and UDP. */
const OUTER_HEADER_BYTES = 40 + 8;

export const ripngForm: Form = {
  fault({ bytes, port, source, destinationPort }) {
    if (bytes[1] !== VERSION) return `version ${bytes[1]}`;
    if ((bytes.length - header) % entry !== 0) return `${bytes.length} bytes, which is no RIPng packet`;
    if (bytes.length + OUTER_HEADER_BYTES > port.mtu)
      return `${bytes.length} bytes, which the MTU of ${port.mtu} has no room for`;
    if (destinationPort === ripng.port && !isLinkLocal({ address: source }))
      return `what nobody believes: ${source} is not link-local`;
    return nextHopFault(bytes);
  },

  plain: (bytes) => bytes,
  signature: () => undefined,
};

function nextHopFault(bytes: Uint8Array): string | undefined {
  const namesNextHop = (at: number): boolean => bytes[at + entry - 1] === NEXT_HOP;
  for (let at = header; at < bytes.length; at += entry) {
    if (!namesNextHop(at)) continue;
    const address = ipv6FromBytes(bytes.subarray(at, at + 16));
    if (!isLinkLocal({ address })) return `${address} as next hop`;
    if (bytes[at + 16] !== 0 || bytes[at + 17] !== 0 || bytes[at + 18] !== 0)
      return `the next hop ${address} with a tag or a length`;
    const after = at + entry;
    if (after === bytes.length || namesNextHop(after)) return `the next hop ${address} of no route`;
  }
  return undefined;
}

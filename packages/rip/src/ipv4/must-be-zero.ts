/**
 * What version 1 leaves empty has to be empty, or the packet is discarded; from version 2 on nobody looks (RFC 2453 §5).
 *
 * Before: `header`. After: `request` and `decode` read only packets without a fault.
 */
import { viewOf } from '@ripstop/wire';
import type { Header, PacketFault } from '../packet/header.ts';
import { type Extent, packetHeader } from '../packet/packet.ts';
import { addressFamily, packetEntry } from './packet.ts';

/**
 * The first field of a version 1 packet that should be zero and is not. In entries of families that we do not know, the
 * same bytes may belong to an address (RFC 1058 §3.1): they are not looked at.
 */
export function mustBeZeroFault(
  bytes: Uint8Array,
  { version }: Header,
  { from, to }: Extent,
): PacketFault | undefined {
  if (version !== 1) return undefined;
  const view = viewOf(bytes);
  const afterVersion = view.getUint16(2);
  if (afterVersion !== 0) return fault('header', 'bytes 2 and 3', afterVersion);
  const { family, tag, mask, nextHop } = packetEntry.offsets;
  for (let at = from; at + packetEntry.size <= to; at += packetEntry.size) {
    if (view.getUint16(at + family) > addressFamily.values.ipv4) continue;
    const place = `entry ${1 + (at - packetHeader.size) / packetEntry.size}`;
    if (view.getUint16(at + tag) !== 0) return fault(place, 'route tag', view.getUint16(at + tag));
    if (view.getUint32(at + mask) !== 0) return fault(place, 'subnet mask', view.getUint32(at + mask));
    if (view.getUint32(at + nextHop) !== 0) return fault(place, 'next hop', view.getUint32(at + nextHop));
  }
  return undefined;
}

/** The fields are called what they are in version 2: who fills them in means that. */
function fault(place: string, field: string, value: number): PacketFault {
  return { reason: 'must-be-zero', detail: `${place}: ${field} is 0x${value.toString(16)}` };
}

/**
 * What the bytes of a RIP response mean.
 *
 * Before: `header`, authentication. After: `input/learn` hands the entries to the table.
 *
 * Invariants: decoding never throws, whatever the bytes; every entry it yields has a canonical unicast prefix and a
 * metric from 1 to 16. RFC 2453 §3.9.2, §4.3; RFC 1058 §3.4.2.
 */
import { ipv4FromNumber, lengthFromMask, maskFromLength, viewOf } from '@ripstop/wire';
import type { EntryDropReason } from '../drop.ts';
import type { Header, PacketFault } from '../packet/header.ts';
import { type Entry, type EntryDrop, type Extent, infinity } from '../packet/packet.ts';
import type { Response } from '../protocol.ts';
import { mustBeZeroFault } from './must-be-zero.ts';
import { inferredLength } from './network-class.ts';
import { addressFamily, packetEntry } from './packet.ts';
import { type Ipv4Subnet, isSubnetBroadcast } from './subnet.ts';

/**
 * Reads the routes. More than 25 of them and bytes that do not fill an entry are accepted as far as they are sound.
 * @param subnets of the interface it came in on, the sender's own first: give a mask to a destination without one
 * @returns a fault if it is a RIPv1 response with something where zeros must be
 */
export function decodeResponse(
  bytes: Uint8Array,
  header: Header,
  extent: Extent,
  subnets: readonly Ipv4Subnet[],
): Response | PacketFault {
  const fault = mustBeZeroFault(bytes, header, extent);
  if (fault !== undefined) return fault;
  const { from, to } = extent;
  const view = viewOf(bytes);
  const entries: Entry[] = [];
  const drops: EntryDrop[] = [];
  let at = from;
  for (; at + packetEntry.size <= to; at += packetEntry.size) {
    const entry = decodeEntry(view, at, subnets);
    if ('reason' in entry) drops.push(entry);
    else entries.push(entry);
  }
  if (at < to) drops.push({ reason: 'truncated-entry', detail: `${to - at} bytes after the last entry` });
  return { entries, drops };
}

/**
 * The checks of RFC 2453 §3.9.2 that need no more than the entry and the interface's subnets. A RIPv1 entry has passed
 * `mustBeZeroFault`: it has no tag, no mask and no next hop.
 */
function decodeEntry(view: DataView, at: number, subnets: readonly Ipv4Subnet[]): Entry | EntryDrop {
  // Read at the table's offsets instead of by the table's codec: this runs for every route of every update.
  const { offsets } = packetEntry;
  const family = view.getUint16(at + offsets.family);
  const address = view.getUint32(at + offsets.address);
  const mask = view.getUint32(at + offsets.mask);
  const nextHop = view.getUint32(at + offsets.nextHop);
  const metric = view.getUint32(at + offsets.metric);

  const length = mask === 0 ? inferredLength(subnets, address) : lengthFromMask(mask);
  const reason = entryFault(family, address, length, metric, subnets);
  if (reason !== undefined || length === undefined) {
    return { reason: reason ?? 'mask-not-contiguous', detail: describe(family, address, mask, metric) };
  }
  return {
    prefix: `${ipv4FromNumber(address)}/${length}`,
    tag: view.getUint16(at + offsets.tag),
    nextHop: nextHop === 0 ? undefined : ipv4FromNumber(nextHop),
    metric,
  };
}

function entryFault(
  family: number,
  address: number,
  length: number | undefined,
  metric: number,
  subnets: readonly Ipv4Subnet[],
): EntryDropReason | undefined {
  if (family === addressFamily.values.authentication) return 'authentication-not-first';
  if (family !== addressFamily.values.ipv4) return 'address-family';
  if (metric < 1 || metric > infinity) return 'metric';
  if (length === undefined) return 'mask-not-contiguous';
  if ((address & ~maskFromLength(length)) !== 0) return 'host-bits-set';
  const net = address >>> 24;
  if (net === 0) return length === 0 ? undefined : 'destination-net-zero';
  if (net === 127) return 'destination-loopback';
  if (net >= 224 || (length === 32 && isSubnetBroadcast(subnets, address))) return 'destination-not-unicast';
  return undefined;
}

function describe(family: number, address: number, mask: number, metric: number): string {
  const destination = `${ipv4FromNumber(address)} mask ${ipv4FromNumber(mask)} metric ${metric}`;
  return family === addressFamily.values.ipv4 ? destination : `family ${family}, ${destination}`;
}

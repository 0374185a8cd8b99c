/**
 * RIP requests: what one asks for, and the answer to one for certain destinations. RFC 2453 §3.9.1.
 *
 * Before: `header`, authentication. After: `input/answer` sends the answer; the whole table goes through `output/recipient`
 * instead.
 */
import { ipv4FromNumber, lengthFromMask, type Prefix, viewOf } from '@ripstop/wire';
import type { Header, PacketFault } from '../packet/header.ts';
import { type Extent, infinity } from '../packet/packet.ts';
import { answerEntries, countEntries } from '../packet/request.ts';
import type { Request } from '../protocol.ts';
import { mustBeZeroFault } from './must-be-zero.ts';
import { inferredLength } from './network-class.ts';
import { addressFamily, packetEntry } from './packet.ts';
import type { Ipv4Subnet } from './subnet.ts';

/** @returns a fault if it is a RIPv1 request with something where zeros must be */
export function decodeRequest(bytes: Uint8Array, header: Header, extent: Extent): Request | PacketFault {
  return mustBeZeroFault(bytes, header, extent) ?? { asks: askedFor(bytes, extent) };
}

/** The whole table is asked for by one entry alone, of no family and with metric 16. */
function askedFor(bytes: Uint8Array, extent: Extent): Request['asks'] {
  const count = countEntries(extent);
  if (count === 0) return 'nothing';
  const view = viewOf(bytes);
  const { family, metric } = packetEntry.offsets;
  const isOfNoFamily = view.getUint16(extent.from + family) === addressFamily.values.unspecified;
  const isOfAll = isOfNoFamily && view.getUint32(extent.from + metric) === infinity;
  return count === 1 && isOfAll ? 'whole-table' : 'destinations';
}

/**
 * Each entry with our metric for it; 16 also for what is of another family. In the version that it was asked in, 2 for
 * those above.
 * @param subnets the asker's own first: destinations without a mask get one from them
 * @param metricOf 16 if there is no route to exactly this prefix
 */
export function answerRequest(
  request: Uint8Array,
  { version }: Header,
  extent: Extent,
  subnets: readonly Ipv4Subnet[],
  metricOf: (prefix: Prefix) => number,
): Uint8Array {
  return answerEntries(request, extent, version === 1 ? 1 : 2, (view, at) => {
    const { family, address, mask } = packetEntry.decode(view, at, at + packetEntry.size);
    const length = mask === 0 ? inferredLength(subnets, address) : lengthFromMask(mask);
    const isKnown = family === 'ipv4' && length !== undefined;
    const metric = isKnown ? metricOf(`${ipv4FromNumber(address)}/${length}`) : infinity;
    view.setUint32(at + packetEntry.offsets.metric, metric);
  });
}

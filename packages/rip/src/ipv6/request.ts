/**
 * RIPng requests: what one asks for, and the answer to one for certain destinations. RFC 2080 §2.4.1.
 *
 * Before: `header`. After: `input/answer` sends the answer; the whole table goes through `output/recipient` instead.
 */
import { type Prefix, viewOf } from '@ripstop/wire';
import { type Extent, infinity } from '../packet/packet.ts';
import { answerEntries, countEntries } from '../packet/request.ts';
import type { Request } from '../protocol.ts';
import { decodePrefix } from './decode.ts';
import { packetEntry } from './packet.ts';

/** The whole table is asked for by one entry alone, of prefix `::/0` and with metric 16. */
export function decodeRequest(bytes: Uint8Array, extent: Extent): Request {
  const count = countEntries(extent);
  if (count === 0) return { asks: 'nothing' };
  const { address, length, metric } = packetEntry.decode(
    viewOf(bytes),
    extent.from,
    extent.from + packetEntry.size,
  );
  const isOfAll = address === '::' && length === 0 && metric === infinity;
  return { asks: count === 1 && isOfAll ? 'whole-table' : 'destinations' };
}

/** Each entry with our metric for it; 16 also for what is no prefix. */
export function answerRequest(
  request: Uint8Array,
  extent: Extent,
  metricOf: (prefix: Prefix) => number,
): Uint8Array {
  const { offsets } = packetEntry;
  return answerEntries(request, extent, 1, (view, at) => {
    const length = view.getUint8(at + offsets.length);
    const metric = length > 128 ? infinity : metricOf(decodePrefix(view, at, length));
    view.setUint8(at + offsets.metric, metric);
  });
}

/**
 * RIPng requests: what one asks for, the answer to one for certain destinations, and our own. RFC 2080 §2.4.1.
 *
 * Before: `header`. After: `input/answer` sends the answer; the whole table goes through `output/recipient` instead.
 */
import { encode, type Prefix, viewOf } from '@ripstop/wire';
import { type Extent, infinity, packetHeader, type Version } from '../packet/packet.ts';
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

/** Each entry as it was asked, with our metric for it; 16 also for what is no prefix. */
export function answerRequest(
  request: Uint8Array,
  extent: Extent,
  metricOf: (prefix: Prefix) => number,
): Uint8Array {
  const asked = request.subarray(extent.from, extent.from + countEntries(extent) * packetEntry.size);
  const answer = new Uint8Array(packetHeader.size + asked.byteLength);
  answer.set(encode(packetHeader, { command: 'response', version: 1 }));
  answer.set(asked, packetHeader.size);
  const view = viewOf(answer);
  const { offsets } = packetEntry;
  for (let at = packetHeader.size; at < answer.byteLength; at += packetEntry.size) {
    const length = view.getUint8(at + offsets.length);
    const metric = length > 128 ? infinity : metricOf(decodePrefix(view, at, length));
    view.setUint8(at + offsets.metric, metric);
  }
  return answer;
}

export function encodeWholeTableRequest(version: Version = 1): Uint8Array {
  const bytes = new Uint8Array(packetHeader.size + packetEntry.size);
  bytes.set(encode(packetHeader, { command: 'request', version }));
  bytes.set(encode(packetEntry, { metric: infinity }), packetHeader.size);
  return bytes;
}

/** Whole ones; bytes that do not fill an entry ask for nothing. */
function countEntries({ from, to }: Extent): number {
  return Math.max(0, Math.floor((to - from) / packetEntry.size));
}

/**
 * What requests of RIP and RIPng have in common: the one for everything, and how an answer to the others is made of them.
 * RFC 2453 §3.9.1, RFC 2080 §2.4.1.
 *
 * Before: `ipv4/request`, `ipv6/request`, which know the entries. After: `send` actions.
 */
import { encode, viewOf } from '@ripstop/wire';
import { type Extent, entryBytes, infinity, packetHeader, type Version } from './packet.ts';

/** A request for everything: one entry without a destination, and with metric 16, which both have in the last byte. */
export function encodeWholeTableRequest(version: Version): Uint8Array {
  const bytes = new Uint8Array(packetHeader.size + entryBytes);
  bytes.set(encode(packetHeader, { command: 'request', version }));
  bytes[bytes.byteLength - 1] = infinity;
  return bytes;
}

/** Whole ones; bytes that do not fill an entry ask for nothing. */
export function countEntries({ from, to }: Extent): number {
  return Math.max(0, Math.floor((to - from) / entryBytes));
}

/**
 * A response with the entries of a request, in their order. Without authentication.
 * @param answer writes the metric into the entry at an offset
 */
export function answerEntries(
  request: Uint8Array,
  extent: Extent,
  version: Version,
  answer: (view: DataView, at: number) => void,
): Uint8Array {
  const asked = request.subarray(extent.from, extent.from + countEntries(extent) * entryBytes);
  const response = new Uint8Array(packetHeader.size + asked.byteLength);
  response.set(encode(packetHeader, { command: 'response', version }));
  response.set(asked, packetHeader.size);
  const view = viewOf(response);
  for (let at = packetHeader.size; at < response.byteLength; at += entryBytes) answer(view, at);
  return response;
}

/**
 * What the bytes of a RIP packet look like, with authentication and without. Before and after this file: `packet-check.ts`.
 * RFC 2453 §3.6, RFC 4822 §2.2.
 */
import { rip } from '@ripstop/rip';
import { viewOf } from '@ripstop/wire';
import { type Form, packetSizes } from './form.ts';

const { header, entry } = packetSizes;
/** The address family that announces authentication, and its type with a digest. */
const AUTHENTICATION_FAMILY = 0xffff;
const CRYPTOGRAPHIC = 3;
const BYTES_MAX = header + rip.entriesPerPacket(0) * entry;

export const ripForm: Form = {
  fault({ bytes }) {
    const end = endOfEntries(bytes);
    const isWhole = end !== undefined && end <= BYTES_MAX && (end - header) % entry === 0;
    return isWhole ? undefined : `${bytes.length} bytes, which is no RIP packet`;
  },

  plain(bytes) {
    if (!isAuthenticated(bytes)) return bytes;
    const entries = bytes.subarray(header + entry, endOfEntries(bytes));
    return Uint8Array.of(...bytes.subarray(0, header), ...entries);
  },

  signature(bytes) {
    if (!isAuthenticated(bytes)) return;
    const view = viewOf(bytes);
    if (view.getUint16(header + 2) !== CRYPTOGRAPHIC) return;
    return { key: view.getUint8(header + 6), sequence: view.getUint32(header + 8) };
  },
};

function isAuthenticated(bytes: Uint8Array): boolean {
  return bytes.byteLength >= header + entry && viewOf(bytes).getUint16(header) === AUTHENTICATION_FAMILY;
}

/** A digest comes after them. Undefined: the packet says that it is longer than it is. */
function endOfEntries(bytes: Uint8Array): number | undefined {
  const view = viewOf(bytes);
  if (!isAuthenticated(bytes) || view.getUint16(header + 2) !== CRYPTOGRAPHIC) return bytes.byteLength;
  const end = view.getUint16(header + 4);
  return end <= bytes.byteLength ? end : undefined;
}

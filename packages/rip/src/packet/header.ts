/**
 * The first four bytes of a packet, and what they already say about the rest.
 *
 * Before: a datagram. After: `receive` decides by the version and the authentication whether the rest is worth reading;
 * then `request` or `decode` reads it. RFC 2453 §3.6, §4.1, §5.
 */
import { viewOf } from '@ripstop/wire';
import type { PacketDropReason } from '../drop.ts';
import { addressFamily, packetEntry, packetHeader } from './packet.ts';

export interface Header {
  readonly command: 'request' | 'response';
  /** As it came: at least 1. */
  readonly version: number;
  /** The type in the authentication entry that the packet begins with; undefined: it has none. Version 1 never has. */
  readonly authenticationType: number | undefined;
}

/** Why a packet was rejected. */
export interface PacketFault {
  readonly reason: PacketDropReason;
  /** What came. */
  readonly detail: string;
}

export function decodeHeader(bytes: Uint8Array): Header | PacketFault {
  if (bytes.byteLength < packetHeader.size) {
    return { reason: 'too-short', detail: `${bytes.byteLength} bytes` };
  }
  const view = viewOf(bytes);
  const { command, version } = packetHeader.decode(view, 0, packetHeader.size);
  if (typeof command === 'number') return { reason: 'unknown-command', detail: `command ${command}` };
  if (version === 0) return { reason: 'version-zero', detail: 'version 0' };
  return { command, version, authenticationType: authenticationType(view, version) };
}

function authenticationType(view: DataView, version: number): number | undefined {
  if (version === 1 || view.byteLength < packetHeader.size + packetEntry.size) return undefined;
  const isAuthentication = view.getUint16(packetHeader.size) === addressFamily.values.authentication;
  return isAuthentication ? view.getUint16(packetHeader.size + packetEntry.offsets.tag) : undefined;
}

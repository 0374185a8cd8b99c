/**
 * The first four bytes of a packet, the same in RIP and RIPng.
 *
 * Before: a datagram. After: `receive` decides by the version and the authentication whether the rest is worth reading;
 * then the link reads it. RFC 2453 §3.6, §5; RFC 2080 §2.1.
 */
import { viewOf } from '@ripstop/wire';
import type { PacketDropReason } from '../drop.ts';
import { packetHeader } from './packet.ts';

export interface Header {
  readonly command: 'request' | 'response';
  /** As it came: at least 1. */
  readonly version: number;
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
  const { command, version } = packetHeader.decode(viewOf(bytes), 0, packetHeader.size);
  if (typeof command === 'number') return { reason: 'unknown-command', detail: `command ${command}` };
  if (version === 0) return { reason: 'version-zero', detail: 'version 0' };
  return { command, version };
}

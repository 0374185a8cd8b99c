/**
 * The header that a capture puts before a netlink datagram: link type 253, LINUX_NETLINK. 16 bytes, big-endian: who it is
 * for, the hardware type 824, ten unused bytes, the netlink protocol.
 *
 * Source: https://www.tcpdump.org/linktypes/LINKTYPE_NETLINK.html. Linux: `nlmon` interfaces make such frames.
 */
import { viewOf } from '@ripstop/wire';
import { CommandError } from '../command.ts';
import type { CapturedFrame } from './capture-file.ts';

/** One datagram, and what a capture says about it. */
export interface CookedDatagram {
  /** NETLINK_*. */
  readonly protocol: number;
  readonly bytes: Uint8Array;
  /** In the capture, from 1. */
  readonly number?: number;
  /** RFC 3339, with nanoseconds. */
  readonly time?: string;
  readonly direction?: 'kernel' | 'process';
  /** `cut`: the capture holds only the beginning. */
  readonly captured?: 'cut';
}

const LINKTYPE_NETLINK = 253;
const HEADER_BYTES = 16;
const PROTOCOL_OFFSET = 14;
/** PACKET_* of linux/if_packet.h. Linux: a tap marks what goes to the kernel and what goes to a process. */
const PACKET_USER = 6;
const PACKET_KERNEL = 7;

/** The datagram behind the header. @throws CommandError if the frame is none of netlink */
export function cookedDatagram({ linkType, bytes, number, time, cut }: CapturedFrame): CookedDatagram {
  if (linkType !== LINKTYPE_NETLINK) {
    throw new CommandError(
      `packet ${number} has link type ${linkType}; ${LINKTYPE_NETLINK} (LINUX_NETLINK) expected`,
    );
  }
  if (bytes.byteLength < HEADER_BYTES)
    throw new CommandError(
      `packet ${number} has ${bytes.byteLength} bytes; ${HEADER_BYTES} or more expected`,
    );
  const view = viewOf(bytes);
  const type = view.getUint16(0);
  return {
    number,
    time,
    ...(type === PACKET_KERNEL && { direction: 'kernel' }),
    ...(type === PACKET_USER && { direction: 'process' }),
    ...(cut && { captured: 'cut' }),
    protocol: view.getUint16(PROTOCOL_OFFSET),
    bytes: bytes.subarray(HEADER_BYTES),
  };
}

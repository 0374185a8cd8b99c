/**
 * Addresses of netlink sockets: who sent a datagram, and for whom one is (struct sockaddr_nl, linux/netlink.h).
 *
 * Before it: a program that sends to others. After it: `netlink-socket`.
 */
import { decode, encode } from '@ripstop/wire';
import { constants, netlinkAddress } from './system/headers.ts';

/** The port of the kernel itself. */
export const KERNEL_PORT = 0;

/** Who sent a datagram, and to whom. */
export interface NetlinkSender {
  /** Netlink port of the socket that sent it; 0 is the kernel. */
  readonly portId: number;
  /** The multicast group that it was sent to: bit 0 is group 1. 0: to this socket alone, or to a group beyond 32. */
  readonly groupMask: number;
}

/** Whom a datagram is for: one socket, or those that have joined a multicast group from 1 to 32. */
export type NetlinkDestination = { readonly portId: number } | { readonly group: number };

/** The address to bind to. Port 0: the kernel is to choose one. */
export function ownAddress(portId: number, groupMask: number): Uint8Array {
  return encode(netlinkAddress, { family: constants.AF_NETLINK, portId, groups: groupMask });
}

/** @throws RangeError if the group has no bit */
export function destinationAddress(destination: NetlinkDestination): Uint8Array {
  if ('portId' in destination) return ownAddress(destination.portId, 0);
  const { group } = destination;
  if (!Number.isInteger(group) || group < 1 || group > 32) {
    throw new RangeError(`netlink group ${group}: only groups from 1 to 32 can be sent to`);
  }
  return ownAddress(KERNEL_PORT, 2 ** (group - 1));
}

/** The address that a system call has written. */
export function addressOf(bytes: Uint8Array): NetlinkSender {
  const { portId, groups } = decode(netlinkAddress, bytes);
  return { portId, groupMask: groups };
}

/** Interfaces whose other end is a program: IFLA_TUN_*, linux/if_link.h. The kernel only tells; /dev/net/tun makes them. */
import { attributes, enumeration, u8, u32 } from '@ripstop/wire';

/** IFF_TUN, IFF_TAP, linux/if_tun.h: packets or frames. */
const tunType = enumeration('IFF', u8, { tun: 1, tap: 2 });

export const tunAttributes = attributes('IFLA_TUN', {
  /** A user's number. */
  owner: [1, u32],
  /** A group's number. */
  group: [2, u32],
  type: [3, tunType],
  packetInformation: [4, u8],
  vnetHeader: [5, u8],
  persist: [6, u8],
  multiQueue: [7, u8],
  queues: [8, u32],
  disabledQueues: [9, u32],
});

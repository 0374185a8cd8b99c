/** Interfaces with a hardware address of their own on another one: IFLA_MACVLAN_*, linux/if_link.h. */
import { attributes, enumeration, flags, i32, nested, repeated, u16, u32 } from '@ripstop/wire';
import { linkAddress } from '../../link-address.ts';

/** MACVLAN_MODE_*: what reaches the others on the same interface. */
const mode = enumeration('MACVLAN_MODE', u32, { private: 1, vepa: 2, bridge: 4, passthru: 8, source: 16 });

/** MACVLAN_FLAG_*. */
export const macvlanFlags = flags('MACVLAN_FLAG', u16, { noPromiscuous: 0x1, noDestination: 0x2 });

/** MACVLAN_MACADDR_*: what a request does to the list of source addresses. */
const sourceOperation = enumeration('MACVLAN_MACADDR', u32, { add: 0, del: 1, flush: 2, set: 3 });

export const macvlanAttributes = attributes('IFLA_MACVLAN', {
  mode: [1, mode],
  flags: [2, macvlanFlags],
  sourceOperation: [3, sourceOperation],
  /** One source address, to `add` or `del`. */
  source: [4, linkAddress],
  /** All source addresses. */
  sources: [5, nested(repeated('IFLA_MACVLAN_MACADDR_DATA', 4, linkAddress))],
  sourceCount: [6, u32],
  broadcastQueueLength: [7, u32],
  /** Linux: one queue serves all macvlans of an interface, as long as the longest wants it. */
  broadcastQueueLengthUsed: [8, u32],
  broadcastCutoff: [9, i32],
});

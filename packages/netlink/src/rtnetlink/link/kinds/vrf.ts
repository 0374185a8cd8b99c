/** Virtual routing and forwarding: a routing table for the interfaces that belong to it. IFLA_VRF_*, linux/if_link.h. */
import { attributes, u32 } from '@ripstop/wire';

export const vrfAttributes = attributes('IFLA_VRF', { table: [1, u32] });

/** What an interface of a VRF tells: IFLA_VRF_PORT_*. */
export const vrfPortAttributes = attributes('IFLA_VRF_PORT', { table: [1, u32] });

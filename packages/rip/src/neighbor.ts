/** A router that was heard on an interface: whose offers count, and how well it behaves. */
import { type Address, ipv4ToNumber } from '@ripstop/wire';
import type { DropCounters } from './drop.ts';
import type { Origin, Source } from './route.ts';
import type { Millis } from './time.ts';
import type { NextHop } from './vocabulary.ts';

export interface Neighbor extends Source {
  /** The neighbor itself as a next hop; all its offers share it. */
  readonly nextHop: NextHop;
  /** Version field of its last packet. */
  version: number;
  lastHeard: Millis;
  packets: number;
  badPackets: number;
  badEntries: number;
  readonly dropped: DropCounters;
}

export function newNeighbor(address: Address, origin: Origin, interfaceIndex: number, now: Millis): Neighbor {
  return {
    origin,
    address,
    order: ipv4ToNumber(address) ?? 0,
    offers: 0,
    nextHop: { gateway: address, interface: origin.name, interfaceIndex },
    version: 0,
    lastHeard: now,
    packets: 0,
    badPackets: 0,
    badEntries: 0,
    dropped: {},
  };
}

/** A router that was heard on an interface: whose offers count, and how well it behaves. */
import { type Address, addressToBytes, hex } from '@ripstop/wire';
import type { HeardSequences } from '../authentication/heard-sequences.ts';
import type { DropCounters, PacketDropReason } from '../drop.ts';
import type { CompiledRule } from '../policy/policy.ts';
import type { Origin, Source } from '../table/route.ts';
import type { Millis } from '../time.ts';
import type { NextHop } from '../vocabulary.ts';
import { KnownPackets } from './known-packets.ts';

export interface Neighbor extends Source {
  /** The neighbor itself as a next hop; all its offers share it. */
  nextHop: NextHop;
  /** What is believed of it. */
  rules: readonly CompiledRule[];
  /** Numbers heard with each key; they outlive it. */
  readonly sequences: HeardSequences;
  readonly knownPackets: KnownPackets;
  /** A packet of it was accepted: until then it may be anybody who can send to us. */
  accepted: boolean;
  /** It offers as much as it may, and that was reported. */
  full: boolean;
  /** Why its last packet was refused; undefined: it was not. */
  refusal: Refusal | undefined;
  /** When it last said something that we had not just said ourselves. */
  distinctAt: Millis;
  /** Version field of its last packet. */
  version: number;
  lastHeard: Millis;
  packets: number;
  badPackets: number;
  badEntries: number;
  readonly dropped: DropCounters;
}

/** A packet that was refused, and when. */
interface Refusal {
  readonly reason: PacketDropReason;
  readonly detail: string;
  readonly at: Millis;
}

export interface NeighborOptions {
  readonly origin: Origin;
  readonly nextHop: NextHop;
  readonly rules: readonly CompiledRule[];
}

export function newNeighbor(
  address: Address,
  { origin, nextHop, rules }: NeighborOptions,
  sequences: HeardSequences,
  now: Millis,
): Neighbor {
  return {
    origin,
    address,
    order: hex(addressToBytes(address)),
    offers: 0,
    nextHop,
    rules,
    sequences,
    knownPackets: new KnownPackets(),
    accepted: false,
    full: false,
    refusal: undefined,
    distinctAt: now,
    version: 0,
    lastHeard: now,
    packets: 0,
    badPackets: 0,
    badEntries: 0,
    dropped: {},
  };
}

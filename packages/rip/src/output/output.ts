/**
 * How packets leave: encoded for their version, authenticated, counted, as actions.
 *
 * Before: `speaker` with entries, `answer` with an answer. After: `send` actions, which `Runtime` gives to a socket.
 *
 * Invariant: nothing leaves an interface that is to authenticate without authentication; a sequence number is used only
 * when it has been reserved.
 */
import { type Address, ipv4ToNumber } from '@ripstop/wire';
import type { Authenticator } from '../authentication/authenticator.ts';
import type { SequenceNumbers } from '../authentication/sequence.ts';
import type { RipInterface } from '../interface/interface.ts';
import { encodeResponses } from '../packet/encode.ts';
import { type Entry, entriesPerPacket, ripPort } from '../packet/packet.ts';
import { encodeWholeTableRequest } from '../packet/request.ts';
import { isSubnetBroadcast, type Subnet } from '../packet/subnet.ts';
import type { Instant } from '../time.ts';
import type { Action } from '../vocabulary.ts';
import type { Destination } from './recipient.ts';

export class Output {
  readonly #sequences: SequenceNumbers;
  #now: Instant = { monotonic: 0, wall: 0 };
  #actions: Action[] = [];

  constructor(sequences: SequenceNumbers) {
    this.#sequences = sequences;
  }

  /** A step begins, and collects its actions here. */
  begin(now: Instant, actions: Action[]): void {
    this.#now = now;
    this.#actions = actions;
  }

  /** @param leastMetric no route is announced with a lower one */
  respond(on: RipInterface, to: Destination, entries: readonly Entry[], leastMetric = 1): number {
    const perPacket = on.authenticator?.entriesPerPacket(this.#now.wall) ?? entriesPerPacket;
    const announced = leastMetric > 1 ? entries.map((entry) => atLeast(entry, leastMetric)) : entries;
    const packets = encodeResponses(announced, { version: to.version, perPacket });
    for (const packet of packets) this.send(on, to, packet);
    return packets.length;
  }

  /** Asks for everything (RFC 2453 §3.9.1). */
  ask(on: RipInterface, to: Destination): void {
    this.send(on, to, encodeWholeTableRequest(to.version));
  }

  /** Sends one packet that is complete but for its authentication. */
  send(on: RipInterface, { source, destination, port = ripPort }: Destination, plain: Uint8Array): void {
    on.counters.packetsSent += 1;
    const packet = on.authenticator === undefined ? plain : this.#authenticated(on.authenticator, plain);
    const sent = { type: 'send', interface: on.name, source, destination, port, packet } as const;
    this.#actions.push(isBroadcast(on.subnets, destination) ? { ...sent, broadcast: true } : sent);
  }

  #authenticated(authenticator: Authenticator, plain: Uint8Array): Uint8Array {
    const { number, reserve } = this.#sequences.next(this.#now);
    if (reserve !== undefined) this.#actions.push({ type: 'reserve-sequence', sequence: reserve });
    return authenticator.authenticate(plain, number, this.#now.wall);
  }
}

function isBroadcast(subnets: readonly Subnet[], destination: Address): boolean {
  const number = ipv4ToNumber(destination) ?? 0;
  return number === 0xffff_ffff || isSubnetBroadcast(subnets, number);
}

function atLeast(entry: Entry, metric: number): Entry {
  return entry.metric >= metric ? entry : { ...entry, metric, nextHop: undefined };
}

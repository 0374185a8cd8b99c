/**
 * A link of the world: a wire between two interfaces, or a switch with many. Carries UDP datagrams, badly if it is told to.
 *
 * Before this file: `datagrams.ts`, which sends. After it: the sockets of the other ports, through `Port.receive`.
 *
 * What IP does is here as far as RIP and RIPng need it. A multicast or broadcast datagram goes to every other port (a switch
 * that does not snoop), a unicast datagram to the port that has its address. No RIP packet is routed: one to an address that
 * nobody on the segment has is lost (Linux: a socket that is bound to an interface takes any address for a neighbor there, if
 * no route says otherwise). Whatever its size it arrives: hosts that send more than the MTU send fragments.
 *
 * Invariants: a port that is not running neither sends nor receives, also not what is under way already. Two datagrams
 * from one port to another arrive in the order in which they were sent, unless `reordering` says otherwise.
 */
import type { Millis } from '@ripstop/rip';
import type { Address } from '@ripstop/wire';
import type { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

/** How a segment treats datagrams; probabilities are from 0 to 1. */
export interface Conditions {
  readonly loss: number;
  readonly delay: Millis;
  /** At most so much is added to the delay, evenly distributed. */
  readonly jitter: Millis;
  /** Some come twice. */
  readonly duplication: number;
  /** Some are overtaken by those sent after them. */
  readonly reordering: number;
}

/** A short wire. */
export const goodConditions: Conditions = { loss: 0, delay: 1, jitter: 0, duplication: 0, reordering: 0 };

/** Bytes of an IP packet: Ethernet's. */
const USUAL_MTU = 1500;

/** How much later than it should one comes that is overtaken. */
const OVERTAKEN_MS = 50;

/** A UDP datagram on a segment. */
export interface Packet {
  readonly source: Address;
  readonly destination: Address;
  /** Both ports: that of a routing protocol. */
  readonly port: number;
  /** Or hop limit. */
  readonly ttl: number;
  readonly bytes: Uint8Array;
}

/** One interface on a segment. */
export interface Port {
  readonly router: string;
  readonly interface: string;
  /** Whether it is one of its addresses. */
  has(address: Address): boolean;
  /** Whether a datagram to this address is for it: one of its own, a broadcast of its subnets, any group. */
  isMeant(destination: Address): boolean;
  /** Administratively up; carrier is the segment's matter. */
  readonly isUp: boolean;
  setCarrier(carrier: boolean): void;
  setMtu(mtu: number): void;
  receive(packet: Packet): void;
}

export class Segment {
  readonly name: string;
  readonly ports: Port[] = [];
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #usual: Conditions;
  #mtu = USUAL_MTU;
  #conditions: Conditions;
  readonly #unplugged = new Set<Port>();
  #isSilent = false;
  /** Which part of the segment a port is in; those that are named in none are together in another. */
  readonly #parts = new Map<Port, number>();
  /** When the last datagram on each way arrives. */
  readonly #lastArrivals = new Map<Port, Map<Port, Millis>>();

  constructor(name: string, conditions: Conditions, timeline: Timeline, random: Random) {
    this.name = name;
    this.#usual = conditions;
    this.#conditions = conditions;
    this.#timeline = timeline;
    this.#random = random;
  }

  /** Bytes of the largest IP packet. */
  get mtu(): number {
    return this.#mtu;
  }

  /** Every interface on it gets this MTU, also those that come. */
  setMtu(mtu: number): void {
    this.#mtu = mtu;
    for (const port of this.ports) port.setMtu(mtu);
  }

  /** What a port sends. Its bytes are not changed any more. */
  transmit(from: Port, packet: Packet): void {
    if (!this.isRunning(from)) return;
    for (const to of this.ports) {
      if (to === from || !to.isMeant(packet.destination)) continue;
      if (!this.connects(from, to) || this.#random.chance(this.#conditions.loss)) continue;
      this.#carry(from, to, packet);
      if (this.#random.chance(this.#conditions.duplication)) this.#carry(from, to, packet);
    }
  }

  /** Whether a port is up and has carrier. */
  isRunning(port: Port): boolean {
    return port.isUp && !this.#unplugged.has(port);
  }

  hasCarrier(port: Port): boolean {
    return !this.#unplugged.has(port);
  }

  /** Whether datagrams of one port may reach another. */
  connects(from: Port, to: Port): boolean {
    return (
      !this.#isSilent &&
      this.isRunning(from) &&
      this.isRunning(to) &&
      this.#parts.get(from) === this.#parts.get(to)
    );
  }

  /** Ports lose their carrier: all, if none are given. */
  cut(ports: readonly Port[] = this.ports): void {
    for (const port of ports) {
      this.#unplugged.add(port);
      port.setCarrier(false);
    }
  }

  /** Datagrams vanish, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Datagrams pass only within each part. */
  split(...parts: readonly (readonly Port[])[]): void {
    this.#parts.clear();
    for (const [number, ports] of parts.entries()) for (const port of ports) this.#parts.set(port, number);
  }

  impair(conditions: Partial<Conditions>): void {
    this.#conditions = { ...this.#conditions, ...conditions };
  }

  /** Undoes everything that was done to the segment. */
  mend(): void {
    this.#isSilent = false;
    this.#parts.clear();
    this.#conditions = this.#usual;
    const unplugged = [...this.#unplugged];
    this.#unplugged.clear();
    for (const port of unplugged) port.setCarrier(true);
  }

  #carry(from: Port, to: Port, packet: Packet): void {
    const { delay, jitter, reordering } = this.#conditions;
    const travel = delay + (jitter > 0 ? this.#random.between(0, jitter) : 0);
    let arrival = this.#timeline.now + travel;
    if (this.#random.chance(reordering)) arrival += OVERTAKEN_MS;
    else {
      let arrivals = this.#lastArrivals.get(from);
      if (arrivals === undefined) {
        arrivals = new Map();
        this.#lastArrivals.set(from, arrivals);
      }
      arrival = Math.max(arrival, arrivals.get(to) ?? 0);
      arrivals.set(to, arrival);
    }
    this.#timeline.at(arrival, () => {
      if (this.connects(from, to)) to.receive(packet);
    });
  }
}

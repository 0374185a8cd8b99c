/**
 * One interface that speaks RIP: its socket's state, its neighbors, its clock for regular updates, its counters.
 *
 * `Router` drives it; `receive` counts in it; `update` asks it how to speak.
 */
import type { Address } from '@ripstop/wire';
import { type InterfaceConfiguration, limits, type SplitHorizon, type Timers } from './configuration.ts';
import type { DropCounters } from './drop.ts';
import { type Neighbor, newNeighbor } from './neighbor.ts';
import { ripGroup, ripPort } from './packet.ts';
import type { Origin } from './route.ts';
import { isAnnounceable, type Subnet, subnetOf } from './subnet.ts';
import type { Millis } from './time.ts';
import type { Outlet } from './update.ts';
import type { Action, Interface } from './vocabulary.ts';

const never = Number.POSITIVE_INFINITY;
/** After a socket could not be had: it may be held by another RIP daemon that is about to end. */
const listenRetry: Millis = 5_000;

/** Packets and updates since the interface came up. */
export interface InterfaceCounters {
  packetsReceived: number;
  packetsSent: number;
  requestsReceived: number;
  responsesReceived: number;
  regularUpdatesSent: number;
  triggeredUpdatesSent: number;
  /** Packets and entries, by reason. */
  readonly dropped: DropCounters;
}

/** none: a loopback. */
type Socket = 'none' | 'opening' | 'listening' | 'failed';

export class RipInterface implements Origin, Outlet {
  readonly name: string;
  #interface: Interface;
  #subnets: readonly Subnet[];
  #configuration: InterfaceConfiguration;
  #socket: Socket = 'none';
  failure: string | undefined;
  #listenAt: Millis = never;
  /** When the next regular update is due. */
  updateAt: Millis = never;
  /** When the first neighbor may have fallen silent: no later than it does. */
  #silenceAt: Millis = never;
  announced = 0;
  /** Whole tables sent to askers in the second that began at `since`. */
  #answers = { since: Number.NEGATIVE_INFINITY, count: 0 };
  readonly neighbors = new Map<Address, Neighbor>();
  readonly counters: InterfaceCounters = {
    packetsReceived: 0,
    packetsSent: 0,
    requestsReceived: 0,
    responsesReceived: 0,
    regularUpdatesSent: 0,
    triggeredUpdatesSent: 0,
    dropped: {},
  };

  constructor(target: Interface, configuration: InterfaceConfiguration) {
    this.name = target.name;
    this.#interface = target;
    this.#subnets = target.addresses.map(subnetOf);
    this.#configuration = configuration;
  }

  get interface(): Interface {
    return this.#interface;
  }

  get configuration(): InterfaceConfiguration {
    return this.#configuration;
  }

  get subnets(): readonly Subnet[] {
    return this.#subnets;
  }

  /** The subnets that the whole network hears of. */
  get announceable(): readonly Subnet[] {
    return this.#subnets.filter(isAnnounceable);
  }

  get timers(): Timers {
    return this.#configuration.timers;
  }

  get splitHorizon(): SplitHorizon {
    return this.#configuration.splitHorizon;
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Whether updates go out here. */
  get isSending(): boolean {
    return this.#socket === 'listening' && !this.#configuration.passive;
  }

  /** When something has to be done here. */
  get deadline(): Millis {
    return Math.min(this.updateAt, this.#silenceAt, this.#listenAt);
  }

  /** Has another MTU or other addresses; the same index. */
  readdress(target: Interface): void {
    this.#interface = target;
    this.#subnets = target.addresses.map(subnetOf);
  }

  configure(configuration: InterfaceConfiguration): void {
    this.#configuration = configuration;
    // The timeout may be shorter than it was: look at every neighbor again.
    this.#silenceAt = Number.NEGATIVE_INFINITY;
  }

  /** Asks for a socket. A loopback never has one: nobody can be heard there. */
  listen(actions: Action[]): void {
    this.#listenAt = never;
    if (this.#interface.loopback) return;
    this.#socket = 'opening';
    actions.push({ type: 'listen', interface: this.#interface });
  }

  listening(): void {
    this.#socket = 'listening';
    this.failure = undefined;
  }

  listenFailed(reason: string, now: Millis): void {
    this.#socket = 'failed';
    this.failure = reason;
    this.#listenAt = now + listenRetry;
    this.updateAt = never;
  }

  /** Asks again for a socket that could not be had. */
  retry(now: Millis, actions: Action[]): void {
    if (this.#listenAt <= now) this.listen(actions);
  }

  unlisten(actions: Action[]): void {
    if (this.#socket === 'opening' || this.#socket === 'listening') {
      actions.push({ type: 'unlisten', interface: this.name });
    }
    this.#socket = 'none';
  }

  /**
   * RFC 2453 §3.8: updates of several routers must not fall into step, so each interval is drawn anew, within a sixth
   * of it to either side: 30 s ± 5 s.
   * @param random from 0 to 1
   */
  scheduleUpdate(now: Millis, random: number): void {
    this.updateAt = this.isSending ? now + this.timers.update * (5 / 6 + random / 3) : never;
  }

  /** Sends to all routers on the link, or to one address. */
  send(
    packets: readonly Uint8Array[],
    actions: Action[],
    destination: Address = ripGroup,
    port = ripPort,
  ): void {
    this.counters.packetsSent += packets.length;
    for (const packet of packets)
      actions.push({ type: 'send', interface: this.name, destination, port, packet });
  }

  /** Whether one more request for the whole table is answered now. */
  mayAnswer(now: Millis): boolean {
    if (now >= this.#answers.since + 1_000) this.#answers = { since: now, count: 0 };
    this.#answers.count += 1;
    return this.#answers.count <= limits.wholeTableAnswersPerSecond;
  }

  /** A new neighbor; undefined if there are as many as are allowed. */
  addNeighbor(address: Address, now: Millis): Neighbor | undefined {
    if (this.neighbors.size >= limits.neighborsPerInterface) return undefined;
    const neighbor = newNeighbor(address, this, this.#interface.index, now);
    this.neighbors.set(address, neighbor);
    this.#silenceAt = Math.min(this.#silenceAt, now + this.timers.timeout);
    return neighbor;
  }

  /** Neighbors that were not heard for as long as a route lives. The caller removes them. */
  silentNeighbors(now: Millis): Neighbor[] {
    if (now < this.#silenceAt) return [];
    this.#silenceAt = never;
    const silent: Neighbor[] = [];
    for (const neighbor of this.neighbors.values()) {
      const silenceAt = neighbor.lastHeard + this.timers.timeout;
      if (silenceAt <= now) silent.push(neighbor);
      else this.#silenceAt = Math.min(this.#silenceAt, silenceAt);
    }
    return silent;
  }
}

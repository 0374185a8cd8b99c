/**
 * One interface that speaks RIP: its socket's state, its neighbors, its audience, its clock for regular updates, its
 * counters.
 *
 * `Router` drives it; `receive` counts in it.
 */
import type { Address } from '@ripstop/wire';
import type { Authenticator } from '../authentication/authenticator.ts';
import type { HeardSequences } from '../authentication/heard-sequences.ts';
import { nextKeyChange } from '../authentication/key-chain.ts';
import { KeyWatch } from '../authentication/key-watch.ts';
import type { InterfaceConfiguration, Limits, Timers } from '../configuration.ts';
import type { DropCounters } from '../drop.ts';
import { Audience, type Stage } from '../output/audience.ts';
import type { Recipient } from '../output/recipient.ts';
import type { PacketFault } from '../packet/header.ts';
import { type PolicyRule, policyFor } from '../policy/policy.ts';
import type { Link, Protocol, Subnet } from '../protocol.ts';
import type { Origin, Route } from '../table/route.ts';
import type { Instant, Millis } from '../time.ts';
import type { Action, Interface, NextHop, Report } from '../vocabulary.ts';
import { type Neighbor, newNeighbor } from './neighbor.ts';

const never = Number.POSITIVE_INFINITY;
/** After a socket could not be had: it may be held by another RIP daemon that is about to end. */
const listenRetry: Millis = 5_000;

/** Neighbors whose sequence numbers are kept when they are lost; the longest lost is forgotten first. */
const rememberedNeighbors = 4_096;
/** Longest time between two looks at the keys. */
const keyCheck: Millis = 60_000;

/** Packets and updates since the interface came up. */
export interface InterfaceCounters {
  packetsReceived: number;
  packetsSent: number;
  requestsReceived: number;
  responsesReceived: number;
  /** Requests that were answered: a whole table is one answer, however many packets it takes (RFC 1724 §4.1). */
  answersSent: number;
  regularUpdatesSent: number;
  triggeredUpdatesSent: number;
  /** Packets and entries, by reason. */
  readonly dropped: DropCounters;
}

/** none: a loopback, or there is no address to speak from. */
type Socket = 'none' | 'opening' | 'listening' | 'failed';

export class RipInterface implements Origin {
  readonly name: string;
  readonly #protocol: Protocol;
  #interface: Interface;
  #link: Link;
  #configuration: InterfaceConfiguration;
  #policy: readonly PolicyRule[];
  readonly audience: Audience;
  #socket: Socket = 'none';
  failure: string | undefined;
  #listenAt: Millis = never;
  /** When the next regular update is due. */
  updateAt: Millis = never;
  readonly #keyWatch: KeyWatch;
  /** When the keys are looked at next: the wall clock may jump, so within a minute. */
  #keysAt: Millis = Number.NEGATIVE_INFINITY;
  /** When the first neighbor may have fallen silent: no later than it does. */
  #silenceAt: Millis = never;
  /** Number of the last change of the table that was announced here. */
  announced = 0;
  /** Signs what leaves and verifies what comes; undefined: no authentication. `Router` makes it. */
  authenticator: Authenticator | undefined;
  /** There are as many neighbors as are allowed, and that was reported. */
  full = false;
  /** Whole tables sent to askers in the second that began at `since`. */
  #answers = { since: Number.NEGATIVE_INFINITY, count: 0 };
  readonly neighbors = new Map<Address, Neighbor>();
  /** Sequence numbers of those that are lost, the longest lost first. */
  readonly #remembered = new Map<Address, HeardSequences>();
  readonly counters: InterfaceCounters = {
    packetsReceived: 0,
    packetsSent: 0,
    requestsReceived: 0,
    responsesReceived: 0,
    answersSent: 0,
    regularUpdatesSent: 0,
    triggeredUpdatesSent: 0,
    dropped: {},
  };

  constructor(
    protocol: Protocol,
    target: Interface,
    configuration: InterfaceConfiguration,
    policy: readonly PolicyRule[],
  ) {
    this.name = target.name;
    this.#protocol = protocol;
    this.#interface = target;
    this.#link = protocol.link(target.addresses);
    this.#configuration = configuration;
    this.#policy = policy;
    this.audience = new Audience(this.#stage());
    this.#keyWatch = new KeyWatch(target.name);
  }

  get interface(): Interface {
    return this.#interface;
  }

  get configuration(): InterfaceConfiguration {
    return this.#configuration;
  }

  get link(): Link {
    return this.#link;
  }

  /** Whether it has an address. */
  has(address: Address): boolean {
    return this.#interface.addresses.some((own) => own.address === address);
  }

  /** Why what comes from an address and a port is not listened to; undefined: it is. */
  senderFault(source: Address, port: number): PacketFault | undefined {
    return this.#link.senderFault(source, port, this.#configuration.validateSource);
  }

  /** Whether an address can be a neighbor's. */
  mayBeNeighbor(address: Address): boolean {
    return this.senderFault(address, this.#protocol.port) === undefined;
  }

  /** Routes that a packet has room for, if it has no authentication. */
  get entriesPerPacket(): number {
    return this.#protocol.entriesPerPacket(this.#interface.mtu);
  }

  /** Entries with which a neighbor's packet counts as full. */
  get fullPacketEntries(): number {
    return this.#protocol.fullPacketEntries(this.#interface.mtu);
  }

  /** The subnets that the whole network hears of. */
  get announceable(): readonly Subnet[] {
    return this.#link.subnets.filter(({ prefix }) => this.#protocol.isAnnounceable(prefix));
  }

  get timers(): Timers {
    return this.#configuration.timers;
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Whether updates go out here. */
  get isSending(): boolean {
    return this.#socket === 'listening' && this.audience.recipients.length > 0;
  }

  /** When something has to be done here, besides speaking. */
  get deadline(): Millis {
    return Math.min(
      this.#silenceAt,
      this.#listenAt,
      this.#configuration.authentication ? this.#keysAt : never,
    );
  }

  /**
   * Has another MTU or other addresses; the same index.
   * @param routes what was spoken of until now
   * @returns those whom nothing will be said any more
   */
  readdress(target: Interface, routes: Iterable<Route>): readonly Recipient[] {
    this.#interface = target;
    this.#link = this.#protocol.link(target.addresses, this.#link);
    for (const neighbor of this.neighbors.values()) neighbor.nextHop = this.#nextHopTo(neighbor.address);
    return this.audience.revise(this.#stage(), routes);
  }

  /**
   * Speaks and listens otherwise from now on.
   * @param routes what was spoken of until now
   * @returns those whom nothing will be said any more
   */
  configure(
    configuration: InterfaceConfiguration,
    policy: readonly PolicyRule[],
    routes: Iterable<Route>,
  ): readonly Recipient[] {
    this.#configuration = configuration;
    this.#policy = policy;
    for (const neighbor of this.neighbors.values()) {
      neighbor.rules = policyFor(policy, 'in', this.name, neighbor.address);
    }
    // The timeout may be shorter than it was: look at every neighbor again.
    this.#silenceAt = Number.NEGATIVE_INFINITY;
    this.#keysAt = Number.NEGATIVE_INFINITY;
    return this.audience.revise(this.#stage(), routes);
  }

  /** Whether there is somebody to speak to, and an address to speak from. */
  get isSpeakable(): boolean {
    return !this.#interface.loopback && this.#link.outlets.length > 0;
  }

  /** Asks for a socket. A loopback never has one: nobody can be heard there. */
  listen(actions: Action[]): void {
    this.#listenAt = never;
    if (!this.isSpeakable) return;
    this.#socket = 'opening';
    const ttl = this.#configuration.ttlSecurity ? 255 : undefined;
    actions.push({ type: 'listen', interface: this.#interface, ttl });
  }

  listening(): void {
    this.#socket = 'listening';
    this.failure = undefined;
  }

  /** Of no matter if there should be no socket any more. */
  listenFailed(reason: string, now: Millis): void {
    if (this.#socket === 'none') return;
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
    this.failure = undefined;
    this.updateAt = never;
  }

  /**
   * RFC 2453 §3.8: updates of several routers must not fall into step, so each interval is drawn anew, within a sixth
   * of it to either side: 30 s ± 5 s.
   * @param random from 0 to 1
   */
  scheduleUpdate(now: Millis, random: number): void {
    this.updateAt = this.isSending ? now + this.timers.update * (5 / 6 + random / 3) : never;
  }

  /** Whether one more request for the whole table is answered now. */
  mayAnswer(now: Millis, { wholeTableAnswersPerSecond }: Limits): boolean {
    if (now >= this.#answers.since + 1_000) this.#answers = { since: now, count: 0 };
    this.#answers.count += 1;
    return this.#answers.count <= wholeTableAnswersPerSecond;
  }

  /**
   * A new neighbor; it takes the place of one that was never accepted, if there are as many as are allowed.
   * @returns undefined if there is no place
   */
  addNeighbor(address: Address, now: Millis, { neighborsPerInterface }: Limits): Neighbor | undefined {
    if (this.neighbors.size >= neighborsPerInterface && !this.#forgetStranger()) return undefined;
    const rules = policyFor(this.#policy, 'in', this.name, address);
    const options = { origin: this, nextHop: this.#nextHopTo(address), rules };
    const neighbor = newNeighbor(address, options, this.#remembered.get(address) ?? new Map(), now);
    this.neighbors.set(address, neighbor);
    this.#silenceAt = Math.min(this.#silenceAt, now + this.timers.timeout);
    return neighbor;
  }

  /** It is not heard any more. What protects from replays of its packets is kept. */
  loseNeighbor({ address, sequences }: Neighbor): void {
    this.neighbors.delete(address);
    this.full = false;
    if (sequences.size === 0) return;
    this.#remembered.delete(address);
    this.#remembered.set(address, sequences);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > rememberedNeighbors && oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** Otherwise forged senders could keep the true ones out. */
  #forgetStranger(): boolean {
    for (const { address, accepted } of this.neighbors.values()) {
      if (!accepted) return this.neighbors.delete(address);
    }
    return false;
  }

  /** What the clock has done to the keys since it was last asked. */
  keyReports({ monotonic, wall }: Instant): readonly Report[] {
    const { authentication } = this.#configuration;
    if (authentication === undefined || monotonic < this.#keysAt) return [];
    this.#keysAt = monotonic + Math.min(nextKeyChange(authentication, wall) - wall, keyCheck);
    return this.#keyWatch.look(authentication, wall);
  }

  #nextHopTo(gateway: Address): NextHop {
    const { name, index } = this.#interface;
    const onLink = this.#link.isOffSubnet(gateway) && ({ onLink: true } as const);
    return { gateway, interface: name, interfaceIndex: index, ...onLink };
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

  #stage(): Stage {
    const { name, link, configuration } = this;
    return { name, link, configuration, policy: this.#policy };
  }
}

/**
 * The interfaces of a router: those that are up, and those of them that speak. They come and go, get other addresses and
 * another configuration; what was learned and announced over them follows.
 *
 * Before: `Router` with what the kernel's side tells. After: `interface`; `own-routes` for the subnets, `table` for what
 * is lost with a neighbor, `speaker` for what the neighbors have to be told.
 */
import type { Authenticator } from '../authentication/authenticator.ts';
import {
  type InterfaceConfiguration,
  interfaceConfiguration,
  type RouterConfiguration,
} from '../configuration.ts';
import { believed } from '../input/learn.ts';
import type { Recipient } from '../output/recipient.ts';
import type { Speaker } from '../output/speaker.ts';
import type { Protocol, Subnet } from '../protocol.ts';
import type { Step } from '../step.ts';
import type { OwnRoutes } from '../table/own-routes.ts';
import type { Source } from '../table/route.ts';
import type { RouteTable } from '../table/table.ts';
import type { Interface, Report } from '../vocabulary.ts';
import { RipInterface } from './interface.ts';
import type { Neighbor } from './neighbor.ts';
import { OwnAddresses } from './own-addresses.ts';

type StopReason = Extract<Report, { type: 'interface-stopped' }>['reason'];

/** What interfaces act upon. */
export interface Surroundings {
  readonly protocol: Protocol;
  readonly step: Step;
  readonly table: RouteTable;
  readonly own: OwnRoutes;
  readonly speaker: Speaker;
  /** Signs and verifies on an interface; undefined: it has no authentication. */
  authenticator(configuration: InterfaceConfiguration): Authenticator | undefined;
}

export class Interfaces {
  readonly #surroundings: Surroundings;
  #configuration: RouterConfiguration;
  /** Every interface that is up, whether it speaks or not. */
  readonly #known = new Map<string, Interface>();
  readonly #speaking = new Map<string, RipInterface>();
  #ownAddresses: OwnAddresses;

  constructor(configuration: RouterConfiguration, surroundings: Surroundings) {
    this.#configuration = configuration;
    this.#surroundings = surroundings;
    this.#ownAddresses = new OwnAddresses(surroundings.protocol, []);
  }

  /** Those that speak. */
  [Symbol.iterator](): Iterator<RipInterface> {
    return this.#speaking.values();
  }

  get(name: string): RipInterface | undefined {
    return this.#speaking.get(name);
  }

  get ownAddresses(): OwnAddresses {
    return this.#ownAddresses;
  }

  /** Those that are up and do not speak. */
  get others(): readonly Interface[] {
    return [...this.#known.values()].filter(({ name }) => !this.#speaking.has(name));
  }

  /** It came up, or has another index, address or MTU. */
  seen(target: Interface): void {
    this.#known.set(target.name, target);
    const on = this.#speaking.get(target.name);
    if (on === undefined) {
      const configuration = interfaceConfiguration(this.#configuration, target.name);
      if (configuration !== undefined) this.#start(target, configuration);
    } else if (on.interface.index !== target.index || on.interface.loopback !== target.loopback) {
      this.#stop(on, 'down');
      this.#start(target, on.configuration);
    } else this.#readdress(on, target);
    this.#checkAddresses();
  }

  /** @param isRunning it has lost its addresses, and still carries packets */
  gone(name: string, isRunning: boolean): void {
    this.#known.delete(name);
    const on = this.#speaking.get(name);
    if (on !== undefined) {
      if (isRunning) this.#leave(on, on.audience.recipients);
      this.#stop(on, isRunning ? 'no-address' : 'down');
    }
    this.#checkAddresses();
  }

  /** Its socket is bound. */
  listening(name: string): void {
    const { speaker, step } = this.#surroundings;
    const on = this.#speaking.get(name);
    if (on?.socket !== 'opening') return;
    on.listening();
    step.report({ type: 'interface-started', interface: name, passive: on.configuration.passive });
    speaker.introduce(on, step.now);
  }

  reconfigure(configuration: RouterConfiguration): void {
    const hasNewPolicy = !isSame(configuration.policy, this.#configuration.policy);
    this.#configuration = configuration;
    for (const target of this.#known.values()) {
      const on = this.#speaking.get(target.name);
      const wanted = interfaceConfiguration(configuration, target.name);
      if (on === undefined) {
        if (wanted !== undefined) this.#start(target, wanted);
      } else if (wanted === undefined) {
        this.#surroundings.speaker.sayFarewell(on, on.audience.recipients);
        this.#stop(on, 'not-configured');
      } else if (hasNewPolicy || !isSame(wanted, on.configuration)) this.#reconfigure(on, wanted);
    }
    this.#checkAddresses();
  }

  /** What time has done: sockets are asked for again, neighbors have fallen silent, keys have ended. */
  expire(): void {
    const { step } = this.#surroundings;
    for (const on of this.#speaking.values()) {
      on.retry(step.now, step.actions);
      this.#loseNeighbors(on, on.silentNeighbors(step.now));
      for (const report of on.keyReports(step.instant)) step.report(report);
    }
  }

  #start(target: Interface, configuration: InterfaceConfiguration): void {
    const { protocol, step, own, speaker, authenticator } = this.#surroundings;
    const on = new RipInterface(protocol, target, configuration, this.#configuration.policy);
    on.authenticator = authenticator(configuration);
    this.#speaking.set(on.name, on);
    for (const { prefix } of on.announceable) own.connect(prefix, on, step.now);
    on.listen(step.actions);
    this.#checkNeighbors(on);
    if (target.loopback) step.report({ type: 'interface-started', interface: on.name, passive: true });
    else if (!configuration.passive) speaker.triggered.introduced(step.now);
  }

  /** A neighbor that we speak to, and whose answers we refuse, is a mistake in the configuration. */
  #checkNeighbors(on: RipInterface): void {
    for (const neighbor of on.configuration.neighbors) {
      if (!on.mayBeNeighbor(neighbor))
        this.#surroundings.step.report({ type: 'neighbor-off-subnet', interface: on.name, neighbor });
    }
  }

  /** All that was reached over it is lost at once. */
  #stop(on: RipInterface, reason: StopReason): void {
    const { step, own } = this.#surroundings;
    this.#unlisten(on, reason);
    this.#speaking.delete(on.name);
    for (const { prefix } of on.announceable) own.disconnect(prefix, on, step.now);
    this.#loseNeighbors(on, [...on.neighbors.values()]);
  }

  /** Only what ran is said to have stopped. A loopback runs without a socket. */
  #unlisten(on: RipInterface, reason: StopReason): void {
    const { step } = this.#surroundings;
    const ran = on.socket === 'listening' || on.interface.loopback;
    on.unlisten(step.actions);
    if (ran) step.report({ type: 'interface-stopped', interface: on.name, reason });
  }

  #readdress(on: RipInterface, target: Interface): void {
    const { step, own, speaker, table } = this.#surroundings;
    const before = on.announceable;
    const wasSpeakable = on.isSpeakable;
    const outletsBefore = new Set(on.link.outlets.map(nameOf));
    this.#leave(on, on.readdress(target, table.routes));
    for (const { prefix } of on.announceable) own.connect(prefix, on, step.now);
    const prefixes = new Set(on.announceable.map((subnet) => subnet.prefix));
    for (const { prefix } of before) {
      if (!prefixes.has(prefix)) own.disconnect(prefix, on, step.now);
    }
    if (on.isSpeakable !== wasSpeakable) this.#changeSpeakable(on);
    if (on.link.outlets.every((outlet) => outletsBefore.has(nameOf(outlet)))) return;
    this.#checkNeighbors(on);
    // Who hears us from a new address sees a new neighbor, and may not have been asked yet.
    speaker.introduce(on, step.now);
  }

  /**
   * The addresses that these were spoken to from are gone. To the neighbors another address is another router: the one
   * that they know has to take its routes back, for until they time out traffic would go to nobody. Linux: a socket can
   * speak from a link-local address that it has lost.
   */
  #leave(on: RipInterface, recipients: readonly Recipient[]): void {
    const { protocol, speaker } = this.#surroundings;
    speaker.sayFarewell(
      on,
      recipients.filter(({ source }) => protocol.isLinkScoped(source)),
    );
  }

  /** It has got its first address to speak from, or lost its last one. */
  #changeSpeakable(on: RipInterface): void {
    const { step } = this.#surroundings;
    if (on.isSpeakable) on.listen(step.actions);
    else {
      this.#unlisten(on, 'no-address');
      this.#loseNeighbors(on, [...on.neighbors.values()]);
    }
  }

  /** Learned routes stay, as far as they are still believed. Timeouts apply from the next refresh of each. */
  #reconfigure(on: RipInterface, wanted: InterfaceConfiguration): void {
    const { step, speaker, table, authenticator } = this.#surroundings;
    const before = on.configuration;
    speaker.sayFarewell(on, on.configure(wanted, this.#configuration.policy, table.routes));
    on.authenticator = authenticator(wanted);
    this.#checkNeighbors(on);
    if (wanted.noListen) table.withdraw((offer) => offer.source.origin === on, step.now);
    table.rejudge(
      on,
      (prefix, { address }, received) => {
        const neighbor = on.neighbors.get(address);
        return neighbor && believed(prefix, neighbor, received, wanted.cost);
      },
      step.now,
    );
    // Nothing counts as said under the old configuration, so that what is left out now is taken back.
    on.announced = 0;
    if (wanted.ttlSecurity === before.ttlSecurity) speaker.introduce(on, step.now);
    else {
      on.unlisten(step.actions);
      on.listen(step.actions);
    }
  }

  /** Addresses came or went: who is off every subnet now, or ourselves, is neither a neighbor nor a next hop. */
  #checkAddresses(): void {
    const { protocol, table, step } = this.#surroundings;
    this.#ownAddresses = new OwnAddresses(protocol, this.#known.values());
    for (const on of this.#speaking.values()) {
      const isStranger = ({ address }: Neighbor): boolean =>
        this.#ownAddresses.isOurs(address, on) || !on.mayBeNeighbor(address);
      this.#loseNeighbors(on, [...on.neighbors.values()].filter(isStranger));
    }
    table.withdraw(({ source, nextHop: { gateway, interface: name } }) => {
      if (gateway === source.address) return false;
      const on = this.#speaking.get(name);
      return on === undefined || this.#ownAddresses.isOurs(gateway, on) || !on.link.isHost(gateway);
    }, step.now);
  }

  #loseNeighbors(on: RipInterface, lost: readonly Neighbor[]): void {
    if (lost.length === 0) return;
    const { table, step } = this.#surroundings;
    for (const neighbor of lost) {
      const { address, offers, accepted } = neighbor;
      on.loseNeighbor(neighbor);
      if (accepted)
        step.report({ type: 'neighbor-lost', interface: on.name, neighbor: address, routes: offers });
    }
    const sources = new Set<Source>(lost.filter((neighbor) => neighbor.offers > 0));
    if (sources.size > 0) table.withdraw((offer) => sources.has(offer.source), step.now);
  }
}

/** Two of one name are the same to the routers in them. */
function nameOf({ address, prefix }: Subnet): string {
  return `${address} ${prefix}`;
}

/** Of plain values. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

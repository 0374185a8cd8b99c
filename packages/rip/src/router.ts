/**
 * A RIPv2 router without any I/O: events and time go in, actions come out. RFC 2453.
 *
 * Before: `Runtime` turns datagrams, kernel notifications and its timer into events. After: `Runtime` performs the
 * actions; what became of them comes back as a later event.
 *
 * Invariants: `step` is synchronous, total, and a whole transaction: of a route that changes back and forth within it
 * only the difference to before comes out. The same events, times and random numbers give the same actions. Timers
 * are looked at in every step, so an early, late or repeated tick is harmless. After `stop` nothing comes out.
 */
import { type Address, ipv4ToNumber } from '@ripstop/wire';
import { Authenticator } from './authentication/authenticator.ts';
import type { Digest } from './authentication/digest.ts';
import { SequenceNumbers } from './authentication/sequence.ts';
import {
  type InterfaceConfiguration,
  interfaceConfiguration,
  type RouterConfiguration,
} from './configuration.ts';
import { believed } from './input/learn.ts';
import { receive } from './input/receive.ts';
import { RipInterface } from './interface/interface.ts';
import type { Neighbor } from './interface/neighbor.ts';
import { longestDrain } from './output/drain.ts';
import { Output } from './output/output.ts';
import { Speaker } from './output/speaker.ts';
import { isHostOn, type Subnet } from './packet/subnet.ts';
import { type RouterSnapshot, routerSnapshot } from './snapshot.ts';
import { OwnRoutes } from './table/own-routes.ts';
import type { KernelState, Source } from './table/route.ts';
import { RouteTable } from './table/table.ts';
import type { Instant, Millis } from './time.ts';
import type { Action, Datagram, Event, Interface, Report } from './vocabulary.ts';

/** What a router needs besides its configuration. */
export interface RouterOptions {
  /** From 0 to 1: the jitter of updates and the pause after triggered ones. */
  readonly random: () => number;
  readonly digest: Digest;
  /** The last `reserve-sequence` of the run before; 0 if there was none. */
  readonly sequence: number;
}

export class Router {
  #configuration: RouterConfiguration;
  readonly #digest: Digest;
  readonly #table: RouteTable;
  readonly #own: OwnRoutes;
  readonly #output: Output;
  readonly #speaker: Speaker;
  /** Every interface that is up, whether it speaks RIP or not. */
  readonly #known = new Map<string, Interface>();
  readonly #interfaces = new Map<string, RipInterface>();
  #ownAddresses: ReadonlySet<Address> = new Set();
  #isStopped = false;
  #deadline: Millis = Number.POSITIVE_INFINITY;
  /** Of the step under way. */
  #instant: Instant = { monotonic: 0, wall: 0 };
  #actions: Action[] = [];

  constructor(configuration: RouterConfiguration, { random, digest, sequence }: RouterOptions) {
    this.#configuration = configuration;
    this.#digest = digest;
    this.#table = new RouteTable(configuration.maximumPaths, configuration.limits);
    this.#own = new OwnRoutes(this.#table, configuration);
    this.#output = new Output(new SequenceNumbers(sequence));
    this.#speaker = new Speaker(this.#table, this.#output, random);
  }

  /** When `step` wants to be called again, on the monotonic clock; Infinity if only an event can change anything. */
  get deadline(): Millis {
    return this.#deadline;
  }

  /** Takes one event at one moment, and says all that has to happen because of it, in order. */
  step(now: Instant, event: Event): readonly Action[] {
    if (this.#isStopped) return [];
    this.#instant = now;
    this.#actions = [];
    this.#output.begin(now, this.#actions);
    this.#take(event);
    if (!this.#isStopped) {
      this.#expire();
      this.#settle();
      this.#speak();
    }
    this.#deadline = this.#nextDeadline();
    return this.#actions;
  }

  get #now(): Millis {
    return this.#instant.monotonic;
  }

  /** All that can be shown, as it is at a moment; changes nothing. */
  snapshot(instant: Instant): RouterSnapshot {
    return routerSnapshot(
      {
        state: this.#isStopped ? 'stopped' : this.#speaker.state,
        interfaces: this.#interfaces.values(),
        table: this.#table,
        triggeredUpdateAt: this.#speaker.triggered.deadline,
      },
      instant,
    );
  }

  #take(event: Event): void {
    switch (event.type) {
      case 'interface-up':
      case 'interface-changed':
        this.#interfaceSeen(event.interface);
        break;
      case 'interface-down':
        this.#interfaceGone(event.interface);
        break;
      case 'datagrams-received':
        this.#received(event.interface, event.datagrams);
        break;
      case 'listening':
        this.#listening(event.interface);
        break;
      case 'listen-failed':
        this.#interfaces.get(event.interface)?.listenFailed(event.reason, this.#now);
        break;
      case 'route-installed':
        this.#setKernelState(event.prefix, { state: 'installed' });
        break;
      case 'route-install-failed':
        this.#setKernelState(event.prefix, { state: 'failed', reason: event.reason });
        break;
      case 'route-redistributed':
        this.#own.redistribute(event.route, this.#now);
        break;
      case 'route-withdrawn':
        this.#own.withdraw(event.prefix, this.#now);
        break;
      case 'default-route':
        this.#own.defaultRoute(event.present, this.#now);
        break;
      case 'reconfigured':
        this.#reconfigure(event.configuration);
        break;
      case 'commanded':
        if (event.command === 'stop') this.#stop();
        else this.#startDrain();
        break;
      case 'tick':
        break;
    }
  }

  #interfaceSeen(target: Interface): void {
    this.#known.set(target.name, target);
    const on = this.#interfaces.get(target.name);
    if (on === undefined) {
      const configuration = interfaceConfiguration(this.#configuration, target.name);
      if (configuration !== undefined) this.#startInterface(target, configuration);
    } else if (on.interface.index !== target.index || on.interface.loopback !== target.loopback) {
      this.#stopInterface(on);
      this.#startInterface(target, on.configuration);
    } else this.#readdress(on, target);
    this.#checkAddresses();
  }

  #interfaceGone(name: string): void {
    this.#known.delete(name);
    const on = this.#interfaces.get(name);
    if (on !== undefined) this.#stopInterface(on);
    this.#checkAddresses();
  }

  #startInterface(target: Interface, configuration: InterfaceConfiguration): void {
    const on = new RipInterface(target, configuration, this.#configuration.policy);
    on.authenticator = this.#authenticator(configuration);
    this.#interfaces.set(on.name, on);
    for (const { prefix } of on.announceable) this.#own.connect(prefix, on, this.#now);
    on.listen(this.#actions);
    this.#checkNeighbors(on);
    if (target.loopback) this.#report({ type: 'interface-started', interface: on.name, passive: true });
    else if (!configuration.passive) this.#speaker.triggered.introduced(this.#now);
  }

  /** A neighbor that we speak to, and whose answers we refuse, is a mistake in the configuration. */
  #checkNeighbors(on: RipInterface): void {
    for (const neighbor of on.configuration.neighbors) {
      if (!on.mayBeNeighbor(neighbor))
        this.#report({ type: 'neighbor-off-subnet', interface: on.name, neighbor });
    }
  }

  #authenticator({ authentication }: InterfaceConfiguration): Authenticator | undefined {
    return authentication && new Authenticator(authentication, this.#digest);
  }

  /** All that was reached over it is lost at once. */
  #stopInterface(on: RipInterface): void {
    on.unlisten(this.#actions);
    this.#interfaces.delete(on.name);
    for (const { prefix } of on.announceable) this.#own.disconnect(prefix, on, this.#now);
    this.#loseNeighbors(on, [...on.neighbors.values()]);
    this.#report({ type: 'interface-stopped', interface: on.name });
  }

  #readdress(on: RipInterface, target: Interface): void {
    const before = on.announceable;
    const subnetsBefore = new Set(on.subnets.map(nameOf));
    on.readdress(target, this.#table.routes);
    for (const { prefix } of on.announceable) this.#own.connect(prefix, on, this.#now);
    const prefixes = new Set(on.announceable.map((subnet) => subnet.prefix));
    for (const { prefix } of before) {
      if (!prefixes.has(prefix)) this.#own.disconnect(prefix, on, this.#now);
    }
    if (on.subnets.every((subnet) => subnetsBefore.has(nameOf(subnet)))) return;
    this.#checkNeighbors(on);
    // Routers of a new subnet have not been asked yet, and those of the old ones see a new neighbor.
    this.#speaker.introduce(on, this.#now);
  }

  /** Addresses came or went: who is off every subnet now, or ourselves, is neither a neighbor nor a next hop. */
  #checkAddresses(): void {
    const addresses = [...this.#known.values()].flatMap((target) => target.addresses);
    this.#ownAddresses = new Set(addresses.map(({ address }) => address));
    for (const on of this.#interfaces.values()) {
      const isStranger = ({ address }: Neighbor): boolean =>
        this.#ownAddresses.has(address) || !on.mayBeNeighbor(address);
      this.#loseNeighbors(on, [...on.neighbors.values()].filter(isStranger));
    }
    this.#table.withdraw(({ source, nextHop: { gateway, interface: name } }) => {
      if (gateway === source.address) return false;
      const subnets = this.#interfaces.get(name)?.subnets ?? [];
      return this.#ownAddresses.has(gateway) || !isHostOn(subnets, ipv4ToNumber(gateway) ?? 0);
    }, this.#now);
  }

  #loseNeighbors(on: RipInterface, lost: readonly Neighbor[]): void {
    if (lost.length === 0) return;
    for (const neighbor of lost) {
      const { address, offers, accepted } = neighbor;
      on.loseNeighbor(neighbor);
      if (accepted)
        this.#report({ type: 'neighbor-lost', interface: on.name, neighbor: address, routes: offers });
    }
    const sources = new Set<Source>(lost.filter((neighbor) => neighbor.offers > 0));
    if (sources.size > 0) this.#table.withdraw((offer) => sources.has(offer.source), this.#now);
  }

  #listening(name: string): void {
    const on = this.#interfaces.get(name);
    if (on?.socket !== 'opening') return;
    on.listening();
    this.#report({ type: 'interface-started', interface: name, passive: on.configuration.passive });
    this.#speaker.introduce(on, this.#now);
  }

  #received(name: string, datagrams: readonly Datagram[]): void {
    const on = this.#interfaces.get(name);
    if (on === undefined) return;
    const reception = {
      now: this.#instant,
      table: this.#table,
      triggered: this.#speaker.triggered,
      limits: this.#configuration.limits,
      ownAddresses: this.#ownAddresses,
      learns: this.#speaker.state !== 'draining',
      leastMetric: this.#speaker.leastMetric,
      output: this.#output,
      actions: this.#actions,
      askers: this.#speaker.askers,
    };
    for (const datagram of datagrams) receive(datagram, on, reception);
  }

  #setKernelState(prefix: string, state: KernelState): void {
    const route = this.#table.get(prefix);
    if (route?.kernel !== undefined) route.kernel = state;
  }

  #reconfigure(configuration: RouterConfiguration): void {
    const hasNewPolicy = !isSame(configuration.policy, this.#configuration.policy);
    this.#configuration = configuration;
    this.#table.setLimits(configuration.limits);
    this.#table.setMaximumPaths(configuration.maximumPaths, this.#now);
    this.#own.configure(configuration, this.#now);
    for (const target of this.#known.values()) {
      const on = this.#interfaces.get(target.name);
      const wanted = interfaceConfiguration(configuration, target.name);
      if (on === undefined) {
        if (wanted !== undefined) this.#startInterface(target, wanted);
      } else if (wanted === undefined) {
        this.#speaker.sayFarewell(on, on.audience.recipients);
        this.#stopInterface(on);
      } else if (hasNewPolicy || !isSame(wanted, on.configuration)) this.#reconfigureInterface(on, wanted);
    }
    this.#checkAddresses();
  }

  /** Learned routes stay, as far as they are still believed. Timeouts apply from the next refresh of each. */
  #reconfigureInterface(on: RipInterface, wanted: InterfaceConfiguration): void {
    const before = on.configuration;
    this.#speaker.sayFarewell(on, on.configure(wanted, this.#configuration.policy, this.#table.routes));
    on.authenticator = this.#authenticator(wanted);
    this.#checkNeighbors(on);
    if (wanted.noListen) this.#table.withdraw((offer) => offer.source.origin === on, this.#now);
    this.#table.rejudge(
      on,
      (prefix, { address }, received) => {
        const neighbor = on.neighbors.get(address);
        return neighbor && believed(prefix, neighbor, received, wanted.cost);
      },
      this.#now,
    );
    // Nothing counts as said under the old configuration, so that what is left out now is taken back.
    on.announced = 0;
    if (wanted.ttlSecurity === before.ttlSecurity) this.#speaker.introduce(on, this.#now);
    else {
      on.unlisten(this.#actions);
      on.listen(this.#actions);
    }
  }

  /** RFC 2453 has no farewell; with it the neighbors need not wait for a timeout. */
  #stop(): void {
    for (const on of this.#interfaces.values()) this.#speaker.sayFarewell(on, on.audience.recipients);
    this.#isStopped = true;
  }

  #startDrain(): void {
    if (!this.#speaker.drain(this.#now)) return;
    // Nothing is learned meanwhile, so nothing may time out for want of it: the kernel's routes stay.
    this.#table.postpone(longestDrain);
    this.#report({ type: 'draining', state: 'metric-15' });
  }

  #expire(): void {
    for (const on of this.#interfaces.values()) {
      on.retry(this.#now, this.#actions);
      this.#loseNeighbors(on, on.silentNeighbors(this.#now));
      for (const report of on.keyReports(this.#instant)) this.#report(report);
    }
    this.#table.expire(this.#now);
  }

  #settle(): void {
    for (const { route, metricBefore, nextHopsBefore, hasOtherNextHops } of this.#table.settle(this.#now)) {
      const { prefix, metric, nextHops } = route;
      if (nextHops.length === 0) {
        route.kernel = undefined;
        if (nextHopsBefore.length > 0) this.#actions.push({ type: 'remove-route', prefix });
      } else if (hasOtherNextHops) {
        route.kernel = { state: 'pending' };
        this.#actions.push({ type: 'install-route', prefix, nextHops });
      }
      this.#report({ type: 'route-changed', prefix, metricBefore, metric, nextHops });
      this.#speaker.triggered.changed(this.#now);
    }
  }

  #nextDeadline(): Millis {
    if (this.#isStopped) return Number.POSITIVE_INFINITY;
    const interfaces = [...this.#interfaces.values()];
    const deadlines = interfaces.map((on) => on.deadline);
    return Math.min(this.#table.deadline, this.#speaker.deadline(interfaces), ...deadlines);
  }

  #speak(): void {
    const before = this.#speaker.state;
    this.#speaker.speak(this.#interfaces.values(), this.#configuration.triggeredUpdateDelay, this.#now);
    if (before === 'draining' && this.#speaker.state === 'drained')
      this.#report({ type: 'draining', state: 'drained' });
  }

  #report(report: Report): void {
    this.#actions.push({ type: 'report', report });
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

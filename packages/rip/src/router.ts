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
import {
  type InterfaceConfiguration,
  interfaceConfiguration,
  limits,
  type RouterConfiguration,
} from './configuration.ts';
import { RipInterface } from './interface.ts';
import type { Neighbor } from './neighbor.ts';
import { encodeResponses, encodeWholeTableRequest } from './packet.ts';
import { type Asker, receive } from './receive.ts';
import type { KernelState, Source } from './route.ts';
import { interfaceSnapshot, neighborSnapshot, type RouterSnapshot, routeSnapshots } from './snapshot.ts';
import { isHostOn, subnetHolding } from './subnet.ts';
import { RouteTable } from './table.ts';
import type { Instant, Millis } from './time.ts';
import { TriggeredUpdate } from './triggered-update.ts';
import { farewellEntries, updateEntries } from './update.ts';
import type { Action, Datagram, Event, Interface, Report } from './vocabulary.ts';

export class Router {
  #configuration: RouterConfiguration;
  readonly #random: () => number;
  readonly #table: RouteTable;
  readonly #triggered = new TriggeredUpdate();
  /** Every interface that is up, whether it speaks RIP or not. */
  readonly #known = new Map<string, Interface>();
  readonly #interfaces = new Map<string, RipInterface>();
  #ownAddresses: ReadonlySet<Address> = new Set();
  #isStopped = false;
  #deadline: Millis = Number.POSITIVE_INFINITY;
  /** Of the step under way. */
  #now: Millis = 0;
  #actions: Action[] = [];
  readonly #askers = new Map<string, Asker>();

  /** @param random from 0 to 1: the jitter of updates and the pause after triggered ones */
  constructor(configuration: RouterConfiguration, random: () => number) {
    this.#configuration = configuration;
    this.#random = random;
    this.#table = new RouteTable(configuration.maximumPaths, limits);
  }

  /** When `step` wants to be called again, on the monotonic clock; Infinity if only an event can change anything. */
  get deadline(): Millis {
    return this.#deadline;
  }

  /** Takes one event at one moment, and says all that has to happen because of it, in order. */
  step(now: Instant, event: Event): readonly Action[] {
    if (this.#isStopped) return [];
    this.#now = now.monotonic;
    this.#actions = [];
    this.#take(event);
    if (!this.#isStopped) {
      this.#expire();
      this.#settle();
      this.#speak();
    }
    this.#deadline = this.#nextDeadline();
    return this.#actions;
  }

  snapshot(instant: Instant): RouterSnapshot {
    const now = instant.monotonic;
    const interfaces = [...this.#interfaces.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const neighbors = interfaces.flatMap((on) =>
      [...on.neighbors.values()].sort((a, b) => a.order - b.order),
    );
    const routes = routeSnapshots(this.#table.routes, this.#table.changed, now);
    const garbage = routes.filter((route) => route.garbageIn !== undefined).length;
    const triggeredAt = this.#triggered.deadline;
    return {
      status: {
        state: this.#isStopped ? 'stopped' : 'running',
        interfaces: interfaces.length,
        neighbors: neighbors.length,
        routes: routes.length - garbage,
        garbage,
        ...(Number.isFinite(triggeredAt) && { triggeredUpdateIn: triggeredAt - now }),
      },
      interfaces: interfaces.map((on) => interfaceSnapshot(on, now)),
      neighbors: neighbors.map((neighbor) => neighborSnapshot(neighbor, now)),
      routes,
    };
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
      case 'reconfigured':
        this.#reconfigure(event.configuration);
        break;
      case 'commanded':
        this.#stop();
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
    const on = new RipInterface(target, configuration);
    this.#interfaces.set(on.name, on);
    for (const { prefix } of on.announceable) this.#table.connect(prefix, on);
    on.listen(this.#actions);
    if (target.loopback) this.#report({ type: 'interface-started', interface: on.name, passive: true });
    else if (!configuration.passive) this.#triggered.introduced(this.#now);
  }

  /** All that was reached over it is lost at once. */
  #stopInterface(on: RipInterface): void {
    on.unlisten(this.#actions);
    this.#interfaces.delete(on.name);
    for (const { prefix } of on.announceable) this.#table.disconnect(prefix, on, this.#now);
    this.#loseNeighbors(on, [...on.neighbors.values()]);
    this.#report({ type: 'interface-stopped', interface: on.name });
  }

  #readdress(on: RipInterface, target: Interface): void {
    const before = on.announceable;
    const addressesBefore = new Set(on.subnets.map((subnet) => subnet.address));
    on.readdress(target);
    for (const { prefix } of on.announceable) this.#table.connect(prefix, on);
    const prefixes = new Set(on.announceable.map((subnet) => subnet.prefix));
    for (const { prefix } of before) {
      if (!prefixes.has(prefix)) this.#table.disconnect(prefix, on, this.#now);
    }
    // Routers of a new subnet have not been asked yet, and those of the old ones see a new neighbor.
    if (on.subnets.some((subnet) => !addressesBefore.has(subnet.address))) this.#introduce(on);
  }

  /** Addresses came or went: who is off every subnet now, or ourselves, is neither a neighbor nor a next hop. */
  #checkAddresses(): void {
    const addresses = [...this.#known.values()].flatMap((target) => target.addresses);
    this.#ownAddresses = new Set(addresses.map(({ address }) => address));
    for (const on of this.#interfaces.values()) {
      const isStranger = ({ address, order }: Neighbor): boolean =>
        this.#ownAddresses.has(address) || subnetHolding(on.subnets, order) === undefined;
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
    for (const { address, offers } of lost) {
      on.neighbors.delete(address);
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
    this.#introduce(on);
  }

  /** RFC 2453 §3.9.1: asks for everything, and tells everything. */
  #introduce(on: RipInterface): void {
    if (on.socket !== 'listening') return;
    if (!on.configuration.noListen) on.send([encodeWholeTableRequest()], this.#actions);
    on.updateAt = on.isSending ? this.#now : Number.POSITIVE_INFINITY;
    if (on.isSending) this.#triggered.introduced(this.#now);
  }

  #received(name: string, datagrams: readonly Datagram[]): void {
    const on = this.#interfaces.get(name);
    if (on === undefined) return;
    const reception = {
      now: this.#now,
      table: this.#table,
      triggered: this.#triggered,
      ownAddresses: this.#ownAddresses,
      actions: this.#actions,
      askers: this.#askers,
    };
    for (const datagram of datagrams) receive(datagram, on, reception);
  }

  #setKernelState(prefix: string, state: KernelState): void {
    const route = this.#table.get(prefix);
    if (route?.kernel !== undefined) route.kernel = state;
  }

  #reconfigure(configuration: RouterConfiguration): void {
    this.#configuration = configuration;
    this.#table.setMaximumPaths(configuration.maximumPaths);
    for (const target of this.#known.values()) {
      const on = this.#interfaces.get(target.name);
      const wanted = interfaceConfiguration(configuration, target.name);
      if (on === undefined) {
        if (wanted !== undefined) this.#startInterface(target, wanted);
      } else if (wanted === undefined) {
        this.#sayFarewell(on);
        this.#stopInterface(on);
      } else if (JSON.stringify(wanted) !== JSON.stringify(on.configuration))
        this.#reconfigureInterface(on, wanted);
    }
  }

  /** Learned routes stay, at their new cost. Timeouts apply from the next refresh of each. */
  #reconfigureInterface(on: RipInterface, wanted: InterfaceConfiguration): void {
    if (wanted.passive) this.#sayFarewell(on);
    if (wanted.cost !== on.configuration.cost) this.#table.reprice(on, wanted.cost, this.#now);
    if (wanted.noListen) this.#table.withdraw((offer) => offer.source.origin === on, this.#now);
    on.configure(wanted);
    // Nothing counts as said under the old configuration, so that what is left out now is taken back.
    on.announced = 0;
    this.#introduce(on);
  }

  /** RFC 2453 has no farewell; with it the neighbors need not wait for a timeout. */
  #stop(): void {
    for (const on of this.#interfaces.values()) this.#sayFarewell(on);
    this.#isStopped = true;
  }

  #sayFarewell(on: RipInterface): void {
    if (on.isSending) on.send(encodeResponses(farewellEntries(this.#table.routes)), this.#actions);
  }

  #expire(): void {
    for (const on of this.#interfaces.values()) {
      on.retry(this.#now, this.#actions);
      this.#loseNeighbors(on, on.silentNeighbors(this.#now));
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
      this.#triggered.changed(this.#now);
    }
  }

  #speak(): void {
    for (const { on, address, port } of this.#askers.values()) {
      on.send(encodeResponses(updateEntries(this.#table.routes, on)), this.#actions, address, port);
    }
    this.#askers.clear();
    const outlets = [...this.#interfaces.values()].filter((on) => on.isSending);
    for (const on of outlets) {
      if (on.updateAt <= this.#now) this.#sendRegularUpdate(on);
    }
    if (this.#triggered.deadline <= this.#now) this.#sendTriggeredUpdate(outlets);
    if (outlets.every((on) => on.announced === this.#table.lastChange)) {
      this.#table.clearChanged();
      this.#triggered.served();
    }
  }

  #sendRegularUpdate(on: RipInterface): void {
    on.send(encodeResponses(updateEntries(this.#table.routes, on)), this.#actions);
    on.announced = this.#table.lastChange;
    on.counters.regularUpdatesSent += 1;
    on.scheduleUpdate(this.#now, this.#random());
  }

  /** RFC 2453 §3.10.1: the changes, on every interface that has not just announced them with everything else. */
  #sendTriggeredUpdate(outlets: readonly RipInterface[]): void {
    let hasSent = false;
    for (const on of outlets) {
      const news = [...this.#table.changed].filter((route) => route.change > on.announced);
      const packets = encodeResponses(updateEntries(news, on));
      on.announced = this.#table.lastChange;
      if (packets.length === 0) continue;
      on.send(packets, this.#actions);
      on.counters.triggeredUpdatesSent += 1;
      hasSent = true;
    }
    if (!hasSent) return;
    const [shortest, longest] = this.#configuration.triggeredUpdateDelay;
    this.#triggered.pauseUntil(this.#now + shortest + this.#random() * (longest - shortest));
  }

  #nextDeadline(): Millis {
    if (this.#isStopped) return Number.POSITIVE_INFINITY;
    let earliest = Math.min(this.#table.deadline, this.#triggered.deadline);
    for (const on of this.#interfaces.values()) earliest = Math.min(earliest, on.deadline);
    return earliest;
  }

  #report(report: Report): void {
    this.#actions.push({ type: 'report', report });
  }
}

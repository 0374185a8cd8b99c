/**
 * The router under test, and all that stays true of it whatever happens: the table's invariants, what the kernel was told,
 * what was sent and who believes what. Every broken one is an error with its name.
 */
import { prefixOf } from '@ripstop/wire';
import { systemDigest } from '../../../router/src/digest.ts';
import {
  type Action,
  defaultRouterConfiguration,
  type Event,
  type Instant,
  type Interface,
  infinity,
  interfaceConfiguration,
  type Millis,
  type NextHop,
  Router,
  type RouterConfiguration,
  type RouterSnapshot,
  rip,
} from '../../src/index.ts';
import { seededRandom } from '../driver.ts';
import { largestLimits } from './configurations.ts';
import type { Happening } from './happening.ts';
import { hold } from './law.ts';
import {
  destinationsOf,
  Listener,
  mayBelieve,
  readByNeighbor,
  type Sent,
  sequenceOf,
  unsigned,
} from './listener.ts';

/** RFC 1058 §3.1. */
const mostBytes = 512;

export class Subject {
  #router = newRouter(defaultRouterConfiguration, 0);
  configuration: RouterConfiguration = defaultRouterConfiguration;
  #before: RouterConfiguration = defaultRouterConfiguration;
  now: Instant = { monotonic: 0, wall: Date.UTC(2026, 0, 1) };
  /** Those that are up. */
  readonly interfaces = new Map<string, Interface>();
  readonly sockets = new Map<string, 'opening' | 'open'>();
  /** Packets that were sent lately. */
  readonly heard: Uint8Array[] = [];
  readonly #kernel = new Map<string, readonly NextHop[]>();
  readonly #listeners = new Map<string, Listener>();
  #reserved = 0;
  #sequence = 0;
  #snapshot: RouterSnapshot = this.#router.snapshot(this.now);

  get stopped(): boolean {
    return this.#snapshot.status.state === 'stopped';
  }

  /** @throws Error if something is not as it has to be */
  take(happening: Happening): void {
    if ('start' in happening) this.#start(happening.start);
    else if ('pass' in happening) this.#pass(happening.pass);
    else if ('sleep' in happening) this.#sleep(happening.sleep);
    else if ('jump' in happening) this.now = { ...this.now, wall: this.now.wall + happening.jump };
    else this.#step(happening.event);
  }

  #start(configuration: RouterConfiguration): void {
    this.configuration = configuration;
    this.#router = newRouter(configuration, this.#reserved);
    for (const known of [this.interfaces, this.sockets, this.#kernel, this.#listeners]) known.clear();
    this.#step({ type: 'tick' });
  }

  #pass(duration: Millis): void {
    const end = this.now.monotonic + duration;
    while (this.#router.deadline <= end) {
      this.#later(Math.max(0, this.#router.deadline - this.now.monotonic));
      this.#step({ type: 'tick' });
    }
    this.#later(end - this.now.monotonic);
  }

  /** Neighbors that have the same timers believe nothing any more when it was long. */
  #sleep(duration: Millis): void {
    this.#later(duration);
    for (const name of this.interfaces.keys()) {
      const timeout = interfaceConfiguration(this.configuration, name)?.timers.timeout ?? 0;
      if (duration >= timeout) this.#forget(name);
    }
  }

  #later(duration: Millis): void {
    this.now = { monotonic: this.now.monotonic + duration, wall: this.now.wall + duration };
  }

  #step(event: Event): void {
    const wasStopped = this.stopped;
    this.#before = this.configuration;
    if (event.type === 'reconfigured') this.configuration = event.configuration;
    this.#prepare(event);
    const actions = this.#router.step(this.now, event);
    const before = this.#snapshot;
    this.#snapshot = this.#router.snapshot(this.now);
    if (wasStopped && event.type !== 'tick') hold(actions.length === 0, 'nothing comes out after stop');
    const updates = new Map<Listener, Set<string>>();
    for (const action of actions) this.#note(action, event, updates);
    hold(this.#router.deadline > this.now.monotonic, 'nothing is overdue after a step');
    if (this.stopped) return;
    this.#checkTable();
    this.#checkNeighbors();
    this.#checkUpdates(before, updates);
    this.#checkListeners();
  }

  /** What the event itself says of the world. */
  #prepare(event: Event): void {
    if (event.type === 'interface-up' || event.type === 'interface-changed') {
      const { interface: on } = event;
      const known = this.interfaces.get(on.name);
      if (JSON.stringify(known?.addresses) !== JSON.stringify(on.addresses)) this.#forget(on.name);
      this.interfaces.set(on.name, on);
    }
    if (event.type === 'interface-down') {
      this.interfaces.delete(event.interface);
      this.#forget(event.interface);
    }
    if (event.type === 'listening' && this.sockets.get(event.interface) === 'opening')
      this.sockets.set(event.interface, 'open');
    if (event.type === 'listen-failed') {
      this.sockets.delete(event.interface);
      this.#forget(event.interface);
    }
  }

  #note(action: Action, event: Event, updates: Map<Listener, Set<string>>): void {
    if (action.type === 'listen') {
      hold(!this.sockets.has(action.interface.name), 'a socket is asked for once');
      this.sockets.set(action.interface.name, 'opening');
    }
    if (action.type === 'unlisten') {
      hold(this.sockets.delete(action.interface), 'a socket is closed once');
      this.#forget(action.interface);
    }
    if (action.type === 'install-route') {
      hold(action.nextHops.length > 0, 'a route that is installed leads somewhere');
      this.#kernel.set(action.prefix, action.nextHops);
    }
    if (action.type === 'remove-route')
      hold(this.#kernel.delete(action.prefix), 'only what is installed is removed');
    if (action.type === 'reserve-sequence') {
      hold(action.sequence > this.#reserved, 'sequence numbers are reserved upwards');
      this.#reserved = action.sequence;
    }
    if (action.type === 'send') this.#sent(action, event, updates);
  }

  #sent(sent: Sent, event: Event, updates: Map<Listener, Set<string>>): void {
    const { interface: name, source, destination, port, packet } = sent;
    const on = this.interfaces.get(name);
    hold(this.sockets.get(name) === 'open' && on !== undefined, 'packets leave by an open socket');
    hold(
      on.addresses.some(({ address }) => address === source),
      'packets leave from an address that is ours',
    );
    const plain = this.#plain(sent);
    if (plain !== packet) this.#checkSequence(packet);
    this.heard.push(packet);
    if (this.heard.length > 20) this.heard.shift();
    const asked = event.type === 'datagrams-received' && event.interface === name ? event.datagrams : [];
    if (asked.some((datagram) => datagram.source === destination && datagram.port === port)) {
      const longest = Math.max(...asked.map(({ bytes }) => bytes.byteLength));
      hold(
        packet.byteLength <= mostBytes || plain.byteLength <= longest,
        'an answer is no longer than its request',
      );
      // Without split horizon, in the words of the request: no update.
      this.#listeners.delete(keyOf(sent, plain[1]));
      return;
    }
    hold(packet.byteLength <= mostBytes, 'a packet has at most 512 bytes');
    const read = readByNeighbor(plain, source, on);
    hold(read.command !== 'none', 'what is sent can be read');
    if (read.command !== 'response') return;
    // A route to a host was learned whose address is that of a subnet of ours by now.
    const unsound = read.drops.filter(({ reason }) => reason !== 'destination-not-unicast');
    hold(unsound.length === 0, `what is sent is sound: ${JSON.stringify(unsound)}`);
    hold(plain.byteLength > 4 && plain.byteLength <= 504, 'a packet has 1 to 25 entries');
    const listener = this.#listener(sent, read.version);
    listener.hear(read.entries);
    const said = updates.get(listener) ?? new Set();
    for (const { prefix } of read.entries) said.add(prefix);
    updates.set(listener, said);
  }

  #listener(sent: Sent, version: number): Listener {
    const key = keyOf(sent, version);
    const listener = this.#listeners.get(key) ?? new Listener(sent, version);
    this.#listeners.set(key, listener);
    return listener;
  }

  /** Farewells under a new configuration are still signed with the old keys. */
  #plain({ interface: name, packet }: Sent): Uint8Array {
    const configurations = [this.configuration, this.#before];
    const chains = configurations.map((one) => interfaceConfiguration(one, name)?.authentication);
    const plain = chains.flatMap((chain) => unsigned(packet, chain, this.now) ?? [])[0];
    hold(plain !== undefined, 'every packet is authenticated as configured');
    return plain;
  }

  #checkSequence(packet: Uint8Array): void {
    const sequence = sequenceOf(packet);
    if (sequence === undefined) return;
    hold(sequence >= this.#sequence, 'sequence numbers never decrease');
    hold(sequence <= this.#reserved, 'sequence numbers are reserved before they are used');
    this.#sequence = sequence;
  }

  #checkTable(): void {
    const { routes } = this.#snapshot;
    const reached = this.#reached;
    const offers = routes.flatMap((route) => route.offers);
    hold(offers.length <= largestLimits.offers, 'no more offers than are allowed');
    const learned = routes.filter((route) => route.kind === 'learned');
    hold(learned.length <= largestLimits.routes + this.#ownPrefixes, 'no more routes than are allowed');
    let installed = 0;
    for (const route of routes) {
      const { metric, kind, nextHops, prefix } = route;
      hold(metric >= 1 && metric <= infinity, 'a metric is from 1 to 16');
      const isLost = kind === 'learned' && route.offers.length === 0;
      hold((metric === infinity) === isLost, 'a route is lost if it is not ours and nobody offers it');
      hold((route.garbageIn !== undefined) === isLost, 'what is lost, and nothing else, is forgotten');
      hold(kind === 'learned' || nextHops.length === 0, 'what is ours does not belong into the kernel');
      hold(nextHops.length <= this.configuration.maximumPaths, 'no more paths than are allowed');
      const best = Math.min(...route.offers.map((offer) => offer.metric));
      hold(
        route.offers.every((offer) => !offer.chosen || offer.metric === best),
        'only the best offers are used',
      );
      const hops = this.#kernel.get(prefix) ?? [];
      const wanted = reached.has(prefix) ? [] : nextHops;
      hold(JSON.stringify(hops) === JSON.stringify(wanted), 'the kernel has what the table has');
      hold(
        (route.kernel === undefined) === (nextHops.length === 0),
        'what becomes of a learned route is told',
      );
      const isAsked = route.kernel !== undefined && route.kernel.state !== 'not-needed';
      hold(isAsked === wanted.length > 0, 'what the kernel has is told');
      if (wanted.length > 0) installed += 1;
    }
    hold(this.#kernel.size === installed, 'the kernel has nothing that the table has not');
  }

  /** Subnets of interfaces that do not speak: the kernel has routes of its own to them. */
  get #reached(): ReadonlySet<string> {
    const others = [...this.interfaces.values()].filter(
      ({ name }) => interfaceConfiguration(this.configuration, name) === undefined,
    );
    const addresses = others.flatMap((on) => on.addresses);
    return new Set(
      addresses.map(({ address, peer, prefixLength }) => prefixOf(peer ?? address, prefixLength)),
    );
  }

  /** Own routes are not limited, and leave garbage that looks learned. */
  get #ownPrefixes(): number {
    return 40;
  }

  #checkNeighbors(): void {
    const { neighbors, routes, interfaces } = this.#snapshot;
    for (const { address, interface: name, routes: count } of neighbors) {
      const offers = routes.flatMap((route) =>
        route.offers.filter((offer) => offer.neighbor === address && offer.interface === name),
      );
      hold(offers.length === count, 'the offers of a neighbor are counted');
      hold(count <= largestLimits.routesPerNeighbor, 'no more routes of a neighbor than are allowed');
    }
    for (const { neighbors: count } of interfaces)
      hold(count <= largestLimits.neighborsPerInterface, 'no more neighbors than are allowed');
  }

  /** A regular update speaks of everything that its listeners believe. */
  #checkUpdates(before: RouterSnapshot, updates: Map<Listener, Set<string>>): void {
    const counted = new Map(before.interfaces.map((on) => [on.name, on.counters.regularUpdatesSent]));
    for (const { name, counters } of this.#snapshot.interfaces) {
      if (counters.regularUpdatesSent <= (counted.get(name) ?? 0)) continue;
      for (const listener of this.#listenersOn(name)) {
        const silent = [...listener.believed.keys()].filter((prefix) => !updates.get(listener)?.has(prefix));
        hold(silent.length === 0, `nothing is left out that is believed: ${silent.join(' ')}`);
      }
    }
  }

  /** Who hears a router believes nothing that it would not say now. */
  #checkListeners(): void {
    const { routes, status } = this.#snapshot;
    const isSettled = status.triggeredUpdateIn === undefined && status.state !== 'draining';
    for (const listener of this.#listeners.values()) {
      if (listener.believed.size === 0) continue;
      const configuration = interfaceConfiguration(this.configuration, listener.interface);
      const on = this.interfaces.get(listener.interface);
      const destinations = configuration && on ? destinationsOf(configuration, on) : [];
      hold(destinations.includes(listener.destination), 'who hears nothing more has been told farewell');
      if (!isSettled || configuration?.sendVersion !== '2') continue;
      const sayable = new Set(
        routes
          .filter((route) => mayBelieve(listener, route, configuration, this.configuration.policy))
          .map(({ prefix }) => prefix),
      );
      const wrong = [...listener.believed.keys()].filter((prefix) => !sayable.has(prefix));
      hold(wrong.length === 0, `what is lost or forbidden is believed by nobody: ${wrong.join(' ')}`);
    }
  }

  #listenersOn(name: string): Listener[] {
    return [...this.#listeners.values()].filter((listener) => listener.interface === name);
  }

  #forget(name: string): void {
    for (const [key, listener] of this.#listeners)
      if (listener.interface === name) this.#listeners.delete(key);
  }
}

function keyOf({ interface: name, source, destination }: Sent, version: number | undefined): string {
  return `${name} ${source} ${destination} ${version}`;
}

function newRouter(configuration: RouterConfiguration, sequence: number): Router {
  return new Router(configuration, {
    protocol: rip,
    random: seededRandom(1),
    digest: systemDigest,
    sequence,
  });
}

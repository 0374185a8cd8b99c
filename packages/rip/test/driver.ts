/**
 * One router with its time in the test's hands: events go in, and what it did is read from the actions. It speaks RIP, unless
 * the test says RIPng.
 */

import { systemDigest } from '../../router/src/digest.ts';
import {
  type Action,
  type Datagram,
  decodePacket,
  defaultInterfaceConfiguration,
  defaultRipngInterfaceConfiguration,
  defaultRouterConfiguration,
  type Entry,
  type Event,
  type Interface,
  type InterfaceAddress,
  type InterfaceConfiguration,
  type Millis,
  type NextHop,
  type Protocol,
  type Report,
  type RouteFate,
  Router,
  type RouterConfiguration,
  type RouterSnapshot,
  type RouteSnapshot,
  rip,
  ripng,
} from '../src/index.ts';

type SendAction = Extract<Action, { type: 'send' }>;

/** A packet that was sent, read back with the package's own decoder. */
export interface Sent {
  readonly at: Millis;
  readonly interface: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly command: 'request' | 'response' | 'none';
  /** Of a response: metric by prefix. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly entries: readonly Entry[];
  readonly bytes: Uint8Array;
}

/** `target('eth0', 2, '10.0.0.1/24')`: an interface as the kernel's side describes it. */
export function target(name: string, index: number, ...addresses: string[]): Interface {
  return {
    name,
    index,
    mtu: 1500,
    loopback: name === 'lo',
    addresses: addresses.map(interfaceAddress),
  };
}

/** `interfaceAddress('10.0.0.1/24')` */
export function interfaceAddress(text: string): InterfaceAddress {
  const [address = '', length] = text.split('/');
  return { address, prefixLength: Number(length) };
}

/** A configuration with these interfaces: `configured({ eth0: { cost: 2 } })`. What is left out is the protocol's default. */
export function configured(
  interfaces: Readonly<Record<string, Partial<InterfaceConfiguration>>>,
  rest: Partial<RouterConfiguration> = {},
  protocol: Protocol = rip,
): RouterConfiguration {
  const defaults = protocol === rip ? defaultInterfaceConfiguration : defaultRipngInterfaceConfiguration;
  const full = Object.entries(interfaces).map(([name, some]) => [name, { ...defaults, ...some }] as const);
  return { ...defaultRouterConfiguration, ...rest, interfaces: Object.fromEntries(full) };
}

/** Entries of `{ '10.0.0.0/8': 2 }`, or of whole entries with something left out. */
export function entriesOf(metrics: Readonly<Record<string, number | Partial<Entry>>>): Entry[] {
  return Object.entries(metrics).map(([prefix, value]) => ({
    prefix,
    tag: 0,
    nextHop: undefined,
    metric: 1,
    ...(typeof value === 'number' ? { metric: value } : value),
  }));
}

/** `count` prefixes with one metric: 20.0.0.0/24, 20.0.1.0/24, … or fd00:1::/32, fd00:2::/32, … */
export function manyEntries(count: number, metric: number, protocol: Protocol = rip): Entry[] {
  return Array.from({ length: count }, (_, at) => ({
    prefix: protocol === rip ? `20.${at >> 8}.${at & 255}.0/24` : `fd00:${(at + 1).toString(16)}::/32`,
    tag: 0,
    nextHop: undefined,
    metric,
  }));
}

/** A repeatable source of numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** What a router is given besides its configuration. */
export interface DriverOptions {
  readonly protocol?: Protocol;
  /** By default the middle: updates every 30 s, pauses of 3 s. */
  readonly random?: () => number;
  readonly sequence?: number;
}

export class Driver {
  readonly router: Router;
  readonly protocol: Protocol;
  now: Millis = 0;
  /** Of all steps so far, with their time. */
  readonly history: { readonly at: Millis; readonly action: Action }[] = [];
  #taken = 0;
  readonly #interfaces = new Map<string, Interface>();

  /** Wall clock when the monotonic one was 0. */
  wall: Millis = Date.UTC(2026, 0, 1);

  constructor(
    configuration: RouterConfiguration,
    { protocol = rip, random = () => 0.5, sequence = 0 }: DriverOptions = {},
  ) {
    this.protocol = protocol;
    this.router = new Router(configuration, { protocol, random, digest: systemDigest, sequence });
  }

  step(event: Event): readonly Action[] {
    const actions = this.router.step({ monotonic: this.now, wall: this.wall + this.now }, event);
    for (const action of actions) this.history.push({ at: this.now, action });
    return actions;
  }

  /** The kernel's side tells how it stands to a route. */
  stands(fate: RouteFate): void {
    this.step({ type: 'routes-stand', fates: [fate] });
  }

  /** Lets time pass: a tick at every deadline on the way, as a runtime would. */
  advance(duration: Millis): void {
    const end = this.now + duration;
    while (this.router.deadline <= end) {
      const before = this.now;
      this.now = Math.max(this.now, this.router.deadline);
      this.step({ type: 'tick' });
      if (this.now === before && this.router.deadline <= before)
        throw new Error('the router asks for ticks without end');
    }
    this.now = end;
  }

  /** Brings an interface up, its socket too. */
  up(name: string, ...addresses: string[]): void {
    const index = this.#interfaces.get(name)?.index ?? this.#interfaces.size + 1;
    this.upAs(target(name, index, ...addresses));
  }

  upAs(described: Interface): void {
    this.#interfaces.set(described.name, described);
    this.#describe('interface-up', described);
  }

  /** Gives an interface that is up other addresses. */
  readdress(name: string, ...addresses: string[]): void {
    const index = this.#interfaces.get(name)?.index ?? 0;
    this.#describe('interface-changed', target(name, index, ...addresses));
  }

  /** A socket that is asked for is there at once. */
  #describe(type: 'interface-up' | 'interface-changed', described: Interface): void {
    const actions = this.step({ type, interface: described });
    if (actions.some((action) => action.type === 'listen')) this.listening(described.name);
  }

  listening(name: string): void {
    this.step({ type: 'listening', interface: name });
  }

  /** Datagrams that lay in the socket together. */
  receive(name: string, ...datagrams: Datagram[]): readonly Action[] {
    return this.step({ type: 'datagrams-received', interface: name, datagrams });
  }

  /** A neighbor's update, in as few packets as it needs, all in one batch. */
  hear(
    name: string,
    source: string,
    update: Readonly<Record<string, number | Partial<Entry>>> | readonly Entry[],
  ): void {
    const entries = Array.isArray(update) ? (update as Entry[]) : entriesOf(update as Record<string, number>);
    const { port } = this.protocol;
    const packets = this.protocol.encodeResponses(entries);
    this.receive(name, ...packets.map((bytes) => ({ source, port, bytes })));
  }

  /** What has been done since this was last asked. */
  take(): Action[] {
    const actions = this.history.slice(this.#taken).map(({ action }) => action);
    this.#taken = this.history.length;
    return actions;
  }

  /** Packets sent since `take`, oldest first. */
  sent(): Sent[] {
    const fresh = this.history.slice(this.#taken);
    this.#taken = this.history.length;
    return fresh.flatMap(({ at, action }) => (action.type === 'send' ? [this.#read(at, action)] : []));
  }

  /** Responses sent to the group since `take`, as metric by prefix; several packets of one moment are one. */
  announced(name: string): { at: Millis; metrics: Record<string, number> }[] {
    const updates: { at: Millis; metrics: Record<string, number> }[] = [];
    for (const packet of this.sent()) {
      if (packet.interface !== name || packet.destination !== this.protocol.group) continue;
      if (packet.command !== 'response') continue;
      const last = updates.at(-1);
      if (last?.at === packet.at) Object.assign(last.metrics, packet.metrics);
      else updates.push({ at: packet.at, metrics: { ...packet.metrics } });
    }
    return updates;
  }

  reports<T extends Report['type']>(type: T): Extract<Report, { type: T }>[] {
    return this.history.flatMap(({ action }) =>
      action.type === 'report' && action.report.type === type
        ? [action.report as Extract<Report, { type: T }>]
        : [],
    );
  }

  snapshot(): RouterSnapshot {
    return this.router.snapshot({ monotonic: this.now, wall: this.wall + this.now });
  }

  route(prefix: string): RouteSnapshot | undefined {
    return this.snapshot().routes.find((route) => route.prefix === prefix);
  }

  metric(prefix: string): number | undefined {
    return this.route(prefix)?.metric;
  }

  gateways(prefix: string): string[] {
    return (this.route(prefix)?.nextHops ?? []).map((hop: NextHop) => hop.gateway);
  }

  /** What the kernel holds after all actions so far, if it did as it was told: gateways by prefix. */
  kernel(): Record<string, string[]> {
    const routes: Record<string, string[]> = {};
    for (const { action } of this.history) {
      if (action.type === 'install-route') routes[action.prefix] = action.nextHops.map((hop) => hop.gateway);
      if (action.type === 'remove-route') delete routes[action.prefix];
    }
    return routes;
  }

  /** How often each reason applied on an interface. */
  dropped(name: string): Readonly<Record<string, number>> {
    return this.snapshot().interfaces.find((on) => on.name === name)?.counters.dropped ?? {};
  }

  #read(at: Millis, action: SendAction): Sent {
    const { interface: name, source, destination, port, packet: bytes } = action;
    const packet = decodePacket(this.protocol, bytes);
    const entries = packet.command === 'response' ? packet.entries : [];
    const metrics = Object.fromEntries(entries.map(({ prefix, metric }) => [prefix, metric]));
    return {
      at,
      interface: name,
      source,
      destination,
      port,
      command: packet.command,
      metrics,
      entries,
      bytes,
    };
  }
}

/**
 * A datagram from a router at 10.0.0.2 whose bytes are given in hexadecimal; spaces are ignored.
 * @param port by default that of routers: 521 if the source is an IPv6 address
 */
export function datagram(
  bytes: string | Uint8Array,
  source = '10.0.0.2',
  port: number = source.includes(':') ? ripng.port : rip.port,
): Datagram {
  return { source, port, bytes: typeof bytes === 'string' ? fromHex(bytes) : bytes };
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * A router with eth0 and eth1 up and quiet: the first updates are out and forgotten. Their addresses are 10.0.0.1/24 and
 * 10.0.1.1/24; of RIPng fe80::a/64 with 2001:db8:a::1/64, and fe80::b/64 with 2001:db8:b::1/64.
 */
export function twoPorts(
  interfaces: Readonly<Record<string, Partial<InterfaceConfiguration>>> = { eth0: {}, eth1: {} },
  rest: Partial<RouterConfiguration> = {},
  protocol: Protocol = rip,
): Driver {
  const driver = new Driver(configured(interfaces, rest, protocol), { protocol });
  driver.up('eth0', ...(protocol === rip ? ['10.0.0.1/24'] : ['fe80::a/64', '2001:db8:a::1/64']));
  driver.up('eth1', ...(protocol === rip ? ['10.0.1.1/24'] : ['fe80::b/64', '2001:db8:b::1/64']));
  driver.advance(6_000);
  driver.take();
  return driver;
}

/**
 * A kernel on the bench, real or simulated: two programs that ask it for things, and one that is told of everything.
 *
 * The links `eth0` and `eth1` are there, down, with carrier once they are up; IPv6 addresses come only when they are asked
 * for, if `Ipv6Options` say nothing else; IPv6 forwarding is on.
 */
import {
  type AddressMessage,
  addressFlags,
  completed,
  type LinkMessage,
  linkFlags,
  messageFlags,
  type Notification,
  type Operation,
  type Request,
  type RouteFilter,
  routeTable,
  type Specifications,
} from '@ripstop/netlink';
import type { Kernel } from '@ripstop/router';
import { until } from '../../src/until.ts';
import { notificationText, routeText } from './notification-text.ts';

/** How the kernel's links treat IPv6 addresses. */
export interface Ipv6Options {
  /** Links make themselves link-local addresses: `fe80::ff:fe00:1` on `eth0`, `fe80::ff:fe00:2` on `eth1`. */
  readonly linkLocal?: boolean;
  readonly detectsDuplicates?: boolean;
}

export interface KernelMaker {
  readonly ipv6: Ipv6Options;
  readonly ours: Kernel;
  /** Another program, with a netlink port of its own. */
  readonly stranger: Kernel;
  /** Whether the other end of a link is there. */
  setCarrier(name: string, hasCarrier: boolean): Promise<void>;
  /** Lets the time pass that duplicate address detection takes, if time does not pass by itself. */
  passDetection(): void;
  close(): void;
}

const { create, exclusive, replace, append } = messageFlags.masks;
const { noDuplicateDetection, tentative } = addressFlags.masks;
/** What a request to make something wants done with what is there. */
const ways = {
  add: create | exclusive,
  replace: create | replace,
  change: replace,
  append: create | append,
  prepend: create,
} as const;
export type Way = keyof typeof ways;

/** A table and a destination that nothing else here has. */
const MARKER_TABLE = 250;
const WITHIN_MS = 10_000;

export class KernelBench {
  readonly #kernel: KernelMaker;
  readonly #end: () => void;
  #told: Notification[] = [];
  #markers = 0;
  readonly #awaited = new Map<number, () => void>();
  readonly names = new Map<number, string>();
  /** What was done to the links. */
  readonly #links = new Map<string, { readonly isUp: boolean; readonly hasCarrier: boolean }>();

  constructor(kernel: KernelMaker) {
    this.#kernel = kernel;
    this.#end = kernel.stranger.subscribe(
      ['link', 'address', 'route'],
      (notifications) => {
        for (const one of notifications) this.#hear(one);
      },
      () => {
        throw new Error('notifications were lost');
      },
    );
  }

  /** Sets `lo` and both links up. Nothing of that is told. */
  async begin(): Promise<void> {
    for (const { index, name = '' } of await this.#kernel.ours.links.list()) this.names.set(index, name);
    for (const name of ['lo', 'eth0', 'eth1']) await this.setUp(name, true);
    await this.told();
  }

  close(): void {
    this.#end();
    this.#kernel.close();
  }

  get ours(): Kernel {
    return this.#kernel.ours;
  }

  get stranger(): Kernel {
    return this.#kernel.stranger;
  }

  index(name: string): number {
    for (const [index, known] of this.names) if (known === name) return index;
    throw new Error(`no link ${name}`);
  }

  /** @returns `done`, or the error's name and the kernel's words */
  async ask(request: Request, who: Kernel = this.ours): Promise<string> {
    const [outcome] = await who.batch([request]);
    if (outcome === undefined) return 'done';
    // Linux: whether IPv6 has words for it depends on the shape of its tree.
    if (outcome.code === 'ENOENT') return outcome.code;
    return outcome.kernelMessage === undefined ? outcome.code : `${outcome.code}: ${outcome.kernelMessage}`;
  }

  async route(way: Way, specification: Specifications['route'], who?: Kernel): Promise<string> {
    const message = completed('route', 'new', specification);
    return await this.ask({ object: 'route', operation: 'new', flags: ways[way], message }, who);
  }

  async deleteRoute(specification: Specifications['route'], who?: Kernel): Promise<string> {
    return await this.ask(
      { object: 'route', operation: 'delete', message: completed('route', 'delete', specification) },
      who,
    );
  }

  async address(
    operation: 'new' | 'delete',
    name: string,
    prefix: string,
    more: Specifications['address'] = {},
  ): Promise<string> {
    const isIpv6 = prefix.includes(':');
    const { flags = isIpv6 ? noDuplicateDetection : undefined } = more;
    const specification = { interfaceIndex: this.index(name), prefix, ...more, flags };
    const message = completed('address', operation, specification);
    const asked = operation === 'new' ? create | exclusive : 0;
    const outcome = await this.ask({ object: 'address', operation, flags: asked, message });
    const isTentative = this.#kernel.ipv6.detectsDuplicates && flags === 0;
    if (outcome === 'done' && operation === 'new' && isIpv6 && !isTentative)
      await this.#hasOwnRoute(name, prefix);
    return outcome;
  }

  async addAddresses(name: string, ...prefixes: readonly string[]): Promise<void> {
    for (const prefix of prefixes) {
      const outcome = await this.address('new', name, prefix);
      if (outcome !== 'done') throw new Error(`${prefix}: ${outcome}`);
    }
  }

  async link(operation: Operation, message: Specifications['link']): Promise<string> {
    return await this.ask({ object: 'link', operation, message });
  }

  /** Sets a link up or down, and waits for all that follows from it. */
  async setUp(name: string, isUp: boolean): Promise<void> {
    const { up } = linkFlags.masks;
    await this.link('set', { index: this.index(name), flags: isUp ? up : 0, change: up });
    this.#links.set(name, { ...this.#link(name), isUp });
    await this.#followed(name);
  }

  async setCarrier(name: string, hasCarrier: boolean): Promise<void> {
    await this.#kernel.setCarrier(name, hasCarrier);
    this.#links.set(name, { ...this.#link(name), hasCarrier });
    await this.#followed(name);
  }

  /** Waits until no address of a link is tentative. */
  async detectionEnds(name: string): Promise<void> {
    this.#kernel.passDetection();
    await until(`${name} has no tentative address`, WITHIN_MS, async () =>
      (await this.#ipv6Addresses(name)).every(({ flags = 0 }) => (flags & tentative) === 0),
    );
  }

  /** `2001:db8::1 tentative`, in the order of the list. */
  async ipv6Addresses(name: string): Promise<readonly string[]> {
    return (await this.#ipv6Addresses(name)).map(
      ({ address, flags = 0 }) => `${address}${(flags & tentative) === 0 ? '' : ' tentative'}`,
    );
  }

  /** What was told since the last call, in order. */
  async notifications(): Promise<readonly Notification[]> {
    this.#markers += 1;
    const marker = this.#markers;
    const heard = new Promise<void>((resolve) => {
      this.#awaited.set(marker, resolve);
    });
    const message = {
      prefix: '203.0.113.0/32',
      table: MARKER_TABLE,
      priority: marker,
      type: 'unreachable',
    } as const;
    await this.route('add', message);
    await heard;
    await this.deleteRoute({ ...message, type: 'unspecified' });
    const told = this.#told;
    this.#told = [];
    return told;
  }

  /** Routes that were told of since the last call, a line each. */
  async told(): Promise<readonly string[]> {
    return (await this.notifications()).map((one) => this.describe(one));
  }

  /** Only what was told of routes in the main table. */
  async toldOfRoutes(table = 254): Promise<readonly string[]> {
    return (await this.notifications())
      .filter((one) => one.object === 'route' && routeTable(one.message) === table)
      .map((one) => this.describe(one));
  }

  async routes(filter: RouteFilter = {}): Promise<readonly string[]> {
    const routes = await this.ours.routes.list({ family: 'ipv4', table: 254, ...filter });
    return routes
      .filter((route) => routeTable(route) !== MARKER_TABLE)
      .map((route) => routeText(route, this.names));
  }

  async findLink(name: string): Promise<LinkMessage> {
    const link = (await this.ours.links.list()).find((each) => each.name === name);
    if (link === undefined) throw new Error(`no link ${name}`);
    return link;
  }

  /** `ours: new route 10.9.0.0/16 via 10.0.0.2 eth0 static (create exclusive)`. */
  describe(notification: Notification): string {
    const authors = new Map([
      [this.ours.portId, 'ours'],
      [this.stranger.portId, 'stranger'],
      [0, 'kernel'],
    ]);
    return `${authors.get(notification.portId) ?? 'other'}: ${notificationText(notification, this.names)}`;
  }

  #hear(notification: Notification): void {
    if (notification.object === 'route' && routeTable(notification.message) === MARKER_TABLE) {
      if (notification.operation === 'new') this.#awaited.get(notification.message.priority ?? 0)?.();
      return;
    }
    // Linux: bridges and wireless devices tell of themselves in the same group.
    this.#told.push(notification);
  }

  /** Linux: an IPv6 address is told, and has its routes, a moment after it was made. */
  async #hasOwnRoute(name: string, prefix: string): Promise<void> {
    const [address] = prefix.split('/');
    const outputInterface = this.index(name);
    await until(`${address} has its route`, WITHIN_MS, async () => {
      const routes = await this.ours.routes.list({ family: 'ipv6', table: 255, outputInterface });
      return routes.some(({ destination, type }) => destination === address && type === 'local');
    });
  }

  #link(name: string) {
    return this.#links.get(name) ?? { isUp: false, hasCarrier: true };
  }

  /** Linux: a link's state follows its carrier a moment later. */
  async #followed(name: string): Promise<void> {
    const { running } = linkFlags.masks;
    const { isUp, hasCarrier } = this.#link(name);
    const isRunning = isUp && hasCarrier;
    await until(`${name} is ${isRunning ? '' : 'not '}running`, WITHIN_MS, async () => {
      const { flags, operationalState } = await this.findLink(name);
      const hasState = name === 'lo' || operationalState === (isRunning ? 'up' : 'down');
      return ((flags & running) !== 0) === isRunning && hasState;
    });
    if (isRunning) await this.#settled(name);
  }

  /** Linux: so do the addresses that the link has, and the one that it makes itself. */
  async #settled(name: string): Promise<void> {
    const { linkLocal = false, detectsDuplicates = false } = this.#kernel.ipv6;
    if (linkLocal && name !== 'lo')
      await until(`${name} has a link-local address`, WITHIN_MS, async () =>
        (await this.#ipv6Addresses(name)).some(({ scope }) => scope === 'link'),
      );
    if (detectsDuplicates) return;
    for (const { address } of await this.#ipv6Addresses(name)) await this.#hasOwnRoute(name, `${address}`);
  }

  async #ipv6Addresses(name: string): Promise<readonly AddressMessage[]> {
    const addresses = await this.ours.addresses.list({ family: 'ipv6' });
    return addresses.filter(({ interfaceIndex }) => interfaceIndex === this.index(name));
  }
}

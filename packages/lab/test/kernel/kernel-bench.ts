/**
 * A kernel on the bench, real or simulated: two programs that ask it for things, and one that is told of everything.
 *
 * The links `eth0` and `eth1` are there, down, with carrier once they are up; IPv6 addresses come only when they are asked
 * for; IPv6 forwarding is on.
 */
import {
  completed,
  type LinkMessage,
  linkFlags,
  messageFlags,
  type Notification,
  type Operation,
  type Request,
  type RouteFilter,
  type RouteMessage,
  routeNextHops,
  routePrefix,
  routeTable,
  type Specifications,
} from '@ripstop/netlink';
import type { Kernel } from '@ripstop/router';
import { until } from '../../src/until.ts';

export interface KernelMaker {
  readonly ours: Kernel;
  /** Another program, with a netlink port of its own. */
  readonly stranger: Kernel;
  /** Whether the other end of a link is there. */
  setCarrier(name: string, hasCarrier: boolean): Promise<void>;
  close(): void;
}

const { create, exclusive, replace, append } = messageFlags.masks;
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
    const flags = prefix.includes(':') ? 2 : undefined; // no duplicate address detection
    const specification = { interfaceIndex: this.index(name), prefix, flags, ...more };
    const message = completed('address', operation, specification);
    const asked = operation === 'new' ? create | exclusive : 0;
    const outcome = await this.ask({ object: 'address', operation, flags: asked, message });
    if (outcome === 'done' && operation === 'new' && prefix.includes(':'))
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
      .map((route) => this.describeRoute(route));
  }

  async findLink(name: string): Promise<LinkMessage> {
    const link = (await this.ours.links.list()).find((each) => each.name === name);
    if (link === undefined) throw new Error(`no link ${name}`);
    return link;
  }

  /** `ours: new route 10.9.0.0/16 via 10.0.0.2 eth0 static (create exclusive)`. */
  describe(notification: Notification): string {
    const { object, operation, flags, portId } = notification;
    const who =
      portId === this.ours.portId
        ? 'ours'
        : portId === this.stranger.portId
          ? 'stranger'
          : portId === 0
            ? 'kernel'
            : 'other';
    const what =
      object === 'route' ? this.describeRoute(notification.message) : this.#describeOther(notification);
    const words = Object.entries({ create, exclusive, replace, append }).filter(
      ([, mask]) => (flags & mask) !== 0,
    );
    const how = words.length === 0 ? '' : ` (${words.map(([word]) => word).join(' ')})`;
    return `${who}: ${operation} ${object} ${what}${how}`;
  }

  describeRoute(route: RouteMessage): string {
    const { type, protocol, priority, preferredSource, tos, scope } = route;
    const hops = routeNextHops(route).map(({ gateway, interfaceIndex, weight, flags }) =>
      [
        gateway === undefined ? 'on' : `via ${gateway}`,
        this.names.get(interfaceIndex) ?? interfaceIndex,
        ...(weight === 1 ? [] : [`weight ${weight}`]),
        ...((flags & 0x1) !== 0 ? ['dead'] : []),
        ...((flags & 0x4) !== 0 ? ['onlink'] : []),
        ...((flags & 0x10) !== 0 ? ['linkdown'] : []),
      ].join(' '),
    );
    return [
      ...(type === 'unicast' ? [] : [type]),
      routePrefix(route),
      hops.join(', '),
      protocol,
      ...(scope === 'global' ? [] : [`scope ${scope}`]),
      ...(priority === undefined ? [] : [`metric ${priority}`]),
      ...(preferredSource === undefined ? [] : [`src ${preferredSource}`]),
      ...(tos === 0 ? [] : [`tos ${tos}`]),
    ].join(' ');
  }

  #describeOther(notification: Notification): string {
    if (notification.object === 'address') {
      const { local, address, prefixLength, interfaceIndex, flags = 0 } = notification.message;
      const peer = local === undefined || local === address ? '' : ` peer ${address}`;
      const secondary = (flags & 1) === 0 || address?.includes(':') ? '' : ' secondary';
      return `${local ?? address}${peer}/${prefixLength} ${this.names.get(interfaceIndex) ?? interfaceIndex}${secondary}`;
    }
    if (notification.object !== 'link') return '';
    const { name, flags } = notification.message;
    const state = Object.entries({ up: 0x1, running: 0x40, lowerUp: 0x1_0000 });
    return [name, ...state.filter(([, mask]) => (flags & mask) !== 0).map(([word]) => word)].join(' ');
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
    if (!isRunning) return;
    for (const { family, address, interfaceIndex } of await this.ours.addresses.list())
      if (family === 'ipv6' && interfaceIndex === this.index(name))
        await this.#hasOwnRoute(name, `${address}`);
  }
}

/**
 * The IPv6 routing tables of the simulated kernel: net/ipv6/ip6_fib.c and route.c.
 *
 * Before it: requests, and what happens to devices and addresses. After it: notifications, which for IPv6 tell
 * everything: what goes with a device too.
 *
 * Invariant: the routes of a prefix are in the order of their priorities; younger ones behind older ones.
 */
import {
  messageFlags,
  nextHopFlags,
  type RouteInput,
  type RouteMessage,
  routeProtocol,
  routeTables,
  routeType,
} from '@ripstop/netlink';
import type { Address } from '@ripstop/wire';
import { type Announce, type Author, kernelItself } from '../announcement.ts';
import type { Devices } from '../device.ts';
import type { RouteSelection } from '../ipv4/fib.ts';
import { requestedTable } from '../ipv4/next-hop.ts';
import { PrefixTable } from '../prefix-table.ts';
import { Refusal } from '../refusal.ts';
import { ipv6PrefixOf, ipv6RoutesOf, requireSound } from './next-hop.ts';
import {
  type Ipv6Deletion,
  type Ipv6Route,
  ipv6RouteMessage,
  isMeantIpv6,
  isSameWay,
  mayHaveSiblings,
} from './route.ts';

const { create, exclusive, replace, append } = messageFlags.masks;
const { dead, linkDown } = nextHopFlags.masks;
const { values: types } = routeType;

export class Ipv6Fib {
  readonly #devices: Devices;
  readonly #announce: Announce;
  readonly #tables = new Map<number, PrefixTable<Ipv6Route>>([
    [routeTables.main, new PrefixTable('ipv6')],
    [routeTables.local, new PrefixTable('ipv6')],
  ]);

  constructor(devices: Devices, announce: Announce) {
    this.#devices = devices;
    this.#announce = announce;
  }

  /** RTM_NEWROUTE. @param flags NLM_F_* @throws Refusal */
  insert(request: RouteMessage, flags: number, author: Author): void {
    requireSound(request);
    // Linux: the table comes into being even if the route does not.
    this.#table(requestedTable(request));
    const [first, ...others] = ipv6RoutesOf(request, this, this.#devices);
    if (first === undefined) throw new Refusal('EINVAL', 'Invalid nexthop configuration - no valid nexthops');
    const told = this.#add(first, flags);
    if (request.multipath === undefined) {
      this.#tell('new', first, told, author);
      return;
    }
    const added = [first];
    try {
      for (const route of others) {
        this.#add(route, (flags & ~(exclusive | replace)) | create);
        added.push(route);
      }
    } finally {
      const isAppended = (flags & append) !== 0;
      const kind = (flags & replace) !== 0 ? replace : create;
      const last = added.at(-1) ?? first;
      // Linux: what was appended is told with all that was there before it, from the first on.
      const subject = isAppended ? (this.#siblingsOf(last)[0] ?? last) : first;
      this.#tell('new', subject, kind | (isAppended ? append : 0), author);
      if (added.length <= others.length) for (const route of added) this.#drop(route, author);
    }
  }

  /** RTM_DELROUTE. @throws Refusal ESRCH */
  remove(request: RouteMessage, author: Author): void {
    const { gateway, outputInterface = 0, priority = 0, multipath } = request;
    const shared = {
      table: requestedTable(request),
      prefix: ipv6PrefixOf(request),
      priority,
      protocol: routeProtocol.numberOf(request.protocol),
    };
    if (multipath === undefined) {
      // Linux: without a gateway the route goes with all its siblings, and is told as one; in a list each takes one.
      this.#remove({ ...shared, gateway, device: outputInterface }, gateway === undefined, author);
      return;
    }
    let refusal: unknown;
    for (const hop of multipath) {
      try {
        this.#remove({ ...shared, gateway: hop.gateway, device: hop.interfaceIndex }, false, author);
      } catch (error) {
        refusal = error;
      }
    }
    if (refusal !== undefined) throw refusal;
  }

  /** What an address or a device brings with it. Nothing happens if it is there already. */
  addOwn(route: Ipv6Route): void {
    const isThere = this.#rivalsOf(route).some((rival) => isSameWay(rival, route));
    if (!isThere) this.#tell('new', route, this.#add(route, create), kernelItself);
  }

  /** What an address takes with it. Nothing happens if it is gone already. */
  removeOwn(route: Ipv6Route): void {
    const found = this.#rivalsOf(route).find((rival) => isSameWay(rival, route) && rival.type === route.type);
    if (found !== undefined) this.#drop(found, kernelItself);
  }

  hasTable(table: number): boolean {
    return this.#tables.has(table);
  }

  /** In the kernel's order. */
  list({ table, protocol, type, outputInterface }: RouteSelection): RouteInput[] {
    const numbers = table === undefined ? [...this.#tables.keys()].reverse() : [table];
    const found: RouteInput[] = [];
    for (const number of numbers.sort((one, other) => (one & 0xff) - (other & 0xff))) {
      let last: Ipv6Route | undefined;
      for (const route of this.#tables.get(number)?.all() ?? []) {
        // Linux: siblings are told with the first of them, and so is passed over what stands between them.
        if (last !== undefined) {
          if (route === last) last = undefined;
          continue;
        }
        const siblings = this.#siblingsOf(route);
        if (siblings.length > 1) last = siblings.at(-1);
        if (
          (protocol === 0 || protocol === route.protocol) &&
          (type === 0 || type === route.type) &&
          (!outputInterface || siblings.some(({ device }) => device === outputInterface))
        )
          found.push(ipv6RouteMessage(route, siblings));
      }
    }
    return found;
  }

  /** The route that leads to a destination. @param device index of the device by which it must leave; 0: any */
  resolve(destination: Address, device: number, tables: readonly number[]): Ipv6Route | undefined {
    for (const number of tables) {
      const table = this.#tables.get(number);
      for (let length = 128; table !== undefined && length >= 0; length -= 1) {
        const found = table
          .covering(destination, length)
          .find((route) => (route.flags & dead) === 0 && (device === 0 || route.device === device));
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  /** Whether an address is ours. @param device index of the device that must have it; 0: any */
  isLocal(address: Address, device: number): boolean {
    return this.#table(routeTables.local)
      .at(`${address}/128`)
      .some((route) => route.type === types.local && (device === 0 || route.device === device));
  }

  /** The device went down or was deleted: what leads out of it goes, unless it has other ways. */
  deviceLost(index: number, how: 'down' | 'deleted'): void {
    for (const table of this.#inOrder()) {
      for (const route of [...table.all()]) {
        if (route.device !== index) continue;
        const siblings = this.#siblingsOf(route);
        const isLast = siblings.every(({ device, flags }) => device === index || (flags & dead) !== 0);
        if (!isLast) route.flags |= dead | linkDown;
        if (isLast) for (const sibling of siblings) this.#drop(sibling, kernelItself);
        else if (how === 'deleted') this.#drop(route, kernelItself);
      }
    }
  }

  carrierLost(index: number): void {
    this.#eachRouteOf(index, (route) => {
      if (route.type !== types.local && route.type !== types.anycast) route.flags |= linkDown;
    });
  }

  carrierFound(index: number): void {
    this.#eachRouteOf(index, (route) => {
      route.flags &= ~(dead | linkDown);
    });
  }

  /**
   * Puts a route into its place, and tells nobody.
   * @returns NLM_F_* of the notification
   * @throws Refusal
   */
  #add(route: Ipv6Route, flags: number): number {
    const table = this.#table(route.table);
    const routes = table.at(route.prefix);
    const rivals = this.#rivalsOf(route);
    if (rivals.length > 0 && (flags & exclusive) !== 0) throw new Refusal('EEXIST');
    if ((flags & replace) !== 0) {
      if (rivals.length > 0) {
        table.set(route.prefix, withReplaced(routes, rivals, route));
        return replace;
      }
      if ((flags & create) === 0) throw new Refusal('ENOENT');
    } else if (rivals.some((rival) => isSameWay(rival, route))) throw new Refusal('EEXIST');
    const behind = routes.findIndex(({ priority }) => priority > route.priority);
    table.set(route.prefix, routes.toSpliced(behind < 0 ? routes.length : behind, 0, route));
    return create | (flags & append) | (rivals.length === 0 ? exclusive : 0);
  }

  /** Takes a route away and tells it. Nothing happens if it is gone. */
  #drop(route: Ipv6Route, author: Author): void {
    const table = this.#table(route.table);
    const routes = table.at(route.prefix);
    if (!routes.includes(route)) return;
    table.set(
      route.prefix,
      routes.filter((other) => other !== route),
    );
    this.#announce('route', 'delete', ipv6RouteMessage(route, [route]), 0, author);
  }

  #remove(wanted: Ipv6Deletion, withSiblings: boolean, author: Author): void {
    const table = this.#tables.get(wanted.table);
    if (table === undefined) throw new Refusal('ESRCH', 'FIB table does not exist');
    const routes = table.at(wanted.prefix);
    const route = routes.find((one) => isMeantIpv6(wanted, one));
    if (route === undefined) throw new Refusal(isNoRouteAtAll(wanted, routes) ? 'ENOENT' : 'ESRCH');
    const gone = withSiblings ? this.#siblingsOf(route) : [route];
    table.set(
      wanted.prefix,
      routes.filter((other) => !gone.includes(other)),
    );
    this.#announce('route', 'delete', ipv6RouteMessage(route, gone), 0, author);
  }

  /** Itself among them. */
  #siblingsOf(route: Ipv6Route): readonly Ipv6Route[] {
    return mayHaveSiblings(route) ? this.#rivalsOf(route).filter(mayHaveSiblings) : [route];
  }

  /** All of its prefix and priority, itself among them. */
  #rivalsOf({ table, prefix, priority }: Ipv6Route): readonly Ipv6Route[] {
    return this.#table(table)
      .at(prefix)
      .filter((other) => other.priority === priority);
  }

  #table(number: number): PrefixTable<Ipv6Route> {
    const table = this.#tables.get(number) ?? new PrefixTable<Ipv6Route>('ipv6');
    this.#tables.set(number, table);
    return table;
  }

  #inOrder(): readonly PrefixTable<Ipv6Route>[] {
    return [...this.#tables.keys()]
      .sort((one, other) => (one & 0xff) - (other & 0xff))
      .map((number) => this.#table(number));
  }

  #eachRouteOf(index: number, visit: (route: Ipv6Route) => void): void {
    for (const table of this.#tables.values())
      for (const route of table.all()) if (route.device === index) visit(route);
  }

  #tell(operation: 'new' | 'delete', route: Ipv6Route, flags: number, author: Author): void {
    this.#announce('route', operation, ipv6RouteMessage(route, this.#siblingsOf(route)), flags, author);
  }
}

/**
 * Linux: a route with a gateway takes the place of the first with a gateway and of all its siblings; one without, of the
 * first without. Only where there is none of its sort, it takes the place of the first of the other sort, alone.
 */
function withReplaced(
  routes: readonly Ipv6Route[],
  rivals: readonly Ipv6Route[],
  route: Ipv6Route,
): readonly Ipv6Route[] {
  const ofItsSort = rivals.filter((rival) => mayHaveSiblings(rival) === mayHaveSiblings(route));
  const [victim, ...siblings] = ofItsSort.length > 0 ? ofItsSort : rivals;
  const isGone = (other: Ipv6Route): boolean =>
    victim !== undefined && mayHaveSiblings(victim) && siblings.includes(other) && mayHaveSiblings(other);
  return routes.filter((other) => !isGone(other)).map((other) => (other === victim ? route : other));
}

/** Linux: where a table has no default route there stands one that says so, and that cannot be deleted. */
function isNoRouteAtAll(wanted: Ipv6Deletion, routes: readonly Ipv6Route[]): boolean {
  const { prefix, gateway, device, priority, protocol } = wanted;
  const isWhole = prefix === '::/0' && routes.length === 0;
  const isOfKernel = protocol === 0 || protocol === routeProtocol.values.kernel;
  return isWhole && isOfKernel && gateway === undefined && device === 0 && priority === 0;
}

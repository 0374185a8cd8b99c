/**
 * The IPv4 routing tables of the simulated kernel: net/ipv4/fib_trie.c and fib_semantics.c.
 *
 * Before it: requests, and what happens to devices and addresses (`addresses.ts`, `interfaces.ts`). After it:
 * notifications.
 *
 * Invariant: the routes of a prefix are in the order of the kernel: higher TOS first, then lower priority. Those alike in
 * both are a slot, of which the first serves.
 */
import {
  messageFlags,
  nextHopFlags,
  type RouteInput,
  type RouteMessage,
  routeScope,
  routeTables,
  routeType,
} from '@ripstop/netlink';
import { type Address, ipv4ToNumber, prefixAddress } from '@ripstop/wire';
import { type Announce, type Author, kernelItself } from '../announcement.ts';
import type { Device, Devices } from '../device.ts';
import { PrefixTable } from '../prefix-table.ts';
import { type ErrorName, Refusal } from '../refusal.ts';
import { errorOfType, ipv4PrefixOf, ipv4RouteOf, requestedTable } from './next-hop.ts';
import {
  type Ipv4Hop,
  type Ipv4Route,
  ipv4RouteMessage,
  isDead,
  isMeantIpv4,
  isSameIpv4Route,
} from './route.ts';

const { create, exclusive, replace, append } = messageFlags.masks;
const { dead, linkDown } = nextHopFlags.masks;
const { main, local } = routeTables;

/** A route and the hop of it that a packet takes. */
export interface Resolution {
  readonly route: Ipv4Route;
  readonly hop: Ipv4Hop;
}

/** Which routes to list. */
export interface RouteSelection {
  readonly table?: number | undefined;
  readonly protocol: number;
  readonly type: number;
  readonly outputInterface?: number | undefined;
}

export class Ipv4Fib {
  readonly #devices: Devices;
  readonly #announce: Announce;
  readonly #tables = new Map<number, PrefixTable<Ipv4Route>>([
    [main, new PrefixTable('ipv4')],
    [local, new PrefixTable('ipv4')],
  ]);

  constructor(devices: Devices, announce: Announce) {
    this.#devices = devices;
    this.#announce = announce;
  }

  /** RTM_NEWROUTE. @param flags NLM_F_* @throws Refusal */
  insert(request: RouteMessage, flags: number, author: Author): void {
    const table = this.#tables.get(requestedTable(request)) ?? new PrefixTable<Ipv4Route>('ipv4');
    this.#tables.set(requestedTable(request), table);
    const route = ipv4RouteOf(request, this, this.#devices);
    const routes = table.at(route.prefix);
    const place = routes.findIndex((other) => !isBefore(other, route));
    const from = place < 0 ? routes.length : place;
    const slot = routes.slice(from).filter((other) => !isBefore(route, other));
    if (slot.length > 0 && (flags & exclusive) !== 0) throw new Refusal('EEXIST');
    const twin = slot.findIndex((other) => isSameIpv4Route(other, route));
    if (slot.length > 0 && (flags & replace) !== 0) {
      // Linux: to replace a route by itself is done without a word, but not if another one serves.
      if (twin === 0) return;
      if (twin > 0) throw new Refusal('EEXIST');
      table.set(route.prefix, routes.with(from, route));
      this.#tell('new', route, replace, author);
      return;
    }
    if (twin >= 0) throw new Refusal('EEXIST');
    if ((flags & create) === 0) throw new Refusal('ENOENT');
    const isAppended = (flags & append) !== 0 && slot.length > 0;
    table.set(route.prefix, routes.toSpliced(isAppended ? from + slot.length : from, 0, route));
    this.#tell('new', route, create | (slot.length === 0 ? exclusive : isAppended ? append : 0), author);
  }

  /** RTM_DELROUTE: the first route that is meant. @throws Refusal ESRCH */
  remove(request: RouteMessage, author: Author): void {
    const table = this.#tables.get(requestedTable(request));
    if (table === undefined) throw new Refusal('ESRCH', 'FIB table does not exist');
    const prefix = ipv4PrefixOf(request);
    const routes = table.at(prefix);
    const route = routes.find((one) => one.tos === request.tos && isMeantIpv4(request, one));
    if (route === undefined) throw new Refusal('ESRCH');
    table.set(
      prefix,
      routes.filter((other) => other !== route),
    );
    this.#tell('delete', route, 0, author);
  }

  /** Whether a table of this number has ever had a route. */
  hasTable(table: number): boolean {
    return this.#tables.has(table);
  }

  /** In the kernel's order: the tables by the rest of their numbers by 256, younger before older where that is equal. */
  list({ table, protocol, type, outputInterface }: RouteSelection): RouteInput[] {
    const numbers = table === undefined ? [...this.#tables.keys()].reverse() : [table];
    return numbers
      .sort((one, other) => (one & 0xff) - (other & 0xff))
      .flatMap((number) => [...(this.#tables.get(number)?.all() ?? [])])
      .filter(
        (route) =>
          (protocol === 0 || protocol === route.protocol) &&
          (type === 0 || type === route.type) &&
          (!outputInterface || route.hops.some(({ device }) => device === outputInterface)),
      )
      .map(ipv4RouteMessage);
  }

  /**
   * Where a packet goes.
   * @param scope RT_SCOPE_*: only by routes that lead no farther than that
   * @param device index of the device by which it has to leave; 0: any
   * @param table looked into before the others
   * @returns the error that its sender gets, if it goes nowhere
   */
  resolve(destination: Address, scope: number, device: number, table: number): Resolution | ErrorName {
    const own = table === main ? 'EAGAIN' : lookup(this.#present(table), destination, scope, device);
    if (typeof own !== 'string') return own;
    // Linux: as long as there are no rules, `local` and `main` are one tree.
    const both = this.#present(local, main);
    const usual = lookup(both, destination, scope, device);
    if (usual !== 'EAGAIN') return usual;
    const last = lookup(this.#present(routeTables.default), destination, scope, device);
    return last === 'EAGAIN' ? 'ENETUNREACH' : last;
  }

  /** RTN_* of an address: whether it is ours, a broadcast address, or somebody else's. */
  typeOf(address: Address): number {
    const number = ipv4ToNumber(address) ?? 0;
    if (number >= 0xe000_0000 && number < 0xf000_0000) return routeType.values.multicast;
    if (number < 0x0100_0000 || number === 0xffff_ffff) return routeType.values.broadcast;
    const found = lookup(this.#present(local), address, 0, 0);
    return typeof found === 'string' ? routeType.values.unicast : found.route.type;
  }

  /** The device went down, was deleted, or has lost its last address: routes that have no other way out go, silently. */
  deviceLost(index: number, how: 'down' | 'deleted' | 'without-addresses'): void {
    this.#eachRouteOf(index, ({ hops }) => {
      for (const hop of hops) {
        // Linux: what is local stays so while the device is down.
        if (isAliveOn(index, hop) && (how !== 'down' || hop.scope !== NOWHERE)) hop.flags |= dead | linkDown;
      }
    });
    // Linux: with a device every route goes that has a hop there, whatever its other hops.
    const isGone = ({ hops }: Ipv4Route): boolean =>
      how === 'deleted' && hops.some(({ device }) => device === index);
    for (const table of this.#tables.values()) table.retain((route) => !isDead(route) && !isGone(route));
  }

  /** The carrier is gone: routes stay, and are marked. */
  carrierLost(index: number): void {
    this.#eachRouteOf(index, ({ hops }) => {
      for (const hop of hops) if (isAliveOn(index, hop) && hop.scope !== NOWHERE) hop.flags |= linkDown;
    });
  }

  /** The device is up or has an address again. */
  deviceFound(device: Device): void {
    if (!device.isUp) return;
    this.#eachRouteOf(device.index, ({ hops }) => {
      for (const hop of hops) {
        if (hop.device !== device.index || (hop.flags & dead) === 0) continue;
        hop.flags &= ~(dead | (device.hasCarrier ? linkDown : 0));
      }
    });
  }

  carrierFound(index: number): void {
    this.#eachRouteOf(index, ({ hops }) => {
      for (const hop of hops) if (hop.device === index) hop.flags &= ~linkDown;
    });
  }

  /** An address is ours no more: routes that chose it as their source go. Linux: they are told from the last on. */
  sourceLost(address: Address): void {
    const gone = this.#tables.get(main)?.retain((route) => route.preferredSource !== address) ?? [];
    const numberOf = ({ prefix }: Ipv4Route): number => ipv4ToNumber(prefixAddress(prefix)) ?? 0;
    for (const route of gone.toSorted((one, other) => numberOf(other) - numberOf(one)))
      this.#tell('delete', route, 0, kernelItself);
  }

  /** Of these tables those that there are. */
  #present(...numbers: readonly number[]): readonly PrefixTable<Ipv4Route>[] {
    return numbers.flatMap((number) => this.#tables.get(number) ?? []);
  }

  #eachRouteOf(index: number, visit: (route: Ipv4Route) => void): void {
    for (const table of this.#tables.values()) {
      for (const route of table.all()) if (route.hops.some(({ device }) => device === index)) visit(route);
    }
  }

  #tell(operation: 'new' | 'delete', route: Ipv4Route, flags: number, author: Author): void {
    this.#announce('route', operation, ipv4RouteMessage(route), flags, author);
  }
}

/** RT_SCOPE_NOWHERE: behind a hop of this scope there is nothing. */
const NOWHERE = routeScope.values.nowhere;

/** Linux: what is dead already is marked with nothing else. */
function isAliveOn(index: number, hop: Ipv4Hop): boolean {
  return hop.device === index && (hop.flags & dead) === 0;
}

/** The order within a prefix. */
function isBefore(one: Ipv4Route, other: Ipv4Route): boolean {
  return one.tos > other.tos || (one.tos === other.tos && one.priority < other.priority);
}

/** Of tables that are walked as one: the longest prefix, in the order of its routes. EAGAIN: ask the next tables. */
function lookup(
  tables: readonly PrefixTable<Ipv4Route>[],
  destination: Address,
  scope: number,
  device: number,
): Resolution | ErrorName {
  for (let length = 32; length >= 0; length -= 1) {
    for (const table of tables) {
      for (const route of table.covering(destination, length)) {
        if (route.tos !== 0 || route.scope < scope) continue;
        const error = errorOfType(route.type);
        if (error !== undefined) return error;
        const hop = route.hops.find(
          (each) => (each.flags & dead) === 0 && (device === 0 || each.device === device),
        );
        if (hop !== undefined) return { route, hop };
      }
    }
  }
  return 'EAGAIN';
}

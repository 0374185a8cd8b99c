/**
 * Follows links and addresses, and tells the router which interfaces are usable: up, with carrier, with an address of its
 * family whose duplicate address detection has ended. Before this file: the kernel's lists and notifications,
 * `known-address.ts`. After it: `runtime.ts` queues the events.
 *
 * Invariants: between two events an interface keeps its name and its index; a renamed or re-created one goes down and
 * comes up. What the router was told is always one of the states that the kernel was in. Which address comes first is
 * the kernel's order, however it was learned; another order alone is no event.
 */
import { isDeepStrictEqual } from 'node:util';
import { type AddressMessage, type LinkMessage, linkFlags, type Notification } from '@ripstop/netlink';
import type { Event, Interface } from '@ripstop/rip';
import type { Address, AddressFamily } from '@ripstop/wire';
import { type KnownAddress, knownAddress, placeAmong } from './known-address.ts';

export type InterfaceEvent = Extract<
  Event,
  { type: 'interface-up' | 'interface-changed' | 'interface-down' }
>;
export type InterfaceNotification = Notification<'link' | 'address'>;

/** What notifications mean. */
export interface InterfaceChanges {
  readonly events: readonly InterfaceEvent[];
  /** Something that matters has changed, if only for a moment: the kernel may have dropped routes. */
  readonly disturbed: boolean;
}

/** Duplicate address detection has found it at another host on the link (RFC 4862 §5.4). */
export interface DuplicateAddress {
  readonly interface: string;
  readonly address: Address;
}

/** An interface that is there, and of which the router is not told. */
export interface IdleInterface {
  readonly name: string;
  readonly mtu: number;
  /** no-address: none that can be used. */
  readonly reason: 'down' | 'no-carrier' | 'no-address';
}

interface LinkState {
  readonly name: string;
  readonly mtu: number;
  readonly loopback: boolean;
  /** Set up by the administrator. */
  readonly up: boolean;
  /** Up and with carrier. */
  readonly running: boolean;
}

export class Interfaces {
  readonly #family: AddressFamily;
  /** By index. */
  #links = new Map<number, LinkState>();
  /** Those that are usable, by index, in the kernel's order. */
  #addresses = new Map<number, readonly KnownAddress[]>();
  /** Those that another host has, by index. */
  #duplicates = new Map<number, readonly Address[]>();
  /** Those that `takeDuplicates` has given: interface and address. */
  #takenDuplicates: ReadonlySet<string> = new Set();
  /** What the router knows, by name. */
  readonly #told = new Map<string, Interface>();
  /** Those that were without an IPv6 address since the router was last told, by index; they may have one again. */
  readonly #blinked = new Set<number>();

  constructor(family: AddressFamily) {
    this.#family = family;
  }

  /** Takes the kernel's complete lists. @returns what differs from what the router knows */
  replace(links: readonly LinkMessage[], addresses: readonly AddressMessage[]): readonly InterfaceEvent[] {
    this.#links = new Map();
    this.#addresses = new Map();
    this.#duplicates = new Map();
    for (const link of links) this.#link('new', link);
    for (const address of addresses) this.#address('new', address);
    return this.#difference();
  }

  /** Those that are usable, as the router knows them. */
  get known(): Iterable<Interface> {
    return this.#told.values();
  }

  /** The name of an interface that carries packets, whether it has addresses or not; undefined: it carries none. */
  runningName(index: number): string | undefined {
    const link = this.#links.get(index);
    return link?.running ? link.name : undefined;
  }

  /** What the kernel tells; several that were queued together yield the difference between before and after. */
  receive(notifications: readonly InterfaceNotification[]): InterfaceChanges {
    let disturbed = false;
    for (const notification of notifications) {
      const { object, operation, message } = notification;
      const changed = object === 'link' ? this.#link(operation, message) : this.#address(operation, message);
      disturbed ||= changed;
    }
    return { events: disturbed ? this.#difference() : [], disturbed };
  }

  get duplicates(): readonly DuplicateAddress[] {
    return [...this.#duplicates].flatMap(([index, addresses]) => {
      const name = this.#links.get(index)?.name ?? '';
      return addresses.map((address) => ({ interface: name, address }));
    });
  }

  /** Those found since this was last asked, each once for as long as it stays one. */
  takeDuplicates(): readonly DuplicateAddress[] {
    const key = (each: DuplicateAddress): string => `${each.interface} ${each.address}`;
    const before = this.#takenDuplicates;
    const now = this.duplicates;
    this.#takenDuplicates = new Set(now.map(key));
    return now.filter((each) => !before.has(key(each)));
  }

  get idle(): readonly IdleInterface[] {
    return [...this.#links]
      .filter(([, { name }]) => !this.#told.has(name))
      .map(([, { name, mtu, up, running }]) => ({
        name,
        mtu,
        reason: !up ? 'down' : running ? 'no-address' : 'no-carrier',
      }));
  }

  /** @returns whether that changed anything that matters here */
  #link(operation: 'new' | 'delete', message: LinkMessage): boolean {
    // Linux: other families tell of bridge ports; a deletion there is no deletion of the interface.
    if (message.family !== 'unspecified') return false;
    const { index } = message;
    const before = this.#links.get(index);
    if (operation === 'delete') {
      this.#addresses.delete(index);
      this.#duplicates.delete(index);
      return this.#links.delete(index);
    }
    const { up, running, loopback } = linkFlags.masks;
    const after: LinkState = {
      // Linux: some drivers tell only what has changed.
      name: message.name ?? before?.name ?? '',
      mtu: message.mtu ?? before?.mtu ?? 0,
      loopback: (message.flags & loopback) !== 0,
      up: (message.flags & up) !== 0,
      running: (message.flags & up) !== 0 && (message.flags & running) !== 0,
    };
    this.#links.set(index, after);
    // Linux: an IPv6 address that outlives its link's going down (keep_addr_on_down) is tentative again, and that is not
    // told. When the link is up, every one that was there is told again, as soon as it is usable.
    if (this.#family === 'ipv6' && before?.up && !after.up) this.#addresses.delete(index);
    return !isDeepStrictEqual(before, after);
  }

  #address(operation: 'new' | 'delete', message: AddressMessage): boolean {
    const now = message.family === this.#family ? knownAddress(message) : undefined;
    if (now === undefined) return false;
    const { interfaceIndex: index } = message;
    const { address } = now.address;
    const duplicates = (this.#duplicates.get(index) ?? []).filter((other) => other !== address);
    const isDuplicate = operation === 'new' && now.duplicate;
    this.#duplicates.set(index, isDuplicate ? [...duplicates, address] : duplicates);
    const all = this.#addresses.get(index) ?? [];
    const before = all.find(({ key }) => key === now.key);
    const others = all.filter((other) => other !== before);
    if (operation === 'delete' || !now.usable) {
      this.#addresses.set(index, others);
      // Linux: an MTU that is too small for IPv6, if only for a moment, takes the addresses, and the interface out of all groups.
      if (before !== undefined && others.length === 0 && this.#family === 'ipv6') this.#blinked.add(index);
      return before !== undefined;
    }
    if (isDeepStrictEqual(before, now)) return false;
    this.#addresses.set(index, others.toSpliced(placeAmong(others, now), 0, now));
    return true;
  }

  /** Brings the router up to date. What went comes before what came. */
  #difference(): InterfaceEvent[] {
    const usable = this.#usable();
    const events: InterfaceEvent[] = [];
    for (const [name, told] of this.#told) {
      const now = usable.get(name);
      const isSameIndex = now?.index === told.index;
      if (isSameIndex && !this.#blinked.has(told.index)) continue;
      this.#told.delete(name);
      const link = this.#links.get(told.index);
      // Who is there again at once need not say farewell.
      const isRunning = !isSameIndex && link?.name === name && link.running;
      events.push({ type: 'interface-down', interface: name, ...(isRunning && { running: true }) });
    }
    this.#blinked.clear();
    for (const [name, now] of usable) {
      const told = this.#told.get(name);
      if (told !== undefined && isSame(told, now)) continue;
      this.#told.set(name, now);
      events.push({ type: told === undefined ? 'interface-up' : 'interface-changed', interface: now });
    }
    return events;
  }

  #usable(): Map<string, Interface> {
    const usable = new Map<string, Interface>();
    for (const [index, { name, mtu, loopback, running }] of this.#links) {
      const known = this.#addresses.get(index) ?? [];
      if (!running || known.length === 0) continue;
      const addresses = known.map(({ address }) => address);
      usable.set(name, { name, index, mtu, loopback, addresses });
    }
    return usable;
  }
}

/** Whether two are the same, but perhaps for the order of their addresses. */
function isSame(one: Interface, other: Interface): boolean {
  return isDeepStrictEqual(unordered(one), unordered(other));
}

function unordered({ addresses, ...others }: Interface): object {
  return { ...others, addresses: new Set(addresses.map((address) => JSON.stringify(address))) };
}

/**
 * Follows links and addresses, and tells the router which interfaces are usable: up, with carrier, with an address of its
 * family. Before this file: the kernel's lists and notifications. After it: `runtime.ts` queues the events.
 *
 * Invariants: between two events an interface keeps its name and its index; a renamed or re-created one goes down and
 * comes up. What the router was told is always one of the states that the kernel was in.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type AddressMessage,
  addressFlags,
  type LinkMessage,
  linkFlags,
  type Notification,
} from '@ripstop/netlink';
import type { Event, Interface, InterfaceAddress } from '@ripstop/rip';
import type { AddressFamily } from '@ripstop/wire';

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

interface LinkState {
  readonly name: string;
  readonly mtu: number;
  readonly loopback: boolean;
  /** Up and with carrier. */
  readonly running: boolean;
}

interface KnownAddress extends InterfaceAddress {
  readonly secondary: boolean;
}

export class Interfaces {
  readonly #family: AddressFamily;
  /** By index. */
  #links = new Map<number, LinkState>();
  /** By index, in the kernel's order: primary addresses first. */
  #addresses = new Map<number, readonly KnownAddress[]>();
  /** What the router knows, by name. */
  readonly #told = new Map<string, Interface>();

  constructor(family: AddressFamily) {
    this.#family = family;
  }

  /** Takes the kernel's complete lists. @returns what differs from what the router knows */
  replace(links: readonly LinkMessage[], addresses: readonly AddressMessage[]): readonly InterfaceEvent[] {
    this.#links = new Map();
    this.#addresses = new Map();
    for (const link of links) this.#link('new', link);
    for (const address of addresses) this.#address('new', address);
    return this.#difference();
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

  /** @returns whether that changed anything that matters here */
  #link(operation: 'new' | 'delete', message: LinkMessage): boolean {
    // Linux: other families tell of bridge ports; a deletion there is no deletion of the interface.
    if (message.family !== 'unspecified') return false;
    const { index } = message;
    const before = this.#links.get(index);
    if (operation === 'delete') {
      this.#addresses.delete(index);
      return this.#links.delete(index);
    }
    const { up, running, loopback } = linkFlags.masks;
    const after: LinkState = {
      // Linux: some drivers tell only what has changed.
      name: message.name ?? before?.name ?? '',
      mtu: message.mtu ?? before?.mtu ?? 0,
      loopback: (message.flags & loopback) !== 0,
      running: (message.flags & up) !== 0 && (message.flags & running) !== 0,
    };
    this.#links.set(index, after);
    return !isDeepStrictEqual(before, after);
  }

  #address(operation: 'new' | 'delete', message: AddressMessage): boolean {
    const { interfaceIndex: index, prefixLength } = message;
    // On a point-to-point link `address` is the other end's.
    const address = message.local ?? message.address;
    if (message.family !== this.#family || address === undefined) return false;
    const peer = message.address === address ? undefined : message.address;
    const before = this.#addresses.get(index) ?? [];
    // Linux: one address may be there several times, with other lengths and other peers.
    const others = before.filter(
      (other) => other.address !== address || other.prefixLength !== prefixLength || other.peer !== peer,
    );
    const secondary = ((message.flags ?? message.headerFlags) & addressFlags.masks.secondary) !== 0;
    const known = before.find((other) => !others.includes(other));
    if (operation === 'delete') {
      this.#addresses.set(index, others);
      return known !== undefined;
    }
    if (known?.secondary === secondary) return false;
    const firstSecondary = others.findIndex((other) => other.secondary);
    const place = secondary || firstSecondary < 0 ? others.length : firstSecondary;
    const own = { address, prefixLength, ...(peer !== undefined && { peer }), secondary };
    this.#addresses.set(index, others.toSpliced(place, 0, own));
    return true;
  }

  /** Brings the router up to date. What went comes before what came. */
  #difference(): InterfaceEvent[] {
    const usable = this.#usable();
    const events: InterfaceEvent[] = [];
    for (const [name, told] of this.#told) {
      const now = usable.get(name);
      if (now?.index === told.index) continue;
      this.#told.delete(name);
      events.push({ type: 'interface-down', interface: name });
    }
    for (const [name, now] of usable) {
      const told = this.#told.get(name);
      if (isDeepStrictEqual(told, now)) continue;
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
      const addresses = known.map(({ secondary: _, ...address }) => address);
      usable.set(name, { name, index, mtu, loopback, addresses });
    }
    return usable;
  }
}

/**
 * What must be listed again, because Linux changed it without telling.
 *
 * Before it: the changes that `mirror` knows of. After it: what to list.
 */
import {
  type LinkMessage,
  linkFlags,
  type Messages,
  type Notification,
  type ObjectName,
  type RouteMessage,
  routeTable,
} from '@ripstop/netlink';
import type { Address, AddressFamily } from '@ripstop/wire';
import type { ObjectChange } from './mirror-change.ts';

/** Something to list: all objects of a kind; of routes those of one family, or of one of its tables. */
export interface Scope {
  readonly object: ObjectName;
  readonly family?: AddressFamily;
  readonly table?: number;
}

/** Everything about some kinds of objects. */
export function scopesOf(objects: Iterable<ObjectName>): Scope[] {
  const scopes: Scope[] = [];
  for (const object of objects) {
    if (object === 'route') scopes.push({ object, family: 'ipv4' }, { object, family: 'ipv6' });
    else scopes.push({ object });
  }
  return scopes;
}

/** What to list when a notification leaves something open. */
export function scopeOf(notification: Notification): Scope {
  const { object, message } = notification;
  return object === 'route' ? tableOf(message as RouteMessage) : { object };
}

function tableOf(route: RouteMessage): Scope {
  return { object: 'route', family: route.family === 'ipv6' ? 'ipv6' : 'ipv4', table: routeTable(route) };
}

/** Whether a list of `scope` would hold an object of its kind. */
export function isIn({ object, family, table }: Scope, message: Messages[ObjectName]): boolean {
  if (object !== 'route') return true;
  const route = message as RouteMessage;
  return route.family === family && (table === undefined || table === routeTable(route));
}

/** What it needs to know of the mirror's picture. */
export interface Known {
  /** Empty if routes are not followed. */
  readonly routes: () => Iterable<RouteMessage>;
  /** Whether an interface has an IPv4 address. */
  readonly hasIpv4: (interfaceIndex: number) => boolean;
}

const { up, running, lowerUp } = linkFlags.masks;
/** Flags of an interface that decide whether routes through it work. */
const USABLE = up | running | lowerUp;

export class Doubts {
  readonly #followed: ReadonlySet<ObjectName>;
  readonly #known: Known;
  readonly #scopes = new Map<string, Scope>();
  /** Routes through these interfaces may have changed, */
  readonly #interfaces = new Set<number>();
  /** with these preferred sources, */
  readonly #sources = new Set<Address>();
  /** and with these next-hop objects. */
  readonly #nexthops = new Set<number>();

  constructor(followed: ReadonlySet<ObjectName>, known: Known) {
    this.#followed = followed;
    this.#known = known;
  }

  get none(): boolean {
    return this.#scopes.size + this.#interfaces.size + this.#sources.size + this.#nexthops.size === 0;
  }

  add(scope: Scope): void {
    if (!this.#followed.has(scope.object)) return;
    this.#scopes.set(`${scope.object} ${scope.family} ${scope.table}`, scope);
  }

  /** Adds what Linux may have done besides. */
  note(change: ObjectChange): void {
    switch (change.object) {
      case 'link':
        this.#noteLink(change);
        break;
      case 'address':
        this.#noteAddress(change);
        break;
      case 'nexthop':
        // Linux: IPv4 routes go silently with their next hop. A replaced one shows in its routes, told or not
        // (sysctl nexthop_compat_mode).
        if (change.event !== 'add' && change.message.id !== undefined) this.#nexthops.add(change.message.id);
        break;
      case 'rule':
        // Linux: that a `goto` finds its target now, or no longer, is not told; nor is which of two equal rules is gone.
        this.add({ object: 'rule' });
        break;
      default:
    }
  }

  /** What is to be listed; after it there are no doubts. */
  take(): readonly Scope[] {
    if (this.#interfaces.size + this.#sources.size + this.#nexthops.size > 0) {
      for (const route of this.#known.routes()) if (this.#isDoubtful(route)) this.add(tableOf(route));
    }
    const scopes = [...this.#scopes.values()];
    this.clear();
    return scopes;
  }

  /** Everything is listed. */
  clear(): void {
    this.#scopes.clear();
    this.#interfaces.clear();
    this.#sources.clear();
    this.#nexthops.clear();
  }

  #noteLink({ event, message, before, changed }: ObjectChange<'link'>): void {
    if (event !== 'change') {
      // Linux: the other end of a veth pair is told before this one exists, and is not told again; one that moves to
      // another namespace is told as deleted, and the end that stays is not told.
      if (message.parentIndex !== undefined) this.add({ object: 'link' });
    }
    // Linux: whether the interfaces that a rule names exist is not told.
    if (event !== 'change' || changed.includes('name')) this.add({ object: 'rule' });
    if (event === 'delete' || (before !== undefined && isOtherwiseUsable(before, message))) {
      // Linux: IPv4 routes and next-hop objects vanish silently when their interface goes down or away; when its carrier
      // goes or comes, the flags of routes change silently.
      this.#interfaces.add(message.index);
      this.add({ object: 'nexthop' });
      // Linux: an IPv6 address that it makes by itself is told when it may be used, not while it is tentative.
      this.add({ object: 'address' });
    }
  }

  #noteAddress({ event, message }: ObjectChange<'address'>): void {
    if (event !== 'delete') return;
    const own = message.local ?? message.address;
    // Linux: IPv4 routes vanish silently with their preferred source; IPv6 routes silently lose it.
    if (own !== undefined) this.#sources.add(own);
    // Linux: with its last IPv4 address an interface silently loses all IPv4 routes.
    if (message.family === 'ipv4' && !this.#known.hasIpv4(message.index)) this.#interfaces.add(message.index);
  }

  #isDoubtful(route: RouteMessage): boolean {
    const { outputInterface, multipath, preferredSource, nextHopId } = route;
    if (outputInterface !== undefined && this.#interfaces.has(outputInterface)) return true;
    if (preferredSource !== undefined && this.#sources.has(preferredSource)) return true;
    if (nextHopId !== undefined && (this.#nexthops.has(nextHopId) || this.#interfaces.size > 0)) return true;
    return multipath?.some(({ interfaceIndex }) => this.#interfaces.has(interfaceIndex)) ?? false;
  }
}

function isOtherwiseUsable(before: LinkMessage, after: LinkMessage): boolean {
  return ((before.flags ^ after.flags) & USABLE) !== 0 || before.master !== after.master;
}

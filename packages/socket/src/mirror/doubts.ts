/**
 * What must be listed again, because Linux changed it without telling.
 *
 * Before it: the changes that `feed` knows of. After it: what to list.
 */
import {
  type AddressMessage,
  type LinkMessage,
  linkFlags,
  type NexthopMessage,
  type Notification,
  type ObjectName,
  type RouteMessage,
} from '@ripstop/netlink';
import type { Address } from '@ripstop/wire';
import type { ObjectChange } from './change.ts';
import { type Selection, tableOf } from './selection.ts';

const { up, running, lowerUp } = linkFlags.masks;
/** Flags of an interface that decide whether routes through it work. */
const USABLE = up | running | lowerUp;

export class Doubts {
  readonly #followed: ReadonlySet<ObjectName>;
  readonly #routes: () => Iterable<RouteMessage>;
  readonly #selections = new Map<string, Selection>();
  /** Routes through these interfaces may have changed, */
  readonly #interfaces = new Set<number>();
  /** with these preferred sources, */
  readonly #sources = new Set<Address>();
  /** and with these next-hop objects. */
  readonly #nexthops = new Set<number>();

  /** @param routes those that are known; none if they are not followed */
  constructor(followed: ReadonlySet<ObjectName>, routes: () => Iterable<RouteMessage>) {
    this.#followed = followed;
    this.#routes = routes;
  }

  get none(): boolean {
    return this.#selections.size + this.#interfaces.size + this.#sources.size + this.#nexthops.size === 0;
  }

  add(selection: Selection): void {
    const { object, family, table } = selection;
    if (this.#followed.has(object)) this.#selections.set(`${object} ${family} ${table}`, selection);
  }

  /** Adds what Linux may have done besides. */
  note(change: ObjectChange): void {
    const { event } = change;
    switch (change.object) {
      case 'link':
        if (event !== 'change' || change.changed.includes('name')) this.#noteExistence(change.message);
        if (event === 'delete' || isOtherwiseUsable(change)) this.#noteUse(change.message);
        break;
      case 'address':
        if (event === 'delete') this.#noteLoss(change.message);
        break;
      case 'nexthop':
        if (event !== 'add') this.#noteNexthop(change.message);
        break;
      case 'rule':
        this.#noteRule();
        break;
      default:
    }
  }

  /** As `note`, for what may have been told before the last list: what is known is newer, and shows no change. */
  noteOlder({ object, operation, message }: Notification): void {
    switch (object) {
      case 'link':
        this.#noteExistence(message);
        this.#noteUse(message);
        break;
      case 'address':
        if (operation === 'delete') this.#noteLoss(message);
        break;
      case 'nexthop':
        this.#noteNexthop(message);
        break;
      case 'rule':
        this.#noteRule();
        break;
      default:
    }
  }

  /** What is to be listed; after it there are no doubts. */
  take(): readonly Selection[] {
    if (this.#interfaces.size + this.#sources.size + this.#nexthops.size > 0) {
      for (const route of this.#routes()) if (this.#isDoubtful(route)) this.add(tableOf(route));
    }
    const selections = [...this.#selections.values()];
    this.clear();
    return selections;
  }

  /** Everything is listed. */
  clear(): void {
    this.#selections.clear();
    this.#interfaces.clear();
    this.#sources.clear();
    this.#nexthops.clear();
  }

  /** An interface came, went or has another name. */
  #noteExistence({ parentIndex }: LinkMessage): void {
    // Linux: the other end of a veth pair is told before this one exists, and not again; an end that moves to another
    // namespace is told as deleted, and the end that stays is not told.
    if (parentIndex !== undefined) this.add({ object: 'link' });
    // Linux: whether the interfaces that a rule names exist is not told.
    this.add({ object: 'rule' });
  }

  /** An interface can be used, or no longer. */
  #noteUse({ index }: LinkMessage): void {
    // Linux: IPv4 routes and next-hop objects vanish silently when their interface goes down or away; when its carrier
    // goes or comes, the flags of routes change silently.
    this.#interfaces.add(index);
    this.add({ object: 'nexthop' });
    // Linux: an IPv6 address that it makes by itself is told when it may be used, not while it is tentative.
    this.add({ object: 'address' });
  }

  /** An address is gone. */
  #noteLoss({ family, local, address, interfaceIndex }: AddressMessage): void {
    // Linux: IPv6 routes silently lose their preferred source; IPv4 routes vanish with it, before 6.7 silently.
    const own = local ?? address;
    if (own !== undefined) this.#sources.add(own);
    // Linux: with its last IPv4 address an interface silently loses all IPv4 routes.
    if (family === 'ipv4') this.#interfaces.add(interfaceIndex);
  }

  /** Linux: IPv4 routes vanish silently with their next hop; that it is another is told or not (nexthop_compat_mode). */
  #noteNexthop({ id }: NexthopMessage): void {
    if (id !== undefined) this.#nexthops.add(id);
  }

  /** Linux: whether a `goto` finds its target is not told, nor which of two equal rules is gone. */
  #noteRule(): void {
    this.add({ object: 'rule' });
  }

  #isDoubtful(route: RouteMessage): boolean {
    const { outputInterface, multipath, preferredSource, nextHopId } = route;
    if (outputInterface !== undefined && this.#interfaces.has(outputInterface)) return true;
    if (preferredSource !== undefined && this.#sources.has(preferredSource)) return true;
    if (nextHopId !== undefined && (this.#nexthops.has(nextHopId) || this.#interfaces.size > 0)) return true;
    return multipath?.some(({ interfaceIndex }) => this.#interfaces.has(interfaceIndex)) ?? false;
  }
}

function isOtherwiseUsable({ before, message }: ObjectChange<'link'>): boolean {
  if (before === undefined) return false;
  const { flags, operationalState, master } = before;
  if (operationalState !== message.operationalState || master !== message.master) return true;
  return ((flags ^ message.flags) & USABLE) !== 0;
}

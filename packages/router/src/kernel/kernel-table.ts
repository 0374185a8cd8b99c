/**
 * What the kernel has in our place: our table, with our metric, routes of any protocol. Before this file: the kernel's
 * lists and notifications. After it: `fib.ts`, which holds it against what is wanted.
 *
 * Only the kernel's own words change it. A change we asked for is expected until the receipt of it comes: so a later change
 * by someone else, told after ours, is never taken for ours.
 */
import { type Receipt, type RouteMessage, routePrefix, sequenceAfter } from '@ripstop/netlink';
import type { Millis } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import { FibEntries, type FibEntry } from '../fib/entries.ts';
import type { Kernel } from '../ports.ts';
import {
  type Asked,
  emptySlot,
  hasOurs,
  isInPlace,
  isInTable,
  type RouteFollower,
  type RouteNotification,
  type RouteObservation,
  type RoutePlace,
  type RouteSlot,
  type RouteTold,
} from './kernel-route.ts';
import { observe, type SlotRules, slotRules } from './slot-rules.ts';

/** The kernel tells of a change before it acknowledges it; if nothing was told for so long, it was lost. */
const CONFIRMATION_MS = 1_000;
/** Notifications kept while one list is read: about 20 MB. Of a storm that is greater the list says nothing. */
const HEARD_MAX = 50_000;
const LIST_ATTEMPTS = 5;

/** More changed during each of five attempts to list the routes than can be kept. */
class OvertakenListError extends Error {
  readonly code = 'LIST_OVERTAKEN';
  override readonly name = 'OvertakenListError';

  constructor() {
    super(`more than ${HEARD_MAX} changes while the routes were listed, ${LIST_ATTEMPTS} times`);
  }
}

/** One change of a slot. */
export interface SlotChange {
  readonly entry: FibEntry;
  readonly observation: RouteObservation;
  readonly before: RouteSlot;
  readonly after: RouteSlot;
  /** We asked for it. */
  readonly own: boolean;
}

export class KernelTable {
  readonly #place: RoutePlace;
  readonly #rules: SlotRules;
  readonly #kernel: Kernel;
  readonly #followers: readonly RouteFollower[];
  readonly #entries: FibEntries;
  /** Changes we asked for and were not told of yet, by the number of the request. */
  readonly #asked = new Map<number, Asked>();
  /** How many changes are expected, and since when there is one. */
  #expected = 0;
  #expectedSince: Millis = 0;
  /** While a list is under way: it may be older or newer than what is told meanwhile. At most `HEARD_MAX`, and one more. */
  #heard: RouteTold[] | undefined;
  /** There was a receipt of something that nobody remembers. */
  #isInDoubt = false;

  /**
   * @param followers see what is listed and what is told, as the table itself does
   * @param entries where the slots are kept
   */
  constructor(
    place: RoutePlace,
    kernel: Kernel,
    followers: readonly RouteFollower[],
    entries = new FibEntries(),
  ) {
    this.#entries = entries;
    this.#place = place;
    this.#rules = slotRules[place.family];
    this.#kernel = kernel;
    this.#followers = followers;
  }

  slot(prefix: Prefix): RouteSlot {
    return this.#entries.find(prefix)?.slot ?? emptySlot;
  }

  /** Where the kernel has a route of our protocol. */
  ownEntries(): FibEntry[] {
    return [...this.#entries].filter(({ slot }) => hasOurs(this.#place, slot));
  }

  /**
   * Lists everything anew. Nothing is expected any more.
   * @returns what was told while listing, in order
   * @throws SyscallError, NetlinkError, OvertakenListError: what was told meanwhile is lost, list again
   */
  async list(): Promise<readonly SlotChange[]> {
    for (let attempt = 0; attempt < LIST_ATTEMPTS; attempt += 1) {
      const heard: RouteTold[] = [];
      this.#heard = heard;
      try {
        const routes = await this.#listed();
        if (heard.length > HEARD_MAX) continue;
        this.#replace(routes);
      } finally {
        this.#heard = undefined;
      }
      const changes = this.receive(heard);
      this.#asked.clear();
      return changes;
    }
    throw new OvertakenListError();
  }

  /** @returns the changes in our place; none while a list is under way, which returns them itself */
  receive(told: readonly RouteTold[]): readonly SlotChange[] {
    if (this.#heard !== undefined) {
      this.#keep(this.#heard, told);
      return [];
    }
    const changes: SlotChange[] = [];
    let foreign: RouteNotification[] = [];
    const tellFollowers = (): void => {
      if (foreign.length > 0) for (const follower of this.#followers) follower.receive(foreign);
      foreign = [];
    };
    for (const one of told) {
      if (isReceipt(one)) {
        tellFollowers();
        const change = this.#done(one);
        if (change === undefined) continue;
        for (const follower of this.#followers) follower.observed?.(change.observation);
        changes.push(change);
      } else {
        foreign.push(one);
        if (isInPlace(this.#place, one.message)) changes.push(this.#observed(one));
      }
    }
    tellFollowers();
    return changes;
  }

  /** We ask for these changes. */
  expect(asked: readonly Asked[], now: Millis): void {
    if (this.#expected === 0) this.#expectedSince = now;
    this.#expected += asked.length;
    for (const { entry } of asked) entry.expected += 1;
  }

  /** The change at `index`, and those after it, are asked for with these numbers. */
  numbered(asked: readonly Asked[], index: number, sequence: number): void {
    for (let at = index; at < asked.length; at += 1) {
      const one = asked[at];
      if (one !== undefined) this.#asked.set(sequenceAfter(sequence, at - index), one);
    }
  }

  /** Whether something was told that nobody can tell the meaning of, since this was last asked: list again. */
  takeDoubt(): boolean {
    const isInDoubt = this.#isInDoubt;
    this.#isInDoubt = false;
    return isInDoubt;
  }

  /** One of the expected changes was refused, or is done. */
  expectLess(entry: FibEntry): void {
    if (entry.expected === 0) return;
    entry.expected -= 1;
    this.#expected -= 1;
  }

  /** When what is expected has to be given up, by listing everything anew; Infinity if nothing is. */
  get overdueAt(): Millis {
    return this.#expected === 0 ? Number.POSITIVE_INFINITY : this.#expectedSince + CONFIRMATION_MS;
  }

  /** The kernel found no such route of ours to remove: it had dropped it without telling, or it is someone else's. */
  removeRefused({ entry, request }: Asked): void {
    this.expectLess(entry);
    entry.slot = this.#rules.slotAfterRefusal(entry.slot, this.#place, request.message);
  }

  async #listed(): Promise<RouteMessage[]> {
    const { family } = this.#place;
    const routes: RouteMessage[] = [];
    for (const table of this.#tables()) {
      for (const route of await this.#kernel.routes.list({ family, table })) routes.push(route);
    }
    return routes;
  }

  #replace(routes: readonly RouteMessage[]): void {
    for (const follower of this.#followers) follower.replace(routes);
    const slots = new Map<FibEntry, RouteSlot>();
    for (const route of routes) {
      if (!isInPlace(this.#place, route)) continue;
      const entry = this.#entries.at(routePrefix(route));
      slots.set(entry, this.#rules.slotListed(slots.get(entry) ?? emptySlot, route, entry.slot));
    }
    this.#expected = 0;
    for (const entry of this.#entries) {
      entry.expected = 0;
      entry.slot = slots.get(entry) ?? emptySlot;
      this.#entries.release(entry);
    }
  }

  #keep(heard: RouteTold[], told: readonly RouteTold[]): void {
    const { family } = this.#place;
    const tables = [...this.#tables()];
    for (const one of told) {
      if (heard.length > HEARD_MAX) return;
      const { message } = one;
      if (message === undefined || tables.some((table) => isInTable({ family, table }, message)))
        heard.push(one);
    }
  }

  /** What a receipt says, in full. */
  #done({ sequence, operation, flags, portId }: Receipt): SlotChange | undefined {
    const asked = this.#asked.get(sequence);
    if (asked === undefined) {
      this.#isInDoubt = true;
      return undefined;
    }
    this.#asked.delete(sequence);
    const { prefix } = asked.entry;
    // It may have been forgotten meanwhile.
    const entry = this.#entries.at(prefix);
    const { protocol } = this.#place;
    const routes = this.#rules.routesAsked(this.#place, entry.slot, asked);
    this.expectLess(entry);
    return this.#apply(entry, { prefix, operation, flags, portId, protocol, routes }, true);
  }

  #observed(notification: RouteNotification): SlotChange {
    const observation = observe(this.#rules, notification);
    return this.#apply(this.#entries.at(observation.prefix), observation, false);
  }

  /** Ours, and those that the followers look at. */
  #tables(): Set<number> {
    return new Set([this.#place.table, ...this.#followers.flatMap(({ tables }) => tables)]);
  }

  #apply(entry: FibEntry, observation: RouteObservation, own: boolean): SlotChange {
    const before = entry.slot;
    const after = this.#rules.slotAfter(before, observation);
    entry.slot = after;
    return { entry, observation, before, after, own };
  }
}

const isReceipt = (told: RouteTold): told is Receipt => told.message === undefined;

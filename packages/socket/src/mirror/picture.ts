/**
 * The objects of one kind as the kernel has them, by their identity.
 *
 * Before it: `feed`, with lists and notifications. After it: changes, which lead from the old picture to the new one.
 * Invariant: a message is replaced only together with a change that names both, so that changes can be chained.
 */
import {
  differences,
  identityOf,
  isSameRoute,
  type Messages,
  messageFlags,
  type Notification,
  type ObjectName,
  type RouteMessage,
} from '@ripstop/netlink';
import type { ObjectChange } from './change.ts';
import { type PlaceChange, routePlaceAfter } from './route-place.ts';

/** What stands under one identity: one message, except for routes. Alone it is kept without an array, to save memory. */
type Place<Message> = Message | readonly Message[];

/** Objects of a list in a slice: some milliseconds of work. */
const SLICE_OBJECTS = 1024;

export interface Told<O extends ObjectName> {
  readonly change: ObjectChange<O> | undefined;
  /** Linux did not tell all: list again. */
  readonly uncertain: boolean;
}

export class Picture<O extends ObjectName> {
  readonly #object: O;
  readonly #places = new Map<string, Place<Messages[O]>>();
  /** Places of which a list may not show all: where one was seen. */
  readonly #hiding = new Set<string>();

  constructor(object: O) {
    this.#object = object;
  }

  /** All of them; routes of one place in the kernel's order. */
  *all(): Generator<Messages[O], void, undefined> {
    for (const place of this.#places.values()) yield* membersOf(place);
  }

  /**
   * Takes in what Linux told.
   * @param replaced given if the notification may be older than a list that was taken in: the places where one route was
   *   said to replace another since then
   */
  told(notification: Notification<O>, replaced?: Set<string>): Told<O> {
    const message = notification.message as Messages[O];
    const identity = identityOf(this.#object, message);
    if (identity === undefined)
      return { change: undefined, uncertain: isBridgePort(notification as Notification) };
    const { after, before, uncertain } = this.#placeAfter(this.#membersAt(identity), notification);
    this.#set(identity, after);
    if (mayHide(after)) this.#hiding.add(identity);
    const isDeletion = notification.operation === 'delete';
    const change =
      isDeletion && before === undefined
        ? undefined
        : this.#change(before, isDeletion ? undefined : message, notification);
    const isMistaken = isMistakable(identity, notification as Notification, replaced);
    return { change, uncertain: uncertain || isMistaken || this.#hiding.has(identity) };
  }

  /**
   * Takes in a list, a slice at a time: whoever takes the slices decides what happens in between.
   * @param includes whether the list would hold such an object: those it does not hold are gone
   * @returns the changes of each slice; nothing may be told between the first and the last
   */
  *listed(
    found: readonly Messages[O][],
    includes: (message: Messages[O]) => boolean,
  ): Generator<readonly ObjectChange<O>[], void, undefined> {
    const places = new Map<string, Place<Messages[O]>>();
    for (const slice of slicesOf(found)) {
      for (const message of slice) this.#enter(places, message);
      yield [];
    }
    for (const slice of slicesOf([...this.#places.keys()])) {
      const gone = slice.filter((identity) => !places.has(identity));
      yield gone.flatMap((identity) => this.#removed(identity, includes));
    }
    for (const slice of slicesOf([...places])) {
      const changes: ObjectChange<O>[] = [];
      for (const [identity, place] of slice) this.#reconcile(identity, membersOf(place), changes);
      yield changes;
    }
  }

  #enter(places: Map<string, Place<Messages[O]>>, message: Messages[O]): void {
    const identity = identityOf(this.#object, message);
    if (identity === undefined) return;
    const place = places.get(identity);
    places.set(identity, place === undefined ? message : [...membersOf(place), message]);
  }

  #removed(identity: string, includes: (message: Messages[O]) => boolean): readonly ObjectChange<O>[] {
    const members = this.#membersAt(identity);
    if (!members.every(includes)) return [];
    this.#places.delete(identity);
    return members.map((message) => this.#change(message, undefined));
  }

  /** Makes of one place what was listed of it. What has not changed keeps its message. */
  #reconcile(identity: string, listed: readonly Messages[O][], changes: ObjectChange<O>[]): void {
    const known = [...this.#membersAt(identity)];
    const pairs = listed.map((message) => {
      const at = known.findIndex((one) => this.#isSame(one, message));
      return { message, before: at < 0 ? undefined : known.splice(at, 1)[0] };
    });
    const after: Messages[O][] = [];
    for (const { message, before = known.shift() } of pairs) {
      const isKept = before !== undefined && differences(this.#object, before, message).length === 0;
      after.push(isKept ? before : message);
      if (!isKept) changes.push(this.#change(before, message));
    }
    for (const message of known) changes.push(this.#change(message, undefined));
    this.#set(identity, after);
  }

  #placeAfter(place: readonly Messages[O][], notification: Notification<O>): PlaceChange<Messages[O]> {
    if (notification.object === 'route') {
      const routes = place as readonly RouteMessage[];
      return routePlaceAfter(routes, notification as Notification<'route'>) as PlaceChange<Messages[O]>;
    }
    const { operation, message } = notification;
    return {
      after: operation === 'new' ? [message as Messages[O]] : [],
      before: place[0],
      uncertain: false,
    };
  }

  #isSame(one: Messages[O], other: Messages[O]): boolean {
    return this.#object !== 'route' || isSameRoute(one as RouteMessage, other as RouteMessage);
  }

  #membersAt(identity: string): readonly Messages[O][] {
    const place = this.#places.get(identity);
    return place === undefined ? [] : membersOf(place);
  }

  #set(identity: string, members: readonly Messages[O][]): void {
    const [first] = members;
    if (first === undefined) this.#places.delete(identity);
    else this.#places.set(identity, members.length === 1 ? first : members);
  }

  /** One of the two is there. */
  #change(
    before: Messages[O] | undefined,
    after: Messages[O] | undefined,
    notification?: Notification<O>,
  ): ObjectChange<O> {
    const object = this.#object;
    const told = notification && { notification };
    const change =
      before === undefined || after === undefined
        ? { event: after === undefined ? 'delete' : 'add', object, message: after ?? before, changed: [] }
        : { event: 'change', object, message: after, before, changed: differences(object, before, after) };
    return { ...change, ...told } as unknown as ObjectChange<O>;
  }
}

function* slicesOf<Item>(items: readonly Item[]): Generator<readonly Item[], void, undefined> {
  for (let from = 0; from < items.length; from += SLICE_OBJECTS)
    yield items.slice(from, from + SLICE_OBJECTS);
}

function membersOf<Message>(place: Place<Message>): readonly Message[] {
  return Array.isArray(place) ? place : [place as Message];
}

/**
 * Linux: a list leaves out an IPv6 route that stands between the next hops of another one of its place. That it is to be
 * seen again when these go is not told.
 */
function mayHide(place: readonly Messages[ObjectName][]): boolean {
  return (
    place.length > 1 &&
    place.some((one) => one.family === 'ipv6' && (one as RouteMessage).multipath !== undefined)
  );
}

/** Linux: what changes about a bridge's port is told in messages of family `bridge` only, and listed with the link. */
function isBridgePort({ object, message }: Notification): boolean {
  return object === 'link' && message.family === 'bridge';
}

/**
 * Linux: of an IPv4 route that is replaced nothing is told but the new one. If that is gone too when the list is made, the
 * list shows what stood behind both. The replacement, taken in after the list, then takes this one away.
 */
function isMistakable(
  identity: string,
  { operation, flags }: Notification,
  replaced: Set<string> | undefined,
): boolean {
  if (operation === 'delete') return replaced?.has(identity) ?? false;
  if ((flags & messageFlags.masks.replace) !== 0) replaced?.add(identity);
  return false;
}

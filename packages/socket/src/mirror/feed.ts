/**
 * What a mirror lives on: a subscription, and lists in between. It keeps the pictures right and tells of every change.
 *
 * Before it: `subscription`, with what Linux tells, and `selection`, with lists. After it: `mirror`.
 * Invariants: it subscribes first and lists then, so that nothing falls between. What is told while a list is made is
 * taken in after the list. After a loss nothing is taken in until everything has been listed anew: nothing is deleted on
 * suspicion. What Linux changes without telling is found by listing again whatever may be concerned (`doubts`).
 */
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { type Messages, NetlinkError, type Notification, type ObjectName } from '@ripstop/netlink';
import { InterruptedDumpError } from '../request-socket.ts';
import { Rtnetlink, type RtnetlinkOptions } from '../rtnetlink.ts';
import { Subscription } from '../subscription.ts';
import { HeldNamespace } from '../system/namespace.ts';
import type { MirrorChange, ObjectChange } from './change.ts';
import { Doubts } from './doubts.ts';
import { Picture } from './picture.ts';
import { listSelection, type Selection, selectionAround, selectionsOf, selects } from './selection.ts';

export interface MirrorFeedOptions extends RtnetlinkOptions {
  /** See `MirrorOptions`. */
  readonly auditSeconds?: number | undefined;
  /** Gets every change, also of objects that are followed only for the sake of others. */
  readonly tell: (changes: readonly MirrorChange[]) => void;
  /** Everything has been listed for the first time. */
  readonly opened: () => void;
  /** It is over: a socket broke, or the kernel refuses to list. */
  readonly failed: (error: unknown) => void;
}

/** Milliseconds from the first doubt to the list: what belongs together comes within it. */
const GATHERING_MS = 20;
/** Notifications kept while a list is made; if more come, everything is listed again. */
const HELD_MAX = 65_536;
/** Notifications of these taken in before others get their turn: some milliseconds of work. */
const HELD_AT_ONCE = 1024;
/** What a timer can measure. */
const AUDIT_SECONDS_MAX = 2_000_000;
/** The index of `lo`, in every namespace. */
const LOOPBACK = 1;

/** What must be followed for an object to be right. */
const CAUSES: Readonly<Record<ObjectName, readonly ObjectName[]>> = {
  link: ['link'],
  address: ['link', 'address'],
  nexthop: ['link', 'nexthop'],
  route: ['link', 'address', 'nexthop', 'route'],
  neighbor: ['neighbor'],
  rule: ['link', 'rule'],
};
/** Causes are listed before what they work on. */
const ORDER: readonly ObjectName[] = ['link', 'address', 'nexthop', 'route', 'neighbor', 'rule'];

export class MirrorFeed {
  readonly #options: MirrorFeedOptions;
  readonly #pictures = new Map<ObjectName, Picture<ObjectName>>();
  readonly #doubts: Doubts;
  readonly #client: Rtnetlink;
  readonly #subscription: Subscription;
  readonly #audits: NodeJS.Timeout | undefined;
  readonly #ending = new AbortController();

  /** Why the pictures are not to be trusted. */
  #loss: string | undefined = 'nothing has been listed yet';
  /** What was told since a list was begun and has not been taken in; undefined while nothing need be held. */
  #held: Notification[] | undefined;
  /** Wakes whoever waits for something to list. */
  #wake: () => void = () => undefined;
  #losses = 0;
  #relists = 0;

  /** @throws SyscallError, RangeError, EncodeError if there is no such object */
  constructor(objects: readonly ObjectName[], options: MirrorFeedOptions) {
    const { namespace, receiveBufferBytes, undecodable, auditSeconds } = options;
    if (auditSeconds !== undefined && !(auditSeconds > 0 && auditSeconds <= AUDIT_SECONDS_MAX))
      throw new RangeError(`auditSeconds ${auditSeconds}: more than 0, at most ${AUDIT_SECONDS_MAX}`);
    this.#options = options;
    // What is no object at all is refused by the subscription.
    const followed = new Set(objects.flatMap((object) => CAUSES[object] ?? [object]));
    for (const object of ORDER) if (followed.has(object)) this.#pictures.set(object, new Picture(object));
    this.#doubts = new Doubts(followed, () => this.all('route'));
    this.#client = Rtnetlink.open({ namespace, receiveBufferBytes, undecodable });
    let heldNamespace: HeldNamespace | undefined;
    try {
      heldNamespace = namespace === undefined ? undefined : new HeldNamespace(namespace);
      this.#subscription = this.#subscribe([...followed], heldNamespace);
    } catch (error) {
      this.#client.close();
      throw error;
    } finally {
      heldNamespace?.close();
    }
    if (auditSeconds !== undefined) this.#audits = setInterval(() => this.#audit(), auditSeconds * 1000);
  }

  /** How often everything was listed again because notifications were lost. */
  get resyncs(): number {
    return Math.max(0, this.#losses - 1); // before the first list nothing was known, which is a loss of all
  }

  /** How often something was listed again because Linux may have changed it without telling. */
  get relists(): number {
    return this.#relists;
  }

  /** All objects of a kind; none if they are not followed. */
  all<O extends ObjectName>(object: O): Iterable<Messages[O]> {
    return (this.#pictures.get(object)?.all() ?? []) as Iterable<Messages[O]>;
  }

  /** Lists what must be listed, until `close`. Call it once. */
  async follow(): Promise<void> {
    const { signal } = this.#ending;
    try {
      for (;;) {
        const began = performance.now();
        await this.#list();
        const took = performance.now() - began;
        if (this.#losses > 0) this.#options.opened();
        await this.#doubted();
        // Lists take at most half of the time.
        await pause(Math.max(GATHERING_MS, took), undefined, { signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      this.close();
      this.#options.failed(error);
    }
  }

  /** Tells nothing more; the pictures stay as they are. Calling it again does nothing. */
  close(): void {
    clearInterval(this.#audits);
    this.#ending.abort();
    this.#subscription.close();
    this.#client.close();
    this.#wake();
  }

  #subscribe(objects: readonly ObjectName[], namespace: HeldNamespace | undefined): Subscription {
    const { receiveBufferBytes, undecodable, failed } = this.#options;
    return new Subscription({
      namespace,
      receiveBufferBytes,
      objects,
      receive: (notifications) => this.#receive(notifications),
      overrun: () => this.#lose('notifications came faster than they were read'),
      undecodable: (error) => {
        this.#lose(`a notification could not be read: ${error.message}`);
        undecodable?.(error);
      },
      failed: (error) => {
        this.close();
        failed(error);
      },
    });
  }

  /** Resolves when there is something to list. */
  #doubted(): Promise<void> {
    if (this.#loss !== undefined || !this.#doubts.none) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Lists what is in doubt, or everything after a loss. */
  async #list(): Promise<void> {
    const loss = this.#loss;
    this.#loss = undefined;
    const selections = loss === undefined ? this.#doubts.take() : selectionsOf(this.#pictures.keys());
    if (loss === undefined && selections.length === 0) return;
    const held: Notification[] = [];
    this.#held = held;
    const found = await this.#found(selections);
    if (found !== undefined) await this.#takeLists(selections, found, loss);
    else if (loss !== undefined) this.#loss ??= loss;
    else for (const selection of selections) this.#doubts.add(selection);
    // So that what is read later was told after the list.
    while (this.#loss === undefined && this.#subscription.poll());
    await this.#takeHeld(held);
    this.#held = undefined;
  }

  /** @returns a list for each selection; undefined if listing did not succeed this time */
  async #found(
    selections: readonly Selection[],
  ): Promise<readonly (readonly Messages[ObjectName][])[] | undefined> {
    const found: (readonly Messages[ObjectName][])[] = [];
    try {
      // Linux: routes are listed without the lock under which they are changed, and "down" is told before the routes go.
      // A question that takes the lock waits until whatever was told is done.
      await this.#client.links.get({ index: LOOPBACK });
      for (const selection of selections) found.push(await listSelection(this.#client, selection));
      return found;
    } catch (error) {
      if (isTransient(error)) return undefined;
      throw error;
    }
  }

  /** Others get their turn between two slices; what is told then is held. */
  async #takeLists(
    selections: readonly Selection[],
    found: readonly (readonly Messages[ObjectName][])[],
    loss: string | undefined,
  ): Promise<void> {
    if (loss === undefined) this.#relists += 1;
    else {
      this.#doubts.clear();
      this.#losses += 1;
      this.#options.tell([{ event: 'resync', reason: loss }]);
    }
    for (const [at, selection] of selections.entries()) {
      const picture = this.#pictures.get(selection.object);
      const slices = picture?.listed(found[at] ?? [], (message) => selects(selection, message)) ?? [];
      for (const changes of slices) {
        if (loss === undefined) for (const change of changes) this.#doubts.note(change);
        this.#options.tell(changes);
        await turn(undefined, { signal: this.#ending.signal });
      }
    }
  }

  /** Others get their turn in between; what is told then is held too. With the last of it nobody does: nothing is left. */
  async #takeHeld(held: Notification[]): Promise<void> {
    const replaced = new Set<string>();
    while (this.#loss === undefined) {
      this.#takeNotifications(held.splice(0, HELD_AT_ONCE), replaced);
      if (held.length === 0) return;
      await turn(undefined, { signal: this.#ending.signal });
    }
  }

  #receive(notifications: readonly Notification[]): void {
    if (this.#held === undefined) {
      if (this.#loss === undefined) this.#takeNotifications(notifications);
    } else if (this.#held.length + notifications.length <= HELD_MAX) this.#held.push(...notifications);
    else this.#lose(`more than ${HELD_MAX} notifications came while listing`);
  }

  #takeNotifications(notifications: readonly Notification[], replaced?: Set<string>): void {
    const changes: ObjectChange[] = [];
    for (const notification of notifications) {
      const picture = this.#pictures.get(notification.object);
      const { change, uncertain } = picture?.told(notification, replaced) ?? {};
      if (replaced !== undefined) this.#doubts.noteOlder(notification);
      if (change !== undefined) {
        this.#doubts.note(change);
        changes.push(change);
      }
      if (uncertain) this.#doubts.add(selectionAround(notification));
    }
    this.#options.tell(changes);
    if (!this.#doubts.none) this.#wake();
  }

  /** Lists everything soon, for the sake of what nothing hints at. */
  #audit(): void {
    for (const selection of selectionsOf(this.#pictures.keys())) this.#doubts.add(selection);
    this.#wake();
  }

  /** Nothing more is taken in until everything has been listed. */
  #lose(reason: string): void {
    this.#loss ??= reason;
    this.#wake();
  }
}

/** Whether it is over when tried again. */
function isTransient(error: unknown): boolean {
  return error instanceof InterruptedDumpError || (error instanceof NetlinkError && error.code === 'ENOBUFS');
}

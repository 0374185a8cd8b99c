/**
 * What a mirror lives on: a subscription, and lists in between. It keeps the pictures right and tells of every change.
 *
 * Before it: `subscription`, with what Linux tells, and `object-client`, with lists. After it: `mirror`.
 * Invariants: it subscribes first and lists then, so that nothing falls between. What is told while a list is made is
 * taken in after the list. After a loss nothing is taken in until everything has been listed anew: nothing is deleted on
 * suspicion. What Linux changes without telling is found by listing again whatever may be concerned (`mirror-doubts`).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Messages, NetlinkError, type Notification, type ObjectName } from '@ripstop/netlink';
import type { SyscallError } from './libc.ts';
import type { MirrorChange, ObjectChange } from './mirror-change.ts';
import { Doubts, isIn, type Scope, scopeOf, scopesOf } from './mirror-doubts.ts';
import { Picture } from './mirror-picture.ts';
import { HeldNamespace } from './namespace.ts';
import { InterruptedDumpError } from './request-socket.ts';
import { Rtnetlink, type RtnetlinkOptions } from './rtnetlink.ts';
import { Subscription } from './subscription.ts';

export interface MirrorFeedOptions extends RtnetlinkOptions {
  /** Gets every change, also of objects that are followed only for the sake of others. */
  readonly tell: (changes: readonly MirrorChange[]) => void;
  /** Everything has been listed for the first time. */
  readonly opened: () => void;
  /** It is over: a socket broke, or the kernel refuses to list. */
  readonly failed: (error: unknown) => void;
}

/** Milliseconds from the first doubt to the list: what belongs together comes within it. */
const GATHERING_MS = 20;
/** Lists take at most one part in this many of the time. */
const REST = 2;
/** Notifications kept while a list is made; if more come, everything is listed again. */
const HELD_MAX = 65_536;
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
  readonly #ending = new AbortController();

  /** Why the pictures are not to be trusted. */
  #loss: string | undefined = 'nothing has been listed yet';
  /** What was told while a list is made. */
  #held: Notification[] | undefined;
  /** Wakes whoever waits for something to list. */
  #wake: () => void = () => undefined;
  #losses = 0;
  #relists = 0;

  /** @throws SyscallError */
  constructor(objects: readonly ObjectName[], options: MirrorFeedOptions) {
    this.#options = options;
    const followed = new Set(objects.flatMap((object) => CAUSES[object]));
    for (const object of ORDER) if (followed.has(object)) this.#pictures.set(object, new Picture(object));
    this.#doubts = new Doubts(followed, () => this.all('route'));
    const { namespace, undecodable } = options;
    this.#client = Rtnetlink.open({ namespace, undecodable });
    let held: HeldNamespace | undefined;
    try {
      held = namespace === undefined ? undefined : new HeldNamespace(namespace);
      this.#subscription = this.#subscribe([...followed], held);
    } catch (error) {
      this.#client.close();
      throw error;
    } finally {
      held?.close();
    }
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
    try {
      for (;;) {
        const began = performance.now();
        await this.#list();
        const ended = performance.now();
        if (this.#losses > 0) this.#options.opened();
        await this.#doubted();
        const rest = ended + (ended - began) * (REST - 1) - performance.now();
        await pause(Math.max(GATHERING_MS, rest), undefined, { signal: this.#ending.signal });
      }
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.close();
      this.#options.failed(error);
    }
  }

  /** Tells nothing more; the pictures stay as they are. Calling it again does nothing. */
  close(): void {
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
        undecodable?.(error);
        this.#lose(`a notification could not be read: ${error.message}`);
      },
      failed: (error: SyscallError) => {
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
    const scopes = loss === undefined ? this.#doubts.take() : scopesOf(this.#pictures.keys());
    if (scopes.length === 0) return;
    this.#held = [];
    const found: (readonly Messages[ObjectName][])[] = [];
    let failure: unknown;
    try {
      // Linux: routes are listed without the lock under which they are changed, and "down" is told before the routes go.
      // A question that takes the lock waits until whatever was told is done.
      await this.#client.links.get({ index: LOOPBACK });
      for (const scope of scopes) found.push(await this.#listScope(scope));
    } catch (error) {
      if (!isTransient(error)) throw error;
      failure = error;
    }
    // So that what is read later was told after the list.
    while (this.#loss === undefined && this.#subscription.poll());
    const held = this.#held;
    this.#held = undefined;
    if (failure === undefined) this.#takeList(scopes, found, loss);
    else if (loss === undefined) for (const scope of scopes) this.#doubts.add(scope);
    else this.#loss ??= loss;
    if (this.#loss === undefined) this.#takeNotifications(held, new Set());
  }

  async #listScope({ object, family, table }: Scope): Promise<readonly Messages[ObjectName][]> {
    const { links, addresses, routes, neighbors, rules, nexthops } = this.#client;
    switch (object) {
      case 'route':
        return await routes.list({ family, table });
      case 'link':
        return await links.list();
      case 'address':
        return await addresses.list();
      case 'neighbor':
        return await neighbors.list();
      case 'rule':
        return await rules.list();
      case 'nexthop':
        return await nexthops.list();
    }
  }

  #takeList(
    scopes: readonly Scope[],
    found: readonly (readonly Messages[ObjectName][])[],
    loss: string | undefined,
  ): void {
    if (loss === undefined) this.#relists += 1;
    else {
      this.#doubts.clear();
      this.#losses += 1;
      this.#options.tell([{ event: 'resync', reason: loss }]);
    }
    for (const [at, scope] of scopes.entries()) {
      const changes = this.#pictures
        .get(scope.object)
        ?.listed(found[at] ?? [], (message) => isIn(scope, message));
      if (loss === undefined) for (const change of changes ?? []) this.#doubts.note(change);
      this.#options.tell(changes ?? []);
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
      if (uncertain) this.#doubts.add(scopeOf(notification));
    }
    this.#options.tell(changes);
    if (!this.#doubts.none) this.#wake();
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

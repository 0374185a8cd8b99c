/**
 * A copy of the kernel's state that ends right whatever happens: what there is, and every change of it, without a gap.
 *
 * Before it: `subscription`, with what Linux tells, and `object-client`, with lists. After it: a program that needs both,
 * such as `rtnl monitor`.
 * Invariants: it subscribes first and lists then, so that nothing falls between. What is told while a list is made is
 * taken in after the list. After a loss nothing is taken in until everything has been listed anew: nothing is deleted on
 * suspicion. What Linux changes without telling is found by listing again whatever may be concerned (`mirror-doubts`).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Messages, NetlinkError, type Notification, type ObjectName } from '@ripstop/netlink';
import type { SyscallError } from './libc.ts';
import { Backlog, type MirrorChange, type ObjectChange } from './mirror-change.ts';
import { Doubts, isIn, type Scope, scopeOf, scopesOf } from './mirror-doubts.ts';
import { Picture } from './mirror-picture.ts';
import { HeldNamespace } from './namespace.ts';
import { closedError, InterruptedDumpError } from './request-socket.ts';
import { Rtnetlink, type RtnetlinkOptions } from './rtnetlink.ts';
import { Subscription } from './subscription.ts';
import { Watch, type WatchOptions } from './watch.ts';

export interface MirrorOptions extends RtnetlinkOptions {
  /** Ends the mirror: opening it and loops over its changes throw the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds from the first doubt to the list: what belongs together comes within it. */
const GATHERING_MS = 20;
/** Lists take at most one part in this many of the time. */
const REST = 4;
/** Notifications kept while a list is made; if more come, everything is listed again. */
const HELD_MAX = 65_536;
/** Changes handed to a reader at once: one that does not keep up is found out in between. */
const CHANGES_AT_ONCE = 512;
/** The index of `lo`, in every namespace. */
const LOOPBACK = 1;

/** What must be followed for an object to be right, in the order of listing: causes before effects. */
const CAUSES: Readonly<Record<ObjectName, readonly ObjectName[]>> = {
  link: ['link'],
  address: ['link', 'address'],
  nexthop: ['link', 'nexthop'],
  route: ['link', 'address', 'nexthop', 'route'],
  neighbor: ['neighbor'],
  rule: ['link', 'rule'],
};
const ORDER: readonly ObjectName[] = ['link', 'address', 'nexthop', 'route', 'neighbor', 'rule'];

/** A live copy of the kernel's links, addresses, routes, …; `Mirror.open` makes it. */
export class Mirror<O extends ObjectName = ObjectName> {
  readonly #asked: ReadonlySet<ObjectName>;
  readonly #pictures = new Map<ObjectName, Picture<ObjectName>>();
  readonly #doubts: Doubts;
  readonly #client: Rtnetlink;
  readonly #subscription: Subscription;
  readonly #backlogs = new Set<Backlog<O>>();
  readonly #watches = new Set<Watch<MirrorChange<O>>>();
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.#end(this.#signal?.reason);
  readonly #ending = new AbortController();

  /** Why the picture is not to be trusted: notifications were lost, or nothing has been listed yet. */
  #loss: string | undefined = 'nothing has been listed yet';
  /** What was told while a list is made. */
  #held: Notification[] | undefined;
  /** Wakes whoever waits for something to list. */
  #wake: () => void = () => undefined;
  #resyncs = -1; // the first list is none
  #relists = 0;

  /**
   * Resolves when everything has been listed.
   * @throws NetlinkError, SyscallError; the signal's reason
   */
  static async open<O extends ObjectName = 'link' | 'address' | 'route'>(
    objects: readonly O[] = ['link', 'address', 'route'] as readonly ObjectName[] as readonly O[],
    options: MirrorOptions = {},
  ): Promise<Mirror<O>> {
    options.signal?.throwIfAborted();
    const mirror = new Mirror<O>(objects, options);
    await new Promise<void>((resolve, reject) => {
      mirror.#follow(resolve).catch(reject);
    });
    return mirror;
  }

  private constructor(objects: readonly O[], { signal, ...options }: MirrorOptions) {
    this.#asked = new Set(objects);
    const followed = new Set(objects.flatMap((object) => CAUSES[object]));
    for (const object of ORDER) if (followed.has(object)) this.#pictures.set(object, new Picture(object));
    this.#doubts = new Doubts(followed, {
      routes: () => this.#known('route'),
      hasIpv4: (interfaceIndex) =>
        [...this.#known('address')].some(
          ({ family, index }) => family === 'ipv4' && index === interfaceIndex,
        ),
    });
    this.#subscription = this.#subscribe([...followed], options);
    try {
      const { namespace, undecodable } = options;
      this.#client = Rtnetlink.open({ namespace, undecodable });
    } catch (error) {
      this.#subscription.close();
      throw error;
    }
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** How often everything was listed again because notifications were lost. */
  get resyncs(): number {
    return Math.max(0, this.#resyncs);
  }

  /** How often something was listed again because Linux may have changed it without telling. */
  get relists(): number {
    return this.#relists;
  }

  /**
   * All objects of a kind as they are now, in no order; routes that compete for one place stand in the kernel's order.
   * @throws RangeError if they are not mirrored
   */
  all<K extends O>(object: K): readonly Messages[K][] {
    if (!this.#asked.has(object)) throw new RangeError(`the mirror does not have ${object}`);
    return [...this.#known(object)];
  }

  get links(): readonly Messages['link'][] {
    return this.all('link' as O) as readonly Messages['link'][];
  }

  get addresses(): readonly Messages['address'][] {
    return this.all('address' as O) as readonly Messages['address'][];
  }

  get routes(): readonly Messages['route'][] {
    return this.all('route' as O) as readonly Messages['route'][];
  }

  get neighbors(): readonly Messages['neighbor'][] {
    return this.all('neighbor' as O) as readonly Messages['neighbor'][];
  }

  get rules(): readonly Messages['rule'][] {
    return this.all('rule' as O) as readonly Messages['rule'][];
  }

  get nexthops(): readonly Messages['nexthop'][] {
    return this.all('nexthop' as O) as readonly Messages['nexthop'][];
  }

  /**
   * Changes from the moment of this call: who calls `all` in the same turn and applies them always has the picture.
   *
   * A reader that is too slow is told so by `resync`, and then one change for each object that has changed. The loop ends
   * with `break`, with the signal, or with `close`.
   */
  changes(options: WatchOptions = {}): AsyncIterableIterator<MirrorChange<O>, undefined, undefined> {
    if (this.#ending.signal.aborted) throw closedError();
    const watch: Watch<MirrorChange<O>> = new Watch<MirrorChange<O>>((push) => {
      const backlog = new Backlog<O>(push);
      this.#backlogs.add(backlog);
      return {
        pause: () => backlog.hold(),
        resume: () => backlog.release(),
        close: () => {
          this.#backlogs.delete(backlog);
          this.#watches.delete(watch);
        },
      };
    }, options);
    this.#watches.add(watch);
    return watch;
  }

  /** Ends the mirror and all loops over its changes; the picture stays as it is. Calling it again does nothing. */
  close(): void {
    this.#end();
  }

  #end(error?: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#subscription.close();
    this.#client.close();
    this.#wake();
    for (const watch of [...this.#watches]) {
      if (error === undefined) watch.close();
      else watch.fail(error);
    }
  }

  #subscribe(
    objects: readonly ObjectName[],
    { namespace, receiveBufferBytes, undecodable }: RtnetlinkOptions,
  ): Subscription {
    const held = namespace === undefined ? undefined : new HeldNamespace(namespace);
    try {
      return new Subscription({
        namespace: held,
        receiveBufferBytes,
        objects,
        receive: (notifications) => this.#receive(notifications),
        overrun: () => this.#lose('notifications came faster than they were read'),
        undecodable: (error) => {
          undecodable?.(error);
          this.#lose(`a notification could not be read: ${error.message}`);
        },
        failed: (error: SyscallError) => this.#end(error),
      });
    } finally {
      held?.close();
    }
  }

  /** Lists what must be listed, for as long as the mirror lives. */
  async #follow(listed: () => void): Promise<never> {
    try {
      for (;;) {
        const began = performance.now();
        await this.#list();
        const ended = performance.now();
        if (this.#resyncs >= 0) listed();
        await this.#doubted();
        const rest = ended + (ended - began) * (REST - 1) - performance.now();
        await pause(Math.max(GATHERING_MS, rest), undefined, { signal: this.#ending.signal });
      }
    } catch (error) {
      this.#end(error);
      throw this.#signal?.aborted ? this.#signal.reason : error;
    }
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
      this.#resyncs += 1;
      this.#tell([{ event: 'resync', reason: loss }]);
    }
    for (const [at, scope] of scopes.entries()) {
      const changes = this.#pictures
        .get(scope.object)
        ?.listed(found[at] ?? [], (message) => isIn(scope, message));
      if (loss === undefined) for (const change of changes ?? []) this.#doubts.note(change);
      this.#tell(changes ?? []);
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
      if (change !== undefined) {
        this.#doubts.note(change);
        changes.push(change);
      }
      if (uncertain) this.#doubts.add(scopeOf(notification));
    }
    this.#tell(changes);
    if (!this.#doubts.none) this.#wake();
  }

  /** Nothing more is taken in until everything has been listed. */
  #lose(reason: string): void {
    this.#loss ??= reason;
    this.#wake();
  }

  #tell(changes: readonly (ObjectChange | MirrorChange<O>)[]): void {
    const asked = changes.filter(
      (change) => change.event === 'resync' || this.#asked.has(change.object),
    ) as readonly MirrorChange<O>[];
    for (let from = 0; from < asked.length; from += CHANGES_AT_ONCE) {
      const some = asked.slice(from, from + CHANGES_AT_ONCE);
      for (const backlog of [...this.#backlogs]) backlog.tell(some);
    }
  }

  #known<K extends ObjectName>(object: K): Iterable<Messages[K]> {
    return (this.#pictures.get(object)?.all() ?? []) as Iterable<Messages[K]>;
  }
}

/** Whether it is over when tried again. */
function isTransient(error: unknown): boolean {
  return error instanceof InterruptedDumpError || (error instanceof NetlinkError && error.code === 'ENOBUFS');
}

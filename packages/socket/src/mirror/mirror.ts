/**
 * A copy of the kernel's state that always ends right: what there is, and every change of it, without a gap.
 *
 * Before it: `feed`, which keeps the copy right. After it: a program that needs both, such as `rtnl monitor`.
 * Invariant: whoever reads all changes, at whatever pace, ends with the same picture.
 */
import type { Messages, ObjectName } from '@ripstop/netlink';
import { Dependents } from '../dependents.ts';
import { closedError } from '../request-socket.ts';
import type { RtnetlinkOptions } from '../rtnetlink.ts';
import { Watch, type WatchOptions } from '../watch.ts';
import { Backlog } from './backlog.ts';
import type { MirrorChange } from './change.ts';
import { MirrorFeed } from './feed.ts';

export interface MirrorOptions extends RtnetlinkOptions {
  /** Ends the mirror: opening it, or else the loops over its changes, throw the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Everything is listed again this often, to find what Linux neither tells nor hints at; never if not given. More than
   * 0, at most 2,000,000.
   */
  readonly auditSeconds?: number | undefined;
}

/** What is mirrored if nothing is said. */
const USUAL = ['link', 'address', 'route'] as const;
/** Changes handed to a reader at once: that it does not keep up is found out in between. */
const CHANGES_AT_ONCE = 512;

/**
 * A live copy of the kernel's links, addresses, routes, …; `Mirror.open` makes it. Until `close` it holds two sockets,
 * which keep the process alive.
 *
 * Changes come as Linux tells them. What it does not tell (IPv4 routes that vanish with their interface) is listed again
 * and shows a moment later. A few things nothing hints at; without `auditSeconds` they are as they were when last told or
 * listed: names, groups and settings other than the state of an interface that is down; sysctl settings; neighbors that
 * are looked for, multicast neighbors and proxies; an address made from a router's advertisement, until it may be used.
 * Two rules that are alike in all are one here.
 */
export class Mirror<O extends ObjectName = ObjectName> {
  readonly #asked: ReadonlySet<ObjectName>;
  readonly #feed: MirrorFeed;
  readonly #backlogs = new Set<Backlog<O>>();
  readonly #watches = new Dependents();
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.#fail(this.#signal?.reason);
  readonly #opened: Promise<void>;
  #refuse: (error: unknown) => void = () => undefined;

  /**
   * Resolves when everything has been listed.
   * @param objects links, addresses and routes if not given
   * @throws NetlinkError, SyscallError, RangeError; the signal's reason
   */
  static async open<O extends ObjectName = (typeof USUAL)[number]>(
    objects: readonly O[] = USUAL as readonly ObjectName[] as readonly O[],
    options: MirrorOptions = {},
  ): Promise<Mirror<O>> {
    options.signal?.throwIfAborted();
    const mirror = new Mirror<O>(objects, options);
    await mirror.#opened;
    return mirror;
  }

  private constructor(objects: readonly O[], { signal, ...options }: MirrorOptions) {
    this.#asked = new Set(objects);
    let opened = (): void => undefined;
    this.#opened = new Promise((resolve, reject) => {
      opened = resolve;
      this.#refuse = reject;
    });
    this.#feed = new MirrorFeed(objects, {
      ...options,
      tell: (changes) => this.#tell(changes),
      opened,
      failed: (error) => this.#fail(error),
    });
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort, { once: true });
    void this.#feed.follow(); // it never rejects
  }

  /** How often everything was listed again because notifications were lost. */
  get resyncs(): number {
    return this.#feed.resyncs;
  }

  /** How often something was listed again because Linux may have changed it without telling, or for an audit. */
  get relists(): number {
    return this.#feed.relists;
  }

  /**
   * All objects of a kind as they are now, in a new array; in no order, but routes that compete (to one destination, in
   * one table, with one metric) stand in the kernel's order. Volatile fields (`differences`) may be old; everything may be
   * until a long list has been taken in, which leaves others their turn.
   * @throws RangeError if they are not mirrored
   */
  all<K extends O>(object: K): readonly Messages[K][] {
    return this.#all(object);
  }

  get links(): readonly Messages['link'][] {
    return this.#all('link');
  }

  get addresses(): readonly Messages['address'][] {
    return this.#all('address');
  }

  get routes(): readonly Messages['route'][] {
    return this.#all('route');
  }

  get neighbors(): readonly Messages['neighbor'][] {
    return this.#all('neighbor');
  }

  get rules(): readonly Messages['rule'][] {
    return this.#all('rule');
  }

  get nexthops(): readonly Messages['nexthop'][] {
    return this.#all('nexthop');
  }

  /**
   * Changes from the moment of this call: who calls `all` in the same turn and applies them always has the picture.
   *
   * Some thousand changes wait for a slow reader. If there are more, it is told `resync`, and then one change for each
   * object that is not as the reader saw it last. The loop ends with `break`, with the signal, or with `close`.
   * @throws SyscallError ECANCELED if the mirror is closed; what ended it; the signal's reason, if it has come already
   */
  changes(options: WatchOptions = {}): AsyncIterableIterator<MirrorChange<O>, undefined, undefined> {
    this.#watches.requireOpen();
    const watch: Watch<MirrorChange<O>> = new Watch<MirrorChange<O>>((push) => {
      const backlog = new Backlog<O>(push);
      this.#backlogs.add(backlog);
      return {
        pause: () => backlog.pause(),
        resume: () => backlog.resume(),
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
    this.#stop();
    this.#watches.close(closedError());
  }

  #fail(error: unknown): void {
    this.#stop();
    this.#refuse(error);
    this.#watches.fail(error);
  }

  #stop(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#feed.close();
  }

  #all<K extends ObjectName>(object: K): readonly Messages[K][] {
    if (!this.#asked.has(object)) throw new RangeError(`${object} is not mirrored`);
    return [...this.#feed.all(object)];
  }

  #tell(changes: readonly MirrorChange[]): void {
    if (this.#backlogs.size === 0) return;
    const asked = changes.filter(
      (change) => change.event === 'resync' || this.#asked.has(change.object),
    ) as readonly MirrorChange<O>[];
    for (let from = 0; from < asked.length; from += CHANGES_AT_ONCE) {
      const some = asked.slice(from, from + CHANGES_AT_ONCE);
      for (const backlog of [...this.#backlogs]) backlog.tell(some);
    }
  }
}

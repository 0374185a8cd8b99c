/**
 * Changes as an async iterator: `for await (const event of rtnetlink.watch(['route', 'link']))`.
 *
 * Before it: `subscription`. After it: a program that reads at its own pace.
 * Invariant: a slow reader loses nothing silently. What was received waits in memory, up to a limit; then the socket is
 * left alone, its buffer fills, and what the kernel had to drop is told as `overrun`, in its place among the others.
 */
import type { Notification, ObjectName } from '@ripstop/netlink';

/** What a watch tells. `overrun`: notifications were lost here; list everything again. */
export type WatchEvent<O extends ObjectName = ObjectName> =
  | Notification<O>
  | { readonly object: 'watch'; readonly operation: 'overrun' };

export interface WatchOptions {
  /** Ends the watch: after what was received, the loop throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a watch needs of its source. */
export interface WatchedSource {
  pause(): void;
  resume(): void;
  close(): void;
}

/** Events in memory before the socket is left alone. One batch may go beyond it. */
const WAITING_MAX = 4096;

interface Reader<Item> {
  readonly resolve: (result: IteratorResult<Item, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** One reader's queue of events; `Rtnetlink.watch` and `Mirror.changes` make it. */
export class Watch<Item> implements AsyncIterableIterator<Item, undefined, undefined> {
  readonly #source: WatchedSource;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.fail(this.#signal?.reason);
  /** From `#next` on not yet read. */
  #waiting: Item[] = [];
  #next = 0;
  readonly #readers: Reader<Item>[] = [];
  #paused = false;
  /** Set when nothing more will come. */
  #end: { readonly error?: unknown } | undefined;

  constructor(open: (push: (events: readonly Item[]) => void) => WatchedSource, { signal }: WatchOptions) {
    signal?.throwIfAborted();
    this.#signal = signal;
    this.#source = open((events) => this.#push(events));
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    const event = this.#waiting[this.#next];
    if (event !== undefined) {
      this.#next += 1;
      if (this.#next === this.#waiting.length) this.#drained();
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#end !== undefined) {
      const { error } = this.#end;
      this.#end = {}; // told once; after it the iterator is at its end
      return error === undefined ? Promise.resolve(END) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  /** Ends the watch: the loop was left. */
  return(): Promise<IteratorResult<Item, undefined>> {
    this.close();
    this.#waiting = [];
    this.#next = 0;
    this.#end = {}; // nobody waits for an error any more
    return Promise.resolve(END);
  }

  /** Ends the watch; what was received can still be read. */
  close(): void {
    this.#finish({});
  }

  /** Ends the watch with an error, after what was received. */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#source.close();
    const [first, ...others] = this.#readers.splice(0);
    if (first === undefined) return;
    this.#end = {};
    if (end.error === undefined) first.resolve(END);
    else first.reject(end.error);
    for (const reader of others) reader.resolve(END);
  }

  #push(events: readonly Item[]): void {
    let at = 0;
    for (; at < events.length && this.#readers.length > 0; at += 1) {
      this.#readers.shift()?.resolve({ done: false, value: events[at] as Item });
    }
    if (at === events.length) return;
    this.#waiting = this.#waiting.slice(this.#next).concat(events.slice(at));
    this.#next = 0;
    if (this.#waiting.length < WAITING_MAX || this.#paused) return;
    this.#paused = true;
    this.#source.pause();
  }

  #drained(): void {
    this.#waiting = [];
    this.#next = 0;
    if (!this.#paused || this.#end !== undefined) return;
    this.#paused = false;
    this.#source.resume();
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * One kind of object in one namespace: `rtnetlink.routes`, `rtnetlink.links`. What is left out of a request is filled in
 * as `ip` does (netlink's `completion`).
 *
 * Before it: a program's calls. After it: `request-socket`.
 */
import {
  completed,
  type Filters,
  type Messages,
  messageFlags,
  NetlinkError,
  type ObjectName,
  type Operation,
  queryOf,
  type Request,
  type Specifications,
} from '@ripstop/netlink';
import type { CallOptions, RequestSocket, RequestSocketOptions } from './request-socket.ts';
import { streamDump } from './stream.ts';

const { create, exclusive, replace, append } = messageFlags.masks;

/** All methods throw NetlinkError (the kernel refused), SyscallError (the socket failed) and EncodeError. */
export class ObjectClient<O extends ObjectName> {
  readonly #object: O;
  readonly #requests: RequestSocket;
  readonly #openOptions: Omit<RequestSocketOptions, 'failed'>;

  constructor(object: O, requests: RequestSocket, openOptions: Omit<RequestSocketOptions, 'failed'>) {
    this.#object = object;
    this.#requests = requests;
    this.#openOptions = openOptions;
  }

  /** All that the filter selects, as it was at one moment; the kernel itself filters. @throws InterruptedDumpError */
  async list(filter: Filters[O] = {}, options: CallOptions = {}): Promise<readonly Messages[O][]> {
    try {
      const message = queryOf(this.#object, filter);
      return await this.#requests.list({ object: this.#object, message }, options);
    } catch (error) {
      // Linux: a table comes into being with its first route.
      if (isAbsentTable(this.#object, filter, error)) return [];
      throw error;
    }
  }

  /**
   * As `list`, one by one as the kernel tells them, on a socket of its own: whoever reads slowly makes the kernel wait,
   * and only what is on its way takes memory. A list that changes meanwhile cannot be read again.
   * @throws InterruptedDumpError after the last one, without `partial`
   */
  async *stream(
    filter: Filters[O] = {},
    options: CallOptions = {},
  ): AsyncGenerator<Messages[O], void, undefined> {
    try {
      const message = queryOf(this.#object, filter);
      yield* streamDump({ object: this.#object, message }, { ...this.#openOptions, ...options });
    } catch (error) {
      if (!isAbsentTable(this.#object, filter, error)) throw error;
    }
  }

  /**
   * The one that is named: a link by name or index, a neighbor by interface and address, a next hop by id; the route
   * that leads to a destination.
   *
   * Linux: there is none for IPv4 addresses (before 7.0) and rules; list them.
   */
  get(specification: Specifications[O], options: CallOptions = {}): Promise<Messages[O]> {
    const message = completed(this.#object, 'get', specification);
    return this.#requests.get({ object: this.#object, message }, options);
  }

  /** Makes a new one. EEXIST: there is one already. */
  add(specification: Specifications[O], options?: CallOptions): Promise<void> {
    return this.#change('new', create | exclusive, specification, options);
  }

  /** Makes it, or alters the one that is there, in one step: there is no moment without it. */
  replace(specification: Specifications[O], options?: CallOptions): Promise<void> {
    return this.#change('new', create | replace, specification, options);
  }

  /** Makes a further one beside those that are there: another route to the same destination. */
  append(specification: Specifications[O], options?: CallOptions): Promise<void> {
    return this.#change('new', create | append, specification, options);
  }

  /** Alters the one that is there. ENOENT, ENODEV: there is none. */
  set(specification: Specifications[O], options?: CallOptions): Promise<void> {
    return this.#change('new', this.#object === 'link' ? 0 : replace, specification, options);
  }

  /** Removes the one that is named. ESRCH, ENOENT, EADDRNOTAVAIL, ENODEV: there is none. */
  delete(specification: Specifications[O], options?: CallOptions): Promise<void> {
    return this.#change('delete', 0, specification, options);
  }

  /**
   * Removes all that the filter selects: lists, and deletes what was listed by all that identifies it. What appears
   * meanwhile stays; what others delete meanwhile is not counted.
   * @returns how many were removed
   * @throws the first refusal, after all were tried
   */
  async flush(filter: Filters[O], options: CallOptions = {}): Promise<number> {
    const found = await this.list(filter, options);
    const requests = found.map(
      (message) => ({ object: this.#object, operation: 'delete', message }) as unknown as Request,
    );
    const outcomes = await this.#requests.batch(requests, options);
    const refusals = outcomes.filter((outcome) => outcome !== undefined);
    const refusal = refusals.find(({ code }) => !GONE.has(code));
    if (refusal !== undefined) throw refusal;
    return requests.length - refusals.length;
  }

  async #change(
    operation: Operation,
    flags: number,
    specification: Specifications[O],
    options: CallOptions = {},
  ): Promise<void> {
    const message = completed(this.#object, operation, specification);
    const request = { object: this.#object, operation, flags, message } as unknown as Request;
    const [refusal] = await this.#requests.batch([request], options);
    if (refusal !== undefined) throw refusal;
  }
}

/** What the kernel says to a deletion of something that is not there. */
const GONE: ReadonlySet<string> = new Set(['ESRCH', 'ENOENT', 'ENODEV', 'EADDRNOTAVAIL']);

function isAbsentTable(object: ObjectName, filter: object, error: unknown): boolean {
  return object === 'route' && 'table' in filter && error instanceof NetlinkError && error.code === 'ENOENT';
}

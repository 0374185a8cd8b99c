/**
 * One kind of object in one namespace: `rtnetlink.routes`, `rtnetlink.links`. What is left out of a request is filled in
 * as `ip` does (netlink's `completion`).
 *
 * Before it: a program's calls. After it: `request-socket`.
 */
import {
  completed,
  deletionOf,
  type Filters,
  type Inputs,
  type Messages,
  messageFlags,
  NetlinkError,
  type ObjectName,
  type Operation,
  queryOf,
  type Request,
  remainderOf,
  type Specifications,
} from '@ripstop/netlink';
import { EncodeError } from '@ripstop/wire';
import type { CallOptions, RequestSocket } from './request-socket.ts';
import { type StreamOptions, streamDump } from './stream.ts';

const { create, exclusive, replace, append } = messageFlags.masks;

export interface FlushOptions<O extends ObjectName> extends CallOptions {
  /** Of what the filter selects, removes only this. For what the kernel cannot filter by. */
  readonly where?: ((message: Messages[O]) => boolean) | undefined;
}

/** All methods throw NetlinkError (the kernel refused), SyscallError (the socket failed) and EncodeError. */
export class ObjectClient<O extends ObjectName> {
  readonly #object: O;
  readonly #requests: RequestSocket;
  readonly #streamOptions: StreamOptions;

  constructor(object: O, requests: RequestSocket, streamOptions: StreamOptions) {
    this.#object = object;
    this.#requests = requests;
    this.#streamOptions = streamOptions;
  }

  /** All that the filter selects, as it was at one moment; the kernel itself filters. @throws InterruptedDumpError */
  async list(filter: Filters[O] = {}, options: CallOptions = {}): Promise<readonly Messages[O][]> {
    try {
      const message = queryOf(this.#object, filter);
      const found = await this.#requests.list({ object: this.#object, message }, options);
      const isSelected = remainderOf(this.#object, filter);
      return isSelected === undefined ? found : found.filter(isSelected);
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
  stream(filter: Filters[O] = {}, options: CallOptions = {}): AsyncGenerator<Messages[O], void, undefined> {
    const query = { object: this.#object, message: queryOf(this.#object, filter) };
    const isEmpty = (refusal: NetlinkError): boolean => isAbsentTable(this.#object, filter, refusal);
    const found = streamDump(query, isEmpty, { ...this.#streamOptions, ...options });
    const isSelected = remainderOf(this.#object, filter);
    return isSelected === undefined ? found : only(found, isSelected);
  }

  /**
   * The one that is named: a link by name or index, a neighbor by interface and address, a next hop by id; the route
   * that leads to a destination.
   *
   * Linux: there is none for IPv4 addresses and rules; list them.
   */
  async get(specification: Specifications[O], options: CallOptions = {}): Promise<Messages[O]> {
    const message = completed(this.#object, 'get', specification);
    return await this.#requests.get({ object: this.#object, message }, options);
  }

  /** Makes a new one. EEXIST: there is one already. */
  add(specification: Specifications[O], options?: CallOptions): Promise<void> {
    return this.#change('new', create | exclusive, specification, options);
  }

  /** Makes it, or alters the one that is there, in one step: there is no moment without it. */
  async replace(specification: Specifications[O], options?: CallOptions): Promise<void> {
    switch (this.#object) {
      case 'link':
        // Linux: `replace` is EOPNOTSUPP; without `exclusive`, a link that is there is altered.
        return await this.#change('new', create, specification, options);
      case 'rule':
        // Linux: with `replace` the same rule would be there twice. It has nothing that could be altered.
        return await this.#change('new', create | exclusive, specification, options).catch(unlessExists);
      default:
        return await this.#change('new', create | replace, specification, options);
    }
  }

  /**
   * Makes a further one beside those that are there: another route to the same destination, the same rule again. Where
   * there can be but one, it is `add`.
   */
  append(specification: Specifications[O], options?: CallOptions): Promise<void> {
    const several = this.#object === 'route' || this.#object === 'rule';
    return this.#change('new', create | (several ? append : exclusive), specification, options);
  }

  /**
   * Alters the one that is there. ENOENT, ENODEV: there is none.
   *
   * Linux: an address that is not there is made. Rules cannot be altered: EncodeError.
   */
  async set(specification: Specifications[O], options?: CallOptions): Promise<void> {
    if (this.#object === 'rule') throw new EncodeError('no message to set a rule');
    return await this.#change('new', this.#object === 'link' ? 0 : replace, specification, options);
  }

  /** Removes the one that is named. ESRCH, ENOENT, EADDRNOTAVAIL, ENODEV: there is none. */
  delete(specification: Specifications[O], options?: CallOptions): Promise<void> {
    return this.#change('delete', 0, specification, options);
  }

  /**
   * Removes all that the filter selects: lists, and deletes each by what identifies it. What appears meanwhile stays.
   * An empty filter selects all, the kernel's own routes and rules too. A link that cannot be deleted (`lo`) is a
   * refusal: select links by `kind`.
   *
   * @returns how many of them are gone; some may have gone with others: the peer of a veth, secondary addresses
   * @throws the first refusal, after all were tried
   */
  async flush(filter: Filters[O], { where = () => true, ...options }: FlushOptions<O> = {}): Promise<number> {
    const found = (await this.list(filter, options)).filter(where);
    const requests = found.map((message) => this.#request('delete', 0, deletionOf(this.#object, message)));
    const outcomes = await this.#requests.batch(requests, options);
    const refusal = outcomes.find((outcome) => outcome !== undefined && !GONE.has(outcome.code));
    if (refusal !== undefined) throw refusal;
    return found.length;
  }

  async #change(
    operation: Operation,
    flags: number,
    specification: Specifications[O],
    options: CallOptions = {},
  ): Promise<void> {
    const message = completed(this.#object, operation, specification);
    const [refusal] = await this.#requests.batch([this.#request(operation, flags, message)], options);
    if (refusal !== undefined) throw refusal;
  }

  #request(operation: Operation, flags: number, message: Inputs[O]): Request {
    // The compiler does not see that `object` and `message` go together, as O is not known here.
    return { object: this.#object, operation, flags, message } as unknown as Request;
  }
}

/** What the kernel says to a deletion of something that is not there. */
const GONE: ReadonlySet<string> = new Set(['ESRCH', 'ENOENT', 'ENODEV', 'EADDRNOTAVAIL']);

async function* only<Item>(
  items: AsyncIterable<Item>,
  isSelected: (item: Item) => boolean,
): AsyncGenerator<Item, void, undefined> {
  for await (const item of items) if (isSelected(item)) yield item;
}

function unlessExists(error: unknown): void {
  if (!(error instanceof NetlinkError) || error.code !== 'EEXIST') throw error;
}

function isAbsentTable(object: ObjectName, filter: object, error: unknown): boolean {
  return object === 'route' && 'table' in filter && error instanceof NetlinkError && error.code === 'ENOENT';
}

/**
 * The conversation with the kernel on one netlink socket, without the socket: requests become datagrams, datagrams
 * become outcomes and notifications.
 *
 * Before it: whoever asks (`socket/rtnetlink`). After it: the datagrams, to be sent in the order given. Whatever the
 * socket receives goes into `receive`; when the socket reports ENOBUFS, call `overrun`. There is no time in here: a
 * caller that gives up on an answer calls `overrun` too.
 *
 * Invariants: every request completes exactly once, synchronously, inside `receive` or `overrun`; only a batch of
 * nothing completes inside `batch`. Callbacks may start new requests, but must not throw: other requests would wait for
 * ever. What is handed out owns its bytes, so the receive buffer may be used again at once.
 * Answers are matched by port and sequence number; the numbers run from 1 to 2^32 - 1 and around.
 */
import { align4, DecodeError, EncodeError, viewOf } from '@ripstop/wire';
import { type Acknowledgement, decodeAcknowledgement } from './acknowledgement.ts';
import { controlTypes, type Message, messageAt, messageFlags } from './message.ts';
import { NetlinkError } from './netlink-error.ts';
import { refusalOf } from './refusal.ts';
import {
  entryOf,
  entryOfType,
  type Messages,
  type ObjectName,
  type Operation,
  type RegistryEntry,
} from './registry.ts';
import type { Notification, Query, Receipt, Request, Told } from './request.ts';
import { frame, type Outgoing, sequenceAfter, sequenceDistance, type Transmission } from './transmission.ts';

const { acknowledge, dump, dumpInterrupted, multi } = messageFlags.masks;
const ENOMSG = 42;
const EBADMSG = 74;
const ENOBUFS = 105;
/** What an acknowledgement that cannot be read counts as. */
const UNREADABLE: Acknowledgement = { errno: EBADMSG, extended: {} };

export interface ExchangeOptions {
  /** The socket's netlink port: messages with another are not answers. */
  readonly portId: number;
  /** The first sequence number, from 1 to 2^32 - 1. */
  readonly sequence: number;
  /** Limit of a datagram that is sent. The socket's send buffer must be larger. */
  readonly datagramBytesMax: number;
  /** What this port has asked for is told by receipts, which are not decoded: whoever asked knows what they would say. */
  readonly receiptsOf?: number | undefined;
  /** Told of every message that could not be read. The others of its datagram are not lost. */
  readonly undecodable?: ((error: DecodeError) => void) | undefined;
  /** Told, after every pending request has completed, that notifications were lost: list everything again. */
  readonly overrun?: (() => void) | undefined;
}

/** How a dump ended. */
export interface DumpEnd {
  /** The kernel refused it, or ended it early. */
  readonly error: NetlinkError | undefined;
  /** NLM_F_DUMP_INTR: things changed meanwhile, some may be missing or there twice. Ask again. */
  readonly interrupted: boolean;
  /** Messages of it that could not be read. */
  readonly undecodable: number;
}

/** What was received and led to nothing. */
export interface ExchangeCounters {
  /** Answers to no pending request, and messages of types that the registry does not have. */
  readonly strays: number;
  readonly undecodable: number;
  readonly overruns: number;
}

/** What to do with the answers to one datagram. */
interface Answers {
  /** A message that answers a question. Absent: such a message is a notification of our own doing. */
  readonly received?: (message: unknown) => void;
  /** The request at `index` failed. */
  readonly failed: (index: number, error: NetlinkError) => void;
  /** Everything that will come has come. */
  readonly ended: (pending: Pending) => void;
}

/** A datagram on its way. */
interface Pending extends Transmission {
  readonly answers: Answers;
  /** NLM_F_DUMP_INTR was in one of the answers. */
  interrupted: boolean;
  /** Answers that could not be read. */
  undecodable: number;
}

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #counters = { strays: 0, undecodable: 0, overruns: 0 };
  #sequence: number;
  #pending: Pending[] = [];

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#sequence = options.sequence;
  }

  /** Number of the next request; those of a batch follow each other, see `sequenceAfter`. */
  get nextSequence(): number {
    return this.#sequence;
  }

  get counters(): ExchangeCounters {
    return { ...this.#counters };
  }

  /**
   * Many changes. Each datagram has NLM_F_ACK on its last message only: a failed one is answered anyway and does not
   * keep back those after it, so that every outcome is known when the last is answered. A datagram of n requests can
   * get n answers, and the socket's receive buffer must hold them until it is read.
   * @param completed gets one outcome for each request, at the same index: undefined is success
   * @returns the datagrams to send
   * @throws EncodeError before anything is under way
   */
  batch(
    requests: readonly Request[],
    completed: (outcomes: readonly (NetlinkError | undefined)[]) => void,
  ): readonly Uint8Array[] {
    const outgoing = requests.map(({ object, operation, flags = 0, message }) => {
      return { entry: requireEntry(object, operation), flags, message };
    });
    const outcomes = new Array<NetlinkError | undefined>(requests.length).fill(undefined);
    let open = 0;
    const datagrams = this.#send(outgoing, acknowledge, (base) => {
      open += 1;
      return {
        failed: (index, error) => {
          outcomes[base + index] ??= error;
        },
        ended: () => {
          open -= 1;
          if (open === 0) completed(outcomes);
        },
      };
    });
    if (open === 0) completed(outcomes);
    return datagrams;
  }

  /**
   * One thing: a link by name or index, the route to an address.
   * @param completed gets the answer, or why there is none (ENOMSG: it could not be read)
   * @returns the datagrams to send
   * @throws EncodeError
   */
  get<O extends ObjectName>(
    { object, message }: Query<O>,
    completed: (answer: Messages[O] | NetlinkError) => void,
  ): readonly Uint8Array[] {
    const entry = requireEntry(object, 'get');
    let answer: Messages[O] | NetlinkError | undefined;
    return this.#send([{ entry, flags: 0, message }], acknowledge, () => ({
      received: (found) => {
        answer = found as Messages[O];
      },
      failed: (_index, error) => {
        answer ??= error;
      },
      ended: ({ sequence }) => {
        completed(answer ?? new NetlinkError({ errno: ENOMSG, operation: entry.name, sequence }));
      },
    }));
  }

  /**
   * All things that the message's fields select.
   * @param received gets each as it comes
   * @returns the datagrams to send
   * @throws EncodeError
   */
  dump<O extends ObjectName>(
    { object, message }: Query<O>,
    received: (message: Messages[O]) => void,
    completed: (end: DumpEnd) => void,
  ): readonly Uint8Array[] {
    const entry = requireEntry(object, 'get');
    let error: NetlinkError | undefined;
    return this.#send([{ entry, flags: dump, message }], 0, () => ({
      received: (found) => received(found as Messages[O]),
      failed: (_index, reason) => {
        error ??= reason;
      },
      ended: ({ interrupted, undecodable }) => completed({ error, interrupted, undecodable }),
    }));
  }

  /**
   * Takes one datagram; requests that it answers complete meanwhile.
   * @param notifications those of earlier datagrams, so that a burst makes one list
   * @returns them, and behind them what the kernel tells without being asked; receipts only if the options want them
   */
  receive(datagram: Uint8Array, notifications: Told[] = []): Told[] {
    const view = viewOf(datagram);
    for (let offset = 0; offset < view.byteLength; ) {
      const message = this.#messageAt(view, offset);
      if (message === undefined) {
        this.overrun();
        break;
      }
      this.#take(view, message, notifications);
      offset = align4(message.end);
    }
    return notifications;
  }

  /**
   * The kernel dropped answers and notifications (ENOBUFS). Every pending request completes with ENOBUFS: what became of
   * it is not known. So it does when a datagram is cut.
   */
  overrun(): void {
    this.#counters.overruns += 1;
    const abandoned = this.#pending;
    this.#pending = [];
    for (const pending of abandoned) {
      for (const [index, { entry }] of pending.requests.entries()) {
        const sequence = sequenceAfter(pending.sequence, index);
        pending.answers.failed(index, new NetlinkError({ errno: ENOBUFS, operation: entry.name, sequence }));
      }
      pending.answers.ended(pending);
    }
    this.#options.overrun?.();
  }

  #send(
    outgoing: readonly Outgoing[],
    lastFlags: number,
    answersFrom: (base: number) => Answers,
  ): Uint8Array[] {
    const transmissions = frame(outgoing, this.#sequence, lastFlags, this.#options.datagramBytesMax);
    this.#sequence = sequenceAfter(this.#sequence, outgoing.length);
    let base = 0;
    for (const transmission of transmissions) {
      this.#pending.push({ ...transmission, answers: answersFrom(base), interrupted: false, undecodable: 0 });
      base += transmission.requests.length;
    }
    return transmissions.map(({ datagram }) => datagram);
  }

  #take(view: DataView, message: Message, notifications: Told[]): void {
    switch (message.type) {
      case controlTypes.NLMSG_NOOP:
        return;
      case controlTypes.NLMSG_ERROR:
      case controlTypes.NLMSG_DONE:
        this.#acknowledged(view, message);
        return;
      case controlTypes.NLMSG_OVERRUN:
        this.overrun();
        return;
      default:
        this.#told(view, message, notifications);
    }
  }

  /** An NLMSG_ERROR or NLMSG_DONE. One that cannot be read is a failure too: its request must not wait for ever. */
  #acknowledged(view: DataView, message: Message): void {
    const pending = this.#pendingOf(message);
    if (pending === undefined) {
      this.#counters.strays += 1;
      return;
    }
    pending.interrupted ||= (message.flags & dumpInterrupted) !== 0;
    const acknowledgement = this.#acknowledgement(view, message);
    const index = sequenceDistance(pending.sequence, message.sequence);
    if (acknowledgement.errno !== 0)
      pending.answers.failed(index, refusalOf(pending, index, acknowledgement));
    if (index !== pending.requests.length - 1) return;
    this.#pending.splice(this.#pending.indexOf(pending), 1);
    pending.answers.ended(pending);
  }

  /** An object's message: an answer, or else a notification. Parts of a dump that nobody waits for are strays. */
  #told(view: DataView, message: Message, notifications: Told[]): void {
    const { type, flags, sequence, portId } = message;
    const entry = entryOfType(type);
    const pending = this.#pendingOf(message);
    if (entry !== undefined && pending?.answers.received !== undefined) {
      pending.interrupted ||= (flags & dumpInterrupted) !== 0;
      const answer = this.#payload(entry, view, message);
      if (answer === undefined) pending.undecodable += 1;
      else pending.answers.received(answer);
      return;
    }
    if (entry === undefined || !isChange(entry) || (flags & multi) !== 0) {
      this.#counters.strays += 1;
      return;
    }
    const { object, operation } = entry;
    if (portId === this.#options.receiptsOf) {
      notifications.push({ object, operation, flags, sequence, portId, message: undefined } as Receipt);
      return;
    }
    const told = this.#payload(entry, view, message);
    if (told === undefined) return;
    notifications.push({ object, operation, flags, sequence, portId, message: told } as Notification);
  }

  #pendingOf({ sequence, portId }: Message): Pending | undefined {
    if (portId !== this.#options.portId || sequence === 0) return undefined;
    for (const one of this.#pending) {
      if (sequenceDistance(one.sequence, sequence) < one.requests.length) return one;
    }
    return undefined;
  }

  // What cannot be read is undefined, counted and reported.

  #messageAt(view: DataView, offset: number): Message | undefined {
    try {
      return messageAt(view, offset);
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  #payload({ name, codec }: RegistryEntry, view: DataView, { start, end }: Message): unknown {
    try {
      return codec.decode(view, start, end);
    } catch (error) {
      this.#report(error, name);
      return undefined;
    }
  }

  #acknowledgement(view: DataView, message: Message): Acknowledgement {
    try {
      return decodeAcknowledgement(view, message);
    } catch (error) {
      this.#report(error, 'acknowledgement');
      return UNREADABLE;
    }
  }

  #report(error: unknown, name?: string): void {
    if (!(error instanceof DecodeError)) throw error;
    this.#counters.undecodable += 1;
    this.#options.undecodable?.(name === undefined ? error : error.within(name));
  }
}

/** Whether a message says that something changed. */
function isChange({ operation }: RegistryEntry): boolean {
  return operation === 'new' || operation === 'delete';
}

/** The table of a request. @throws EncodeError if there is no such message */
function requireEntry(object: ObjectName, operation: Operation): RegistryEntry {
  const entry = entryOf(object, operation);
  if (entry === undefined) throw new EncodeError(`no message to ${operation} a ${object}`);
  return entry;
}

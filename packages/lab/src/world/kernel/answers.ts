/**
 * The simulated kernel's side of the conversation: datagrams of requests are read with the tables that wrote them, and
 * answered by acknowledgements, refusals and lists, as bytes.
 *
 * Before it: `kernel-client.ts` with a datagram. After it: the `RequestHandler`, which knows what a request means.
 * linux/netlink.h, net/netlink/af_netlink.c.
 */
import {
  controlTypes,
  datagramOf,
  errorHeader,
  extendedAcknowledgement,
  type Inputs,
  type Message,
  messageFlags,
  messagesOf,
  multipartOf,
  type ObjectName,
  type PlainMessage,
  type RegistryEntry,
  registry,
} from '@ripstop/netlink';
import { encode, i32, viewOf } from '@ripstop/wire';
import type { Author } from './announcement.ts';
import { Refusal } from './refusal.ts';

const { acknowledge, dump, dumpInterrupted, multi, capped, attributes } = messageFlags.masks;
/** Linux: a dump comes in pieces of at most 32 KiB. */
const DUMP_BYTES_MAX = 32 * 1024;

const entriesByType = new Map(registry.map((entry) => [entry.type, entry]));
const notificationEntries = new Map(registry.map((entry) => [`${entry.operation} ${entry.object}`, entry]));

/** A request that was read. `message` is what its table decodes. */
export interface IncomingRequest {
  readonly entry: RegistryEntry;
  readonly flags: number;
  readonly message: unknown;
  readonly author: Author;
}

/** What a list consists of. */
export interface Listing {
  readonly object: ObjectName;
  readonly messages: readonly Inputs[ObjectName][];
  readonly isInterrupted: boolean;
}

export interface RequestHandler {
  /** @throws Refusal */
  change(request: IncomingRequest): void;
  /** @throws Refusal */
  list(request: IncomingRequest): Listing;
}

/** Carries out the requests of a datagram. @returns the datagrams that answer them, in order */
export function answersTo(datagram: Uint8Array, portId: number, handler: RequestHandler): Uint8Array[] {
  const view = viewOf(datagram);
  return [...messagesOf(view)].flatMap((message) => answersToOne(view, message, portId, handler));
}

/** The datagram that tells subscribers of a change. */
export function notificationOf<O extends ObjectName>(
  object: O,
  operation: 'new' | 'delete',
  message: Inputs[O],
  flags: number,
  { portId, sequence }: Author,
): Uint8Array {
  const { type, codec } = requireEntry(`${operation} ${object}`);
  return datagramOf([{ type, flags, sequence, portId, payload: encode(codec, message) }]);
}

function answersToOne(
  view: DataView,
  message: Message,
  portId: number,
  handler: RequestHandler,
): readonly Uint8Array[] {
  const { type, flags, sequence, start, end } = message;
  const entry = entriesByType.get(type);
  const answered = { sequence, portId };
  const isDump = entry?.operation === 'get' && (flags & dump) === dump;
  try {
    if (entry === undefined) throw new Refusal('EOPNOTSUPP');
    const request = { entry, flags, message: entry.codec.decode(view, start, end), author: answered };
    if (isDump) return listed(handler.list(request), answered);
    handler.change(request);
    return (flags & acknowledge) === 0 ? [] : [datagramOf([acknowledgementOf(message, portId)])];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refused = isDump ? doneWith(error, answered) : acknowledgementOf(message, portId, error);
    return [datagramOf([refused])];
  }
}

function listed({ object, messages, isInterrupted }: Listing, answered: Author): readonly Uint8Array[] {
  const { type, codec } = requireEntry(`new ${object}`);
  const flags = isInterrupted ? dumpInterrupted : 0;
  const parts = messages.map((each) => ({ ...answered, type, flags, payload: encode(codec, each) }));
  return multipartOf(parts, answered, DUMP_BYTES_MAX);
}

/** NLMSG_ERROR: error number 0 is success. */
function acknowledgementOf(message: Message, portId: number, refusal?: Refusal): PlainMessage {
  const { type, flags, sequence, start, end } = message;
  const request = { length: end - start + 16, type, flags, sequence, portId: message.portId };
  const error = encode(errorHeader, { error: -(refusal?.errno ?? 0), request });
  const extended = encode(extendedAcknowledgement, { message: refusal?.words });
  return {
    type: controlTypes.NLMSG_ERROR,
    flags: capped | (extended.length > 0 ? attributes : 0),
    sequence,
    portId,
    payload: joined(error, extended),
  };
}

/** NLMSG_DONE of a list that was refused. */
function doneWith({ errno, words }: Refusal, answered: Author): PlainMessage {
  const extended = encode(extendedAcknowledgement, { message: words });
  return {
    ...answered,
    type: controlTypes.NLMSG_DONE,
    flags: multi | (extended.length > 0 ? attributes : 0),
    payload: joined(encode(i32, -errno), extended),
  };
}

function requireEntry(key: string): RegistryEntry {
  const entry = notificationEntries.get(key);
  if (entry === undefined) throw new Error(`no message to tell of: ${key}`);
  return entry;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

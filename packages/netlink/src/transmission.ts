/**
 * Requests as datagrams: many messages in each, numbered in order.
 *
 * Before it: `Exchange`, with requests. After it: the socket, with bytes.
 */
import { align4, EncodeError, u16, u32, viewOf } from '@ripstop/wire';
import { messageFlags, messageHeader } from './message.ts';
import type { RegistryEntry } from './registry.ts';

const { request } = messageFlags.masks;
const { offsets } = messageHeader;

/** A request with its table. */
export interface Outgoing {
  readonly entry: RegistryEntry;
  /** NLM_F_*, without `request`. */
  readonly flags: number;
  /** What the entry's codec encodes. */
  readonly message: unknown;
}

/** One datagram and what is in it. */
export interface Transmission {
  readonly datagram: Uint8Array;
  /** Sequence number of the first request; those of the others follow it. */
  readonly sequence: number;
  readonly requests: readonly Outgoing[];
}

/** Sequence numbers go from 1 to this: 0 is that of notifications which nobody asked for. */
const SEQUENCE_MAX = 0xffff_ffff;

/** The sequence number `count` after `sequence`. */
export function sequenceAfter(sequence: number, count: number): number {
  const after = sequence + count;
  return after > SEQUENCE_MAX ? after - SEQUENCE_MAX : after;
}

/** How many sequence numbers `sequence` comes after `first`. */
export function sequenceDistance(first: number, sequence: number): number {
  const distance = sequence - first;
  return distance < 0 ? distance + SEQUENCE_MAX : distance;
}

/**
 * Puts requests, in their order, into as few datagrams as hold them.
 * @param sequence of the first request
 * @param lastFlags added to the last message of every datagram
 * @param datagramBytesMax limit of each datagram
 * @throws EncodeError if a request cannot be written, or not within the limit
 */
export function frame(
  outgoing: readonly Outgoing[],
  sequence: number,
  lastFlags: number,
  datagramBytesMax: number,
): Transmission[] {
  const lengths = outgoing.map(({ entry, message }) => {
    const length = messageHeader.size + entry.codec.sizeOf(message);
    if (length <= datagramBytesMax) return length;
    throw new EncodeError(`${entry.name}: ${length} bytes, at most ${datagramBytesMax} fit`);
  });
  const transmissions: Transmission[] = [];
  for (let from = 0; from < outgoing.length; ) {
    const to = endOfDatagram(lengths, from, datagramBytesMax);
    const requests = outgoing.slice(from, to);
    const first = sequenceAfter(sequence, from);
    const datagram = written(requests, lengths.slice(from, to), first, lastFlags);
    transmissions.push({ datagram, sequence: first, requests });
    from = to;
  }
  return transmissions;
}

/** The end of the requests, from `from` on, that fit into one datagram: one at least. */
function endOfDatagram(lengths: readonly number[], from: number, datagramBytesMax: number): number {
  let end = 0;
  for (let at = from; at < lengths.length; at += 1) {
    end = align4(end) + (lengths[at] ?? 0);
    if (end > datagramBytesMax) return at;
  }
  return lengths.length;
}

function written(
  requests: readonly Outgoing[],
  lengths: readonly number[],
  sequence: number,
  lastFlags: number,
): Uint8Array {
  const last = requests.length - 1;
  const datagram = new Uint8Array(lengths.reduce((end, length) => align4(end) + length, 0));
  const view = viewOf(datagram);
  let offset = 0;
  let at = 0;
  for (const { entry, flags, message } of requests) {
    const length = lengths[at] ?? 0;
    u32.encode(length, view, offset + offsets.length);
    u16.encode(entry.type, view, offset + offsets.type);
    u16.encode(flags | request | (at === last ? lastFlags : 0), view, offset + offsets.flags);
    u32.encode(sequenceAfter(sequence, at), view, offset + offsets.sequence);
    entry.codec.encode(message, view, offset + messageHeader.size);
    offset += align4(length);
    at += 1;
  }
  return datagram;
}

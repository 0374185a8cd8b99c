/**
 * Requests as datagrams: many messages in each, numbered in order.
 *
 * Before it: `Exchange`, with requests. After it: the socket, with bytes.
 */
import { align4, EncodeError, viewOf } from '@ripstop/wire';
import { messageFlags, messageHeader } from './message.ts';
import type { RegistryEntry } from './registry.ts';

/** A request with its table. */
export interface Outgoing {
  readonly entry: RegistryEntry;
  /** NLM_F_*, without `request`. */
  readonly flags: number;
  /** What the entry's codec encodes. */
  readonly message: unknown;
}

/** A request in its place. */
interface Placed extends Outgoing {
  /** Bytes from the beginning of the datagram to its header, and to its end without padding. */
  readonly offset: number;
  readonly end: number;
}

/** One datagram and what is in it. */
export interface Transmission {
  readonly datagram: Uint8Array;
  /** Sequence number of the first request; those of the others follow it. */
  readonly sequence: number;
  readonly requests: readonly Placed[];
}

/** Sequence numbers go from 1 to this: 0 is that of notifications which nobody asked for. */
const SEQUENCE_MAX = 0xffff_ffff;

/** The sequence number `count` after `sequence`. */
export function sequenceAfter(sequence: number, count: number): number {
  return ((sequence - 1 + count) % SEQUENCE_MAX) + 1;
}

/** How many sequence numbers `sequence` comes after `first`. */
export function sequenceDistance(first: number, sequence: number): number {
  return (sequence - first + SEQUENCE_MAX) % SEQUENCE_MAX;
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
  const groups: Placed[][] = [];
  let group: Placed[] = [];
  let offset = 0;
  for (const { entry, flags, message } of outgoing) {
    const size = messageHeader.size + entry.codec.sizeOf(message);
    if (size > datagramBytesMax) {
      throw new EncodeError(`${entry.name}: ${size} bytes, at most ${datagramBytesMax} fit`);
    }
    if (group.length === 0 || offset + size > datagramBytesMax) {
      group = [];
      groups.push(group);
      offset = 0;
    }
    group.push({ entry, flags, message, offset, end: offset + size });
    offset += align4(size);
  }
  let first = sequence;
  return groups.map((requests) => {
    const transmission = { datagram: written(requests, first, lastFlags), sequence: first, requests };
    first = sequenceAfter(first, requests.length);
    return transmission;
  });
}

function written(requests: readonly Placed[], sequence: number, lastFlags: number): Uint8Array {
  const datagram = new Uint8Array(requests.at(-1)?.end ?? 0);
  const view = viewOf(datagram);
  for (const [at, { entry, flags, message, offset, end }] of requests.entries()) {
    const header = {
      length: end - offset,
      type: entry.type,
      flags: flags | messageFlags.masks.request | (at === requests.length - 1 ? lastFlags : 0),
      sequence: sequenceAfter(sequence, at),
    };
    messageHeader.encode(header, view, offset);
    entry.codec.encode(message, view, offset + messageHeader.size);
  }
  return datagram;
}

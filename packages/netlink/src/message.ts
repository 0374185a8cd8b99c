/**
 * Netlink messages: `struct nlmsghdr` and what lies behind it, several to a datagram (linux/netlink.h, RFC 3549 §2.3).
 *
 * Before it: a datagram from the kernel, in `Exchange`. After it: the object's own table, chosen by `registry`.
 */
import { align4, DecodeError, type FixedCodec, flags, requireBytes, struct, u16, u32 } from '@ripstop/wire';

/** NLM_F_* that mean the same in every message. */
export const commonFlags = {
  request: 0x1,
  multi: 0x2,
  acknowledge: 0x4,
  echo: 0x8,
  dumpInterrupted: 0x10,
  dumpFiltered: 0x20,
} as const;

/** NLM_F_* of a request to get. */
export const getFlags = flags('NLM_F', u16, {
  ...commonFlags,
  dump: 0x300,
  root: 0x100,
  match: 0x200,
  atomic: 0x400,
});
/** NLM_F_* of a request to make or to change something. */
export const newFlags = flags('NLM_F', u16, {
  ...commonFlags,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
});
/** NLM_F_* of a request to delete. */
export const deleteFlags = flags('NLM_F', u16, { ...commonFlags, nonRecursive: 0x100, bulk: 0x200 });
/** NLM_F_* of NLMSG_ERROR and NLMSG_DONE. */
export const acknowledgementFlags = flags('NLM_F', u16, { ...commonFlags, capped: 0x100, attributes: 0x200 });

/** Every NLM_F_* by name. Bits from 0x100 up mean different things in different messages. */
export const messageFlags = {
  masks: { ...getFlags.masks, ...newFlags.masks, ...deleteFlags.masks, ...acknowledgementFlags.masks },
} as const;

/** Types of netlink itself, the same in every protocol. */
export const controlTypes = { NLMSG_NOOP: 1, NLMSG_ERROR: 2, NLMSG_DONE: 3, NLMSG_OVERRUN: 4 } as const;
/** NLMSG_MIN_TYPE: types from here on are the protocol's own. */
export const CONTROL_TYPES_END = 16;

/** struct nlmsghdr, with the names that `type` and `flags` have in one kind of message. */
export function messageHeaderWith(type: FixedCodec<number>, flagNames: FixedCodec<number>) {
  return struct('nlmsghdr', 16, {
    /** Bytes with this header, without the padding behind. */
    length: u32,
    type,
    flags: flagNames,
    /** Of the request, and of all that answers it. */
    sequence: u32,
    /** The socket's number: the asker's in an answer, the author's in a notification, 0 for the kernel. */
    portId: u32,
  });
}

/** struct nlmsghdr: 16 bytes, host byte order. */
export const messageHeader = messageHeaderWith(u16, u16);

/** One message of a datagram. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly portId: number;
  /** Where the header begins, in the bytes of the datagram. */
  readonly offset: number;
  /** Where the payload begins. */
  readonly start: number;
  /** Where the payload ends. */
  readonly end: number;
}

/** The message that begins at `offset`. @throws DecodeError if it is cut */
export function messageAt(datagram: DataView, offset: number): Message {
  const bytes = datagram.byteLength;
  requireBytes('nlmsghdr', offset, bytes, messageHeader.size);
  const { offsets } = messageHeader;
  const length = u32.decode(datagram, offset + offsets.length, bytes);
  if (length < messageHeader.size || offset + length > bytes) {
    throw new DecodeError(
      'nlmsghdr',
      offset,
      `length ${length}, from ${messageHeader.size} to ${bytes - offset} expected`,
    );
  }
  return {
    type: u16.decode(datagram, offset + offsets.type, bytes),
    flags: u16.decode(datagram, offset + offsets.flags, bytes),
    sequence: u32.decode(datagram, offset + offsets.sequence, bytes),
    portId: u32.decode(datagram, offset + offsets.portId, bytes),
    offset,
    start: offset + messageHeader.size,
    end: offset + length,
  };
}

/** The messages of one datagram, in order. @throws DecodeError where a message is cut, after those before it */
export function* messagesOf(datagram: DataView): Generator<Message, void, undefined> {
  for (let offset = 0; offset < datagram.byteLength; ) {
    const message = messageAt(datagram, offset);
    yield message;
    offset = align4(message.end);
  }
}

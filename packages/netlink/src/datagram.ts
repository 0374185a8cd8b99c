/**
 * Messages of any netlink protocol as datagrams, for programs that talk to each other or in a protocol that the registry
 * does not have. `messagesOf` is the way back. RFC 3549 §2.3.2.
 *
 * Before it: payloads. After it: `NetlinkSocket.send`. Requests of rtnetlink go through `Exchange`.
 */
import { align4, EncodeError, viewOf } from '@ripstop/wire';
import { controlTypes, messageFlags, messageHeader } from './message.ts';

/** A message whose payload is bytes already. */
export interface PlainMessage {
  readonly type: number;
  /** NLM_F_* (`messageFlags.masks`); none if not given. */
  readonly flags?: number | undefined;
  /** 0 if not given. */
  readonly sequence?: number | undefined;
  /** Netlink port of the asker, in an answer; 0 if not given. */
  readonly portId?: number | undefined;
  readonly payload?: Uint8Array | undefined;
}

/** One datagram of all the messages, in order; each begins on a multiple of four bytes. */
export function datagramOf(messages: readonly PlainMessage[]): Uint8Array {
  const datagram = new Uint8Array(messages.reduce((bytes, message) => bytes + paddedSize(message), 0));
  const view = viewOf(datagram);
  let offset = 0;
  for (const message of messages) {
    const { type, flags, sequence, portId, payload = new Uint8Array() } = message;
    const length = messageHeader.size + payload.length;
    messageHeader.encode({ length, type, flags, sequence, portId }, view, offset);
    datagram.set(payload, offset + messageHeader.size);
    offset += paddedSize(message);
  }
  return datagram;
}

/**
 * A multipart answer: NLM_F_MULTI on every part and NLMSG_DONE behind the last, in as few datagrams as hold them.
 * @param done header of NLMSG_DONE: the sequence number of what is answered, the asker's port
 * @param datagramBytesMax limit of each datagram
 * @throws EncodeError if a part is longer than that
 */
export function multipartOf(
  parts: readonly PlainMessage[],
  done: Pick<PlainMessage, 'sequence' | 'portId'>,
  datagramBytesMax: number,
): readonly Uint8Array[] {
  const groups: PlainMessage[][] = [];
  let group: PlainMessage[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const part of [...parts, { ...done, type: controlTypes.NLMSG_DONE, payload: NO_ERROR }]) {
    const size = paddedSize(part);
    if (size > datagramBytesMax) throw new EncodeError(`${size} bytes, at most ${datagramBytesMax} fit`);
    if (bytes + size > datagramBytesMax) {
      group = [];
      groups.push(group);
      bytes = 0;
    }
    group.push({ ...part, flags: (part.flags ?? 0) | messageFlags.masks.multi });
    bytes += size;
  }
  return groups.map(datagramOf);
}

/** Payload of NLMSG_DONE: error number 0. */
const NO_ERROR = new Uint8Array(4);

function paddedSize({ payload }: PlainMessage): number {
  return messageHeader.size + align4(payload?.length ?? 0);
}

/** Datagrams as the kernel would send them: the other side of an `Exchange`. */
import { align4, decode, encode, type InputOf, viewOf } from '@ripstop/wire';
import { errorHeader, extendedAcknowledgement } from '../src/acknowledgement.ts';
import { controlTypes, type Message, messageFlags, messageHeader, messagesOf } from '../src/message.ts';
import { entryOf, entryOfType, type Inputs, type ObjectName, type Operation } from '../src/registry.ts';

export const PORT_ID = 4242;

const { attributes, capped, multi } = messageFlags.masks;

interface Header {
  readonly type: number;
  readonly sequence: number;
  readonly flags?: number;
  readonly portId?: number;
}

/** One message: an answer to our port unless the header says otherwise. */
export function message(header: Header, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(align4(messageHeader.size + payload.length));
  const length = messageHeader.size + payload.length;
  messageHeader.encode({ portId: PORT_ID, ...header, length }, viewOf(bytes), 0);
  bytes.set(payload, messageHeader.size);
  return bytes;
}

/** An object's message. */
export function told<O extends ObjectName>(
  object: O,
  operation: Operation,
  value: Inputs[O],
  header: Omit<Header, 'type'>,
): Uint8Array {
  const entry = entryOf(object, operation)!;
  return message({ ...header, type: entry.type }, encode(entry.codec, value));
}

/** NLMSG_ERROR without the request's payload; errno 0 is success. */
export function answer(
  sequence: number,
  errno: number,
  extended?: InputOf<typeof extendedAcknowledgement>,
): Uint8Array {
  const header = encode(errorHeader, { error: -errno, request: { sequence, length: 100 } });
  const tail = extended === undefined ? new Uint8Array() : encode(extendedAcknowledgement, extended);
  const flags = capped | (extended === undefined ? 0 : attributes);
  return message({ type: controlTypes.NLMSG_ERROR, sequence, flags }, together(header, tail));
}

/** NLMSG_DONE. */
export function done(sequence: number, errno = 0, flags = 0): Uint8Array {
  const error = new Uint8Array(new Int32Array([-errno]).buffer);
  return message({ type: controlTypes.NLMSG_DONE, sequence, flags: multi | flags }, error);
}

/** Messages in one datagram. */
export function together(...messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((bytes) => [...bytes]));
}

/** The headers of a datagram's messages; there is at least one. */
export function headersIn(datagram: Uint8Array): [Message, ...Message[]] {
  return [...messagesOf(viewOf(datagram))] as [Message, ...Message[]];
}

/** The requests in a datagram. */
export function requestsIn(
  datagram: Uint8Array,
): (Message & { readonly value: unknown; readonly name: string })[] {
  return headersIn(datagram).map((header) => {
    const entry = entryOfType(header.type)!;
    return {
      ...header,
      name: entry.name,
      value: decode(entry.codec, datagram.subarray(header.start, header.end)),
    };
  });
}

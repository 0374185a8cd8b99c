/** A whole datagram in words: every message with its header, for traces and for the messages of failed tests. */
import {
  bytes,
  DecodeError,
  type ExplainedField,
  explainInto,
  type FixedCodec,
  i32,
  u16,
  viewOf,
} from '@ripstop/wire';
import { errorHeader, extendedAcknowledgement, extendedAcknowledgementStart } from './acknowledgement.ts';
import {
  acknowledgementFlags,
  controlTypes,
  deleteFlags,
  getFlags,
  type Message,
  messageHeaderWith,
  messagesOf,
  newFlags,
} from './message.ts';
import { entryOfType, registry } from './registry.ts';

const names = new Map<number, string>([
  ...Object.entries(controlTypes).map(([name, type]) => [type, name] as const),
  ...registry.map(({ name, type }) => [type, name] as const),
]);

const messageType: FixedCodec<number> = { ...u16, name: 'nlmsg_type', format: nameOf };

function nameOf(type: number): string {
  return names.get(type) ?? String(type);
}

/** The header, its flags named as they are meant in each kind of message. */
const headers = {
  new: messageHeaderWith(messageType, newFlags),
  set: messageHeaderWith(messageType, newFlags),
  delete: messageHeaderWith(messageType, deleteFlags),
  get: messageHeaderWith(messageType, getFlags),
  control: messageHeaderWith(messageType, acknowledgementFlags),
};

/** Every field of every message: outer before inner, in the order of the bytes. Bytes that do not decode say why. */
export function explainDatagram(datagram: Uint8Array): ExplainedField[] {
  const view = viewOf(datagram);
  const lines: ExplainedField[] = [];
  try {
    for (const message of messagesOf(view)) explainMessage(view, message, lines);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { offset, reason } = error;
    lines.push({
      offset,
      length: datagram.byteLength - offset,
      path: '',
      type: 'nlmsghdr',
      value: `<${reason}>`,
    });
  }
  return lines;
}

function explainMessage(view: DataView, message: Message, lines: ExplainedField[]): void {
  const { type, offset, start, end } = message;
  const entry = entryOfType(type);
  lines.push({ offset, length: end - offset, path: '', type: nameOf(type), value: '' });
  explainInto(headers[entry?.operation ?? 'control'], view, offset, start, 'nlmsghdr', lines);
  if (type === controlTypes.NLMSG_ERROR || type === controlTypes.NLMSG_DONE)
    explainAnswer(view, message, lines);
  else explainInto(entry?.codec ?? bytes, view, start, end, '', lines);
}

function explainAnswer(view: DataView, message: Message, lines: ExplainedField[]): void {
  const { type, flags, start, end } = message;
  const errorEnd = Math.min(end, start + i32.size);
  const attributesStart = Math.min(end, extendedAcknowledgementStart(view, message));
  explainInto(i32, view, start, errorEnd, 'error', lines);
  if (type === controlTypes.NLMSG_ERROR) {
    const entry = entryOfType(errorHeader.decode(view, start, end).request.type);
    const headerEnd = Math.min(end, start + errorHeader.size);
    explainInto(headers[entry?.operation ?? 'control'], view, errorEnd, headerEnd, 'request', lines);
    if (headerEnd < attributesStart) {
      explainInto(entry?.codec ?? bytes, view, headerEnd, attributesStart, 'request.payload', lines);
    }
  }
  if ((flags & acknowledgementFlags.masks.attributes) !== 0) {
    explainInto(extendedAcknowledgement, view, attributesStart, end, '', lines);
  }
}

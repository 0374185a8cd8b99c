/** A whole datagram in words: every message with its header, for `rtnl explain`, traces and the messages of failed tests. */
import {
  bytes,
  DecodeError,
  type ExplainedField,
  explainInto,
  type FixedCodec,
  flags,
  i32,
  u16,
  viewOf,
} from '@ripstop/wire';
import { errorHeader, extendedAcknowledgement, extendedAcknowledgementStart } from './acknowledgement.ts';
import { errnoName } from './errno.ts';
import {
  acknowledgementFlags,
  CONTROL_TYPES_END,
  commonFlags,
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
  'new-property': messageHeaderWith(messageType, newFlags),
  'delete-property': messageHeaderWith(messageType, deleteFlags),
  control: messageHeaderWith(messageType, acknowledgementFlags),
  unknown: messageHeaderWith({ ...u16, name: 'nlmsg_type' }, flags('NLM_F', u16, commonFlags)),
};

const NETLINK_ROUTE = 0;

/**
 * Every field of every message: outer before inner, in the order of the bytes. Bytes that do not decode say why.
 *
 * @param protocol NETLINK_*; of any but NETLINK_ROUTE (0) the payloads stay bytes
 */
export function explainDatagram(datagram: Uint8Array, protocol = NETLINK_ROUTE): ExplainedField[] {
  const view = viewOf(datagram);
  const lines: ExplainedField[] = [];
  try {
    for (const message of messagesOf(view)) explainMessage(view, message, protocol, lines);
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

function explainMessage(view: DataView, message: Message, protocol: number, lines: ExplainedField[]): void {
  const { type, offset, start, end } = message;
  const { name, header, payload } = kindOf(type, protocol);
  lines.push({ offset, length: end - offset, path: '', type: name, value: '' });
  explainInto(header, view, offset, start, 'nlmsghdr', lines);
  if (type === controlTypes.NLMSG_ERROR || type === controlTypes.NLMSG_DONE)
    explainAnswer(view, message, protocol, lines);
  else explainInto(payload, view, start, end, '', lines);
}

/** Negative; 0 is success. In NLMSG_DONE it may be positive: what the kernel had left to say. */
const errorNumber: FixedCodec<number> = {
  ...i32,
  format: (value) => (value < 0 ? `${value} ${errnoName(-value)}` : String(value)),
};

/** How to read the messages of one type. */
function kindOf(type: number, protocol: number) {
  const isControl = type < CONTROL_TYPES_END;
  const entry = protocol === NETLINK_ROUTE ? entryOfType(type) : undefined;
  const header = headers[entry?.operation ?? (isControl ? 'control' : 'unknown')];
  const name = isControl || entry !== undefined ? nameOf(type) : String(type);
  return { name, header, payload: entry?.codec ?? bytes };
}

function explainAnswer(view: DataView, message: Message, protocol: number, lines: ExplainedField[]): void {
  const { type, flags, start, end } = message;
  const errorEnd = Math.min(end, start + i32.size);
  const attributesStart = Math.min(end, extendedAcknowledgementStart(view, message));
  explainInto(errorNumber, view, start, errorEnd, 'error', lines);
  if (type === controlTypes.NLMSG_ERROR) {
    const { header, payload } = kindOf(errorHeader.decode(view, start, end).request.type, protocol);
    const headerEnd = Math.min(end, start + errorHeader.size);
    explainInto(header, view, errorEnd, headerEnd, 'request', lines);
    if (headerEnd < attributesStart) {
      explainInto(payload, view, headerEnd, attributesStart, 'request.payload', lines);
    }
  }
  if ((flags & acknowledgementFlags.masks.attributes) !== 0) {
    explainInto(extendedAcknowledgement, view, attributesStart, end, '', lines);
  }
}

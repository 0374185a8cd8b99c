/**
 * The kernel's refusal of a request. Offsets and attribute numbers of its extended acknowledgement become names, by
 * walking the request's own bytes with the tables that wrote them.
 *
 * Before it: `acknowledgement`, read by `Exchange`. After it: whoever asked, with a `NetlinkError`.
 */
import {
  type AnyCodec,
  type AttributeTable,
  align4,
  explain,
  fieldAt,
  joinPath,
  viewOf,
} from '@ripstop/wire';
import type { Acknowledgement } from './acknowledgement.ts';
import { messageAt, messageHeader } from './message.ts';
import { NetlinkError } from './netlink-error.ts';
import { describePolicy } from './policy.ts';
import { sequenceAfter, type Transmission } from './transmission.ts';

/** The error of the request at `index`. */
export function refusalOf(
  { datagram, sequence, requests }: Transmission,
  index: number,
  { errno, extended }: Acknowledgement,
): NetlinkError {
  const request = requests[index];
  if (request === undefined) throw new RangeError(`no request ${index} in a datagram of ${requests.length}`);
  const { entry } = request;
  const payload = payloadOf(datagram, index);
  const { message, policy, missingType, missingNest } = extended;
  return new NetlinkError({
    errno,
    operation: entry.name,
    sequence: sequenceAfter(sequence, index),
    kernelMessage: message,
    attribute: fieldOf(entry.codec, payload, extended.offset),
    accepted: policy === undefined ? undefined : describePolicy(policy),
    missingAttribute:
      missingType === undefined
        ? undefined
        : attributeName(entry.codec, fieldOf(entry.codec, payload, missingNest) ?? '', missingType),
  });
}

/** The payload of the datagram's message number `index`. */
function payloadOf(datagram: Uint8Array, index: number): Uint8Array {
  const view = viewOf(datagram);
  let message = messageAt(view, 0);
  for (let at = 0; at < index; at += 1) message = messageAt(view, align4(message.end));
  return datagram.subarray(message.start, message.end);
}

/** The attribute or member at an offset from the beginning of the message's header: `metrics.mtu`. */
function fieldOf(codec: AnyCodec, payload: Uint8Array, offset: number | undefined): string | undefined {
  return offset === undefined ? undefined : fieldAt(explain(codec, payload), offset - messageHeader.size);
}

/** The name of attribute number `type` in the set at `path` (empty: the message's own). */
function attributeName(codec: AnyCodec, path: string, type: number): string {
  let table = tableOf(codec);
  for (const key of path === '' ? [] : path.split('.')) table = tableOf(table?.[key]?.[1]);
  const found = Object.entries(table ?? {}).find(([, [number]]) => number === type);
  return joinPath(path, found?.[0] ?? `unknown(${type})`);
}

function tableOf(codec: AnyCodec | undefined): AttributeTable | undefined {
  if (codec === undefined) return undefined;
  if ('otherwise' in codec) return tableOf(codec.otherwise as AnyCodec);
  if ('attributes' in codec) return tableOf(codec.attributes as AnyCodec);
  return 'table' in codec ? (codec.table as AttributeTable) : undefined;
}

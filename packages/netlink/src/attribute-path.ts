/**
 * Offsets and attribute numbers of the kernel's extended acknowledgements as names, by walking the request's own bytes
 * with the tables that wrote them.
 */
import { type AnyCodec, type AttributeTable, explain, fieldAt, joinPath } from '@ripstop/wire';
import { messageHeader } from './message.ts';

/** The attribute or member that holds byte `offset` of a message with its header: `metrics.mtu`; undefined if none does. */
export function attributePath(codec: AnyCodec, message: Uint8Array, offset: number): string | undefined {
  return fieldAt(explain(codec, message.subarray(messageHeader.size)), offset - messageHeader.size);
}

/** The name of attribute number `type` in the set at `path` (empty: the message's own). */
export function attributeName(codec: AnyCodec, path: string, type: number): string {
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

/** C structs: one table per struct, in the order of its members. */
import {
  type AnyCodec,
  type AnyFixedCodec,
  EncodeError,
  type ExplainedField,
  type FixedCodec,
  type InputOf,
  type ValueOf,
  viewOf,
} from './codec.ts';
import { explainInto, joinPath } from './explain.ts';
import { bytesAt } from './text.ts';

/** Bytes that a struct has and nobody reads. Written as zero; not part of the value. */
export interface Padding {
  readonly padding: number;
}

/** `count` bytes of padding. */
export function padding(count: number): Padding {
  return { padding: count };
}

export type Members = Readonly<Record<string, AnyFixedCodec | Padding>>;
type MemberNames<M extends Members> = { [K in keyof M]: M[K] extends Padding ? never : K }[keyof M];

type StructValue<M extends Members> = { readonly [K in MemberNames<M>]: ValueOf<M[K]> };
type StructInput<M extends Members> = { readonly [K in MemberNames<M>]?: InputOf<M[K]> | undefined };

/** A struct as a codec; `members` is what it was made from, `offsets` says where each lies. */
export interface StructCodec<M extends Members> extends FixedCodec<StructValue<M>, StructInput<M>> {
  readonly members: M;
  readonly offsets: Readonly<Record<MemberNames<M> & string, number>>;
}

/** Those that are what `struct` made: a copy with another `decode` is not read member by member. */
const structs = new WeakSet<AnyCodec>();

/** Whether `struct` made the codec, so that its members say all about it. */
export function isStruct(codec: AnyCodec): codec is StructCodec<Members> {
  return structs.has(codec);
}

/** A member of a struct. */
interface Field {
  readonly key: string;
  /** Bytes from the beginning of the struct. */
  readonly offset: number;
  readonly codec: AnyFixedCodec;
}

/**
 * A C struct of `size` bytes. Members that are left out are written as zero. A longer struct (a newer kernel's) is
 * accepted and its rest passed over; a shorter one (an older kernel's) reads as if zeros followed.
 *
 * Throws when the module loads if a member is not aligned or the members do not fill `size`: padding is named.
 */
export function struct<const M extends Members>(name: string, size: number, members: M): StructCodec<M> {
  const fields: Field[] = [];
  const offsets: Record<string, number> = {};
  let filled = 0;
  let alignment = 1;
  for (const [key, member] of Object.entries(members)) {
    if ('padding' in member) {
      filled += member.padding;
      continue;
    }
    if (filled % member.alignment !== 0) throw new Error(`${name}.${key}: offset ${filled} is not aligned`);
    fields.push({ key, offset: filled, codec: member });
    offsets[key] = filled;
    filled += member.size;
    alignment = Math.max(alignment, member.alignment);
  }
  if (filled !== size) throw new Error(`${name}: members fill ${filled} bytes of ${size}`);

  const made: StructCodec<M> = {
    name,
    size,
    alignment,
    zero: {},
    members,
    offsets: offsets as StructCodec<M>['offsets'],
    sizeOf: () => size,
    encode(value: Record<string, unknown>, view, offset) {
      for (const { key, offset: within, codec } of fields) {
        try {
          codec.encode(value[key] ?? codec.zero, view, offset + within);
        } catch (error) {
          throw error instanceof EncodeError ? error.within(key) : error;
        }
      }
    },
    decode(view, start, end) {
      if (end - start < size) return made.decode(zeroFilled(view, start, end, size), 0, size);
      const value: Record<string, unknown> = {};
      for (const { key, offset, codec } of fields) {
        value[key] = codec.decode(view, start + offset, start + offset + codec.size);
      }
      return value as StructValue<M>;
    },
    explain(view: DataView, start: number, end: number, path: string, lines: ExplainedField[]) {
      for (const { key, offset, codec } of fields) {
        const from = start + offset;
        if (from + codec.size <= end)
          explainInto(codec, view, from, from + codec.size, joinPath(path, key), lines);
      }
    },
  };
  structs.add(made);
  return made;
}

function zeroFilled(view: DataView, start: number, end: number, size: number): DataView {
  const whole = new Uint8Array(size);
  if (end > start) whole.set(bytesAt(view, start, end));
  return viewOf(whole);
}

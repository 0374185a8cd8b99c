/**
 * Netlink attributes (`struct nlattr`, linux/netlink.h): a 16-bit length, a 16-bit type, the payload, and padding to
 * four bytes. One table per attribute set.
 */
import { type Codec, DecodeError, type ExplainedField, type InputOf, type ValueOf } from './codec.ts';
import { explainInto, joinPath } from './explain.ts';
import { littleEndianHost } from './integers.ts';
import { bytes, bytesAt } from './text.ts';

const HEADER_BYTES = 4;
/** NLA_F_NESTED: the payload is itself a set of attributes. */
const NESTED_FLAG = 0x8000;
/** NLA_TYPE_MASK: the type without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
const TYPE_MASK = 0x3fff;

/** An attribute that the table does not know, kept as it came. */
export interface UnknownAttribute {
  /** Number with its flag bits. */
  readonly type: number;
  /** A view of the received bytes: keep it with `.slice()`. */
  readonly value: Uint8Array;
}

// biome-ignore lint/suspicious/noExplicitAny: the bound must accept a codec of any value; `infer` recovers it
type AnyCodec = Codec<any, any>;
type Table = Readonly<Record<string, readonly [number: number, codec: AnyCodec]>>;

type AttributesValue<T extends Table> = { readonly [K in keyof T]?: ValueOf<T[K][1]> } & {
  readonly unknown?: readonly UnknownAttribute[];
};
type AttributesInput<T extends Table> = { readonly [K in keyof T]?: InputOf<T[K][1]> | undefined } & {
  readonly unknown?: readonly UnknownAttribute[] | undefined;
};

/** A set of attributes as a codec; `table` is what it was made from. */
export interface AttributesCodec<T extends Table> extends Codec<AttributesValue<T>, AttributesInput<T>> {
  readonly table: T;
}

/** Marks a set of attributes that lies inside an attribute and is sent with NLA_F_NESTED. */
export function nested<Value, Input>(codec: Codec<Value, Input>): Codec<Value, Input> & { readonly nested: true } {
  return { ...codec, nested: true };
}

/** Bytes with the padding to the next multiple of four (NLA_ALIGN, RTA_ALIGN, NLMSG_ALIGN). */
export function align4(length: number): number {
  return (length + 3) & ~3;
}

/** Calls `each` with the type and the payload of every attribute in `[start, end)`. @throws DecodeError */
function walk(
  name: string,
  view: DataView,
  start: number,
  end: number,
  each: (type: number, payloadStart: number, payloadEnd: number) => void,
): void {
  // As the kernel's nla_ok: fewer bytes than a header at the end are padding, not an attribute.
  for (let at = start; end - at >= HEADER_BYTES; ) {
    const length = view.getUint16(at, littleEndianHost);
    if (length < HEADER_BYTES || at + length > end) {
      throw new DecodeError(name, at, `attribute length ${length}, from ${HEADER_BYTES} to ${end - at} expected`);
    }
    each(view.getUint16(at + 2, littleEndianHost), at + HEADER_BYTES, at + length);
    at += align4(length);
  }
}

/**
 * A set of attributes: `attributes('RTA', { destination: [1, address], … })`. What is absent is `undefined`; what the
 * table does not know is kept in `unknown`; of two alike the last wins, as in the kernel. Written in the table's order.
 *
 * Throws when the module loads if two attributes share a number.
 */
export function attributes<const T extends Table>(name: string, table: T): AttributesCodec<T> {
  const byNumber = new Map<number, { key: string; codec: AnyCodec }>();
  const entries: { key: string; type: number; codec: AnyCodec }[] = [];
  for (const [key, [number, codec]] of Object.entries(table)) {
    const other = byNumber.get(number);
    if (other !== undefined) throw new Error(`${name}: ${key} and ${other.key} are both ${number}`);
    byNumber.set(number, { key, codec });
    entries.push({ key, type: 'nested' in codec ? number | NESTED_FLAG : number, codec });
  }

  return {
    name,
    table,
    sizeOf(value: Record<string, unknown>) {
      let size = 0;
      for (const { key, codec } of entries) {
        const item = value[key];
        if (item !== undefined) size += align4(HEADER_BYTES + codec.sizeOf(item));
      }
      for (const { value: raw } of unknownOf(value)) size += align4(HEADER_BYTES + raw.byteLength);
      return size;
    },
    encode(value: Record<string, unknown>, view, offset) {
      let at = offset;
      const put = (type: number, codec: AnyCodec, item: unknown): void => {
        const length = HEADER_BYTES + codec.sizeOf(item);
        view.setUint16(at, length, littleEndianHost);
        view.setUint16(at + 2, type, littleEndianHost);
        codec.encode(item, view, at + HEADER_BYTES);
        at += align4(length);
      };
      for (const { key, type, codec } of entries) {
        const item = value[key];
        if (item !== undefined) put(type, codec, item);
      }
      for (const raw of unknownOf(value)) put(raw.type, bytes, raw.value);
    },
    decode(view, start, end) {
      const value: Record<string, unknown> = {};
      let unknown: UnknownAttribute[] | undefined;
      walk(name, view, start, end, (type, from, to) => {
        const known = byNumber.get(type & TYPE_MASK);
        if (known === undefined) {
          unknown ??= [];
          unknown.push({ type, value: bytesAt(view, from, to) });
          return;
        }
        try {
          value[known.key] = known.codec.decode(view, from, to);
        } catch (error) {
          throw error instanceof DecodeError ? error.within(`${name}.${known.key}`) : error;
        }
      });
      if (unknown !== undefined) value['unknown'] = unknown;
      return value as AttributesValue<T>;
    },
    explain(view, start, end, path, lines: ExplainedField[]) {
      try {
        walk(name, view, start, end, (type, from, to) => {
          const known = byNumber.get(type & TYPE_MASK);
          const key = joinPath(path, known?.key ?? `unknown(${type & TYPE_MASK})`);
          explainInto(known?.codec ?? bytes, view, from, to, key, lines);
        });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        const rest = end - error.offset;
        lines.push({ offset: error.offset, length: rest, path, type: name, value: `<${error.reason}>` });
      }
    },
  };
}

function unknownOf(value: Record<string, unknown>): readonly UnknownAttribute[] {
  return (value['unknown'] as readonly UnknownAttribute[] | undefined) ?? [];
}

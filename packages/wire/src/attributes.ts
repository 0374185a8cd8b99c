/**
 * Netlink attributes (`struct nlattr`, linux/netlink.h): a 16-bit length, a 16-bit type, the payload, and padding to
 * four bytes. One table per attribute set.
 */
import {
  type AnyCodec,
  type Codec,
  DecodeError,
  EncodeError,
  type ExplainedField,
  type InputOf,
  type ValueOf,
} from './codec.ts';
import { explainInto, joinPath } from './explain.ts';
import { littleEndianHost } from './integers.ts';
import { bytes } from './text.ts';

export const ATTRIBUTE_HEADER_BYTES = 4;
/** The length has 16 bits. */
export const ATTRIBUTE_LENGTH_MAX = 0xffff;
/** NLA_F_NESTED: the payload is itself a set of attributes. */
const NESTED_FLAG = 0x8000;
/** NLA_TYPE_MASK: the type without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
export const ATTRIBUTE_TYPE_MASK = 0x3fff;

/** An attribute that the table does not know, kept as it came. */
export interface UnknownAttribute {
  /** Number with its flag bits. */
  readonly type: number;
  readonly value: Uint8Array;
}

export type AttributeTable = Readonly<Record<string, readonly [number: number, codec: AnyCodec]>>;

type AttributesValue<T extends AttributeTable> = { readonly [K in keyof T]?: ValueOf<T[K][1]> } & {
  readonly unknown?: readonly UnknownAttribute[];
};
type AttributesInput<T extends AttributeTable> = {
  readonly [K in keyof T]?: InputOf<T[K][1]> | undefined;
} & {
  readonly unknown?: readonly UnknownAttribute[] | undefined;
};

/** A set of attributes as a codec; `table` is what it was made from. */
export interface AttributesCodec<T extends AttributeTable>
  extends Codec<AttributesValue<T>, AttributesInput<T>> {
  readonly table: T;
  /** As `decode`, but into an object that has other members already. @throws DecodeError */
  decodeInto<Value extends object>(
    value: Value,
    view: DataView,
    start: number,
    end: number,
  ): Value & AttributesValue<T>;
}

/** Marks a set of attributes that lies inside an attribute and is sent with NLA_F_NESTED. */
export function nested<C extends AnyCodec>(codec: C): C & { readonly nested: true } {
  return { ...codec, nested: true };
}

/** Bytes with the padding to the next multiple of four (NLA_ALIGN, RTA_ALIGN, NLMSG_ALIGN). */
export function align4(length: number): number {
  return (length + 3) & ~3;
}

/** An attribute's type with the flag that its codec wants. */
export function typeOnWire(type: number, codec: AnyCodec): number {
  return 'nested' in codec ? type | NESTED_FLAG : type;
}

/** Writes one attribute; returns where the next one goes. @throws EncodeError */
function put(type: number, codec: AnyCodec, value: unknown, view: DataView, offset: number): number {
  const length = ATTRIBUTE_HEADER_BYTES + codec.sizeOf(value);
  if (length > ATTRIBUTE_LENGTH_MAX)
    throw new EncodeError(`${codec.name}: ${length} bytes, an attribute has at most ${ATTRIBUTE_LENGTH_MAX}`);
  view.setUint16(offset, length, littleEndianHost);
  view.setUint16(offset + 2, type, littleEndianHost);
  codec.encode(value, view, offset + ATTRIBUTE_HEADER_BYTES);
  return offset + align4(length);
}

/** Calls `each` with the type and the payload of every attribute in `[start, end)`. @throws DecodeError */
export function walkAttributes(
  name: string,
  view: DataView,
  start: number,
  end: number,
  each: (type: number, payloadStart: number, payloadEnd: number) => void,
): void {
  // As the kernel's nla_ok: fewer bytes than a header at the end are padding, not an attribute.
  for (let at = start; end - at >= ATTRIBUTE_HEADER_BYTES; ) {
    const length = view.getUint16(at, littleEndianHost);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > end) {
      throw new DecodeError(
        name,
        at,
        `attribute length ${length}, from ${ATTRIBUTE_HEADER_BYTES} to ${end - at} expected`,
      );
    }
    each(view.getUint16(at + 2, littleEndianHost), at + ATTRIBUTE_HEADER_BYTES, at + length);
    at += align4(length);
  }
}

/**
 * A set of attributes: `attributes('RTA', { destination: [1, address], … })`. What is absent is `undefined`; what the
 * table does not know is kept in `unknown`; of two alike the last wins, as in the kernel. Written in the value's order.
 *
 * Throws when the module loads if two attributes share a number.
 */
export function attributes<const T extends AttributeTable>(name: string, table: T): AttributesCodec<T> {
  const byNumber = new Map<number, { key: string; codec: AnyCodec }>();
  const byKey = new Map<string, { type: number; codec: AnyCodec }>();
  for (const [key, [number, codec]] of Object.entries(table)) {
    const other = byNumber.get(number);
    if (other !== undefined) throw new Error(`${name}: ${key} and ${other.key} are both ${number}`);
    byNumber.set(number, { key, codec });
    byKey.set(key, { type: typeOnWire(number, codec), codec });
  }

  return {
    name,
    table,
    sizeOf(value: Record<string, unknown>) {
      let size = 0;
      for (const key in value) {
        const known = byKey.get(key);
        const item = value[key];
        if (known === undefined || item === undefined) continue;
        size += align4(ATTRIBUTE_HEADER_BYTES + known.codec.sizeOf(item));
      }
      for (const { value: raw } of unknownOf(value)) size += align4(ATTRIBUTE_HEADER_BYTES + raw.byteLength);
      return size;
    },
    encode(value: Record<string, unknown>, view, offset) {
      let at = offset;
      for (const key in value) {
        const known = byKey.get(key);
        const item = value[key];
        if (known === undefined || item === undefined) continue;
        try {
          at = put(known.type, known.codec, item, view, at);
        } catch (error) {
          throw error instanceof EncodeError ? error.within(key) : error;
        }
      }
      for (const raw of unknownOf(value)) at = put(raw.type, bytes, raw.value, view, at);
    },
    decode(view, start, end) {
      return this.decodeInto({}, view, start, end);
    },
    decodeInto<Value extends object>(into: Value, view: DataView, start: number, end: number) {
      const value: Record<string, unknown> = into as Record<string, unknown>;
      let unknown: UnknownAttribute[] | undefined;
      walkAttributes(name, view, start, end, (type, from, to) => {
        const known = byNumber.get(type & ATTRIBUTE_TYPE_MASK);
        if (known === undefined) {
          unknown ??= [];
          unknown.push({ type, value: bytes.decode(view, from, to) });
          return;
        }
        try {
          value[known.key] = known.codec.decode(view, from, to);
        } catch (error) {
          throw error instanceof DecodeError ? error.within(known.key) : error;
        }
      });
      if (unknown !== undefined) value.unknown = unknown;
      return into as Value & AttributesValue<T>;
    },
    explain(view, start, end, path, lines: ExplainedField[]) {
      try {
        walkAttributes(name, view, start, end, (type, from, to) => {
          const known = byNumber.get(type & ATTRIBUTE_TYPE_MASK);
          const key = joinPath(path, known?.key ?? `unknown(${type & ATTRIBUTE_TYPE_MASK})`);
          explainInto(known?.codec ?? bytes, view, from, to, key, lines, ATTRIBUTE_HEADER_BYTES);
        });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        const rest = end - error.offset;
        lines.push({ offset: error.offset, length: rest, path, type: name, value: `<${error.reason}>` });
      }
    },
  };
}

/** A set of attributes that are all of one type, each an item: a list. Attributes of other types are passed over. */
export interface RepeatedCodec<Value, Input> extends Codec<readonly Value[], readonly Input[]> {
  readonly type: number;
  readonly item: Codec<Value, Input>;
}

/** Attributes of type `type`, in their order, as an array: `repeated('IFLA_PROP_LIST', 53, cString)`. */
export function repeated<Value, Input>(
  name: string,
  type: number,
  item: Codec<Value, Input>,
): RepeatedCodec<Value, Input> {
  return {
    name,
    type,
    item,
    sizeOf: (values) =>
      values.reduce((sum, value) => sum + align4(ATTRIBUTE_HEADER_BYTES + item.sizeOf(value)), 0),
    encode(values, view, offset) {
      let at = offset;
      for (const value of values) at = put(typeOnWire(type, item), item, value, view, at);
    },
    decode(view, start, end) {
      const values: Value[] = [];
      walkAttributes(name, view, start, end, (found, from, to) => {
        if ((found & ATTRIBUTE_TYPE_MASK) === type) values.push(item.decode(view, from, to));
      });
      return values;
    },
    format: (values) => values.map((value) => item.format?.(value) ?? String(value)).join(' '),
  };
}

function unknownOf(value: Record<string, unknown>): readonly UnknownAttribute[] {
  return (value.unknown as readonly UnknownAttribute[] | undefined) ?? [];
}

/** A struct and the attributes behind it, as one flat value: the payload of every rtnetlink message. */
import { type AttributesCodec, type AttributeTable, align4 } from './attributes.ts';
import type { Codec, InputOf, ValueOf } from './codec.ts';
import { ReadTemplates } from './read-template.ts';
import type { Members, StructCodec } from './struct.ts';
import { WriteTemplates } from './write-template.ts';

type Flat<T> = { [K in keyof T]: T[K] };

type HeadedValue<M extends Members, T extends AttributeTable> = Flat<
  ValueOf<StructCodec<M>> & ValueOf<AttributesCodec<T>>
>;

/** A struct with attributes as a codec; `header` and `attributes` are what it was made from. */
export interface HeadedCodec<M extends Members, T extends AttributeTable>
  extends Codec<HeadedValue<M, T>, Flat<InputOf<StructCodec<M>> & InputOf<AttributesCodec<T>>>> {
  readonly header: StructCodec<M>;
  readonly attributes: AttributesCodec<T>;
}

/**
 * Members and attributes in one object. What does not fill the header is read as `struct` reads it, without attributes.
 *
 * Throws when the module loads if a name is both a member's and an attribute's.
 */
export function headed<M extends Members, T extends AttributeTable>(
  header: StructCodec<M>,
  attributes: AttributesCodec<T>,
): HeadedCodec<M, T> {
  for (const key of Object.keys(header.offsets)) {
    if (key in attributes.table)
      throw new Error(`${header.name}.${key} is an attribute of ${attributes.name} too`);
  }
  const headerBytes = align4(header.size);
  const reading = new ReadTemplates(header, attributes);
  const writing = new WriteTemplates(header, attributes);
  return {
    name: header.name,
    header,
    attributes,
    sizeOf: (value) => writing.sizeOf(value) ?? headerBytes + attributes.sizeOf(value),
    encode(value, view, offset) {
      if (writing.encode(value, view, offset)) return;
      header.encode(value, view, offset);
      attributes.encode(value, view, offset + headerBytes);
      writing.learn(value);
    },
    decode(view, start, end) {
      const alike = reading.decode(view, start, end);
      if (alike !== undefined) return alike as HeadedValue<M, T>;
      const value = header.decode(view, start, end);
      const whole = attributes.decodeInto(value, view, start + headerBytes, end);
      reading.learn(view, start, end);
      return whole;
    },
    explain(view, start, end, path, lines) {
      header.explain?.(view, start, end, path, lines);
      attributes.explain?.(view, start + headerBytes, end, path, lines);
    },
  };
}

/**
 * Reading messages by templates: one comparison for each attribute's header, and then one object with everything read from
 * where it must be.
 *
 * Before it: `headed`, with every message. After it: `headed` again, which reads by itself what no template fits.
 *
 * Why: objects that are written out whole are smaller than those that grow by one attribute after the other, and V8 learns
 * to put them where long lists live, instead of copying each of them twice.
 *
 * Invariants: a template gives what `headed` gives, the order of the keys included (`template.test.ts`); where a value
 * cannot be read it gives nothing, and `headed` says why.
 */
import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTE_TYPE_MASK,
  type AttributesCodec,
  type AttributeTable,
  align4,
  walkAttributes,
} from './attributes.ts';
import { type AnyCodec, type AnyFixedCodec, DecodeError } from './codec.ts';
import { littleEndianHost } from './integers.ts';
import { quoted, SourceText } from './source-text.ts';
import { isStruct, type Members, type StructCodec } from './struct.ts';
import { Templates } from './template.ts';

type Value = Record<string, unknown>;
/** The value; undefined if the message has another layout. @throws DecodeError */
type ReadTemplate = (view: DataView, start: number, end: number) => Value | undefined;

/** The templates by which the messages of one table are read. */
export class ReadTemplates {
  readonly #header: StructCodec<Members>;
  readonly #attributes: AttributesCodec<AttributeTable>;
  readonly #byNumber: ReadonlyMap<number, readonly [key: string, codec: AnyCodec]>;
  readonly #templates = new Templates<ReadTemplate>();

  constructor(header: StructCodec<Members>, attributes: AttributesCodec<AttributeTable>) {
    this.#header = header;
    this.#attributes = attributes;
    const entries = Object.entries(attributes.table);
    this.#byNumber = new Map(entries.map(([key, [number, codec]]) => [number, [key, codec]]));
  }

  /** The message's value, if a template fits and all of it can be read. */
  decode(view: DataView, start: number, end: number): Value | undefined {
    try {
      for (const template of this.#templates.all) {
        const value = template(view, start, end);
        if (value !== undefined) return value;
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
    return undefined;
  }

  /** Takes note of a message that was read without a template. */
  learn(view: DataView, start: number, end: number): void {
    if (!this.#templates.learning || end - start < this.#header.size) return;
    const layout = this.#layoutOf(view, start, end);
    this.#templates.learn(layout, () => this.#templateOf(layout));
  }

  /** The message's length; then for each attribute its type, and where its payload begins and ends. */
  #layoutOf(view: DataView, start: number, end: number): readonly number[] {
    const layout = [end - start];
    const behindHeader = start + align4(this.#header.size);
    walkAttributes(this.#attributes.name, view, behindHeader, end, (type, from, to) => {
      layout.push(type, from - start, to - start);
    });
    return layout;
  }

  /** Undefined if there is an attribute that the table does not know, or if code from strings is forbidden. */
  #templateOf([length, ...attributes]: readonly number[]): ReadTemplate | undefined {
    const text = new SourceText();
    const parts = membersText(text, this.#header, 0);
    const conditions = [`end - start === ${length}`];
    for (let at = 0; at < attributes.length; at += 3) {
      const [type = 0, from = 0, to = 0] = attributes.slice(at);
      const known = this.#byNumber.get(type & ATTRIBUTE_TYPE_MASK);
      if (known === undefined) return undefined;
      const [key, codec] = known;
      parts.push(`${quoted(key)}: ${valueText(text, codec, from, to)}`);
      const header = from - ATTRIBUTE_HEADER_BYTES;
      conditions.push(
        `view.getUint16(start + ${header}, ${littleEndianHost}) === ${to - header}`,
        `view.getUint16(start + ${header + 2}, ${littleEndianHost}) === ${type}`,
      );
    }
    return text.compile(
      `(view, start, end) => ${conditions.join(' && ')} ? { ${parts.join(', ')} } : undefined`,
    );
  }
}

/** Text that reads what lies `from` there `to` there, counted from the beginning of the message. */
function valueText(text: SourceText, codec: AnyCodec, from: number, to: number): string {
  if (isStruct(codec) && to - from >= codec.size) return `{ ${membersText(text, codec, from).join(', ')} }`;
  return `${text.constant(codec)}.decode(view, start + ${from}, start + ${to})`;
}

/** For each member of the struct that begins at `from`, its key and the text that reads it. */
function membersText(text: SourceText, { members, offsets }: StructCodec<Members>, from: number): string[] {
  return Object.entries(offsets).map(([key, offset]) => {
    const codec = members[key] as AnyFixedCodec;
    return `${quoted(key)}: ${valueText(text, codec, from + offset, from + offset + codec.size)}`;
  });
}

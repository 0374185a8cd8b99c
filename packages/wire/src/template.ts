/**
 * Messages that look like the ones before them. A dump is thousands of messages with the same attributes of the same
 * lengths in the same order; for such a layout a template is made: one comparison for each attribute's header, and then
 * one object with everything read from where it must be.
 *
 * Before it: `headed`, with every message. After it: `headed` again, which reads by itself what no template fits.
 *
 * Why: objects that are written out whole are smaller than those that grow by one attribute after the other, and V8 learns
 * to put them where long lists live, instead of copying each of them twice. Listing
 * 500,000 routes takes about a third less processor time (Node 20).
 *
 * Invariants: a template gives what `headed` gives, the order of the keys included (`template.test.ts`); where a value
 * cannot be read it gives nothing, and `headed` says why. Layouts are numbers; no received byte becomes code.
 */
import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTE_TYPE_MASK,
  type AttributesCodec,
  type AttributeTable,
  align4,
  walkAttributes,
} from './attributes.ts';
import { type AnyCodec, DecodeError } from './codec.ts';
import { littleEndianHost } from './integers.ts';
import { compiled, quoted } from './straight-line.ts';
import type { Members, StructCodec } from './struct.ts';

/** Messages in a row that must be alike before a template is made: making one takes as long as reading a hundred. */
const ALIKE_MIN = 16;
/** Of one table. The first ones stay: tables whose messages are all different would learn for ever. */
const TEMPLATES_MAX = 8;

type Value = Record<string, unknown>;
/** The value; undefined if the message has another layout, or if it cannot be read. */
type Template = (view: DataView, start: number, end: number) => Value | undefined;

/** Something that a template reads: where it is, from the beginning of the message. */
interface Part {
  readonly key: string;
  readonly codec: AnyCodec;
  readonly from: number;
  readonly to: number;
}

/** The templates of one table. */
export class Templates {
  readonly #name: string;
  readonly #headerBytes: number;
  readonly #members: readonly Part[];
  readonly #attributes: ReadonlyMap<number, { readonly key: string; readonly codec: AnyCodec }>;
  readonly #templates: Template[] = [];
  /** The layout of the last message that no template fits, and how many in a row had it. */
  #layout: readonly number[] = [];
  #alike = 0;

  constructor(header: StructCodec<Members>, { name, table }: AttributesCodec<AttributeTable>) {
    this.#name = name;
    this.#headerBytes = align4(header.size);
    this.#members = Object.entries(header.offsets).map(([key, from]) => {
      const codec = header.members[key] as AnyCodec & { readonly size: number };
      return { key, codec, from, to: from + codec.size };
    });
    this.#attributes = new Map(
      Object.entries(table).map(([key, [number, codec]]) => [number, { key, codec }]),
    );
  }

  /** The message's value, if a template fits and all of it can be read. */
  decode(view: DataView, start: number, end: number): Value | undefined {
    try {
      for (const template of this.#templates) {
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
    if (this.#templates.length === TEMPLATES_MAX || end - start < this.#headerBytes) return;
    const layout = this.#layoutOf(view, start, end);
    const same = layout.length === this.#layout.length && layout.every((one, at) => one === this.#layout[at]);
    this.#alike = same ? this.#alike + 1 : 1;
    this.#layout = layout;
    if (this.#alike < ALIKE_MIN) return;
    this.#alike = 0;
    const template = this.#templateOf(layout);
    if (template !== undefined) this.#templates.push(template);
  }

  /** The message's length; then for each attribute its type, and where its payload begins and ends. */
  #layoutOf(view: DataView, start: number, end: number): readonly number[] {
    const layout = [end - start];
    walkAttributes(this.#name, view, start + this.#headerBytes, end, (type, from, to) => {
      layout.push(type, from - start, to - start);
    });
    return layout;
  }

  /** Undefined if there is an attribute that the table does not know, or if code from strings is forbidden. */
  #templateOf([length, ...attributes]: readonly number[]): Template | undefined {
    const parts = [...this.#members];
    const conditions = [`end - start === ${length}`];
    for (let at = 0; at < attributes.length; at += 3) {
      const [type = 0, from = 0, to = 0] = attributes.slice(at);
      const attribute = this.#attributes.get(type & ATTRIBUTE_TYPE_MASK);
      if (attribute === undefined) return undefined;
      parts.push({ ...attribute, from, to });
      const header = from - ATTRIBUTE_HEADER_BYTES;
      conditions.push(
        `view.getUint16(start + ${header}, ${littleEndianHost}) === ${to - header}`,
        `view.getUint16(start + ${header + 2}, ${littleEndianHost}) === ${type}`,
      );
    }
    const members = parts.map(
      ({ key, from, to }, at) => `${quoted(key)}: codec${at}.decode(view, start + ${from}, start + ${to})`,
    );
    return compiled(
      parts,
      `(view, start, end) => ${conditions.join(' && ')} ? { ${members.join(', ')} } : undefined`,
    );
  }
}

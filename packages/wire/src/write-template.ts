/**
 * Writing messages by templates: what has the same keys in the same order as those before it is measured and written by
 * code in which the keys stand.
 *
 * Before it: `headed`, with every value. After it: `headed` again, which writes by itself what no template fits.
 *
 * Invariants: a template writes what `headed` writes (`template.test.ts`); what cannot be written it leaves to `headed`,
 * which says why.
 */
import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTE_LENGTH_MAX,
  type AttributesCodec,
  type AttributeTable,
  align4,
  typeOnWire,
} from './attributes.ts';
import { type AnyFixedCodec, EncodeError } from './codec.ts';
import { littleEndianHost } from './integers.ts';
import { quoted, SourceText } from './source-text.ts';
import type { Members, StructCodec } from './struct.ts';
import { Templates } from './template.ts';

type Value = Record<string, unknown>;

interface WriteTemplate {
  /** Of the values that it is for, in their order. */
  readonly keys: readonly string[];
  readonly sizeOf: (value: Value) => number;
  /** False if an attribute is too long. @throws EncodeError */
  readonly encode: (value: Value, view: DataView, offset: number) => boolean;
}

/** The templates by which the values of one table are written. */
export class WriteTemplates {
  readonly #header: StructCodec<Members>;
  readonly #table: AttributeTable;
  readonly #templates = new Templates<WriteTemplate>();

  constructor(header: StructCodec<Members>, { table }: AttributesCodec<AttributeTable>) {
    this.#header = header;
    this.#table = table;
  }

  /** The bytes that the value takes, if a template fits. */
  sizeOf(value: Value): number | undefined {
    return this.#templateFor(value)?.sizeOf(value);
  }

  /** Whether a template fitted, and all could be written. If not, some of it may have been. */
  encode(value: Value, view: DataView, offset: number): boolean {
    const template = this.#templateFor(value);
    if (template === undefined) return false;
    try {
      return template.encode(value, view, offset);
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      return false;
    }
  }

  /** Takes note of a value that was written without a template. */
  learn(value: Value): void {
    if (!this.#templates.learning) return;
    const keys = Object.keys(value);
    this.#templates.learn(keys, () => this.#templateOf(keys));
  }

  #templateFor(value: Value): WriteTemplate | undefined {
    for (const template of this.#templates.all) if (hasKeys(value, template.keys)) return template;
    return undefined;
  }

  /** Undefined if there are attributes that no table knows, or if code from strings is forbidden. */
  #templateOf(keys: readonly string[]): WriteTemplate | undefined {
    const { members, offsets, size } = this.#header;
    const text = new SourceText();
    const sizes: string[] = [];
    const statements = Object.entries(offsets).map(([key, offset]) => {
      const codec = members[key] as AnyFixedCodec;
      const name = text.constant(codec);
      return `${name}.encode(value[${quoted(key)}] ?? ${name}.zero, view, offset + ${offset});`;
    });
    for (const key of keys) {
      if (key in offsets) continue;
      if (key === 'unknown') return undefined;
      if (!Object.hasOwn(this.#table, key)) continue;
      const [number, codec] = this.#table[key] as AttributeTable[string];
      const name = text.constant(codec);
      const length = `${ATTRIBUTE_HEADER_BYTES} + ${'size' in codec ? codec.size : `${name}.sizeOf(item)`}`;
      sizes.push(`item = value[${quoted(key)}]; if (item !== undefined) size += (${length} + 3) & ~3;`);
      statements.push(`item = value[${quoted(key)}];
        if (item !== undefined) {
          const length = ${length};
          if (length > ${ATTRIBUTE_LENGTH_MAX}) return false;
          view.setUint16(at, length, ${littleEndianHost});
          view.setUint16(at + 2, ${typeOnWire(number, codec)}, ${littleEndianHost});
          ${name}.encode(item, view, at + ${ATTRIBUTE_HEADER_BYTES});
          at += (length + 3) & ~3;
        }`);
    }
    const headerBytes = align4(size);
    const template = text.compile<Omit<WriteTemplate, 'keys'>>(`{
      sizeOf(value) { let size = ${headerBytes}, item; ${sizes.join('\n')} return size; },
      encode(value, view, offset) { let at = offset + ${headerBytes}, item; ${statements.join('\n')} return true; },
    }`);
    return template && { keys, ...template };
  }
}

/** Whether the value's keys are the first of these, in their order: those that are not there are not written. */
function hasKeys(value: Value, keys: readonly string[]): boolean {
  let at = 0;
  for (const key in value) {
    if (key !== keys[at]) return false;
    at += 1;
  }
  return true;
}

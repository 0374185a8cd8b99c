/** Bytes in words: the same tables that decode also say where each field lies, what it is called and what it holds. */
import { type AnyCodec, DecodeError, type ExplainedField, viewOf } from './codec.ts';
import { bytesAt, hex } from './text.ts';

/** `metrics` and `mtu` make `metrics.mtu`. */
export function joinPath(outer: string, inner: string): string {
  return outer === '' ? inner : `${outer}.${inner}`;
}

/**
 * Adds the lines of one codec's bytes. Bytes that do not decode become a line that says why: explaining never throws.
 * @param headerBytes bytes before `start` that belong to the field: an attribute's own length and type
 */
export function explainInto(
  codec: AnyCodec,
  view: DataView,
  start: number,
  end: number,
  path: string,
  lines: ExplainedField[],
  headerBytes = 0,
): void {
  const line = { offset: start - headerBytes, length: end - start + headerBytes, path, type: codec.name };
  if (codec.explain !== undefined) {
    lines.push({ ...line, value: '' });
    codec.explain(view, start, end, path, lines);
    return;
  }
  try {
    const value: unknown = codec.decode(view, start, end);
    lines.push({ ...line, value: codec.format?.(value) ?? String(value) });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    lines.push({ ...line, value: `<${error.reason}> ${hex(bytesAt(view, start, end))}` });
  }
}

/** Every field of `bytes` read as `codec`: outer before inner, in the order of the bytes. */
export function explain(codec: AnyCodec, bytes: Uint8Array): ExplainedField[] {
  const lines: ExplainedField[] = [];
  explainInto(codec, viewOf(bytes), 0, bytes.byteLength, '', lines);
  return lines;
}

/** The path of the innermost field that holds byte `offset`; undefined if none does. */
export function fieldAt(lines: readonly ExplainedField[], offset: number): string | undefined {
  let found: ExplainedField | undefined;
  for (const line of lines) {
    const holds = offset >= line.offset && offset < line.offset + line.length;
    if (holds && (found === undefined || line.length <= found.length)) found = line;
  }
  return found === undefined || found.path === '' ? undefined : found.path;
}

/** Lines as text: offset, path, type and length, value, in columns. */
export function printExplanation(lines: readonly ExplainedField[]): string {
  const rows = lines.map((line) => [
    String(line.offset),
    line.path === '' ? '-' : line.path,
    `${line.type}[${line.length}]`,
    line.value,
  ]);
  const width = (column: number): number => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1), width(2)] as const;
  return rows
    .map(([offset = '', path = '', type = '', value = '']) =>
      `${offset.padStart(widths[0])}  ${path.padEnd(widths[1])}  ${type.padEnd(widths[2])}  ${value}`.trimEnd(),
    )
    .join('\n');
}

/**
 * JSON as it is printed: `--json` on one line, `--pretty` indented.
 *
 * Numbers are exact, those of 64 bits too, which are `bigint` here: `JSON.stringify` refuses them, and as a `number` they
 * would lose digits. Not every reader of JSON keeps them (RFC 8259 §6).
 */

const INDENTATION = '    ';

/** With the newline at the end. */
export function jsonText(value: unknown, pretty: boolean): string {
  return `${written(value, pretty ? '\n' : '')}\n`;
}

/** @param lineBreak a newline and the indentation of what is around the value; empty: all on one line */
function written(value: unknown, lineBreak: string): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = lineBreak === '' ? '' : lineBreak + INDENTATION;
  const isArray = Array.isArray(value);
  const items = isArray
    ? value.map((item) => written(item, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${JSON.stringify(name)}:${inner && ' '}${written(member, inner)}`);
  const [begin, end] = isArray ? '[]' : '{}';
  return items.length === 0
    ? `${begin}${end}`
    : `${begin}${inner}${items.join(`,${inner}`)}${lineBreak}${end}`;
}

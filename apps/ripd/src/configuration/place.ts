/** Where things are written in a file: paths of keys and of places in lists, lines and columns. Before: `file`. */
import { type Document, isMap, isNode, isPair, isScalar, type LineCounter, type Node } from 'yaml';

/** Keys of sections and places in lists, from the top of the file. */
export type Path = readonly PropertyKey[];

/** Where a path is written: its value, or its key if that is wanted. */
export type Place = (path: Path, wanted?: 'key' | 'value') => { line: number; column: number };

/** The value at a path, undefined if there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}

export function placesIn(document: Document.Parsed, lineCounter: LineCounter): Place {
  return (path, wanted = 'value') => positionOf(offsetOf(document, path, wanted), lineCounter);
}

/** Line and column of an offset, from 1 each. */
export function positionOf(offset: number, lineCounter: LineCounter): { line: number; column: number } {
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/**
 * Where a path is written: its value, or its key if that is wanted or the value is a section of its own, or nothing. Of what is
 * missing, the innermost section that is there.
 */
function offsetOf({ contents }: Document.Parsed, path: Path, wanted: 'key' | 'value'): number {
  let offset = contents?.range[0] ?? 0;
  let node: unknown = contents;
  for (const [index, step] of path.entries()) {
    if (!isMap(node)) {
      const item = isNode(node) && 'items' in node ? (node.items as unknown[])[Number(step)] : undefined;
      if (!isNode(item)) break;
      node = item;
    } else {
      const pair = node.items.find(({ key }) => isNode(key) && String(key) === String(step));
      if (!isPair(pair)) break;
      const last = index === path.length - 1;
      const value = pair.value as Node | null;
      const isEmpty = isScalar(value) && value.value === null;
      node = isEmpty || (last && (wanted === 'key' || isMap(value))) ? pair.key : (value ?? pair.key);
    }
    if (isNode(node)) offset = node.range?.[0] ?? offset;
  }
  return offset;
}

/** Columns and pairs of text, for people. Before this file: `render`, `render-kernel`. */

/** Names and values, one below the other; a line without a name goes on with what is above it. */
export function pairs(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n');
}

/**
 * Columns as wide as their content. A column whose title ends in `>` is numbers: it is flush right. The column `Protocol` is
 * shown only if there are two.
 */
export function table(titles: string, rows: readonly (readonly string[])[]): string {
  const columns = titles
    .split(' ')
    .map((title, at) => ({ at, title: title.replace('>', ''), right: title.endsWith('>') }))
    .filter(({ at, title }) => title !== 'Protocol' || new Set(rows.map((row) => row[at])).size > 1)
    .map((column) => {
      const cells = [column.title, ...rows.map((row) => row[column.at] ?? '')];
      // Not spread into Math.max: there may be a hundred thousand.
      const width = cells.reduce((widest, { length }) => Math.max(widest, length), 0);
      return cells.map((cell) => (column.right ? cell.padStart(width) : cell.padEnd(width)));
    });
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    columns
      .map((cells) => cells[line])
      .join('  ')
      .trimEnd(),
  ).join('\n');
}

/** Below each row of a table what is to be said of it. @param items one a row */
export function withRemarks<Item>(
  rendered: string,
  items: readonly Item[],
  remarks: (item: Item) => readonly string[],
): string {
  const [head = '', ...lines] = rendered.split('\n');
  const told = items.map(remarks);
  return [head, ...lines.flatMap((line, at) => [line, ...(told[at] ?? [])])].join('\n');
}

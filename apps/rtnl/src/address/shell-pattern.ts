/** Shell patterns of labels: `eth0:*`, `eth?`, `eth[0-9]`, `eth[!1]` (POSIX.1-2017, XCU §2.13). */

/** Matches the whole of a text. A bracket that is never closed is itself. */
export function shellPattern(pattern: string): RegExp {
  const source = pattern.replace(/\[(!?)(\]?[^\]]*)\]|[^\w]/g, (part, negation, range) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return range === undefined ? `\\${part}` : `[${negation && '^'}${range.replace(/[\\\]^]/g, '\\$&')}]`;
  });
  return new RegExp(`^${source}$`, 's');
}

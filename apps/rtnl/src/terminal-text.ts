/** Text that does nothing to a terminal. Linux: a name or an alias may hold any character, escape sequences too. */

/** With `?` for every control character but the ends of lines and tabs. */
export function terminalText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '?');
}

/** The lines joined by a backslash, as `ip -o` does. */
export function onOneLine(text: string): string {
  return text.replaceAll('\n', '\\');
}

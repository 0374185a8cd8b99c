/** JSON as it is printed: `--json` on one line, `--pretty` indented. */

const INDENTATION = 4;

/** With the newline at the end. */
export function jsonText(value: unknown, pretty: boolean): string {
  return `${JSON.stringify(value, undefined, pretty ? INDENTATION : undefined)}\n`;
}

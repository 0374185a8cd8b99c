/** What is said of a configuration file: a place in it, what is wrong or unwise there, what was expected. */

/** One thing that is wrong, or merely unwise, in a file. Lines and columns count from 1. */
export interface Remark {
  readonly line: number;
  readonly column: number;
  /** What is wrong and what was expected. It never holds a secret. */
  readonly text: string;
}

/** A file that cannot be used. Its message has a line for every mistake: `FILE:LINE:COLUMN: …`. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'CONFIGURATION';
  readonly file: string;
  readonly mistakes: readonly Remark[];

  constructor(file: string, mistakes: readonly Remark[]) {
    const ordered = inOrder(mistakes);
    super(ordered.map((mistake) => printRemark(file, mistake)).join('\n'));
    this.file = file;
    this.mistakes = ordered;
  }
}

/** As they stand in the file. */
export function inOrder(remarks: readonly Remark[]): Remark[] {
  return remarks.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

export function printRemark(file: string, { line, column, text }: Remark): string {
  return `${file}:${line}:${column}: ${text}`;
}

/**
 * A YAML document whose every mistake is told with its line and column, all of them at once, as `ripd check` does. Before
 * and after this file: `scenario-file.ts`, which says what is expected where.
 */
import { type Document, isMap, isNode, LineCounter, type ParsedNode, parseDocument, type Scalar } from 'yaml';

/** Names and positions from the top of the document down. */
export type Path = readonly (string | number)[];

/** A file that cannot be used. Its message has a line for every mistake: `FILE:LINE:COLUMN: …`. */
export class ScenarioFileError extends Error {
  override readonly name = 'ScenarioFileError';
  readonly code = 'SCENARIO_FILE';
}

interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export class CheckedYaml {
  readonly #file: string;
  readonly #document: Document.Parsed<ParsedNode>;
  readonly #lines = new LineCounter();
  readonly #mistakes: Mistake[] = [];

  /** @throws ScenarioFileError if it is no YAML */
  constructor(file: string, text: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos, message } of this.#document.errors) this.#mistake(pos[0], `${message}, YAML expected`);
    this.throwMistakes();
  }

  get value(): unknown {
    return this.#document.toJS();
  }

  /** Remembers what is wrong at a place. @param wanted where to point: at the name or at the value */
  mistake(path: Path, text: string, wanted: 'name' | 'value' = 'value'): void {
    this.#mistake(this.#offset(path, wanted), text);
  }

  /** Remembers that something else was expected. @returns undefined, in place of a value */
  expected(path: Path, found: unknown, expectation: string): undefined {
    const name = path.length === 0 ? 'the file' : path.join('.');
    const what = found === undefined ? `${name} is missing` : `${name} is ${JSON.stringify(found)}`;
    this.mistake(path, `${what}, expected ${expectation}`);
  }

  /** A section with these names, or any if there is no list; absent is empty. */
  section(path: Path, value: unknown, names?: readonly string[]): Readonly<Record<string, unknown>> {
    if (value === undefined || value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.expected(path, value, 'a section of names and values');
      return {};
    }
    for (const name of Object.keys(value)) {
      if (names !== undefined && !names.includes(name))
        this.mistake(
          [...path, name],
          `there is no ${name} here, expected one of: ${names.join(', ')}`,
          'name',
        );
    }
    return value as Readonly<Record<string, unknown>>;
  }

  list(path: Path, value: unknown): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.expected(path, value, 'a list');
    return [];
  }

  number(path: Path, value: unknown, lowest: number, highest: number, of = 'a number'): number | undefined {
    if (typeof value === 'number' && value >= lowest && value <= highest) return value;
    return this.expected(path, value, `${of} from ${lowest} to ${highest}`);
  }

  whole(
    path: Path,
    value: unknown,
    lowest: number,
    highest: number,
    of = 'a whole number',
  ): number | undefined {
    if (Number.isInteger(value)) return this.number(path, value, lowest, highest, of);
    return this.expected(path, value, `${of} from ${lowest} to ${highest}`);
  }

  oneOf<const Name extends string>(path: Path, value: unknown, names: readonly Name[]): Name | undefined {
    const name = names.find((each) => each === value);
    return name ?? this.expected(path, value, `one of: ${names.join(', ')}`);
  }

  flag(path: Path, value: unknown): boolean | undefined {
    return typeof value === 'boolean' ? value : this.expected(path, value, 'true or false');
  }

  /** @throws ScenarioFileError with every mistake so far, if there is one */
  throwMistakes(): void {
    if (this.#mistakes.length === 0) return;
    const sorted = this.#mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.map(({ line, column, text }) => `${this.#file}:${line}:${column}: ${text}`);
    throw new ScenarioFileError(lines.join('\n'));
  }

  #mistake(offset: number, text: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#mistakes.push({ line: Math.max(1, line), column: Math.max(1, col), text });
  }

  /** Of something that is missing: where it would be. */
  #offset(path: Path, wanted: 'name' | 'value'): number {
    const last = path.at(-1);
    const parent = path.length === 0 ? undefined : this.#node(path.slice(0, -1));
    if (wanted === 'name' && isMap(parent)) {
      const pair = parent.items.find(({ key }) => isNode(key) && (key as Scalar).value === last);
      if (isNode(pair?.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = this.#node(path);
    if (node !== undefined) return node.range?.[0] ?? 0;
    return path.length === 0 ? 0 : this.#offset(path.slice(0, -1), 'value');
  }

  #node(path: Path): ParsedNode | undefined {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    return isNode(node) ? (node as ParsedNode) : undefined;
  }
}

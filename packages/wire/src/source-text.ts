/**
 * Functions made from text: the loops over a table, unrolled, with every key, offset and codec written out.
 *
 * Before it: `read-template` and `write-template`, with the text. After it: V8.
 *
 * Why: V8 remembers at each place in the source which objects and functions it met there. A loop over a table is one place
 * for all tables and all keys; it remembers nothing, and every `value[key]` is a search. In text of its own, each key has
 * its own place. docs/architecture.md has the figures.
 *
 * Invariants: the text is made of our own tables and of numbers; no received byte becomes code. Where code from strings is
 * forbidden (`node --disallow-code-generation-from-strings`) there is none, and the loops serve.
 */
export class SourceText {
  readonly #constants: unknown[] = [];

  /** The name of a value in the text: a codec is an object, and has no text of its own. */
  constant(value: unknown): string {
    this.#constants.push(value);
    return `constant${this.#constants.length - 1}`;
  }

  /** The function that `source` is the text of; undefined where code from strings is forbidden. */
  compile<Compiled>(source: string): Compiled | undefined {
    const names = this.#constants.map((_, at) => `constant${at}`);
    try {
      const make = new Function(...names, `'use strict'; return ${source};`);
      return make(...this.#constants);
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      return undefined;
    }
  }
}

/** A key as the text has it, in brackets or before a colon. */
export function quoted(key: string): string {
  return JSON.stringify(key);
}

/** The words behind OBJECT and COMMAND, read from left to right as `ip` reads them: `10.0.0.0/8 via 10.0.1.1 dev eth0`. */
import { CommandError } from './command.ts';

export class Words {
  readonly #words: readonly string[];
  #next = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** The next word, without taking it; undefined at the end. */
  get peek(): string | undefined {
    return this.#words[this.#next];
  }

  /** Takes the next word. */
  take(): string | undefined {
    const word = this.peek;
    if (word !== undefined) this.#next += 1;
    return word;
  }

  /** Takes the next word if it is one of these. */
  takeIf(...keywords: readonly string[]): boolean {
    if (this.peek === undefined || !keywords.includes(this.peek)) return false;
    this.#next += 1;
    return true;
  }

  /** Takes the word that must follow. @throws CommandError */
  value(of: string): string {
    const word = this.take();
    if (word === undefined) throw new CommandError(`${of}: a value is missing`);
    return word;
  }

  /** Takes a whole number, decimal or 0x…, from `lowest` to `highest`. @throws CommandError */
  number(of: string, lowest = 0, highest = 0xffff_ffff): number {
    const word = this.value(of);
    const number = /^(?:\d+|0x[\da-f]+)$/i.test(word) ? Number(word) : Number.NaN;
    if (number >= lowest && number <= highest) return number;
    throw new CommandError(`${of}: a number from ${lowest} to ${highest} expected, got "${word}"`);
  }

  /** Nothing may be left. @throws CommandError */
  end(): void {
    if (this.peek !== undefined) throw new CommandError(`"${this.peek}" is not understood here`);
  }
}

/** What the demo prints, and how: colors and a line that is overwritten only on a terminal. */
import { styleText } from 'node:util';

const isTerminal = process.stdout.isTTY === true;
const hasColors = isTerminal && process.env.NO_COLOR === undefined;

const PROGRESS_INTERVAL_MS = 1_000;
const NEVER = Number.NEGATIVE_INFINITY;

type Style = Parameters<typeof styleText>[0];

export class Screen {
  readonly #start = performance.now();
  /** When the progress line was last written, if nothing has been printed since. */
  #progressAt = NEVER;

  /** What happens next. */
  heading(text: string): void {
    this.#print(`\n${paint('bold', text)}`);
  }

  /** Something that happened, with the time since the start. */
  event(text: string): void {
    this.#print(`${this.#time()}  ${text}`);
  }

  success(text: string): void {
    this.#print(`${this.#time()}  ${paint('green', text)}`);
  }

  /** What another program said. */
  quote(text: string): void {
    for (const line of text.trimEnd().split('\n'))
      this.#print(`          ${paint('dim', line.trimEnd().replaceAll('\t', '    '))}`);
  }

  /** How far something is. Overwrites itself on a terminal; elsewhere a line a second is enough. */
  progress(text: string): void {
    const now = performance.now();
    if (isTerminal) process.stdout.write(`\r\u001b[K${this.#time()}  ${text}`);
    else if (now - this.#progressAt >= PROGRESS_INTERVAL_MS)
      process.stdout.write(`${this.#time()}  ${text}\n`);
    else return;
    this.#progressAt = now;
  }

  #print(text: string): void {
    if (isTerminal && this.#progressAt !== NEVER) process.stdout.write('\n');
    this.#progressAt = NEVER;
    process.stdout.write(`${text}\n`);
  }

  #time(): string {
    return paint('cyan', `${seconds(performance.now() - this.#start).padStart(8)}`);
  }
}

/** `1.23 s` of 1,234 milliseconds. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function paint(style: Style, text: string): string {
  return hasColors ? styleText(style, text) : text;
}

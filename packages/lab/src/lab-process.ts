/**
 * A long-running program of a lab, with what it printed.
 *
 * Invariant: the program leads a process group of its own. So a Ctrl-C on our terminal does not reach it (the lab decides
 * the order in which things end), and killing it also kills what it started.
 */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface, type Interface as LineReader } from 'node:readline';
import type { Readable } from 'node:stream';
import { until } from './until.ts';

/** Lines of output that are kept for error messages and `waitForLine`; the oldest go first. */
const OUTPUT_LINES_MAX = 5_000;

export class LabProcess {
  /** Program and arguments, for messages. */
  readonly title: string;
  /** Resolves to the exit code; 128 + the signal's number if a signal ended it. */
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  readonly #output: string[] = [];
  #ended = false;

  /** @param line is called with every line of standard output and standard error as it comes */
  constructor(title: string, child: ChildProcess, line: (text: string) => void) {
    this.title = title;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) linesOf(stream).on('line', (text) => this.#keep(text, line));
    }
    this.exited = new Promise((resolve) => {
      const ended = (code: number): void => {
        this.#ended = true;
        resolve(code);
      };
      child.on('error', (error) => {
        this.#output.push(error.message);
        ended(127);
      });
      child.on('close', (code, signal) => ended(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
    });
  }

  /** @throws Error if the program could not be started */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.title} was not started`);
    return this.#child.pid;
  }

  /** The last lines of standard output and standard error, as they came. */
  get output(): readonly string[] {
    return this.#output;
  }

  /**
   * Waits until the program has printed a line that matches.
   * @param within milliseconds
   * @throws Error with the program's output if it ends first or the deadline passes
   */
  async waitForLine(pattern: RegExp, within: number): Promise<string> {
    try {
      return await until(`${this.title} prints ${pattern}`, within, () => {
        const line = this.#output.find((text) => pattern.test(text));
        if (line === undefined && this.#ended) throw new Error(`${this.title} ended before ${pattern}`);
        return line;
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.#output.join('\n')}`, { cause: error });
    }
  }

  /** Sends a signal to the program itself. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * Asks the program to end.
   * @param within milliseconds after which it is killed
   * @returns its exit code; 128 + 9 if it had to be killed
   */
  async stop(signal: NodeJS.Signals = 'SIGTERM', within = 5_000): Promise<number> {
    this.signal(signal);
    const overdue = setTimeout(() => this.kill(), within);
    try {
      return await this.exited;
    } finally {
      clearTimeout(overdue);
    }
  }

  /** Ends the program and all it started, at once. */
  kill(): void {
    if (this.#ended || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended already
    }
  }

  #keep(text: string, line: (text: string) => void): void {
    this.#output.push(text);
    if (this.#output.length > OUTPUT_LINES_MAX) this.#output.shift();
    line(text);
  }
}

function linesOf(stream: Readable): LineReader {
  return createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
}

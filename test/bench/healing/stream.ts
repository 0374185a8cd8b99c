/** 1,000 packets a second through a router, while something happens to its routes: `stream.c`, compiled when it is needed. */
import type { LabNode, LabProcess } from '@ripstop/lab';
import { compile } from '../../kit/c-program.ts';

const READY_MS = 5_000;

export interface StreamResult {
  readonly sent: number;
  readonly lost: number;
}

export class Stream {
  readonly #program: LabProcess;

  private constructor(program: LabProcess) {
    this.#program = program;
  }

  /**
   * Begins to send.
   * @param neighbors which take 20.0.0.0/8 for their own
   * @param directory for the program
   */
  static async start(from: LabNode, neighbors: readonly LabNode[], directory: string): Promise<Stream> {
    const namespaces = [from, ...neighbors].map(({ namespace }) => namespace);
    const program = from.start([compile('bench/healing/stream', directory), ...namespaces]);
    await program.waitForLine(/^ready$/, READY_MS);
    return new Stream(program);
  }

  /** @throws Error with what the program printed, if it failed */
  async stop(): Promise<StreamResult> {
    if ((await this.#program.stop()) !== 0) throw new Error(this.#program.output.join('\n'));
    return JSON.parse(this.#program.output.at(-1) ?? '') as StreamResult;
  }
}

/** BIRD in the middle of the crossing, with options of its kernel protocol and of its command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabNode, LabProcess } from '@ripstop/lab';
import type { Middle } from './middle.ts';

const START_MS = 10_000;

export interface BirdMiddleOptions {
  /** Of its kernel protocol: `persist`. */
  readonly kernel?: readonly string[];
  /** Of its command line: `-R`. */
  readonly program?: readonly string[];
}

export class BirdMiddle implements Middle {
  readonly #node: LabNode;
  readonly #directory: string;
  readonly #options: BirdMiddleOptions;
  #daemon: LabProcess | undefined;

  constructor(node: LabNode, directory: string, options: BirdMiddleOptions = {}) {
    this.#node = node;
    this.#directory = directory;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#write(1);
    const files = ['-c', this.#file('conf'), '-s', this.#file('ctl'), '-P', this.#file('pid')];
    this.#daemon = this.#node.start(['bird', '-f', ...files, ...(this.#options.program ?? [])]);
    await this.#daemon.waitForLine(/Started/, START_MS);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  async reload(): Promise<void> {
    this.#write(2);
    const answer = await this.#node.exec('birdc', '-s', this.#file('ctl'), 'configure');
    if (!answer.includes('Reconfigur')) throw new Error(answer);
  }

  #file(extension: string): string {
    return join(this.#directory, `bird.${extension}`);
  }

  /** @param cost of the way over `to-right` */
  #write(cost: number): void {
    const kernel = (this.#options.kernel ?? []).map((option) => `${option}; `).join('');
    const text = `
router id 192.0.2.1;
log stderr all;
protocol device {}
protocol direct { ipv4; interface "to-*"; }
protocol kernel { ${kernel}ipv4 { import none; export where source = RTS_RIP; }; }
protocol rip {
  ipv4 { import all; export all; };
  interface "to-right" { metric ${cost}; };
  interface "to-*";
}
`;
    writeFileSync(this.#file('conf'), text);
  }
}

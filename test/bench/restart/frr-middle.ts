/** FRR's zebra and ripd in the middle of the crossing. The kit's `FrrRouter` keeps its zebra; here both end and start again. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import type { Middle } from './middle.ts';

const DAEMONS = '/usr/lib/frr';
const START_MS = 10_000;

const configurations = {
  zebra: ['ip forwarding'],
  ripd: ['router rip', ' network to-left', ' network to-right', ' network to-other'],
} as const;

export interface FrrMiddleOptions {
  /** Whether zebra stays when ripd ends. */
  readonly stays?: boolean;
  /** Options of zebra: `-r`. */
  readonly zebra?: readonly string[];
}

export class FrrMiddle implements Middle {
  readonly #node: LabNode;
  readonly #directory: string;
  readonly #options: FrrMiddleOptions;
  #zebra: LabProcess | undefined;
  #ripd: LabProcess | undefined;

  constructor(node: LabNode, parent: string, options: FrrMiddleOptions = {}) {
    this.#node = node;
    this.#options = options;
    this.#directory = join(parent, 'frr');
    mkdirSync(this.#directory);
    for (const [name, lines] of Object.entries(configurations))
      writeFileSync(this.#file(name, 'conf'), `${lines.join('\n')}\n`);
    execFileSync('chown', ['-R', 'frr:frr', this.#directory]); // its daemons give up being root
  }

  async start(): Promise<void> {
    // The other gives up if zebra's socket is not there yet.
    this.#zebra ??= await this.#startDaemon('zebra', this.#options.zebra ?? []);
    this.#ripd = await this.#startDaemon('ripd', []);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const zebra = this.#options.stays ? undefined : this.#zebra;
    await Promise.all([this.#ripd?.stop(signal), zebra?.stop(signal)]);
    if (zebra !== undefined) this.#zebra = undefined;
  }

  /** Added to the metric in place of the one for the hop. */
  async reload(): Promise<void> {
    const lines = ['access-list all seq 5 permit any', 'router rip', 'offset-list all in 2 to-right'];
    const answer = await this.#vtysh('configure terminal', ...lines);
    if (answer.includes('%')) throw new Error(answer);
  }

  #file(daemon: string, extension: string): string {
    return join(this.#directory, `${daemon}.${extension}`);
  }

  #vtysh(...commands: string[]): Promise<string> {
    const words = commands.flatMap((command) => ['-c', command]);
    return this.#node.exec('vtysh', '--vty_socket', this.#directory, ...words);
  }

  async #startDaemon(name: 'zebra' | 'ripd', options: readonly string[]): Promise<LabProcess> {
    const daemon = this.#node.start([
      `${DAEMONS}/${name}`,
      ...['-f', this.#file(name, 'conf'), '-i', this.#file(name, 'pid')],
      ...['-z', join(this.#directory, 'zserv'), '--vty_socket', this.#directory],
      ...['-P', '0', '--log', 'stdout', ...options],
    ]);
    await until(`FRR's ${name} answers`, START_MS, async () => {
      const answer = await this.#vtysh('show daemons').catch(() => '');
      return answer.includes(name);
    });
    return daemon;
  }
}

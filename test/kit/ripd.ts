/** Our own daemon in a node of a lab: the built program, as a user starts it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabNode, LabProcess } from '@ripstop/lab';

const program = (name: string): string =>
  fileURLToPath(new URL(`../../apps/ripd/bin/${name}.js`, import.meta.url));

const START_MS = 15_000;

export class RipdRouter {
  readonly daemon: LabProcess;
  readonly #node: LabNode;
  readonly #socket: string;

  private constructor(node: LabNode, daemon: LabProcess, socket: string) {
    this.#node = node;
    this.daemon = daemon;
    this.#socket = socket;
  }

  /**
   * Resolves when it is ready.
   * @param configuration what the configuration file says, without the control socket
   * @param nodeOptions of Node itself: `--max-old-space-size=24`
   */
  static async start(
    node: LabNode,
    parent: string,
    configuration: Readonly<Record<string, unknown>>,
    nodeOptions: readonly string[] = [],
  ): Promise<RipdRouter> {
    const socket = join(parent, `${node.name}.sock`);
    const path = join(parent, `${node.name}.yaml`);
    writeFileSync(path, JSON.stringify({ control: { socket }, ...configuration }));
    const daemon = node.start([process.execPath, ...nodeOptions, program('ripd'), '--config', path]);
    await daemon.waitForLine(/^ready$/, START_MS);
    return new RipdRouter(node, daemon, socket);
  }

  /** The value that `ripctl show WHAT --json` prints. */
  async show(...what: string[]): Promise<unknown> {
    const ripctl = [process.execPath, program('ripctl'), '--socket', this.#socket, '--json'];
    return JSON.parse(await this.#node.exec(...ripctl, 'show', ...what));
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.daemon.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  isRunning(): boolean {
    return existsSync(`/proc/${this.daemon.pid}`);
  }
}

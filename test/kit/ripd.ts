/** Our own daemon in a node of a lab: the built program, as a user starts it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import type { InterfaceSnapshot, NeighborSnapshot } from '@ripstop/rip';

/** Tests run this file itself, benchmarks its compiled form in test/dist. */
const root = import.meta.url.includes('/dist/') ? '../../..' : '../..';
const program = (name: string): string =>
  fileURLToPath(new URL(`${root}/apps/ripd/bin/${name}.js`, import.meta.url));

const START_MS = 30_000;
const RELOAD_MS = 30_000;

/** What the configuration file says, without the control socket and the state directory. */
export type RipdConfiguration = Readonly<Record<string, unknown>>;

export class RipdRouter {
  readonly daemon: LabProcess;
  readonly #node: LabNode;
  readonly #parent: string;

  private constructor(node: LabNode, parent: string, daemon: LabProcess) {
    this.#node = node;
    this.#parent = parent;
    this.daemon = daemon;
  }

  /**
   * Starts it, or starts it again after its end. Resolves when it is ready.
   * @param nodeOptions of Node itself: `--max-old-space-size=24`
   */
  static async start(
    node: LabNode,
    parent: string,
    configuration: RipdConfiguration,
    nodeOptions: readonly string[] = [],
  ): Promise<RipdRouter> {
    write(node, parent, configuration);
    const path = fileOf(node, parent, 'yaml');
    const daemon = node.start([process.execPath, ...nodeOptions, program('ripd'), '--config', path]);
    await daemon.waitForLine(/^ready$/, START_MS);
    return new RipdRouter(node, parent, daemon);
  }

  /** Starts one process with a router for each of these nodes. Resolves when all of them are ready. */
  static async startTogether(
    configurations: ReadonlyMap<LabNode, RipdConfiguration>,
    parent: string,
    nodeOptions: readonly string[] = [],
  ): Promise<LabProcess> {
    const [home] = configurations.keys();
    if (home === undefined) throw new Error('No router is to be started');
    const parameters = [...configurations].flatMap(([node, configuration]) => {
      write(node, parent, { netns: node.namespace, ...configuration });
      return ['--config', fileOf(node, parent, 'yaml')];
    });
    const daemon = home.start([process.execPath, ...nodeOptions, program('ripd'), ...parameters]);
    await daemon.waitForLine(/^ready$/, START_MS);
    return daemon;
  }

  /** Path of the socket that `ripctl` asks. */
  get controlSocket(): string {
    return fileOf(this.#node, this.#parent, 'sock');
  }

  /** What it remembers from one run to the next. */
  get stateDirectory(): string {
    return fileOf(this.#node, this.#parent, 'state');
  }

  /** Reads another configuration while running. */
  async reload(configuration: RipdConfiguration): Promise<void> {
    const reloads = (): number => this.daemon.output.filter((line) => line.includes('"reloaded"')).length;
    const before = reloads();
    write(this.#node, this.#parent, configuration);
    this.daemon.signal('SIGHUP');
    await until(`${this.#node.name} has reloaded`, RELOAD_MS, () => reloads() > before);
  }

  /** The value that `ripctl show WHAT --json` prints. */
  show(what: 'interfaces'): Promise<readonly InterfaceSnapshot[]>;
  show(what: 'neighbors'): Promise<readonly NeighborSnapshot[]>;
  show(...what: string[]): Promise<unknown>;
  async show(...what: string[]): Promise<unknown> {
    return JSON.parse(await this.#ripctl('show', ...what));
  }

  /** What it knows of a neighbor; undefined if it knows none. */
  async neighbor(address: string): Promise<NeighborSnapshot | undefined> {
    return (await this.show('neighbors')).find((neighbor) => neighbor.address === address);
  }

  /** Begins a graceful shutdown. */
  async drain(): Promise<void> {
    await this.#ripctl('drain');
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.daemon.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  isRunning(): boolean {
    return existsSync(`/proc/${this.daemon.pid}`);
  }

  /** What a terminal shows of `ripctl show WHAT | head -n 1`. */
  headOf(what: string): Promise<string> {
    const ripctl = [process.execPath, program('ripctl'), '--socket', this.controlSocket, 'show', what].join(
      ' ',
    );
    return this.#node.exec('sh', '-c', `{ ${ripctl} | head -n 1; } 2>&1`);
  }

  #ripctl(...command: string[]): Promise<string> {
    const socket = fileOf(this.#node, this.#parent, 'sock');
    return this.#node.exec(process.execPath, program('ripctl'), '--socket', socket, '--json', ...command);
  }
}

function fileOf(node: LabNode, parent: string, extension: 'yaml' | 'sock' | 'state'): string {
  return join(parent, `${node.name}.${extension}`);
}

/** JSON is YAML, too. */
function write(node: LabNode, parent: string, configuration: RipdConfiguration): void {
  const file = (extension: 'sock' | 'state'): string => fileOf(node, parent, extension);
  const whole = { control: { socket: file('sock') }, 'state-directory': file('state'), ...configuration };
  writeFileSync(fileOf(node, parent, 'yaml'), JSON.stringify(whole));
}

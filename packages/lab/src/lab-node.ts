/**
 * One node of a laid topology: a network namespace, its kernel, and the programs that run in it.
 *
 * Before this file: `namespace-lab.ts`, which makes nodes and their links. Programs are forked while the thread is in the
 * namespace, so that nothing stands between them and us: each is our own child.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  addressFlags,
  linkFlags,
  type Request,
  type RouteFilter,
  routeNextHops,
  routePrefix,
  routeTables,
} from '@ripstop/netlink';
import { type Rtnetlink, withNamespace } from '@ripstop/socket';
import { type Address, comparePrefixes } from '@ripstop/wire';
import { LabProcess } from './lab-process.ts';
import { until } from './until.ts';

/** Duplicate address detection takes two seconds at most, on a machine that has time. */
const LINK_LOCAL_MS = 15_000;

/** A route as the node's kernel has it, with interface names: what `ip route` shows. */
export interface KernelRoute {
  readonly prefix: string;
  /** `rip`, `kernel`, … or a number that has no name. */
  readonly protocol: string | number;
  /** The kernel's metric: of several routes for a prefix the lowest serves. */
  readonly priority: number;
  /** None of a route that drops packets. */
  readonly nextHops: readonly { readonly gateway?: string; readonly interface: string }[];
}

export class LabNode {
  readonly name: string;
  /** Its name for `ip netns`. */
  readonly namespace: string;
  readonly kernel: Rtnetlink;
  readonly #programs = new Set<LabProcess>();

  constructor(name: string, namespace: string, kernel: Rtnetlink) {
    this.name = name;
    this.namespace = namespace;
    this.kernel = kernel;
  }

  /**
   * Starts a program in the node. The lab kills it at the end if it still runs.
   * @param line is called with every line it prints, to standard output or standard error
   */
  start(argv: readonly string[], line: (text: string) => void = () => undefined): LabProcess {
    return this.#watch(this.#spawn(argv), argv, line);
  }

  /**
   * Runs a program in the node until it ends.
   * @returns what it printed to standard output
   * @throws Error with all that it printed, if its exit code is not 0
   */
  async exec(...argv: string[]): Promise<string> {
    const child = this.#spawn(argv);
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const program = this.#watch(child, argv, () => undefined);
    const code = await program.exited;
    if (code !== 0) throw new Error(`${program.title}: exit code ${code}\n${program.output.join('\n')}`);
    return Buffer.concat(chunks).toString();
  }

  /** Sets an interface administratively up or down. The other end of its link only loses or gets carrier. */
  async setLink(name: string, state: 'up' | 'down'): Promise<void> {
    const { up } = linkFlags.masks;
    const message = { index: await this.interfaceIndex(name), flags: state === 'up' ? up : 0, change: up };
    await this.request({ object: 'link', operation: 'set', message });
  }

  /** @throws Error if the node has no such interface */
  async interfaceIndex(name: string): Promise<number> {
    const link = (await this.kernel.links.list()).find((each) => each.name === name);
    if (link === undefined) throw new Error(`${this.name} has no interface ${name}`);
    return link.index;
  }

  /**
   * Waits for the link-local IPv6 address of an interface, until it can be used.
   * @returns the first of several, as the kernel lists them
   * @throws Error if the node has no such interface, or no address comes in time
   */
  async linkLocalAddress(name: string): Promise<Address> {
    const { tentative, duplicateDetectionFailed } = addressFlags.masks;
    const interfaceIndex = await this.interfaceIndex(name);
    return await until(`${this.name}: ${name} has a link-local address`, LINK_LOCAL_MS, async () => {
      const addresses = await this.kernel.addresses.list({ family: 'ipv6', interfaceIndex });
      const found = addresses.find(
        ({ scope, flags = 0 }) => scope === 'link' && (flags & (tentative | duplicateDetectionFailed)) === 0,
      );
      return found?.address;
    });
  }

  /** The kernel's routes that match, in the order of their prefixes; of the main table if the filter names none. */
  async routes(filter: RouteFilter): Promise<KernelRoute[]> {
    const links = await this.kernel.links.list();
    const nameOf = (index: number): string =>
      links.find((link) => link.index === index)?.name ?? `interface ${index}`;
    const routes = (await this.kernel.routes.list({ table: routeTables.main, ...filter })).map((route) => ({
      prefix: routePrefix(route),
      protocol: route.protocol,
      priority: route.priority ?? 0,
      nextHops: routeNextHops(route).map(({ gateway, interfaceIndex }) => ({
        ...(gateway === undefined ? {} : { gateway }),
        interface: nameOf(interfaceIndex),
      })),
    }));
    return routes.sort((a, b) => comparePrefixes(a.prefix, b.prefix) || a.priority - b.priority);
  }

  /** Asks the node's kernel for one thing after another. @throws NetlinkError of the first that was refused */
  async request(...requests: Request[]): Promise<void> {
    const error = (await this.kernel.batch(requests)).find((outcome) => outcome !== undefined);
    if (error !== undefined) throw error;
  }

  /** Ends every program that still runs in the node, at once. */
  kill(): void {
    for (const program of this.#programs) program.kill();
  }

  /** Ends every program, and resolves when they and the node's sockets are gone. */
  async close(): Promise<void> {
    this.kill();
    await Promise.all([...this.#programs].map((program) => program.exited));
    this.kernel.close();
  }

  #spawn(argv: readonly string[]): ChildProcess {
    const [program = '', ...parameters] = argv;
    return withNamespace(this.namespace, () =>
      spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
    );
  }

  #watch(child: ChildProcess, argv: readonly string[], line: (text: string) => void): LabProcess {
    const program = new LabProcess(`${this.name}: ${argv.join(' ')}`, child, line);
    this.#programs.add(program);
    void program.exited.then(() => this.#programs.delete(program));
    return program;
  }
}

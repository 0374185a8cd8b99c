/** Routes by the hundred thousand, for the benchmarks that add, delete and list them: the same ones in C and here. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { messageFlags, type Request, routeTables } from '@ripstop/netlink';
import { ipv4FromNumber } from '@ripstop/wire';
import { compile } from '../kit/c-program.ts';
import { pair } from '../kit/pair.ts';

export const GATEWAY = '192.168.1.2';
export const PRIORITY = 20;

export type Change = 'add' | 'delete';

/** Route number n is the nth /24 from 20.0.0.0 on. */
export function network(at: number): string {
  return ipv4FromNumber(0x1400_0000 + at * 256);
}

export function ascending(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}

/** The same order every time: steps of a prime that does not divide the count. */
export function shuffled(count: number): readonly number[] {
  const STEP = 60_007;
  return ascending(count).map((at) => (at * STEP) % count);
}

/** As `routes.c` writes them, each as one literal: so a program would, and all have one shape. */
export function requests(change: Change, order: readonly number[], outputInterface: number): Request[] {
  return order.map((at) =>
    change === 'add'
      ? {
          object: 'route',
          operation: 'new',
          flags: messageFlags.masks.create | messageFlags.masks.exclusive,
          message: {
            family: 'ipv4',
            destinationLength: 24,
            protocol: 'rip',
            scope: 'global',
            type: 'unicast',
            destination: network(at),
            priority: PRIORITY,
            table: routeTables.main,
            gateway: GATEWAY,
            outputInterface,
          },
        }
      : {
          object: 'route',
          operation: 'delete',
          message: {
            family: 'ipv4',
            destinationLength: 24,
            protocol: 'rip',
            scope: 'nowhere',
            destination: network(at),
            priority: PRIORITY,
            table: routeTables.main,
          },
        },
  );
}

/** The router that has the routes, and the C programs that change and list them. */
export class RouteTable {
  readonly router: LabNode;
  readonly interfaceIndex: number;
  readonly directory: string;
  readonly #changes: string;
  readonly #list: string;

  private constructor(router: LabNode, interfaceIndex: number, directory: string) {
    this.router = router;
    this.interfaceIndex = interfaceIndex;
    this.directory = directory;
    this.#changes = compile('bench/routes', directory);
    this.#list = compile('bench/dump', directory);
  }

  /** Lays a network for as long as `use` takes. */
  static async with(use: (table: RouteTable) => Promise<void>): Promise<void> {
    const lab = await NamespaceLab.lay(pair);
    try {
      const router = lab.node('router');
      await use(new RouteTable(router, await router.interfaceIndex('eth0'), lab.directory));
    } finally {
      await lab.close();
    }
  }

  /** Adds or deletes routes by C. @returns microseconds */
  async changeByC(change: Change, order: readonly number[]): Promise<number> {
    const file = join(this.directory, 'order');
    writeFileSync(file, Uint32Array.from(order));
    const options = `${change} ${order.length} ${GATEWAY} ${this.interfaceIndex}`;
    return Number(await this.router.exec('sh', '-c', `exec ${this.#changes} ${options} < ${file}`));
  }

  /**
   * Lists the main table by C.
   * @param protocol 0: all
   * @returns microseconds
   * @throws Error if there are not `count` routes
   */
  async listByC(protocol: number, count: number): Promise<number> {
    const [time, found] = (await this.router.exec(this.#list, String(protocol))).split(' ').map(Number);
    requireCount(found, count);
    return time ?? Number.NaN;
  }
}

/** @throws Error if a contestant did not do the whole work */
export function requireCount(found: number | undefined, expected: number): void {
  if (found !== expected) throw new Error(`${found} routes were found, ${expected} expected`);
}

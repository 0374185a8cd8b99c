/** Installing and deleting routes: `Rtnetlink.batch`, C with the same batches, and `ip -batch`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { messageFlags, type Request, routeTables } from '@ripstop/netlink';
import { pair } from '../kit/pair.ts';
import { compile } from './c-program.ts';
import { medians, type Round, timed } from './rounds.ts';
import { printTable } from './table.ts';

const ROUTES = 10_000;
const ROUNDS = 7;
const GATEWAY = '192.168.1.2';
const PRIORITY = 20;

const contestants = ['c', 'ripstop', 'ip'] as const;
type Contestant = (typeof contestants)[number];

/** One way of installing and of deleting all routes. @returns microseconds */
type Run = (operation: 'add' | 'delete') => Promise<number>;

export async function benchRoutes(): Promise<void> {
  const lab = await NamespaceLab.lay(pair);
  try {
    const router = lab.node('router');
    const runs = await prepare(router, lab.directory);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const numbers: Record<string, number> = {};
      for (const contestant of contestants) {
        for (const operation of ['add', 'delete'] as const) {
          numbers[`${contestant} ${operation}`] = await runs[contestant](operation);
          await expectRoutes(router, operation === 'add' ? ROUTES : 0);
        }
      }
      rounds.push(numbers);
    }
    print(medians(rounds));
  } finally {
    await lab.close();
  }
}

async function prepare(router: LabNode, directory: string): Promise<Record<Contestant, Run>> {
  const interfaceIndex = await router.interfaceIndex('eth0');
  // Ascending in, shuffled out: the kernel's fast order for each, and what the daemon does.
  const ascending = Array.from({ length: ROUTES }, (_, at) => at);
  const order = { add: ascending, delete: shuffled(ascending) } as const;
  const file = (name: string): string => join(directory, name);
  const program = compile('routes', directory);
  for (const operation of ['add', 'delete'] as const) {
    writeFileSync(file(operation), Uint32Array.from(order[operation]));
    const word = operation === 'add' ? `add` : 'del';
    const lines = order[operation].map(
      (at) => `route ${word} ${network(at)} via ${GATEWAY} dev eth0 proto rip metric ${PRIORITY}`,
    );
    writeFileSync(file(`${operation}.ip`), `${lines.join('\n')}\n`);
  }
  return {
    c: async (operation) => {
      const command = `exec ${program} ${operation} ${ROUTES} ${GATEWAY} ${interfaceIndex} < ${file(operation)}`;
      return Number(await router.exec('sh', '-c', command));
    },
    ripstop: async (operation) => {
      let failed = 0;
      const time = await timed(async () => {
        const requests = order[operation].map((at) => request(operation, at, interfaceIndex));
        failed = (await router.kernel.batch(requests)).filter((outcome) => outcome !== undefined).length;
      });
      if (failed > 0) throw new Error(`${failed} routes were refused`);
      return time;
    },
    ip: (operation) => timed(() => router.exec('ip', '-batch', file(`${operation}.ip`))),
  };
}

function request(operation: 'add' | 'delete', at: number, outputInterface: number): Request {
  const adds = operation === 'add';
  return {
    object: 'route',
    operation: adds ? 'new' : 'delete',
    flags: adds ? messageFlags.masks.create | messageFlags.masks.exclusive : 0,
    message: {
      family: 'ipv4',
      destination: `10.${at >> 8}.${at & 0xff}.0`,
      destinationLength: 24,
      table: routeTables.main,
      priority: PRIORITY,
      protocol: 'rip',
      scope: adds ? 'global' : 'nowhere',
      type: adds ? 'unicast' : 'unspecified',
      gateway: adds ? GATEWAY : undefined,
      outputInterface: adds ? outputInterface : undefined,
    },
  };
}

function network(at: number): string {
  return `10.${at >> 8}.${at & 0xff}.0/24`;
}

/** The same order every time: steps of a number that has no divisor in common with the count. */
function shuffled(numbers: readonly number[]): number[] {
  const STEP = 6_007;
  return numbers.map((_, at) => numbers[(at * STEP) % numbers.length] ?? 0);
}

async function expectRoutes(router: LabNode, count: number): Promise<void> {
  const routes = await router.kernel.routes.list({
    family: 'ipv4',
    table: routeTables.main,
    protocol: 'rip',
  });
  if (routes.length !== count)
    throw new Error(`${routes.length} routes are in the kernel, ${count} expected`);
}

function print(times: Record<string, number>): void {
  const names: Record<Contestant, string> = {
    c: 'C, same batches',
    ripstop: 'Ripstop, Rtnetlink.batch',
    ip: 'ip -batch',
  };
  const row = (contestant: Contestant): string[] => [
    names[contestant],
    ...(['add', 'delete'] as const).flatMap((operation) => {
      const time = times[`${contestant} ${operation}`] ?? Number.NaN;
      const floor = times[`c ${operation}`] ?? Number.NaN;
      return [`${Math.round((ROUTES / time) * 1e3)} k/s`, `${(time / floor).toFixed(2)} ×`];
    }),
  ];
  printTable(`${ROUTES} routes, medians of ${ROUNDS} rounds; × is the time as a multiple of C's`, [
    ['', 'install', '', 'delete', ''],
    ...contestants.map(row),
  ]);
}

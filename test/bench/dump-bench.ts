/** Listing routes: `routes.list` into decoded objects, C that walks the attributes, and `ip -j route`. */
import { routeTables } from '@ripstop/netlink';
import { ascending, RouteTable, requireCount } from './many-routes.ts';
import { collectGarbage, measured, ROUNDS, timed } from './rounds.ts';
import { printTable } from './table.ts';

const SIZES = [100_000, 500_000] as const;
/** The daemon's own protocol, and one that no route has. */
const ANY_PROTOCOL = 0;
const NOBODYS_PROTOCOL = 99;
/** The subnet of the interface stands in the same table. */
const CONNECTED = 1;

/** One way of listing. @param count of the routes that it must find @returns microseconds */
type Contestant = (table: RouteTable, count: number) => Promise<number>;

const everything: Readonly<Record<string, Contestant>> = {
  C: (table, count) => table.listByC(ANY_PROTOCOL, count),
  'Ripstop, routes.list': (table, count) => listed(table, count, undefined),
  'ip -j route': (table) => timed(() => table.router.exec('sh', '-c', 'exec ip -j route > /dev/null')),
};

/** The kernel looks at every route and tells none. */
const nothing: Readonly<Record<string, Contestant>> = {
  C: (table) => table.listByC(NOBODYS_PROTOCOL, 0),
  'Ripstop, routes.list': (table) => listed(table, 0, NOBODYS_PROTOCOL),
};

export async function benchDumps(): Promise<void> {
  await RouteTable.with(async (table) => {
    const columns: { title: string; times: Record<string, number> }[] = [];
    let there = 0;
    for (const size of SIZES) {
      await table.changeByC('add', ascending(size).slice(there));
      there = size;
      if (size === SIZES[0]) {
        const times = await inTurn(table, size, nothing);
        columns.push({ title: `none of ${size}`, times });
      }
      columns.push({ title: `${size}`, times: await inTurn(table, size + CONNECTED, everything) });
    }
    print(columns);
  });
}

async function inTurn(
  table: RouteTable,
  count: number,
  contestants: Readonly<Record<string, Contestant>>,
): Promise<Record<string, number>> {
  return await measured(async () => {
    const numbers: Record<string, number> = {};
    for (const [name, list] of Object.entries(contestants)) {
      await collectGarbage();
      numbers[name] = await list(table, count);
    }
    return numbers;
  });
}

async function listed(table: RouteTable, count: number, protocol: number | undefined): Promise<number> {
  let found = 0;
  const time = await timed(async () => {
    const filter = { family: 'ipv4', table: routeTables.main, protocol } as const;
    found = (await table.router.kernel.routes.list(filter)).length;
  });
  requireCount(found, count);
  return time;
}

function print(columns: readonly { title: string; times: Record<string, number> }[]): void {
  const row = (name: string): string[] => [
    name,
    ...columns.flatMap(({ times }) => {
      const time = times[name];
      if (time === undefined) return ['-', ''];
      return [`${(time / 1000).toFixed(1)} ms`, `${(time / (times.C ?? Number.NaN)).toFixed(2)} ×`];
    }),
  ];
  printTable(
    `Routes listed, medians of ${ROUNDS} rounds after a first one; × is the time as a multiple of C's`,
    [['', ...columns.flatMap(({ title }) => [title, ''])], ...Object.keys(everything).map(row)],
  );
}

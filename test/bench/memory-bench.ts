/** Whether listing, adding and deleting 100,000 routes again and again takes more and more memory. */
import { routeTables } from '@ripstop/netlink';
import { ascending, RouteTable, requests, requireCount, shuffled } from './many-routes.ts';
import { collectGarbage } from './rounds.ts';
import { printTable } from './table.ts';

const ROUTES = 100_000;
const ROUNDS = 20;
/** Until then memory may grow: code is compiled, the heap finds its size. */
const WARM_UP_ROUNDS = 5;
/** Compared are the least of the first rounds after that and the least of the last ones: what is free comes and goes. */
const COMPARED_ROUNDS = 5;
/** What may be added between them. A leak of nine bytes for each route listed would show. */
const GROWTH_BYTES_MAX = 8 * 1024 * 1024;

/** @throws Error if memory grows. What is garbage is not counted. */
export async function benchMemory(): Promise<void> {
  const sizes: number[] = [];
  await RouteTable.with(async (table) => {
    const { kernel } = table.router;
    const additions = requests('add', ascending(ROUTES), table.interfaceIndex);
    const deletions = requests('delete', shuffled(ROUTES), table.interfaceIndex);
    const filter = { family: 'ipv4', table: routeTables.main, protocol: 'rip' } as const;
    for (let round = 0; round < ROUNDS; round += 1) {
      await kernel.batch(additions);
      requireCount((await kernel.routes.list(filter)).length, ROUTES);
      await kernel.batch(deletions);
      await collectGarbage();
      sizes.push(process.memoryUsage.rss());
    }
  });
  const warm = Math.min(...sizes.slice(WARM_UP_ROUNDS, WARM_UP_ROUNDS + COMPARED_ROUNDS));
  const growth = Math.min(...sizes.slice(-COMPARED_ROUNDS)) - warm;
  const rows = sizes.map((bytes, round) => [`round ${round + 1}`, mebibytes(bytes)]);
  printTable(`Resident memory after adding, listing and deleting ${ROUTES} routes`, [
    ...rows,
    [`growth since round ${WARM_UP_ROUNDS + 1}`, mebibytes(growth)],
  ]);
  if (growth > GROWTH_BYTES_MAX)
    throw new Error(`Memory grew by ${mebibytes(growth)}, ${mebibytes(GROWTH_BYTES_MAX)} are allowed`);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

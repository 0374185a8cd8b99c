/** Adding and deleting 100,000 routes: `Rtnetlink.batch`, C with the same batches, and `ip -batch`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { routeProtocol } from '@ripstop/netlink';
import {
  ascending,
  type Change,
  GATEWAY,
  network,
  PRIORITY,
  RouteTable,
  requests,
  shuffled,
} from './many-routes.ts';
import { measured, ROUNDS, settle, timed } from './rounds.ts';
import { printTable } from './table.ts';

const ROUTES = 100_000;

const orders = { ascending: ascending(ROUTES), shuffled: shuffled(ROUTES) } as const;

/** What is measured, in turn. Linux: deleting in ascending order takes three times as long as in any other. */
const steps = [
  { title: 'add', change: 'add', order: 'ascending' },
  { title: 'delete, ascending', change: 'delete', order: 'ascending' },
  { title: 'add again', change: 'add', order: 'ascending' },
  { title: 'delete, shuffled', change: 'delete', order: 'shuffled' },
] as const;
type Step = (typeof steps)[number];

/** One way of taking a step. @returns microseconds */
type Contestant = (step: Step) => Promise<number>;

export async function benchRoutes(): Promise<void> {
  await RouteTable.with(async (table) => {
    const contestants = prepare(table);
    const times = await measured(async () => {
      const numbers: Record<string, number> = {};
      for (const [name, contestant] of Object.entries(contestants)) {
        for (const step of steps) {
          await settle();
          numbers[`${name} ${step.title}`] = await contestant(step);
          // By C, so that the list is nobody's garbage.
          await table.listByC(routeProtocol.values.rip, step.change === 'add' ? ROUTES : 0);
        }
      }
      return numbers;
    });
    print(times, Object.keys(contestants));
  });
}

function prepare(table: RouteTable): Record<string, Contestant> {
  // What is asked for is known before the clock starts, in all three languages.
  const asked = new Map(
    steps.map((step) => [step, requests(step.change, orders[step.order], table.interfaceIndex)]),
  );
  const lines = new Map(steps.map((step) => [step, ipLines(table.directory, step)]));
  return {
    'C, same batches': ({ change, order }) => table.changeByC(change, orders[order]),
    'Ripstop, Rtnetlink.batch': async (step) => {
      let refused = 0;
      const time = await timed(async () => {
        const outcomes = await table.router.kernel.batch(asked.get(step) ?? []);
        refused = outcomes.filter((outcome) => outcome !== undefined).length;
      });
      if (refused > 0) throw new Error(`${refused} requests were refused`);
      return time;
    },
    'ip -batch': (step) => timed(() => table.router.exec('ip', '-batch', lines.get(step) ?? '')),
  };
}

/** The step as a file for `ip -batch`. */
function ipLines(directory: string, { title, change, order }: Step): string {
  const words: Record<Change, string> = { add: 'add', delete: 'del' };
  const way = `via ${GATEWAY} dev eth0 proto rip metric ${PRIORITY}`;
  const file = join(directory, `${title}.ip`);
  writeFileSync(
    file,
    orders[order].map((at) => `route ${words[change]} ${network(at)}/24 ${way}\n`).join(''),
  );
  return file;
}

function print(times: Record<string, number>, names: readonly string[]): void {
  const columns = steps.filter(({ title }) => title !== 'add again').map(({ title }) => title);
  const row = (name: string): string[] => [
    name,
    ...columns.flatMap((title) => {
      const time = times[`${name} ${title}`] ?? Number.NaN;
      const floor = times[`${names[0]} ${title}`] ?? Number.NaN;
      return [`${Math.round((ROUTES / time) * 1e3)} k/s`, `${(time / floor).toFixed(2)} ×`];
    }),
  ];
  printTable(
    `${ROUTES} routes, medians of ${ROUNDS} rounds after a first one; × is the time as a multiple of C's`,
    [['', ...columns.flatMap((title) => [title, ''])], ...names.map(row)],
  );
}

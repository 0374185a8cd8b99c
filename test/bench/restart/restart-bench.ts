/**
 * `npm run bench -- restart`: a thousand packets a second through a router while it is killed, ends, reloads and changes the
 * next hop; how many are lost with ours, FRR's and BIRD's in the middle. The neighbors are ours, with their defaults.
 *
 * Before this file: `run.ts`. After it: `middle.ts`, and the lab and flood of `test/restart`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { compile } from '../../kit/c-program.ts';
import { gateways } from '../../kit/kernel.ts';
import { installed } from '../../kit/requirements.ts';
import { RipdRouter } from '../../kit/ripd.ts';
import { crossing, ofBoth, other, right, settleHosts, sink, sinkSubnet } from '../../restart/crossing.ts';
import { flooded, untilAnswered } from '../../restart/flood.ts';
import { printTable } from '../table.ts';
import { type Middle, type Rival, rivals } from './middle.ts';

const [sinkAddress] = sink;
/** Longer than a neighbor's timeout. */
const CONVERGENCE_MS = 200_000;
/** What a router does after it has begun to forward again may cost packets, too. */
const AFTERMATH_MS = 3_000;

/** Its subnets are two hops farther than they could be. */
const detour = {
  direction: 'out',
  interface: 'to-middle',
  action: 'accept',
  set: { 'add-metric': 2 },
};
const neighbor = (policy: readonly object[]) =>
  ofBoth({ policy, interfaces: { 'to-middle': {}, hosts: { passive: true } } });

/** What happens to the router in the middle, or around it. */
interface Happening {
  readonly title: string;
  run(middle: Middle, lab: NamespaceLab): Promise<void>;
}

const happenings: readonly Happening[] = [
  {
    title: 'SIGKILL, and started again',
    async run(middle) {
      await middle.end('SIGKILL');
      await middle.start();
    },
  },
  {
    title: 'SIGTERM, and started again',
    async run(middle) {
      await middle.end('SIGTERM');
      await middle.start();
    },
  },
  { title: 'reload with another cost', run: (middle) => middle.reload() },
  {
    title: 'a better neighbor comes, and ends',
    async run(_, lab) {
      const second = await RipdRouter.start(lab.node('other'), lab.directory, neighbor([]));
      await untilOver(lab.node('middle'), other);
      await second.daemon.stop();
      await untilOver(lab.node('middle'), right);
    },
  },
];

/** Prints how many packets each router has lost over each happening. */
export async function benchRestart(): Promise<void> {
  const present = rivals.filter(({ requirements }) => installed('npm run bench -- restart', ...requirements));
  const columns: string[][] = [];
  for (const rival of present) {
    const lost = await lossesOf(rival);
    columns.push([rival.name, ...lost.map(String)]);
  }
  const titles = ['', ...happenings.map(({ title }) => title)];
  const rows = titles.map((title, row) => [title, ...columns.map((column) => column[row] ?? '')]);
  printTable('Packets lost of 1,000 a second through the router, which is milliseconds', rows);
}

/** One lab for all happenings: each begins where the one before has settled. */
async function lossesOf({ name, make }: Rival): Promise<number[]> {
  const lab = await NamespaceLab.lay(crossing);
  try {
    const program = compile('restart/flood', lab.directory);
    await settleHosts(lab);
    const middle = make(lab.node('middle'), lab.directory);
    await Promise.all([
      RipdRouter.start(lab.node('left'), lab.directory, neighbor([])),
      RipdRouter.start(lab.node('right'), lab.directory, neighbor([detour])),
      middle.start(),
    ]);
    const source = lab.node('source');
    await untilAnswered(source, [sinkAddress], CONVERGENCE_MS);
    const losses: number[] = [];
    for (const { title, run } of happenings) {
      const [passage] = await flooded(source, program, [sinkAddress], async () => {
        await run(middle, lab);
        await untilAnswered(source, [sinkAddress], CONVERGENCE_MS);
        await pause(AFTERMATH_MS);
      });
      losses.push(passage?.lost ?? Number.NaN);
      console.log(`${name}: ${title}: ${JSON.stringify(passage)}`);
    }
    return losses;
  } finally {
    await lab.close();
  }
}

async function untilOver(middle: LabNode, gateway: string): Promise<void> {
  while ((await gateways(middle, sinkSubnet)).join() !== gateway) await pause(25);
}

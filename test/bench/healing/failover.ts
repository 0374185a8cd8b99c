/**
 * 10,000 routes over two neighbors at once, of which one is lost: its link by command, its carrier, or all its routes by metric
 * 16. Until every route leads over the other one alone; and how many packets of a stream to these destinations are lost.
 *
 * Linux: a link that is set down is not used any more at once, whatever the routes say; one without carrier still is.
 */
import { setTimeout } from 'node:timers/promises';
import { rip } from '../../kit/protocol.ts';
import { Announcer, INFINITY } from '../peers/announcer.ts';
import { format } from '../peers/bulk-report.ts';
import { availableRivals, Rival, type RivalName } from '../peers/rival.ts';
import type { Row } from '../propagation/comparison.ts';
import { now } from '../propagation/instruments.ts';
import type { Part, Trial } from '../propagation/part.ts';
import { learn, PACE, ROUTES } from './learning.ts';
import { Stream } from './stream.ts';
import { firstAddress, firstInterface, onlyInterface, secondInterface, TwoWays } from './two-ways.ts';

/** After which whoever has not moved all is not waited for. */
const MOVED_MS = 10_000;
/** Of the stream before and after what happens. */
const STREAM_MS = 500;

/** How the first neighbor is lost. */
interface Loss {
  readonly all: Row;
  readonly packets: Row;
  /** @returns when it began; undefined: when the kernel said that there is no carrier */
  begin(ways: TwoWays, announcer: Announcer): Promise<number | undefined>;
}

const losses: readonly Loss[] = [
  {
    ...rowsOf('link set down'),
    async begin({ router }) {
      const start = now();
      await router.setLink(firstInterface, 'down');
      return start;
    },
  },
  {
    ...rowsOf('carrier lost, since the kernel said so'),
    async begin({ first }) {
      await first.setLink(onlyInterface, 'down');
      return;
    },
  },
  {
    ...rowsOf('poisoned, a packet a millisecond'),
    async begin(_, announcer) {
      return (await announcer.announce({ routes: ROUTES, metric: INFINITY, gap: PACE })).first;
    },
  },
];

export const failover: Part<RivalName> = {
  title: `${format(ROUTES)} routes over two neighbors, one is lost`,
  contestants: () => availableRivals(['Ripstop', 'FRR', 'BIRD']),
  async trial(trial) {
    for (const loss of losses) await TwoWays.with((ways) => lose(trial, ways, loss));
  },
};

async function lose(trial: Trial<RivalName>, ways: TwoWays, { all, packets, begin }: Loss): Promise<void> {
  const { contestant, instruments, directory, nodeOptions, add } = trial;
  const { lab, client, router, first, second } = ways;
  const interfaces = [firstInterface, secondInterface];
  const rival = await Rival.start(contestant, router, lab.directory, interfaces, {
    multipath: true,
    nodeOptions,
  });
  const learning = { interface: onlyInterface, router, routeProtocol: rival.routeProtocol, directory };
  await learn({ ...learning, neighbor: second, nextHops: 1 });
  await learn({ ...learning, neighbor: first, nextHops: 2 });
  const stream = await Stream.start(client, [first, second], lab.directory);
  await setTimeout(STREAM_MS);
  const watched = await instruments.watchRoutes([router], 'moved', ROUTES, MOVED_MS, firstAddress);
  const start = await begin(ways, new Announcer(first, onlyInterface, rip, directory));
  const [kernel] = await watched();
  await setTimeout(STREAM_MS);
  const { lost } = await stream.stop();
  if (kernel === undefined) throw new Error('No kernel was watched');
  const time = (kernel.last - (start ?? kernel.carrierLost)) / 1e6;
  add(all, kernel.routes < ROUTES ? `${format(kernel.routes)} moved` : time);
  add(packets, lost);
  await rival.stop();
}

function rowsOf(how: string): { readonly all: Row; readonly packets: Row } {
  return {
    all: { title: `${how}: all routes lead over the other`, unit: 'ms' },
    packets: { title: '  of 1,000 packets a second, lost', unit: 'packets', isUncompared: true },
  };
}

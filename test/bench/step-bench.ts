/**
 * What the router itself costs: learning 100,000 routes from one neighbor, and hearing all of them again unchanged, which
 * happens every 30 s. Against a C program that reads the same packets and keeps the routes in a hash table, and does nothing else.
 */
import { execFileSync } from 'node:child_process';
import {
  type Datagram,
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  type Entry,
  type Instant,
  Router,
  rip,
} from '@ripstop/rip';
import { systemDigest } from '@ripstop/router';
import { ipv4FromNumber } from '@ripstop/wire';
import { compile } from '../kit/c-program.ts';
import { collectGarbage, medians, type Round, timed } from './rounds.ts';
import { printTable } from './table.ts';

const PACKETS = 4_000;
const ROUTES = PACKETS * rip.entriesPerPacket(1500);
const ROUNDS = 9;
/** As many as the socket hands on at once. */
const BATCH = 512;

/** @throws Error if a route is not learned */
export async function benchSteps(directory: string): Promise<void> {
  const rounds: Round[] = [];
  const bytes: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const batches = batchesOf(updates());
    const before = await heap();
    const router = listening();
    const learning = await timed(() => hear(router, batches, 1_000));
    const { routes } = router.snapshot(at(1_000)).status;
    if (routes !== ROUTES + 1) throw new Error(`${routes} routes were learned, expected ${ROUTES + 1}`);
    const refreshing = await timed(() => hear(router, batches, 31_000));
    bytes.push(((await heap()) - before) / ROUTES);
    // The first round has V8 compile.
    if (round > 0) rounds.push({ learning, refreshing });
  }
  const ours = medians(rounds);
  const output = execFileSync(compile('bench/steps', directory), [String(ROUNDS)], { encoding: 'utf8' });
  const floor = medians(
    output
      .trim()
      .split('\n')
      .map((line) => {
        const [learning = Number.NaN, refreshing = Number.NaN] = line.split(' ').map(Number);
        return { learning, refreshing };
      }),
  );
  const row = (name: string, { learning = 0, refreshing = 0 }: Record<string, number>): string[] => [
    name,
    ...cells(learning, floor.learning),
    ...cells(refreshing, floor.refreshing),
  ];
  printTable(
    `Router.step with ${PACKETS} packets of ${rip.entriesPerPacket(1500)} routes, medians of ${ROUNDS} rounds`,
    [
      ['', 'learned', 'a route', '', 'heard again', 'a route', ''],
      row('C, into a hash table', floor),
      row('Ripstop', ours),
    ],
  );
  const { heap: each = Number.NaN } = medians(bytes.slice(1).map((one) => ({ heap: one })));
  console.log(`\n  Heap: ${each.toFixed(0)} bytes a route, with its offer and what the kernel is told.`);
}

function cells(time: number, floor = Number.NaN): string[] {
  return [
    `${(time / 1000).toFixed(1)} ms`,
    `${(time / ROUTES).toFixed(3)} µs`,
    `${(time / floor).toFixed(1)} ×`,
  ];
}

function updates(): Uint8Array[] {
  const entries: Entry[] = Array.from({ length: ROUTES }, (_, index) => ({
    prefix: `${ipv4FromNumber(0x1400_0000 + index * 256)}/24`,
    tag: 0,
    nextHop: undefined,
    metric: 1 + (index % 14),
  }));
  return rip.encodeResponses(entries);
}

function batchesOf(packets: readonly Uint8Array[]): Datagram[][] {
  const datagrams = packets.map((bytes): Datagram => ({ source: '10.0.0.2', port: rip.port, bytes }));
  return Array.from({ length: Math.ceil(datagrams.length / BATCH) }, (_, index) =>
    datagrams.slice(index * BATCH, (index + 1) * BATCH),
  );
}

/** A router with one interface, on which it only learns: what it would send has a benchmark of its own. */
function listening(): Router {
  const router = new Router(
    {
      ...defaultRouterConfiguration,
      interfaces: { eth0: { ...defaultInterfaceConfiguration, passive: true } },
    },
    { protocol: rip, random: () => 0.5, digest: systemDigest, sequence: 0 },
  );
  const addresses = [{ address: '10.0.0.1', prefixLength: 24 }];
  const eth0 = { name: 'eth0', index: 2, mtu: 1500, loopback: false, addresses };
  router.step(at(0), { type: 'interface-up', interface: eth0 });
  router.step(at(0), { type: 'listening', interface: 'eth0' });
  return router;
}

function hear(router: Router, batches: readonly Datagram[][], milliseconds: number): void {
  for (const datagrams of batches) {
    router.step(at(milliseconds), { type: 'datagrams-received', interface: 'eth0', datagrams });
  }
}

function at(monotonic: number): Instant {
  return { monotonic, wall: monotonic };
}

async function heap(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** One ripd, one neighbor that says much, quickly, or nonsense; judged by the kernel. */
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { type Entry, rip } from '@ripstop/rip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostilePackets, seededRandom } from '../kit/hostile-packets.ts';
import { kernelRoutes } from '../kit/kernel.ts';
import { pair } from '../kit/pair.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { Speaker } from '../kit/speaker.ts';

/** Enough for 10,000 routes on a busy machine. */
const INSTALL_MS = 20_000;

let lab: NamespaceLab;
let router: LabNode;
let ripd: RipdRouter;
let neighbor: Speaker;

beforeEach(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  ripd = await RipdRouter.start(router, lab.directory, { rip: { interfaces: { eth0: {} } } });
  neighbor = await Speaker.open(lab.node('neighbor'), 'eth0');
});
afterEach(async () => {
  await neighbor?.close();
  await lab?.close();
});

/** 10.0.0.0/24, 10.0.1.0/24, … */
function networks(count: number): Entry[] {
  return Array.from({ length: count }, (_, at) => ({
    prefix: `10.${at >> 8}.${at & 0xff}.0/24`,
    tag: 0,
    nextHop: undefined,
    metric: 1 + (at % 10),
  }));
}

async function routeCount(): Promise<number> {
  return (await kernelRoutes(router, 'rip')).length;
}

/** Waits until exactly so many routes are in the kernel. */
async function installed(count: number): Promise<void> {
  await expect.poll(routeCount, { timeout: INSTALL_MS, interval: 100 }).toBe(count);
}

/** The router's UDP sockets of port 520, proc(5): bytes that wait to be read, and datagrams that found no room. */
async function receiveQueue(): Promise<{ waiting: number; dropped: number }> {
  const sockets = (await router.exec('cat', '/proc/net/udp'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(':0208'));
  if (sockets.length === 0) throw new Error('Nobody listens on port 520');
  const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
  return {
    waiting: sum(sockets.map((fields) => Number.parseInt(fields[4]?.split(':')[1] ?? '', 16))),
    dropped: sum(sockets.map((fields) => Number(fields.at(-1)))),
  };
}

describe('a thousand learned routes', () => {
  it('are all in the kernel, come back after a flush, and are gone after SIGTERM', async () => {
    neighbor.announce(networks(1_000));
    await installed(1_000);

    let deleted = 0;
    const stopWatching = router.kernel.subscribe(
      ['route'],
      (notifications) => {
        deleted += notifications.filter(({ operation }) => operation === 'delete').length;
      },
      () => undefined,
    );
    await router.exec('ip', 'route', 'flush', 'proto', 'rip');
    await until('the flush has deleted all', INSTALL_MS, () => deleted >= 1_000);
    await installed(1_000);
    stopWatching();

    expect(await ripd.daemon.stop()).toBe(0);
    expect(await routeCount()).toBe(0);
  });
});

describe('ten thousand routes in one burst, by default settings', () => {
  it('are all learned', async () => {
    neighbor.announce(networks(10_000));
    await installed(10_000);
    expect(await receiveQueue()).toEqual({ waiting: 0, dropped: 0 });
    // More than a pipe holds.
    expect((await ripd.headOf('routes')).trim().split('\n')).toHaveLength(1);
  });

  it('are all learned even if ripd sleeps while they come', async () => {
    ripd.daemon.signal('SIGSTOP');
    neighbor.announce(networks(10_000));
    await neighbor.close();
    ripd.daemon.signal('SIGCONT');
    await installed(10_000);
    expect(await receiveQueue()).toEqual({ waiting: 0, dropped: 0 });
  });
});

describe('ten thousand random and mutated packets', () => {
  const SEED = 2453;
  const PACKETS = 10_000;
  /** As many at once as surely find room in the receive buffer. */
  const BATCH = 500;
  /** With so little, V8 collects garbage at once instead of growing; whoever keeps packets runs out of it. */
  const smallHeap = ['--max-old-space-size=24', '--max-semi-space-size=2'];
  const GROWTH_BYTES_MAX = 8 * 1024 * 1024;

  it('change nothing, throw nothing, and cost no memory', async () => {
    await ripd.daemon.stop();
    ripd = await RipdRouter.start(router, lab.directory, { rip: { interfaces: { eth0: {} } } }, smallHeap);
    const [sound = new Uint8Array()] = rip.encodeResponses(networks(25));
    neighbor.announce(networks(1_000));
    await installed(1_000);
    const known = async () => [await kernelRoutes(router, 'rip'), prefixesOf(await ripd.show('routes'))];
    const stranger = await Speaker.open(lab.node('neighbor'), 'eth0', { port: 5200 });
    const random = seededRandom(SEED);
    /** @returns how many packets ripd has read because of it */
    const attack = async (): Promise<number> => {
      const before = await packetsReceived();
      const packets = [...hostilePackets(random, sound, PACKETS)];
      for (let first = 0; first < packets.length; first += BATCH) {
        for (const packet of packets.slice(first, first + BATCH)) {
          (random() < 0.1 ? stranger : neighbor).send(packet);
        }
        await until('ripd has read them', INSTALL_MS, async () => (await receiveQueue()).waiting === 0);
      }
      return (await packetsReceived()) - before;
    };

    await attack(); // what a program makes of its first thousands of packets stays: compiled code, grown buffers
    const [before, memory] = [await known(), ripd.residentBytes()];
    expect(await attack()).toBe(PACKETS);
    expect(await known()).toEqual(before);
    expect(await routeCount()).toBe(1_000);
    expect(ripd.residentBytes() - memory).toBeLessThan(GROWTH_BYTES_MAX);
    expect((await receiveQueue()).dropped).toBe(0);
    expect(ripd.daemon.output.filter((line) => /Error\b|uncaught|assert/i.test(line))).toEqual([]);
    await stranger.close();
    expect(await ripd.daemon.stop()).toBe(0);
  });
});

async function packetsReceived(): Promise<number> {
  const [eth0] = await ripd.show('interfaces');
  return eth0?.counters.packetsReceived ?? Number.NaN;
}

function prefixesOf(routes: unknown): string[] {
  return (routes as { prefix: string }[]).map(({ prefix }) => prefix);
}

/**
 * Everything breaks at random, from a seed: routes are deleted, altered and flushed behind the routers' backs, links flap and vanish,
 * daemons are killed, frozen and reloaded. Then nobody touches anything any more, and within five seconds every kernel has exactly
 * the shortest paths again, what belongs to others is as they left it, and no daemon holds more than before.
 *
 * `RIPSTOP_SEED` repeats a chaos, `RIPSTOP_CHAOS_SECONDS` says how long it lasts, `RIPSTOP_CHAOS_ROUTES` how many destinations of
 * each family there are besides the links.
 */
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChaosNetwork } from './chaos-network.ts';
import { center } from './network-plan.ts';
import { descriptors, type Memory, memory, netlinkBacklog } from './resources.ts';
import { Storm } from './storm.ts';

const {
  RIPSTOP_SEED = String(randomInt(2 ** 31)),
  RIPSTOP_CHAOS_SECONDS = '36',
  RIPSTOP_CHAOS_ROUTES = '400',
} = process.env;
const seconds = Number(RIPSTOP_CHAOS_SECONDS);
const destinations = Number(RIPSTOP_CHAOS_ROUTES);

/** A round is a storm and the quiet after it. */
const rounds = Math.max(6, Math.round(seconds / 20));
/** Every router tells all it knows in each update, on every link: the more there is, the less often. */
const updateSeconds = Math.max(1, destinations / 2_000);
const QUIET_MS = 5_000;
const WAIT_MS = 30_000;
/** In the first third the router in the middle may be killed, too; the one that runs then is looked at for leaks. */
const mortalRounds = Math.floor(rounds / 3);
/**
 * What V8 has compiled and what it remembers of calls is in use as well, and grows as rare things happen for the first time. A leak
 * grows with every round.
 */
const GROWTH_MAX = 1.1;
/** V8 gives pages back to the system when it likes. */
const RESIDENT_GROWTH_MAX = 1.3;

let network: ChaosNetwork;
let storm: Storm;

beforeAll(async () => {
  network = await ChaosNetwork.lay(destinations, updateSeconds);
  storm = new Storm(network, Number(RIPSTOP_SEED));
}, 120_000);
afterAll(() => network?.close());

/** Tells what has led to a failure, and how to see it again. */
async function told<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const logs = network.daemons.flatMap(({ name, log }) => [
      `--- the last of ${name}'s log`,
      ...log.slice(-40),
    ]);
    const repeat = `RIPSTOP_SEED=${RIPSTOP_SEED} RIPSTOP_CHAOS_SECONDS=${seconds} RIPSTOP_CHAOS_ROUTES=${destinations}`;
    throw new Error([(error as Error).message, repeat, ...storm.story, ...logs].join('\n'), { cause: error });
  }
}

/** Of every daemon. */
function allDescriptors(): Record<string, number>[] {
  return network.daemons.map(({ ripd }) => descriptors(ripd.daemon.pid));
}

describe('when all has been broken and is whole again', () => {
  const memories: Memory[] = [];
  let first: Record<string, number>[];

  it(
    'kernel = table = shortest paths, within five seconds, every time',
    { timeout: (4 * seconds + 120) * 1000 },
    () =>
      told(async () => {
        first = allDescriptors();
        for (let round = 0; round < rounds; round += 1) {
          const kind = round % 3 === 1 ? 'routes' : 'everything';
          await storm.rage(kind, (seconds * 1000) / rounds, round < mortalRounds);
          const time = await network.judge(QUIET_MS);
          storm.tell(`all is right again after ${time.toFixed()} ms`);
          if (round >= mortalRounds) memories.push(await memory(network.daemon(center).ripd.daemon));
        }
      }),
  );

  it('no descriptor is left over, and nothing waits in a netlink socket', () =>
    told(async () => {
      const isEmpty = (): boolean =>
        network.daemons.every(({ ripd }) => netlinkBacklog(ripd.daemon.pid) === 0);
      await expect.poll(allDescriptors).toEqual(first);
      await until('nothing waits to be read', WAIT_MS, isEmpty);
    }));

  it('memory in use has not grown', () => {
    const least = (of: keyof Memory, from: number, to: number): number =>
      Math.min(...memories.slice(from, to).map((each) => each[of]));
    const half = Math.floor(memories.length / 2);
    expect(least('live', half, memories.length) / least('live', 0, half)).toBeLessThan(GROWTH_MAX);
    expect(least('resident', half, memories.length) / least('resident', 0, half)).toBeLessThan(
      RESIDENT_GROWTH_MAX,
    );
  });

  it('after SIGTERM nothing of ours is left in any kernel, and everything of others', () =>
    told(async () => {
      await network.end();
      expect(await network.ownRoutes()).toEqual([]);
      expect(await network.foreign.missing()).toEqual([]);
    }));

  it('no process and no namespace is left over', async () => {
    await network.close();
    const { directory } = network.lab;
    const commands = readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? commandOf(pid) : []));
    expect(commands.filter((command) => command.includes(directory))).toEqual([]);
    const names = network.lab.nodes.map(({ namespace }) => namespace);
    expect(readdirSync('/run/netns').filter((name) => names.includes(name))).toEqual([]);
  });
});

/** None of a process that has just ended. */
function commandOf(pid: string): string[] {
  try {
    return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
  } catch {
    return [];
  }
}

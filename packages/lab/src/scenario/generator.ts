/**
 * Scenarios by the thousands: a network, its configuration and its misfortunes, all from one seed.
 *
 * Before this file: tests, the nightly run and `riplab simulate --seed`. After it: `simulation.ts`.
 *
 * Invariant: what every router should know in the end can be computed from the scenario alone (`check/shortest-paths`). So
 * timers that do not fit together, or policies that make metrics smaller, do not occur.
 */
import {
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  type InterfaceConfiguration,
  type Millis,
  type PolicyRule,
  type RouterConfiguration,
} from '@ripstop/rip';
import { prefixOf } from '@ripstop/wire';
import { parseInterfaceAddress } from '../topology.ts';
import { Random } from '../world/random.ts';
import { dialect, type Language } from './dialect.ts';
import { randomFaults } from './faults.ts';
import { longestUnrest, type Scenario, type ScenarioRouter, type ScenarioSegment } from './scenario.ts';
import { randomShape } from './shape.ts';

const SECOND: Millis = 1_000;
const DAY: Millis = 86_400_000;

/** What all routers of a scenario share. */
interface Manner extends Language {
  readonly timers: InterfaceConfiguration['timers'];
  readonly triggeredUpdateDelay: RouterConfiguration['triggeredUpdateDelay'];
  readonly hasCosts: boolean;
  readonly hasPolicies: boolean;
}

/** @param routers how many; undefined: the seed decides, 3 to 60, mostly few */
export function randomScenario(seed: number, routers?: number): Scenario {
  const random = new Random(seed);
  const count = routers ?? random.whole(3, random.pick([6, 6, 10, 10, 10, 20, 20, 60]));
  const manner = randomManner(seed, random);
  const segments = randomSegments(count, manner, random);
  const nodes = Array.from({ length: count }, (_, at) =>
    randomRouter(`r${at + 1}`, segments, manner, random),
  );
  const network = { seed, routers: nodes, segments, expectations: [] };
  const events = randomFaults(network, manner.timers.update, random);
  const last = events.at(-1)?.at ?? 0;
  return { ...network, events, end: last + longestUnrest(network) };
}

function randomManner(seed: number, random: Random): Manner {
  const update = random.pick([30, 30, 10, 5]) * SECOND;
  return {
    seed,
    timers: { update, timeout: 6 * update, garbageCollection: 4 * update },
    triggeredUpdateDelay: random.pick([
      [1 * SECOND, 5 * SECOND],
      [1 * SECOND, 5 * SECOND],
      [0, 0],
    ]),
    hasVersion1: random.chance(0.2),
    hasCosts: random.chance(0.4),
    hasPolicies: random.chance(0.3),
  };
}

function randomSegments(count: number, manner: Manner, random: Random): ScenarioSegment[] {
  const shared = randomShape(count, random);
  const stubs = Array.from({ length: count }, (_, at) => [at]).filter(() => random.chance(0.5));
  return [...shared, ...stubs].map((members, number) => {
    const isStub = members.length === 1;
    const length = manner.hasVersion1 ? 24 : random.pick(isStub ? [24, 24, 28, 32] : [24, 24, 28]);
    return {
      name: `${isStub ? 'stub' : 'link'}${number}`,
      ends: members.map((member, at) => ({
        router: `r${member + 1}`,
        interface: `${isStub ? 'stub' : 'link'}${number}`,
        addresses: [`10.${number >> 8}.${number & 255}.${at + 1}/${length}`],
      })),
      conditions: { delay: random.pick([1, 1, 5, 40]), jitter: random.pick([0, 0, 3, 20]) },
    };
  });
}

function randomRouter(
  name: string,
  segments: readonly ScenarioSegment[],
  manner: Manner,
  random: Random,
): ScenarioRouter {
  const ends = segments.flatMap((segment) =>
    segment.ends.filter(({ router }) => router === name).map((end) => ({ segment, end })),
  );
  const splitHorizon = random.pick(['poison-reverse', 'poison-reverse', 'simple', 'disabled'] as const);
  const interfaces = ends.map(({ segment, end }) => {
    const configuration: InterfaceConfiguration = {
      ...defaultInterfaceConfiguration,
      ...dialect(segment, name, manner),
      cost: manner.hasCosts && random.chance(0.3) ? random.whole(2, 4) : 1,
      passive: segment.ends.length === 1 && random.chance(0.3),
      noListen: random.chance(0.02),
      splitHorizon,
      timers: manner.timers,
    };
    return [end.interface, configuration] as const;
  });
  return {
    name,
    configuration: {
      ...defaultRouterConfiguration,
      maximumPaths: random.pick([8, 8, 2, 1]),
      originateDefaultRoute: random.chance(0.05) ? { metric: random.whole(1, 5), when: 'always' } : undefined,
      triggeredUpdateDelay: manner.triggeredUpdateDelay,
      policy: manner.hasPolicies && random.chance(0.3) ? [randomRule(segments, random)] : [],
      interfaces: Object.fromEntries(interfaces),
    },
    clockOffset: random.chance(0.3) ? Math.round(random.between(-DAY, DAY)) : 0,
    onExit: random.pick(['remove', 'keep']),
  };
}

/** Keeps a subnet in or out, or makes it longer to get there. */
function randomRule(segments: readonly ScenarioSegment[], random: Random): PolicyRule {
  const target = random.pick(segments);
  const parsed = parseInterfaceAddress(target.ends[0]?.addresses[0] ?? '');
  const prefix = prefixOf(parsed?.address ?? '0.0.0.0', parsed?.prefixLength ?? 0);
  const action = random.pick(['reject', 'accept'] as const);
  return {
    direction: random.pick(['in', 'out']),
    interface: undefined,
    neighbor: undefined,
    prefixSet: { name: target.name, ranges: [{ prefix, shortest: parsed?.prefixLength ?? 0, longest: 32 }] },
    tag: undefined,
    action,
    set: {
      metric: undefined,
      addMetric: action === 'accept' ? random.whole(1, 4) : undefined,
      tag: undefined,
    },
  };
}

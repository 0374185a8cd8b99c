/**
 * Scenarios by the thousands: a network, its configuration and its misfortunes, all from one seed.
 *
 * Before this file: tests, the nightly run and `riplab simulate --seed`. After it: `simulation.ts`.
 *
 * Invariants: what every router should know in the end can be computed from the scenario alone (`check/shortest-paths`). So
 * timers that do not fit together, or policies that make metrics smaller, do not occur. What is chosen in the seed's stead
 * changes nothing else: the same network speaks RIP, RIPng, or both.
 */
import {
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  type InterfaceConfiguration,
  type Millis,
  type PolicyRule,
  type Protocol,
  type RouterConfiguration,
} from '@ripstop/rip';
import { addressBits, addressFamily, prefixOf } from '@ripstop/wire';
import { parseInterfaceAddress } from '../topology.ts';
import { protocols } from '../world/configurations.ts';
import { isLinkLocal } from '../world/port.ts';
import { Random } from '../world/random.ts';
import { type Numbering, SegmentAddresses } from './addressing.ts';
import { dialect } from './dialect.ts';
import { randomFaults } from './faults.ts';
import {
  longestUnrest,
  type Scenario,
  type ScenarioEnd,
  type ScenarioRouter,
  type ScenarioSegment,
} from './scenario.ts';
import { randomShape, type SharedBy } from './shape.ts';

const SECOND: Millis = 1_000;
const DAY: Millis = 86_400_000;

/** What the routers of a random network speak. */
export type Spoken = Protocol['name'] | 'both';

/** What is not left to the seed. */
export interface ScenarioChoices {
  /** How many; undefined: 3 to 60, mostly few. */
  readonly routers?: number | undefined;
  readonly spoken?: Spoken | undefined;
}

/** What all routers of a scenario share. */
interface Manner extends Numbering {
  readonly protocols: readonly Protocol[];
  readonly timers: InterfaceConfiguration['timers'];
  readonly triggeredUpdateDelay: RouterConfiguration['triggeredUpdateDelay'];
  readonly hasCosts: boolean;
  readonly hasPolicies: boolean;
}

export function randomScenario(seed: number, { routers, spoken }: ScenarioChoices = {}): Scenario {
  const random = new Random(seed);
  const count = routers ?? random.whole(3, random.pick([6, 6, 10, 10, 10, 20, 20, 60]));
  const manner = randomManner(seed, spoken, random);
  const segments = randomSegments(count, manner, random);
  const nodes = Array.from({ length: count }, (_, at) =>
    randomRouter(`r${at + 1}`, segments, manner, random),
  );
  const network = { seed, routers: nodes, segments, expectations: [] };
  const events = randomFaults(network, manner.timers.update, random);
  const last = events.at(-1)?.at ?? 0;
  return { ...network, events, end: last + longestUnrest(network) };
}

function randomManner(seed: number, spoken: Spoken | undefined, random: Random): Manner {
  const update = random.pick([30, 30, 10, 5]) * SECOND;
  const names = spoken ?? Random.named(seed, 'protocols').pick(['rip', 'ripng', 'both']);
  return {
    seed,
    protocols: protocols.filter(({ name }) => names === 'both' || names === name),
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
    const name = `${members.length === 1 ? 'stub' : 'link'}${number}`;
    return {
      name,
      ends: randomEnds(name, number, members, manner),
      conditions: { delay: random.pick([1, 1, 5, 40]), jitter: random.pick([0, 0, 3, 20]) },
      mtu: random.pick([1500, 1500, 1280, 9000]),
    };
  });
}

/** On some links one router has a second interface, over which it hears itself. */
function randomEnds(name: string, segment: number, members: SharedBy, manner: Manner): ScenarioEnd[] {
  const random = Random.named(manner.seed, `ends of ${name}`);
  const addresses = new SegmentAddresses(manner, segment, members.length);
  const ends = members.map((member, at) => ({
    router: `r${member + 1}`,
    interface: name,
    addresses: addresses.of({ segment, end: at, router: member }),
  }));
  if (ends.length === 1 || !random.chance(0.05)) return ends;
  const { router } = random.pick(ends);
  return [...ends, { router, interface: `${name}b`, addresses: addresses.ofSecond(ends.length) }];
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
  const interfaces = ends.map(({ segment, end }) => ({
    segment,
    name: end.interface,
    configuration: {
      ...defaultInterfaceConfiguration,
      cost: manner.hasCosts && random.chance(0.3) ? random.whole(2, 4) : 1,
      passive: segment.ends.length === 1 && random.chance(0.3),
      noListen: random.chance(0.02),
      splitHorizon,
      timers: manner.timers,
    },
  }));
  const configuration: RouterConfiguration = {
    ...defaultRouterConfiguration,
    maximumPaths: random.pick([8, 8, 2, 1]),
    originateDefaultRoute: random.chance(0.05) ? { metric: random.whole(1, 5), when: 'always' } : undefined,
    triggeredUpdateDelay: manner.triggeredUpdateDelay,
  };
  const rule = manner.hasPolicies && random.chance(0.3) ? randomRule(segments, random) : undefined;
  const configurations = manner.protocols.map(
    (protocol): readonly [Protocol['name'], RouterConfiguration] => [
      protocol.name,
      {
        ...configuration,
        policy: rule === undefined ? [] : rule(protocol),
        interfaces: Object.fromEntries(
          interfaces.map(({ segment, name: port, configuration: one }) => [
            port,
            { ...one, ...dialect(protocol, segment, name, manner) },
          ]),
        ),
      },
    ],
  );
  return {
    name,
    configurations: Object.fromEntries(configurations),
    clockOffset: random.chance(0.3) ? Math.round(random.between(-DAY, DAY)) : 0,
    onExit: random.pick(['remove', 'keep']),
  };
}

/** Keeps a subnet in or out, or makes it longer to get there: for each protocol the one of its family. */
function randomRule(
  segments: readonly ScenarioSegment[],
  random: Random,
): (protocol: Protocol) => readonly PolicyRule[] {
  const target = random.pick(segments);
  const action = random.pick(['reject', 'accept'] as const);
  const direction = random.pick(['in', 'out'] as const);
  const addMetric = action === 'accept' ? random.whole(1, 4) : undefined;
  return ({ family }) => {
    const subnet = (target.ends[0]?.addresses ?? [])
      .flatMap((text) => parseInterfaceAddress(text) ?? [])
      .find((each) => addressFamily(each.address) === family && !isLinkLocal(each));
    if (subnet === undefined) return [];
    const { address, prefixLength } = subnet;
    const range = {
      prefix: prefixOf(address, prefixLength),
      shortest: prefixLength,
      longest: addressBits(family),
    };
    return [
      {
        direction,
        interface: undefined,
        neighbor: undefined,
        prefixSet: { name: target.name, ranges: [range] },
        tag: undefined,
        action,
        set: { metric: undefined, addMetric, tag: undefined },
      },
    ];
  };
}

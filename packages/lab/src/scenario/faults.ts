/**
 * What befalls a random network: for a while everything, then only what it can live with. Before and after this file:
 * `generator.ts`.
 */
import type { Millis } from '@ripstop/rip';
import type { Random } from '../world/random.ts';
import type { Happening, Scenario, ScenarioEvent } from './scenario.ts';

const SECOND: Millis = 1_000;
const WEEK: Millis = 604_800_000;

type Network = Pick<Scenario, 'routers' | 'segments'>;

/** In the order of time. The last ones end what would keep a network from coming to rest. */
export function randomFaults(network: Network, update: Millis, random: Random): ScenarioEvent[] {
  const troubleEnds = random.whole(4, 14) * update;
  const count = random.whole(0, 12);
  const events = Array.from(
    { length: count },
    (): ScenarioEvent => ({
      at: Math.round(random.between(0, troubleEnds)),
      ...randomHappening(network, random),
    }),
  );
  const remedies = remedy(network, events, random).map((happening) => ({ at: troubleEnds, ...happening }));
  return [...events.sort((a, b) => a.at - b.at), ...remedies];
}

function randomHappening({ routers, segments }: Network, random: Random): Happening {
  const node = random.pick(routers);
  const router = node.name;
  const { name: segment, ends } = random.pick(segments);
  const end = random.pick(ends);
  const kinds: readonly (() => Happening)[] = [
    () => ({ type: 'cut', segment }),
    () => ({ type: 'cut', segment, router: end.router }),
    () => ({ type: 'silence', segment }),
    () => ({
      type: 'split',
      segment,
      parts: [ends.map((each) => each.router).slice(0, Math.ceil(ends.length / 2))],
    }),
    () => ({ type: 'impair', segment, conditions: badConditions(random) }),
    () => ({ type: 'mend', segment }),
    () => ({ type: random.pick(['stop', 'kill', 'restart', 'drain', 'start'] as const), router }),
    () => ({ type: random.pick(['kill', 'restart', 'start'] as const), router }),
    () => ({ type: random.pick(['down', 'up'] as const), router: end.router, interface: end.interface }),
    () => ({ type: 'clock', router, offset: Math.round(random.between(-WEEK, WEEK)) }),
    () => ({ type: 'reconfigure', router, configuration: otherConfiguration(node.configuration, random) }),
    () => ({ type: 'refuse', router, installs: random.whole(1, 20) }),
    () => ({ type: 'overrun', router }),
    () => ({ type: 'flush', router }),
  ];
  return random.pick(kinds)();
}

function badConditions(random: Random): Extract<Happening, { type: 'impair' }>['conditions'] {
  return {
    loss: random.between(0, 0.3),
    delay: Math.round(random.between(0, 2 * SECOND)),
    jitter: Math.round(random.between(0, SECOND)),
    duplication: random.between(0, 0.2),
    reordering: random.between(0, 0.2),
  };
}

function otherConfiguration(
  configuration: Network['routers'][number]['configuration'],
  random: Random,
): Network['routers'][number]['configuration'] {
  const splitHorizon = random.pick(['poison-reverse', 'simple', 'disabled'] as const);
  const interfaces = Object.entries(configuration.interfaces).map(([name, before]) => [
    name,
    { ...before, splitHorizon, cost: random.chance(0.5) ? random.whole(1, 4) : before.cost },
  ]);
  return {
    ...configuration,
    maximumPaths: random.pick([1, 2, 8]),
    interfaces: Object.fromEntries(interfaces),
  };
}

/** Lost packets have to end; a link that is cut or a router that is off may stay so: then there is another network. */
function remedy({ routers, segments }: Network, events: readonly Happening[], random: Random): Happening[] {
  const impaired = segments.filter(({ name }) =>
    events.some((event) => event.type === 'impair' && event.segment === name),
  );
  const others = segments.filter((segment) => !impaired.includes(segment) && random.chance(0.5));
  const drained = routers.filter(({ name }) =>
    events.some((event) => event.type === 'drain' && event.router === name),
  );
  return [
    ...[...impaired, ...others].map(({ name }): Happening => ({ type: 'mend', segment: name })),
    ...drained.map(({ name }): Happening => ({ type: 'restart', router: name })),
    ...routers
      .filter(({ name }) => events.some((event) => event.type === 'refuse' && event.router === name))
      .map(({ name }): Happening => ({ type: 'refuse', router: name, installs: 0 })),
    ...routers
      .filter(() => random.chance(0.7))
      .map(({ name }): Happening => ({ type: 'start', router: name })),
  ];
}

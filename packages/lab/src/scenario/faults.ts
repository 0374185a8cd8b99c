/**
 * What befalls a random network: for a while everything, then only what it can live with. Before and after this file:
 * `generator.ts`.
 */
import type { Millis, RouterConfiguration } from '@ripstop/rip';
import type { Configurations } from '../world/configurations.ts';
import type { Random } from '../world/random.ts';
import { otherAddresses } from './addressing.ts';
import type { Happening, Scenario, ScenarioEvent } from './scenario.ts';

const SECOND: Millis = 1_000;
const WEEK: Millis = 604_800_000;
/** Bytes; the least has no room for IPv6. */
const MTUS = [1000, 1280, 1280, 1500, 9000];

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
  const place = random.pick(segments);
  const { name: segment, ends } = place;
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
    () => ({
      type: 'readdress',
      router: end.router,
      interface: end.interface,
      addresses: otherAddresses(end, place, random),
    }),
    () => ({ type: 'mtu', segment, mtu: random.pick(MTUS) }),
    () => ({ type: 'clock', router, offset: Math.round(random.between(-WEEK, WEEK)) }),
    () => ({
      type: 'reconfigure',
      router,
      configurations: otherConfigurations(node.configurations, random),
    }),
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

function otherConfigurations(configurations: Configurations, random: Random): Configurations {
  const others = Object.entries(configurations).map(([name, configuration]) => [
    name,
    otherConfiguration(configuration, random),
  ]);
  return Object.fromEntries(others);
}

function otherConfiguration(configuration: RouterConfiguration, random: Random): RouterConfiguration {
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
  const suffered = (name: string, ...types: readonly Happening['type'][]): boolean =>
    events.some(
      (event) => types.includes(event.type) && ('segment' in event ? event.segment : event.router) === name,
    );
  return [
    ...segments
      .filter(
        ({ name }) =>
          suffered(name, 'impair') || (suffered(name, 'cut', 'silence', 'split') && random.chance(0.5)),
      )
      .map(({ name }): Happening => ({ type: 'mend', segment: name })),
    ...routers.flatMap(({ name }): Happening[] => [
      ...(suffered(name, 'drain') ? [{ type: 'restart', router: name } as const] : []),
      ...(suffered(name, 'refuse') ? [{ type: 'refuse', router: name, installs: 0 } as const] : []),
      ...(suffered(name, 'stop', 'kill') && random.chance(0.7)
        ? [{ type: 'start', router: name } as const]
        : []),
    ]),
  ];
}

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
    () => ({
      type: 'readdress',
      router: end.router,
      interface: end.interface,
      addresses: otherAddresses(end.addresses, ends.length, random),
    }),
    () => ({ type: 'clock', router, offset: Math.round(random.between(-WEEK, WEEK)) }),
    () => ({ type: 'reconfigure', router, configuration: otherConfiguration(node.configuration, random) }),
    () => ({ type: 'refuse', router, installs: random.whole(1, 20) }),
    () => ({ type: 'overrun', router }),
    () => ({ type: 'flush', router }),
  ];
  return random.pick(kinds)();
}

/**
 * A second subnet on the same wire, beside the first or in its place; or the first alone. Where more than two meet, all keep
 * the first: with split horizon, one in the middle does not tell two strangers of each other.
 */
function otherAddresses([first = '']: readonly string[], ends: number, random: Random): string[] {
  const second = first.replace(/^10\.(\d+)/, (_, octet) => `10.${Number(octet) + 100}`);
  const both = [[first, second], [second, first], [first]];
  return random.pick(ends > 2 ? both : [...both, [second]]);
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

/** One event of a scenario file: `{ at: 30, cut: west-east }`. Before and after this file: `scenario-file.ts`. */
import type { Conditions } from '../world/segment.ts';
import type { CheckedYaml, Path } from './checked-yaml.ts';
import type { Happening, Scenario, ScenarioEvent } from './scenario.ts';

type Network = Pick<Scenario, 'routers' | 'segments'>;
type Keys = Readonly<Record<string, unknown>>;

const DAY_S = 86_400;
const CLOCK_MAX_S = 1e9;

/** What each kind of event is called, and the keys beside it. */
const companions = {
  cut: ['router'],
  silence: [],
  split: ['parts'],
  impair: ['loss', 'delay', 'jitter', 'duplication', 'reordering'],
  mend: [],
  mtu: ['bytes'],
  start: [],
  stop: [],
  kill: [],
  restart: [],
  drain: [],
  up: ['interface'],
  down: ['interface'],
  clock: ['ahead'],
  overrun: [],
  flush: [],
} as const satisfies Partial<Record<Happening['type'], readonly string[]>>;

type Kind = keyof typeof companions;
const kinds = Object.keys(companions) as Kind[];
const ofSegments = ['cut', 'silence', 'split', 'impair', 'mend', 'mtu'] as const;
/** Bytes, of IPv4 and of an IP packet: RFC 791. */
const MTU_MIN = 68;
const MTU_MAX = 65_535;

export function readEvent(
  yaml: CheckedYaml,
  path: Path,
  value: unknown,
  network: Network,
): ScenarioEvent | undefined {
  const named = yaml.section(path, value);
  const kind = kinds.find((each) => named[each] !== undefined);
  if (kind === undefined) return yaml.expected(path, value, `at, and one of: ${kinds.join(', ')}`);
  const keys = yaml.section(path, value, ['at', kind, ...companions[kind]]);
  const at = yaml.number([...path, 'at'], keys.at, 0, DAY_S, 'seconds');
  const isOfSegment = (ofSegments as readonly string[]).includes(kind);
  const known = (isOfSegment ? network.segments : network.routers).map(({ name }) => name);
  const target = yaml.oneOf([...path, kind], keys[kind], known);
  if (at === undefined || target === undefined) return undefined;
  const happening = readHappening(yaml, path, kind, target, keys, network);
  return happening === undefined ? undefined : { at: at * 1_000, ...happening };
}

function readHappening(
  yaml: CheckedYaml,
  path: Path,
  kind: Kind,
  target: string,
  keys: Keys,
  { segments }: Pick<Network, 'segments'>,
): Happening | undefined {
  const members = (segments.find(({ name }) => name === target)?.ends ?? []).map(({ router }) => router);
  switch (kind) {
    case 'cut': {
      if (keys.router === undefined) return { type: kind, segment: target };
      const router = yaml.oneOf([...path, 'router'], keys.router, members);
      return router === undefined ? undefined : { type: kind, segment: target, router };
    }
    case 'silence':
    case 'mend':
      return { type: kind, segment: target };
    case 'split': {
      const parts = yaml.list([...path, 'parts'], keys.parts).map((part, number) => {
        const place = [...path, 'parts', number];
        return yaml.list(place, part).flatMap((each, at) => yaml.oneOf([...place, at], each, members) ?? []);
      });
      return { type: kind, segment: target, parts };
    }
    case 'impair':
      return { type: kind, segment: target, conditions: readConditions(yaml, path, keys) };
    case 'mtu': {
      const mtu = yaml.whole([...path, 'bytes'], keys.bytes, MTU_MIN, MTU_MAX);
      return mtu === undefined ? undefined : { type: kind, segment: target, mtu };
    }
    case 'clock': {
      const ahead = yaml.number([...path, 'ahead'], keys.ahead, -CLOCK_MAX_S, CLOCK_MAX_S, 'seconds');
      return ahead === undefined ? undefined : { type: kind, router: target, offset: ahead * 1_000 };
    }
    case 'up':
    case 'down': {
      const links = segments.filter(({ ends }) => ends.some(({ router }) => router === target));
      const name = yaml.oneOf(
        [...path, 'interface'],
        keys.interface,
        links.map((link) => link.name),
      );
      return name === undefined ? undefined : { type: kind, router: target, interface: name };
    }
    default:
      return { type: kind, router: target };
  }
}

/** Probabilities from 0 to 1; delays in milliseconds. */
function readConditions(yaml: CheckedYaml, path: Path, keys: Keys): Partial<Conditions> {
  const limits = { loss: 1, duplication: 1, reordering: 1, delay: 60_000, jitter: 60_000 } as const;
  const given = Object.entries(limits).flatMap(([name, highest]) => {
    if (keys[name] === undefined) return [];
    const value = yaml.number([...path, name], keys[name], 0, highest);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

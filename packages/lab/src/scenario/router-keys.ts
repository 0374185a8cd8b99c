/**
 * The keys of `ripd.yaml` that a scenario may use, in both directions: read for the simulated world, written for the
 * daemons in namespaces. Before and after this file: `scenario-file.ts`, `rehearsal.ts`.
 */
import {
  defaultInterfaceConfiguration,
  defaultRipngInterfaceConfiguration,
  defaultRouterConfiguration,
  type InterfaceConfiguration,
  type Protocol,
  type RouterConfiguration,
} from '@ripstop/rip';
import type { CheckedYaml, Path } from './checked-yaml.ts';

const SECONDS_MAX = 86_400;
const splitHorizons = ['disabled', 'simple', 'poison-reverse'] as const;
const defaults = { rip: defaultInterfaceConfiguration, ripng: defaultRipngInterfaceConfiguration };

/** What is said of a protocol on a router. */
export interface RouterKeys extends Pick<RouterConfiguration, 'triggeredUpdateDelay' | 'maximumPaths'> {
  readonly timers: InterfaceConfiguration['timers'];
}

/** What is said of an interface beside its addresses, whatever is spoken there. */
export type InterfaceKeys = Pick<InterfaceConfiguration, 'cost' | 'passive' | 'noListen' | 'splitHorizon'>;

export const defaultRouterKeys: RouterKeys = {
  timers: defaultInterfaceConfiguration.timers,
  triggeredUpdateDelay: defaultRouterConfiguration.triggeredUpdateDelay,
  maximumPaths: defaultRouterConfiguration.maximumPaths,
};

export const interfaceKeyNames = ['cost', 'passive', 'no-listen', 'split-horizon'] as const;

/** `rip:` or `ripng:` of a file or of a router in it. */
export function readRouterKeys(
  yaml: CheckedYaml,
  path: Path,
  value: unknown,
  inherited: RouterKeys,
): RouterKeys {
  const keys = yaml.section(path, value, ['timers', 'triggered-update-delay', 'maximum-paths']);
  const timers = yaml.section([...path, 'timers'], keys.timers, ['update', 'timeout', 'garbage-collection']);
  const seconds = (name: keyof typeof timers, otherwise: number): number => {
    if (timers[name] === undefined) return otherwise;
    const given = yaml.number([...path, 'timers', name], timers[name], 0.001, SECONDS_MAX, 'seconds');
    return given === undefined ? otherwise : given * 1_000;
  };
  return {
    timers: {
      update: seconds('update', inherited.timers.update),
      timeout: seconds('timeout', inherited.timers.timeout),
      garbageCollection: seconds('garbage-collection', inherited.timers.garbageCollection),
    },
    triggeredUpdateDelay:
      keys['triggered-update-delay'] === undefined
        ? inherited.triggeredUpdateDelay
        : readDelay(yaml, [...path, 'triggered-update-delay'], keys['triggered-update-delay']),
    maximumPaths:
      keys['maximum-paths'] === undefined
        ? inherited.maximumPaths
        : (yaml.whole([...path, 'maximum-paths'], keys['maximum-paths'], 1, 255) ?? 1),
  };
}

export function readInterfaceKeys(
  yaml: CheckedYaml,
  path: Path,
  keys: Readonly<Record<string, unknown>>,
): InterfaceKeys {
  const usual = defaultInterfaceConfiguration;
  const given = <Value>(
    name: string,
    read: (path: Path, value: unknown) => Value | undefined,
    otherwise: Value,
  ): Value => (keys[name] === undefined ? otherwise : (read([...path, name], keys[name]) ?? otherwise));
  return {
    cost: given('cost', (at, value) => yaml.whole(at, value, 1, 16), usual.cost),
    passive: given('passive', (at, value) => yaml.flag(at, value), usual.passive),
    noListen: given('no-listen', (at, value) => yaml.flag(at, value), usual.noListen),
    splitHorizon: given(
      'split-horizon',
      (at, value) => yaml.oneOf(at, value, splitHorizons),
      usual.splitHorizon,
    ),
  };
}

/** What a router does that is told this. */
export function routerConfiguration(
  { name }: Protocol,
  { timers, triggeredUpdateDelay, maximumPaths }: RouterKeys,
  interfaces: ReadonlyMap<string, InterfaceKeys>,
): RouterConfiguration {
  const configured = [...interfaces].map(([each, keys]) => [each, { ...defaults[name], ...keys, timers }]);
  return {
    ...defaultRouterConfiguration,
    triggeredUpdateDelay,
    maximumPaths,
    interfaces: Object.fromEntries(configured),
  };
}

/** The section of a daemon that does the same. */
export function daemonSection({
  maximumPaths,
  triggeredUpdateDelay,
  interfaces,
}: RouterConfiguration): object {
  const [shortest, longest] = triggeredUpdateDelay;
  const sections = Object.entries(interfaces).map(([name, { timers, ...configuration }]) => [
    name,
    {
      cost: configuration.cost,
      passive: configuration.passive,
      'no-listen': configuration.noListen,
      'split-horizon': configuration.splitHorizon,
      timers: {
        update: timers.update / 1_000,
        timeout: timers.timeout / 1_000,
        'garbage-collection': timers.garbageCollection / 1_000,
      },
    },
  ]);
  return {
    'maximum-paths': maximumPaths,
    'triggered-update-delay': [shortest / 1_000, longest / 1_000],
    interfaces: Object.fromEntries(sections),
  };
}

function readDelay(yaml: CheckedYaml, path: Path, value: unknown): readonly [number, number] {
  const [shortest, longest] = yaml
    .list(path, value)
    .map((each, at) => (yaml.number([...path, at], each, 0, SECONDS_MAX, 'seconds') ?? 0) * 1_000);
  if (shortest !== undefined && longest !== undefined && shortest <= longest) return [shortest, longest];
  yaml.expected(path, value, 'two numbers of seconds, the shorter first');
  return [0, 0];
}

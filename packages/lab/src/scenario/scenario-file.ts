/**
 * Scenarios that people write: YAML with routers, links, events and expectations. Before this file: `riplab simulate`.
 * After it: `simulation.ts`, or `rehearsal.ts` in namespaces.
 *
 * Times are seconds. An interface is named like its link.
 */
import { infinity, type Protocol } from '@ripstop/rip';
import { parsePrefix } from '@ripstop/wire';
import { checkTopology, parseInterfaceAddress, type Topology, TopologyError } from '../topology.ts';
import { protocols } from '../world/configurations.ts';
import { CheckedYaml, type Path } from './checked-yaml.ts';
import { readEvent } from './event-file.ts';
import {
  defaultRouterKeys,
  type InterfaceKeys,
  interfaceKeyNames,
  type RouterKeys,
  readInterfaceKeys,
  readRouterKeys,
  routerConfiguration,
} from './router-keys.ts';
import {
  type Expectation,
  longestUnrest,
  type Scenario,
  type ScenarioRouter,
  type ScenarioSegment,
} from './scenario.ts';

const DAY_S = 86_400;
const SEED_MAX = 0xffff_ffff;
const names = ['seed', 'rip', 'ripng', 'routers', 'links', 'events', 'expect', 'end'];

/** Bytes: Ethernet's. */
const USUAL_MTU = 1500;

/** What is said of each protocol that is spoken. */
type Sections = ReadonlyMap<Protocol, RouterKeys>;

interface FileRouter {
  readonly sections: Sections;
  readonly clock: number;
  readonly onExit: 'remove' | 'keep';
  readonly interfaces: Map<string, InterfaceKeys>;
}

/**
 * Reads a scenario: of each protocol whose section is there, be it an empty one.
 * @param file its name, for messages
 * @throws ScenarioFileError with every mistake
 */
export function parseScenario(file: string, text: string): Scenario {
  const yaml = new CheckedYaml(file, text);
  const top = yaml.section([], yaml.value, names);
  const sections = readSections(yaml, top);
  const routers = readRouters(yaml, top.routers, sections);
  const segments = readLinks(yaml, top.links, routers);
  const nodes = [...routers].map(([name, router]) => scenarioRouter(name, router));
  const network = { routers: nodes, segments };
  const events = yaml
    .list(['events'], top.events)
    .flatMap((event, at) => readEvent(yaml, ['events', at], event, network) ?? [])
    .sort((a, b) => a.at - b.at);
  const expectations = yaml
    .list(['expect'], top.expect)
    .flatMap((expectation, at) => readExpectation(yaml, ['expect', at], expectation, routers));
  const seed = top.seed === undefined ? 1 : (yaml.whole(['seed'], top.seed, 0, SEED_MAX) ?? 1);
  const last = Math.max(0, ...events.map(({ at }) => at), ...expectations.map(({ at }) => at));
  const end =
    top.end === undefined
      ? Math.max(last, (events.at(-1)?.at ?? 0) + longestUnrest(network))
      : (yaml.number(['end'], top.end, last / 1_000, DAY_S, 'seconds') ?? 0) * 1_000;
  yaml.throwMistakes();
  checkNetwork(yaml, network);
  yaml.throwMistakes();
  return { seed, ...network, events, expectations, end };
}

/** The network of a scenario, to be laid in namespaces. */
export function topologyOf({ routers, segments }: Pick<Scenario, 'routers' | 'segments'>): Topology {
  return {
    nodes: routers.map(({ name }) => name),
    duplicateAddressDetection: true,
    links: segments.map(({ ends, mtu }) => ends.map(({ router, ...end }) => ({ node: router, ...end, mtu }))),
  };
}

function readSections(yaml: CheckedYaml, top: Readonly<Record<string, unknown>>): Sections {
  const spoken = protocols.filter(({ name }) => top[name] !== undefined);
  if (spoken.length === 0) yaml.mistake([], 'rip and ripng are missing, expected one of them, or both');
  return new Map(
    spoken.map((each) => [each, readRouterKeys(yaml, [each.name], top[each.name], defaultRouterKeys)]),
  );
}

function readRouters(yaml: CheckedYaml, value: unknown, sections: Sections): Map<string, FileRouter> {
  const spoken = [...sections.keys()].map(({ name }) => name);
  const routers = new Map<string, FileRouter>();
  for (const [name, section] of Object.entries(yaml.section(['routers'], value))) {
    const path = ['routers', name];
    const keys = yaml.section(path, section, [...spoken, 'clock', 'on-exit']);
    routers.set(name, {
      sections: new Map(
        [...sections].map(([protocol, inherited]) => {
          const { name: spokenName } = protocol;
          return [protocol, readRouterKeys(yaml, [...path, spokenName], keys[spokenName], inherited)];
        }),
      ),
      clock:
        keys.clock === undefined
          ? 0
          : (yaml.number([...path, 'clock'], keys.clock, -1e9, 1e9, 'seconds') ?? 0),
      onExit:
        keys['on-exit'] === undefined
          ? 'remove'
          : (yaml.oneOf([...path, 'on-exit'], keys['on-exit'], ['remove', 'keep']) ?? 'remove'),
      interfaces: new Map(),
    });
  }
  if (routers.size === 0) yaml.expected(['routers'], value, 'at least one router');
  return routers;
}

function readLinks(
  yaml: CheckedYaml,
  value: unknown,
  routers: ReadonlyMap<string, FileRouter>,
): ScenarioSegment[] {
  return Object.entries(yaml.section(['links'], value)).map(([name, link]) => {
    const ends = Object.entries(yaml.section(['links', name], link)).flatMap(([router, end]) => {
      const path = ['links', name, router];
      const node = routers.get(router);
      if (node === undefined) {
        yaml.mistake(
          path,
          `there is no router ${router}, expected one of: ${[...routers.keys()].join(', ')}`,
          'name',
        );
        return [];
      }
      const isBrief = typeof end === 'string' || Array.isArray(end);
      const keys = isBrief ? { address: end } : yaml.section(path, end, ['address', ...interfaceKeyNames]);
      node.interfaces.set(name, readInterfaceKeys(yaml, path, keys));
      const addresses = readAddresses(yaml, isBrief ? path : [...path, 'address'], keys.address);
      return [{ router, interface: name, addresses }];
    });
    return { name, ends, conditions: {}, mtu: USUAL_MTU };
  });
}

/** One address or a list of them, of IPv4 the primary first. */
function readAddresses(yaml: CheckedYaml, path: Path, value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((text, at): text is string => {
    const isAddress = typeof text === 'string' && parseInterfaceAddress(text) !== undefined;
    const place = Array.isArray(value) ? [...path, at] : path;
    if (!isAddress) yaml.expected(place, text, 'an address and a prefix length like 10.0.1.1/24');
    return isAddress;
  });
}

function scenarioRouter(name: string, router: FileRouter): ScenarioRouter {
  const { sections, clock, onExit, interfaces } = router;
  const configurations = [...sections].map(([protocol, keys]) => [
    protocol.name,
    routerConfiguration(protocol, keys, interfaces),
  ]);
  return {
    name,
    configurations: Object.fromEntries(configurations),
    clockOffset: clock * 1_000,
    onExit,
  };
}

/** What can be laid can be simulated, and the other way round. Told alone: a mistake above makes others here. */
function checkNetwork(yaml: CheckedYaml, network: Pick<Scenario, 'routers' | 'segments'>): void {
  const { nodes, links } = topologyOf(network);
  for (const node of nodes) checkPart(yaml, ['routers', node], { nodes: [node], links: [] });
  for (const [at, { name }] of network.segments.entries())
    checkPart(yaml, ['links', name], { nodes, links: links.slice(at, at + 1) });
}

function checkPart(yaml: CheckedYaml, path: Path, part: Topology): void {
  try {
    checkTopology(part);
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    for (const mistake of error.mistakes) yaml.mistake(path, mistake, 'name');
  }
}

function readExpectation(
  yaml: CheckedYaml,
  path: Path,
  value: unknown,
  routers: ReadonlyMap<string, FileRouter>,
): Expectation[] {
  const keys = yaml.section(path, value, ['at', 'router', 'prefix', 'metric', 'via']);
  const known = [...routers.keys()];
  const at = yaml.number([...path, 'at'], keys.at, 0, DAY_S, 'seconds');
  const router = yaml.oneOf([...path, 'router'], keys.router, known);
  const prefix = typeof keys.prefix === 'string' ? parsePrefix(keys.prefix) : undefined;
  if (prefix === undefined) yaml.expected([...path, 'prefix'], keys.prefix, 'a prefix like 10.0.1.0/24');
  const metric =
    keys.metric === 'unreachable'
      ? infinity
      : yaml.whole([...path, 'metric'], keys.metric, 1, infinity - 1, 'unreachable or a whole number');
  const via =
    keys.via === undefined
      ? undefined
      : yaml
          .list([...path, 'via'], keys.via)
          .flatMap((each, number) => yaml.oneOf([...path, 'via', number], each, known) ?? []);
  if (at === undefined || router === undefined || prefix === undefined || metric === undefined) return [];
  return [{ at: at * 1_000, router, prefix, metric, via }];
}

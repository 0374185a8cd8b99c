/** What every router should know once the network is quiet: shortest paths, by Dijkstra's algorithm with RIP's costs. */
import { infinity, type Protocol } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { Port } from '../segment.ts';
import type { World } from '../world.ts';
import { hears, metricHeard, originatesDefault, type Speaker, speakers, subnetsOf } from './hearing.ts';

/** Metrics 1–15 by prefix, by router; only running routers, and only what they can reach. */
export type ExpectedMetrics = ReadonlyMap<string, ReadonlyMap<Prefix, number>>;

export function shortestPaths(world: World, protocol: Protocol): ExpectedMetrics {
  const speaking = speakers(world, protocol);
  const metrics = new Map<string, Map<Prefix, number>>();
  for (const node of world.routers) if (node.speaks(protocol)) metrics.set(node.name, new Map());
  const origins = new Map<Prefix, Map<string, number>>();
  const originate = (prefix: Prefix, router: string, metric: number): void => {
    const owners = origins.get(prefix) ?? new Map<string, number>();
    origins.set(prefix, owners.set(router, metric));
  };
  for (const { node, port } of speaking) {
    for (const prefix of subnetsOf(port, protocol)) originate(prefix, node.name, 1);
  }
  for (const node of world.routers.filter((each) => originatesDefault(each, protocol))) {
    const { metric = infinity } = node.configurations[protocol.name]?.originateDefaultRoute ?? {};
    originate(protocol.defaultPrefix, node.name, metric);
  }
  const ways = waysOut(speaking);
  for (const [prefix, owners] of origins) {
    for (const [router, metric] of distances(prefix, owners, ways)) metrics.get(router)?.set(prefix, metric);
  }
  return metrics;
}

type Way = readonly [from: Speaker, to: Speaker];

/** Who is heard by whom, by the name of who speaks. */
function waysOut(speaking: readonly Speaker[]): Map<string, Way[]> {
  const speakerAt = new Map<Port, Speaker>(speaking.map((speaker) => [speaker.port, speaker]));
  const ways = new Map<string, Way[]>();
  for (const from of speaking) {
    const others = from.port.segment.ports.flatMap((port) => speakerAt.get(port) ?? []);
    const heard = others.filter((to) => to !== from && hears(from, to));
    const before = ways.get(from.node.name) ?? [];
    ways.set(from.node.name, [...before, ...heard.map((to): Way => [from, to])]);
  }
  return ways;
}

/** Metrics are few: routers wait in one bucket for each. What a router has of its own beats all that it hears. */
function distances(
  prefix: Prefix,
  owners: ReadonlyMap<string, number>,
  ways: ReadonlyMap<string, readonly Way[]>,
): Map<string, number> {
  const found = new Map<string, number>();
  const waiting: string[][] = Array.from({ length: infinity }, () => []);
  for (const [router, metric] of owners) waiting[metric]?.push(router);
  for (let metric = 1; metric < infinity; metric += 1) {
    for (const router of waiting[metric] ?? []) {
      if (found.has(router)) continue;
      found.set(router, metric);
      for (const [from, to] of ways.get(router) ?? []) {
        const next = metricHeard(from, to, prefix, metric);
        if (next < infinity && !owners.has(to.node.name)) waiting[next]?.push(to.node.name);
      }
    }
  }
  return found;
}

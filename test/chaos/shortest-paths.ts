/**
 * What every router should know when all is whole again, from the plan alone: a judge that shares no line with the judged. Before
 * this file: `network-plan.ts`. After it: `verdict.ts`.
 */
import {
  type Destination,
  isInFirstSet,
  links,
  type Mood,
  type RouterName,
  routers,
} from './network-plan.ts';

/** As far as RIP counts. */
export const infinity = 16;

export interface Path {
  readonly metric: number;
  /** The router's interface, and whose end of the link is the next hop: `to-west > west`. In order. */
  readonly nextHops: readonly string[];
}

/** What a router hears on an interface, from whom. */
interface Ear {
  readonly interface: string;
  readonly from: string;
}

/** Only what is learned; what a router has of its own it does not route by RIP. */
export function shortestPaths(
  destinations: readonly Destination[],
  moodOf: (router: RouterName) => Mood,
): Map<RouterName, Map<Destination, Path>> {
  const paths = new Map(routers.map((router) => [router, new Map<Destination, Path>()]));
  for (const destination of destinations) {
    const metrics = metricsOf(destination, moodOf);
    for (const router of routers) {
      const metric = metrics.get(router);
      if (destination.owners.has(router) || metric === undefined) continue;
      const nextHops = ears(router)
        .filter((ear) => heard(router, ear, destination, metrics, moodOf(router)) === metric)
        .map((ear) => hopText(ear.interface, ear.from));
      paths.get(router)?.set(destination, { metric, nextHops: nextHops.sort() });
    }
  }
  return paths;
}

export function hopText(interfaceName: string, neighbor: string): string {
  return `${interfaceName} > ${neighbor}`;
}

/** Bellman and Ford: each router takes the best it hears, until nobody hears anything better. */
function metricsOf(destination: Destination, moodOf: (router: RouterName) => Mood): Map<string, number> {
  const metrics = new Map([...destination.owners].filter(([, metric]) => metric < infinity));
  for (let changed = true; changed; ) {
    changed = false;
    for (const router of routers) {
      if (destination.owners.has(router)) continue;
      const best = Math.min(
        infinity,
        ...ears(router).map((ear) => heard(router, ear, destination, metrics, moodOf(router))),
      );
      if (best >= (metrics.get(router) ?? infinity)) continue;
      metrics.set(router, best);
      changed = true;
    }
  }
  return metrics;
}

function ears(router: RouterName): Ear[] {
  return links.flatMap(([one, other]) => {
    if (one.node === router) return [{ interface: one.interface, from: other.node }];
    return other.node === router ? [{ interface: other.interface, from: one.node }] : [];
  });
}

function heard(
  router: RouterName,
  { interface: name, from }: Ear,
  destination: Destination,
  metrics: ReadonlyMap<string, number>,
  { costs, refuses }: Mood,
): number {
  if (destination.owners.has(router)) return infinity;
  if (refuses.includes(name) && isInFirstSet(destination)) return infinity;
  return Math.min(infinity, (metrics.get(from) ?? infinity) + (costs[name] ?? 1));
}

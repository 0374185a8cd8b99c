/** Once the network is quiet: every router knows exactly the shortest paths, and its kernel has exactly its routes. */
import { infinity, type NextHop, type RouteSnapshot } from '@ripstop/rip';
import { type RouterNode, routePlace } from '../router-node.ts';
import type { World } from '../world.ts';
import { kernelRoutes } from './kernel-table.ts';
import { shortestPaths } from './shortest-paths.ts';
import type { Violation } from './violation.ts';

export function checkMetrics(world: World): Violation[] {
  const { now } = world;
  const violations: Violation[] = [];
  for (const [name, expected] of shortestPaths(world)) {
    const routes = world
      .router(name)
      .snapshot()
      .router.routes.filter(({ metric }) => metric < infinity);
    const found = new Map(routes.map(({ prefix, metric }) => [prefix, metric]));
    for (const prefix of new Set([...expected.keys(), ...found.keys()])) {
      const wanted = expected.get(prefix);
      const had = found.get(prefix);
      if (wanted === had) continue;
      const text = `${name} has ${prefix} ${metricText(had)}; the shortest path is ${metricText(wanted)}`;
      violations.push({ rule: 'metrics are shortest paths', at: now, text });
    }
  }
  return violations;
}

function metricText(metric: number | undefined): string {
  return metric === undefined ? 'unreachable' : `at metric ${metric}`;
}

export function checkKernels(world: World): Violation[] {
  return world.routers
    .filter(({ state }) => state === 'running')
    .flatMap((node) => kernelMistakes(node))
    .map((text) => ({ rule: 'the kernel has the routes of the router', at: world.now, text }));
}

function kernelMistakes(node: RouterNode): string[] {
  const { router } = node.snapshot();
  const wanted = new Map(
    router.routes.filter(isForKernel).map((route) => [route.prefix, hopText(route.nextHops)]),
  );
  const mistakes: string[] = [];
  for (const { prefix, protocol, priority, nextHops } of kernelRoutes(node)) {
    if (protocol !== routePlace.protocol || priority !== routePlace.metric) continue;
    const hops = wanted.get(prefix);
    wanted.delete(prefix);
    const found = hopText(nextHops);
    if (hops === undefined)
      mistakes.push(`${node.name}'s kernel has ${prefix} via ${found}; the router has it no more`);
    else if (hops !== found)
      mistakes.push(`${node.name}'s kernel has ${prefix} via ${found}; the router says via ${hops}`);
  }
  for (const [prefix, hops] of wanted) mistakes.push(`${node.name}'s kernel lacks ${prefix} via ${hops}`);
  return mistakes;
}

function isForKernel({ metric, nextHops }: RouteSnapshot): boolean {
  return metric < infinity && nextHops.length > 0;
}

function hopText(hops: readonly Pick<NextHop, 'gateway' | 'interfaceIndex'>[]): string {
  return hops
    .map(({ gateway, interfaceIndex }) => `${gateway}%${interfaceIndex}`)
    .sort()
    .join(', ');
}

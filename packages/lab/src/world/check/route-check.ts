/** Once the network is quiet: every router knows exactly the shortest paths, and its kernel has exactly its routes. */
import { infinity, type NextHop, type Protocol, type RouteSnapshot } from '@ripstop/rip';
import { RIP_PRIORITY, ripRoutes } from '../daemon.ts';
import type { RouterNode } from '../router-node.ts';
import type { World } from '../world.ts';
import { kernelRoutes } from './kernel-table.ts';
import { shortestPaths } from './shortest-paths.ts';
import type { Violation } from './violation.ts';

export function checkMetrics(world: World, protocol: Protocol): Violation[] {
  const { now } = world;
  const violations: Violation[] = [];
  for (const [name, expected] of shortestPaths(world, protocol)) {
    const routes = world
      .router(name)
      .snapshot(protocol)
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

export function checkKernels(world: World, protocol: Protocol): Violation[] {
  return world.routers
    .filter((node) => node.speaks(protocol))
    .flatMap((node) => kernelMistakes(node, protocol))
    .map((text) => ({ rule: 'the kernel has the routes of the router', at: world.now, text }));
}

function kernelMistakes(node: RouterNode, protocol: Protocol): string[] {
  const { router } = node.snapshot(protocol);
  const wanted = new Map(
    router.routes.filter(isForKernel).map((route) => [route.prefix, hopText(route.nextHops)]),
  );
  const mistakes: string[] = [];
  for (const { prefix, protocol: author, priority, nextHops } of kernelRoutes(node, protocol.family)) {
    if (author !== ripRoutes.protocol || priority !== RIP_PRIORITY) continue;
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

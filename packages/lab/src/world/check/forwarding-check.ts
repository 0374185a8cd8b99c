/**
 * Once the network is quiet: a packet for any subnet that can be reached arrives there, from every router, whichever of
 * several equal paths it takes. The kernels' tables are followed, not the routers' opinions.
 *
 * Linux: what the kernel sends to a subnet of its own it sends there by the route with the lowest priority: in IPv6 one of
 * ours would come before the connected one. The connected route of a link that is up without carrier stays, beats every learned route and leads nowhere, unless
 * net.ipv4.conf.*.ignore_routes_with_linkdown is 1. It is 1 on the machines of a world.
 */
import type { Protocol } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { RouterPort } from '../port.ts';
import type { RouterNode } from '../router-node.ts';
import type { World } from '../world.ts';
import { originatesDefault, subnetsOf } from './hearing.ts';
import { kernelRoutes, type TableRoute } from './kernel-table.ts';
import { shortestPaths } from './shortest-paths.ts';
import type { Violation } from './violation.ts';

/** A router as far as packets are concerned. */
interface Forwarder {
  readonly node: RouterNode;
  readonly routes: ReadonlyMap<Prefix, TableRoute>;
  /** Where packets end here; for the way to everywhere, who says to be it. */
  readonly connected: ReadonlySet<Prefix>;
  readonly interfaces: ReadonlyMap<number, RouterPort>;
}

export function checkForwarding(world: World, protocol: Protocol): Violation[] {
  const forwarders = new Map(world.routers.map((node) => [node.name, forwarder(node, protocol)]));
  const violations: Violation[] = [];
  /** By prefix: routers from which everything arrives. */
  const sound = new Map<Prefix, Set<string>>();
  for (const [name, metrics] of shortestPaths(world, protocol)) {
    for (const prefix of metrics.keys()) {
      const arrives = sound.get(prefix) ?? new Set<string>();
      sound.set(prefix, arrives);
      const trouble = follow(name, prefix, forwarders, [], arrives);
      if (trouble === undefined) continue;
      const text = `from ${name} to ${prefix}: ${trouble}`;
      violations.push({ rule: 'packets reach their destination', at: world.now, text });
    }
  }
  return violations;
}

/** @returns what happens on the way, unless every packet arrives */
function follow(
  name: string,
  prefix: Prefix,
  forwarders: ReadonlyMap<string, Forwarder>,
  path: readonly string[],
  arrives: Set<string>,
): string | undefined {
  if (arrives.has(name)) return undefined;
  const way = [...path, name].join(' → ');
  if (path.includes(name)) return `a loop, ${way}`;
  const here = forwarders.get(name);
  if (here === undefined) return `${way} is no router`;
  const hops = here.routes.get(prefix)?.nextHops ?? [];
  const isThere = here.connected.has(prefix) && hops.every(({ gateway }) => gateway === '');
  if (!isThere) {
    if (hops.length === 0) return `${way} has no route`;
    for (const { gateway, interfaceIndex } of hops) {
      const port = here.interfaces.get(interfaceIndex);
      const next = port?.segment.ports.find((other) => other !== port && other.has(gateway));
      if (port === undefined || next === undefined || !port.segment.connects(port, next))
        return `${way} sends it to ${gateway}, which nobody is`;
      const trouble = follow(next.router, prefix, forwarders, [...path, name], arrives);
      if (trouble !== undefined) return trouble;
    }
  }
  arrives.add(name);
  return undefined;
}

function forwarder(node: RouterNode, protocol: Protocol): Forwarder {
  const routes = new Map<Prefix, TableRoute>();
  for (const { nextHops, ...rest } of kernelRoutes(node, protocol.family)) {
    const route = { ...rest, nextHops: nextHops.filter(({ isAlive }) => isAlive) };
    if (route.nextHops.length === 0) continue;
    const other = routes.get(route.prefix);
    if (other === undefined || route.priority < other.priority) routes.set(route.prefix, route);
  }
  const running = [...node.ports.values()].filter((port) => port.segment.isRunning(port));
  return {
    node,
    routes,
    connected: new Set([
      ...running.flatMap((port) => subnetsOf(port, protocol)),
      ...(originatesDefault(node, protocol) ? [protocol.defaultPrefix] : []),
    ]),
    interfaces: new Map(running.map((port) => [node.kernel.indexOf(port.interface), port])),
  };
}

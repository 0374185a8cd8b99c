/** Worlds of few routers, for tests. Every link has subnets of both families: 10.0.N.0/24 and 2001:db8:fN::/64. */
import {
  defaultInterfaceConfiguration,
  defaultRipngInterfaceConfiguration,
  defaultRouterConfiguration,
  type InterfaceConfiguration,
  type Protocol,
  type RouterConfiguration,
  rip,
} from '@ripstop/rip';
import type { Configurations } from '../../src/world/configurations.ts';
import { isLinkLocal } from '../../src/world/port.ts';
import type { SegmentEnd } from '../../src/world/world.ts';
import { World } from '../../src/world/world.ts';

const usual = { rip: defaultInterfaceConfiguration, ripng: defaultRipngInterfaceConfiguration };

/** One protocol on every interface. */
export function everywhere(
  { name }: Protocol,
  some: Partial<InterfaceConfiguration> = {},
  rest: Partial<RouterConfiguration> = {},
): Configurations {
  const interfaces = { '*': { ...usual[name], ...some } };
  return { [name]: { ...defaultRouterConfiguration, ...rest, interfaces } };
}

/** The subnet of a link. */
export function subnet({ family }: Protocol, link: number): string {
  return family === 'ipv4' ? `10.0.${link}.0/24` : `2001:db8:f${link}::/64`;
}

/** `connect(world, 1, 'a', 'b')`: a segment `link1`, where a has 10.0.1.1 and 2001:db8:f1::1, b has .2 and ::2. */
export function connect(world: World, number: number, ...routers: string[]): void {
  world.addSegment(`link${number}`, ends(number, routers));
}

function ends(number: number, routers: readonly string[]): SegmentEnd[] {
  return routers.map((router, at) => ({
    router,
    interface: `link${number}`,
    addresses: [
      { address: `10.0.${number}.${at + 1}`, prefixLength: 24 },
      { address: `2001:db8:f${number}::${at + 1}`, prefixLength: 64 },
    ],
  }));
}

/** a, b, … in a row: link1 is between a and b, link2 between b and c; link0 is behind a. All are started. */
export function row(seed: number, names: readonly string[], configurations = everywhere(rip)): World {
  const world = new World(seed);
  for (const name of names) world.addRouter(name, configurations);
  connect(world, 0, names[0] ?? '');
  for (let at = 1; at < names.length; at += 1) connect(world, at, names[at - 1] ?? '', names[at] ?? '');
  for (const name of names) world.start(name);
  return world;
}

/** Metric by prefix, of what can be reached. */
export function metrics(world: World, router: string, protocol: Protocol = rip): Record<string, number> {
  const { routes } = world.router(router).snapshot(protocol).router;
  return Object.fromEntries(
    routes.filter(({ metric }) => metric < 16).map(({ prefix, metric }) => [prefix, metric]),
  );
}

/** Prefixes of the daemon's routes in the kernel of a machine, of a protocol's family. */
export function learned(world: World, router: string, { family }: Protocol = rip): string[] {
  const routes = world.router(router).kernel.routes({ family, protocol: 'rip' });
  return routes.map(({ destination, destinationLength }) => `${destination}/${destinationLength}`);
}

/** What the neighbors of a router know it by on a link. */
export function knownAs(world: World, router: string, link: number, { family }: Protocol): string {
  const addresses = world.router(router).ports.get(`link${link}`)?.addresses(family) ?? [];
  const known = family === 'ipv4' ? addresses[0] : addresses.find(isLinkLocal);
  if (known === undefined) throw new Error(`${router} has no ${family} address on link${link}`);
  return known.address;
}

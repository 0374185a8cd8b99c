/** Worlds of few routers, for tests. */
import {
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  type InterfaceConfiguration,
  type RouterConfiguration,
} from '@ripstop/rip';
import { World } from '../../src/world/world.ts';

/** RIP on every interface. */
export function everywhere(
  some: Partial<InterfaceConfiguration> = {},
  rest: Partial<RouterConfiguration> = {},
): RouterConfiguration {
  return {
    ...defaultRouterConfiguration,
    ...rest,
    interfaces: { '*': { ...defaultInterfaceConfiguration, ...some } },
  };
}

/** `connect(world, 1, 'a', 'b')`: a segment `link1`, 10.0.1.0/24, where a has .1 and b has .2. */
export function connect(world: World, number: number, ...routers: string[]): void {
  const ends = routers.map((router, at) => ({
    router,
    interface: `link${number}`,
    addresses: [{ address: `10.0.${number}.${at + 1}`, prefixLength: 24 }],
  }));
  world.addSegment(`link${number}`, ends);
}

/** a, b, … in a row: link1 is between a and b, link2 between b and c; link0 is behind a. All are started. */
export function row(seed: number, names: readonly string[], configuration = everywhere()): World {
  const world = new World(seed);
  for (const name of names) world.addRouter(name, configuration);
  connect(world, 0, names[0] ?? '');
  for (let at = 1; at < names.length; at += 1) connect(world, at, names[at - 1] ?? '', names[at] ?? '');
  for (const name of names) world.start(name);
  return world;
}

/** Metric by prefix, of what can be reached. */
export function metrics(world: World, router: string): Record<string, number> {
  const { routes } = world.router(router).snapshot().router;
  return Object.fromEntries(
    routes.filter(({ metric }) => metric < 16).map(({ prefix, metric }) => [prefix, metric]),
  );
}

/** Prefixes of RIP's routes in the kernel of a machine. */
export function learned(world: World, router: string): string[] {
  const routes = world.router(router).kernel.routes({ family: 'ipv4', protocol: 'rip' });
  return routes.map(({ destination, destinationLength }) => `${destination}/${destinationLength}`);
}

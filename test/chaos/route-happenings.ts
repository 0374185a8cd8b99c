/**
 * What others do to the routes in a router's kernel: ours are deleted, altered, replaced and flushed, and foreign ones come and go.
 * Before this file: `happening.ts`. After it: `storm.ts`.
 *
 * Invariant: no prefix is attacked so often that the router may take it for a fight, and pauses (more than thirty times in a minute).
 * Linux: one `ip route flush` deletes up to ten times what it still finds.
 */
import type { Random } from '@ripstop/lab';
import type { AddressFamily, Prefix } from '@ripstop/wire';
import type { ChaosNetwork } from './chaos-network.ts';
import { attemptIp } from './foreign-ip.ts';
import { type ForeignRoute, OUR_METRIC } from './foreign-routes.ts';
import type { Happening, Stage } from './happening.ts';
import { center, links, numbered, type RouterName, routers, stub, stubGateway } from './network-plan.ts';

/** By then a daemon that runs knows of a route. */
const CONFIRM_MS = 1_000;
/** Between two flushes of one kind at one router. There are two kinds: a prefix may be deleted twenty times in a minute by them. */
const FLUSH_REST_MS = 60_000;
const families: readonly AddressFamily[] = ['ipv4', 'ipv6'];
const flag = { ipv4: '-4', ipv6: '-6' } as const;
/** A destination of nobody else. */
const strange = {
  ipv4: (number: number) => `10.250.${number}.0/24`,
  ipv6: (number: number) => `fd99:${number}::/48`,
};

export const routeHappenings: readonly Happening[] = [
  {
    name: 'deleted',
    weight: 6,
    async happen({ network }, random) {
      const router = victim(random);
      const prefixes = somePrefixes(network, random, random.whole(1, 20)).filter(
        (prefix) => !network.foreign.has({ router, prefix, metric: OUR_METRIC }),
      );
      await ip(
        network,
        router,
        ...prefixes.map((prefix) => `route del ${prefix} proto rip metric ${OUR_METRIC}`),
      );
      return `${prefixes.length} of ${router}: ${prefixes.join(' ')}`;
    },
  },
  {
    name: 'replaced',
    weight: 4,
    async happen(stage, random) {
      const router = victim(random);
      const prefix = somePrefix(stage.network.destinations, random);
      const done = await intrude(stage, { router, prefix, metric: OUR_METRIC, protocol: 'ospf' }, 'replace');
      return done ? `${prefix} of ${router}` : undefined;
    },
  },
  {
    name: 'next hop altered',
    weight: 5,
    async happen({ network }, random) {
      const router = victim(random);
      const prefix = somePrefix(network.destinations, random);
      const way = otherWay(router, prefix, random);
      if (network.foreign.has({ router, prefix, metric: OUR_METRIC })) return;
      const line = `route change ${prefix} ${way} proto rip metric ${OUR_METRIC}`;
      await ip(network, router, line);
      return `${router}: ${line}`;
    },
  },
  {
    name: 'metric altered',
    weight: 2,
    async happen({ network }, random) {
      const router = victim(random);
      const prefix = somePrefix(network.destinations, random);
      const metric = OUR_METRIC + random.pick([-1, 1]);
      if (network.foreign.has({ router, prefix, metric: OUR_METRIC })) return;
      await ip(network, router, `route del ${prefix} proto rip metric ${OUR_METRIC}`);
      const done = await network.foreign.add({ router, prefix, metric, protocol: 'rip' });
      return done ? `${prefix} of ${router} to ${metric}` : undefined;
    },
  },
  {
    name: 'a foreign route comes',
    weight: 8,
    async happen(stage, random) {
      const router = victim(random);
      const prefix = somePrefix(stage.network.destinations, random);
      const metric = random.pick([5, OUR_METRIC, OUR_METRIC, 50]);
      const verb = random.pick(['add', 'append', 'prepend'] as const);
      const done = await intrude(stage, { router, prefix, metric, protocol: 'ospf' }, verb);
      return done ? `${verb} ${prefix} metric ${metric} at ${router}` : undefined;
    },
  },
  {
    name: 'a foreign route goes',
    weight: 6,
    async happen({ network: { foreign } }, random) {
      const routes = foreign.all.filter(({ permanent }) => !permanent);
      if (routes.length === 0) return;
      const route = random.pick(routes);
      await foreign.remove(route);
      return `${route.prefix} metric ${route.metric} at ${route.router}`;
    },
  },
  {
    name: 'a stranger with our protocol comes',
    weight: 1,
    async happen({ network: { foreign } }, random) {
      const prefix = strange[random.pick(families)](random.whole(0, 99));
      const route = { router: center, prefix, metric: OUR_METRIC, protocol: 'rip' } as const;
      return (await foreign.add(route)) ? prefix : undefined;
    },
  },
  {
    name: 'a batch',
    weight: 2,
    async happen({ network }, random) {
      const router = victim(random);
      const prefixes = somePrefixes(network, random, Math.min(400, network.destinations));
      const lines = prefixes.flatMap((prefix) => batchLines(network, router, prefix, random));
      await ip(network, router, ...lines);
      return `${lines.length} lines at ${router}`;
    },
  },
  ...families.flatMap((family) => [
    flush(family, center),
    flushTable(family, center),
    flush(family, 'west'),
    flushTable(family, 'north'),
  ]),
];

/** Adds a foreign route for a prefix of ours. A moment later the daemon must have seen it, if it can. */
async function intrude(
  { network, later }: Stage,
  route: ForeignRoute,
  verb: 'add' | 'append' | 'prepend' | 'replace',
): Promise<boolean> {
  const done = await network.foreign.add(route, verb);
  const { router, prefix } = route;
  if (done && route.metric === OUR_METRIC)
    later(CONFIRM_MS, `${prefix} of ${router} is known`, async () => {
      if (network.daemon(router).isRunning) await network.foreign.confirm(route);
    });
  return done;
}

function flush(family: AddressFamily, router: RouterName): Happening {
  return {
    name: 'flushed',
    weight: 0.5,
    rest: FLUSH_REST_MS,
    async happen({ network }) {
      network.foreign.forget(
        router,
        (route, of) => isFlushed(route) && of === family && route.protocol === 'rip',
      );
      const line = `${flag[family]} route flush proto rip`;
      await ip(network, router, line);
      return `${router}: ip ${line}`;
    },
  };
}

/** With the routes to the own subnets; they come back a little later. */
function flushTable(family: AddressFamily, router: RouterName): Happening {
  return {
    name: 'table flushed',
    weight: 0.3,
    rest: FLUSH_REST_MS,
    async happen({ network, later }, random) {
      network.foreign.forget(router, (route, of) => isFlushed(route) && of === family);
      const line = `${flag[family]} route flush table main`;
      await ip(network, router, line);
      const way = random.pick(['route', 'address'] as const);
      later(random.between(100, 1_500), `${router}: ${family} subnets are back by ${way}`, () =>
        network.restoreTable(router, family, way),
      );
      return `${router}: ip ${line}`;
    },
  };
}

function isFlushed({ table }: { readonly table?: number }): boolean {
  return table === undefined;
}

/** Deletes, alters or doubles one route of ours; each line by itself would be harmless. */
function batchLines(network: ChaosNetwork, router: RouterName, prefix: Prefix, random: Random): string[] {
  if (network.foreign.has({ router, prefix, metric: OUR_METRIC })) return [];
  const change = `route change ${prefix} ${otherWay(router, prefix, random)} proto rip metric ${OUR_METRIC}`;
  const remove = `route del ${prefix} proto rip metric ${OUR_METRIC}`;
  const gateway = stubGateway(router, familyOf(prefix));
  const foreign = `${prefix} via ${gateway} dev ${stub} proto ospf metric ${OUR_METRIC}`;
  return random.pick([
    [remove],
    [change],
    [change, remove],
    [`route append ${foreign}`, `route del ${foreign}`],
    [remove, `route add ${foreign}`, `route del ${foreign}`],
  ]);
}

/** Mostly the one in the middle. */
function victim(random: Random): RouterName {
  return random.pick([center, center, center, ...routers]);
}

function somePrefix(destinations: number, random: Random): Prefix {
  return numbered(random.whole(0, destinations - 1))[random.pick(families)];
}

/** Each once. */
function somePrefixes(
  { destinations }: { readonly destinations: number },
  random: Random,
  count: number,
): Prefix[] {
  return [...new Set(Array.from({ length: count }, () => somePrefix(destinations, random)))];
}

/** Where it surely does not lead to, or by chance does. */
function otherWay(router: RouterName, prefix: Prefix, random: Random): string {
  const family = familyOf(prefix);
  const neighbors = links.flatMap(([one, other]) => {
    if (one.node !== router && other.node !== router) return [];
    const [near, far] = one.node === router ? [one, other] : [other, one];
    return [`via ${addressIn(far.addresses, family)} dev ${near.interface}`];
  });
  return random.pick([`via ${stubGateway(router, family)} dev ${stub}`, ...neighbors]);
}

function addressIn(addresses: readonly string[], family: AddressFamily): string {
  const address = addresses.find((each) => each.includes(':') === (family === 'ipv6')) ?? '';
  return address.replace(/\/\d+$/, '');
}

function familyOf(prefix: Prefix): AddressFamily {
  return prefix.includes(':') ? 'ipv6' : 'ipv4';
}

async function ip({ lab }: ChaosNetwork, router: RouterName, ...lines: string[]): Promise<void> {
  await attemptIp(lab.node(router), ...lines);
}

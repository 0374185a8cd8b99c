/** Things that happen to a kernel, by chance: requests of two programs, links and addresses that come and go. */
import type { RouteNextHopInput, Specifications } from '@ripstop/netlink';
import type { Random } from '../../src/world/random.ts';
import type { KernelBench, Way } from './kernel-bench.ts';

/** What is done to both kernels; returns what they answer. */
export interface Operation {
  readonly words: string;
  readonly run: (bench: KernelBench) => Promise<string>;
}

type RouteSpecification = Specifications['route'];

interface Pool {
  readonly prefixes: readonly string[];
  readonly gateways: readonly string[];
  readonly addresses: readonly (readonly [name: string, prefix: string])[];
}

const pools: Readonly<Record<'ipv4' | 'ipv6', Pool>> = {
  ipv4: {
    prefixes: ['10.9.0.0/16', '10.9.1.0/24', '10.8.0.0/16', '0.0.0.0/0', '10.0.0.128/25', '10.7.0.1/32'],
    gateways: [
      '10.0.0.2',
      '10.0.0.3',
      '10.1.0.2',
      '10.1.0.9',
      '10.0.0.1',
      '10.7.0.1',
      '10.0.0.255',
      '10.1.4.4',
    ],
    addresses: [
      ['eth0', '10.0.0.1/24'],
      ['eth0', '10.0.0.7/24'],
      ['eth0', '10.0.0.8/24'],
      ['eth0', '10.0.1.1/25'],
      ['eth1', '10.1.0.1/16'],
      ['eth1', '10.1.4.1/24'],
      ['eth1', '192.168.7.1/32'],
    ],
  },
  ipv6: {
    prefixes: ['2001:db8:9::/48', '2001:db8:9:1::/64', '2001:db8:8::/48', '::/0', '2001:db8::80/121'],
    gateways: [
      'fe80::9',
      'fe80::a',
      'fe80::1',
      '2001:db8::2',
      '2001:db8:1::2',
      '2001:db8::1',
      '2001:db8:77::1',
    ],
    addresses: [
      ['eth0', '2001:db8::1/64'],
      ['eth0', '2001:db8::7/64'],
      ['eth0', 'fe80::1/64'],
      ['eth1', '2001:db8:1::1/64'],
      ['eth1', 'fe80::2/64'],
    ],
  },
};
const ways: readonly Way[] = ['add', 'add', 'replace', 'replace', 'change', 'append', 'prepend'];
const devices = ['eth0', 'eth1'] as const;

export function randomOperation(random: Random): Operation {
  const family = random.chance(0.65) ? 'ipv4' : 'ipv6';
  const kind = random.whole(0, 99);
  if (kind < 50) return routeOperation(random, family);
  if (kind < 75) return deletion(random, family);
  if (kind < 90) return addressOperation(random, family);
  return linkOperation(random);
}

function routeOperation(random: Random, family: 'ipv4' | 'ipv6'): Operation {
  const way = random.pick(ways);
  const isForeign = random.chance(0.3);
  const make = routeSpecification(random, family);
  return {
    words: `${isForeign ? 'stranger ' : ''}route ${way} ${make.words}`,
    run: (bench) => bench.route(way, make.specification(bench), isForeign ? bench.stranger : bench.ours),
  };
}

interface RouteMaker {
  readonly words: string;
  /** Interfaces have other numbers on another kernel. */
  readonly specification: (bench: KernelBench) => RouteSpecification;
}

function routeSpecification(random: Random, family: 'ipv4' | 'ipv6'): RouteMaker {
  const { prefixes, gateways } = pools[family];
  const prefix = random.pick(prefixes);
  const priority = random.pick([undefined, undefined, 20, 30]);
  const protocol = random.pick(['static', 'rip', 'boot'] as const);
  const table = random.pick([254, 254, 254, 254, 77]);
  const tos = family === 'ipv4' && random.chance(0.1) ? 8 : undefined;
  const base = { family, prefix, priority, protocol, table, tos } as const;
  const words = `${prefix} metric ${priority} ${protocol} table ${table} tos ${tos}`;
  const hop = (): { gateway: string | undefined; device: string | undefined } => ({
    gateway: random.chance(0.93) ? random.pick(gateways) : undefined,
    device: random.chance(0.4) || family === 'ipv6' ? random.pick(devices) : undefined,
  });
  const kind = random.whole(0, 9);
  if (kind === 0) {
    const type = random.pick(['unreachable', 'blackhole', 'prohibit'] as const);
    return { words: `${type} ${words}`, specification: () => ({ ...base, type }) };
  }
  if (kind < 4) {
    const hops = Array.from({ length: random.whole(1, 3) }, hop);
    const weight = random.whole(0, 1);
    const multipath = (bench: KernelBench): RouteNextHopInput[] =>
      hops.map(({ gateway, device }) => {
        return { gateway, interfaceIndex: device === undefined ? 0 : bench.index(device), hops: weight };
      });
    return {
      words: `${words} ${hops.map(wordsOfHop).join(' + ')}`,
      specification: (bench) => ({ ...base, multipath: multipath(bench) }),
    };
  }
  const { gateway, device } = hop();
  const flags = random.chance(0.1) ? 4 : undefined; // onlink
  const preferredSource =
    family === 'ipv4' && random.chance(0.1) ? random.pick(['10.0.0.7', '10.1.0.1']) : undefined;
  return {
    words: `${words} ${wordsOfHop({ gateway, device })} flags ${flags} src ${preferredSource}`,
    specification: (bench) => ({
      ...base,
      gateway,
      outputInterface: device === undefined ? undefined : bench.index(device),
      flags,
      preferredSource,
    }),
  };
}

function wordsOfHop({
  gateway,
  device,
}: {
  gateway: string | undefined;
  device: string | undefined;
}): string {
  return `via ${gateway} dev ${device}`;
}

function deletion(random: Random, family: 'ipv4' | 'ipv6'): Operation {
  const make = routeSpecification(random, family);
  const isForeign = random.chance(0.3);
  const isBare = random.chance(0.5);
  const protocol = random.pick(['unspecified', 'unspecified', 'static', 'rip'] as const);
  return {
    words: `${isForeign ? 'stranger ' : ''}delete ${isBare ? 'bare ' : ''}${protocol} ${make.words}`,
    run: (bench) => {
      const { flags, ...full } = make.specification(bench);
      const { prefix, table, tos, priority } = full;
      const request = isBare ? { family, prefix, table, tos, priority, protocol } : { ...full, protocol };
      return bench.deleteRoute(request, isForeign ? bench.stranger : bench.ours);
    },
  };
}

function addressOperation(random: Random, family: 'ipv4' | 'ipv6'): Operation {
  const [name, prefix] = random.pick(pools[family].addresses);
  const operation = random.chance(0.7) ? 'new' : 'delete';
  const broadcast = family === 'ipv4' && operation === 'new' && random.chance(0.3) ? '10.0.0.255' : undefined;
  return {
    words: `${operation} address ${prefix} ${name} broadcast ${broadcast}`,
    run: (bench) => bench.address(operation, name, prefix, { broadcast }),
  };
}

function linkOperation(random: Random): Operation {
  const name = random.pick(devices);
  const is = random.chance(0.7);
  const what = random.pick(['setUp', 'setCarrier'] as const);
  return {
    words: `${name} ${what} ${is}`,
    run: async (bench) => {
      await bench[what](name, is);
      return 'done';
    },
  };
}

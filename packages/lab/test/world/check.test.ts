/** A checker that finds nothing proves nothing: each is shown what it has to find. */
import { messageFlags } from '@ripstop/netlink';
import type { InterfaceConfiguration, PolicyRule, Protocol, RouterConfiguration } from '@ripstop/rip';
import { addressFamily, prefixAddress, prefixLength } from '@ripstop/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkQuietWorld } from '../../src/world/check/quiet-checks.ts';
import { shortestPaths } from '../../src/world/check/shortest-paths.ts';
import { protocols } from '../../src/world/configurations.ts';
import type { World } from '../../src/world/world.ts';
import { connect, everywhere, knownAs, row, subnet } from './small-world.ts';

const MINUTE = 60_000;
const { create } = messageFlags.masks;

let world: World;

async function lay(protocol: Protocol): Promise<void> {
  world = row(1, ['a', 'b', 'c'], everywhere(protocol));
  await world.advance(MINUTE);
}

const texts = (): string[] => checkQuietWorld(world).map(({ text }) => text);

/** Another program changes the kernel of a machine; nobody has time to do something about it. */
function meddle(
  router: string,
  operation: 'new' | 'delete',
  prefix: string,
  route: { gateway?: string; interface?: string; priority: number; protocol: 'rip' | 'static' },
): void {
  const { kernel } = world.router(router);
  const outputInterface = route.interface === undefined ? undefined : kernel.indexOf(route.interface);
  void kernel.open().batch([
    {
      object: 'route',
      operation,
      flags: operation === 'new' ? create : 0,
      message: {
        family: addressFamily(prefixAddress(prefix)),
        destination: prefixAddress(prefix),
        destinationLength: prefixLength(prefix),
        table: 254,
        protocol: route.protocol,
        priority: route.priority,
        scope: operation === 'new' ? 'global' : 'nowhere',
        type: operation === 'new' ? 'unicast' : 'unspecified',
        gateway: route.gateway,
        outputInterface,
      },
    },
  ]);
}

/** Nobody is told of a prefix. */
const secrecy = (prefix: string): PolicyRule => ({
  direction: 'out',
  interface: undefined,
  neighbor: undefined,
  prefixSet: {
    name: 'secret',
    ranges: [{ prefix, shortest: prefixLength(prefix), longest: prefixLength(prefix) }],
  },
  tag: undefined,
  action: 'reject',
  set: { metric: undefined, addMetric: undefined, tag: undefined },
});

describe.each(protocols)('shortest paths of $name', (protocol) => {
  const [zero, one, two] = [0, 1, 2].map((link) => subnet(protocol, link)) as [string, string, string];
  const known = (): ReadonlyMap<string, number> => shortestPaths(world, protocol).get('c') ?? new Map();
  const tell = (some: Partial<InterfaceConfiguration>, rest: Partial<RouterConfiguration> = {}): void => {
    world.router('b').configurations = everywhere(protocol, some, rest);
  };
  beforeEach(() => lay(protocol));

  it('count costs, and end at 15', () => {
    tell({ cost: 13 });
    expect(Object.fromEntries(known())).toEqual({ [one]: 2, [two]: 1, [zero]: 15 });
    tell({ cost: 14 });
    expect(known().has(zero)).toBe(false);
  });

  it('do not lead over who is off, silent or deaf', () => {
    tell({ passive: true });
    expect(known().size).toBe(1);
    tell({ noListen: true });
    expect([...known().keys()]).toEqual([one, two]);
    tell({});
    world.kill('b');
    expect(known().size).toBe(1);
    expect(shortestPaths(world, protocol).has('b')).toBe(false);
  });

  it('do not lead through segments that are cut, silent or split', () => {
    const link = world.segment('link1');
    link.silence();
    expect(known().size).toBe(2);
    link.mend();
    link.split(link.ports.slice(0, 1));
    expect(known().size).toBe(2);
    link.mend();
    link.cut();
    expect(known().size).toBe(1);
    link.mend();
    expect(known().size).toBe(3);
  });

  it('obey policies', () => {
    const rule = secrecy(zero);
    tell({}, { policy: [rule] });
    expect(known().has(zero)).toBe(false);
    tell({}, { policy: [{ ...rule, action: 'accept', set: { ...rule.set, addMetric: 4 } }] });
    expect(known().get(zero)).toBe(7);
  });
});

describe.each(protocols)('a quiet world of $name', (protocol) => {
  const [zero, , two] = [0, 1, 2].map((link) => subnet(protocol, link)) as [string, string, string];
  const gateway = (router: string, link: number): string => knownAs(world, router, link, protocol);
  beforeEach(() => lay(protocol));

  it('is one in which nothing is found', () => {
    expect(texts()).toEqual([]);
  });

  it('has no metric that is too small', () => {
    world.router('b').configurations = everywhere(protocol, { cost: 5 });
    expect(texts()).toContain(`c has ${zero} at metric 3; the shortest path is at metric 7`);
  });

  it('has no route to what cannot be reached', () => {
    world.segment('link1').silence();
    expect(texts()).toContain(`c has ${zero} at metric 3; the shortest path is unreachable`);
  });

  it('has every route that is possible', async () => {
    connect(world, 9, 'a');
    world.segment('link1').silence();
    await world.advance(2_000);
    world.segment('link1').mend();
    expect(texts()).toContain(`c has ${subnet(protocol, 9)} unreachable; the shortest path is at metric 3`);
  });

  it('has no neighbor that is nobody', async () => {
    const before = gateway('b', 2);
    const [other, length] = protocol.family === 'ipv4' ? ['10.0.2.3', 24] : ['fe80::3', 64];
    const port = world.router('b').ports.get('link2');
    const global = port?.addresses('ipv6').slice(0, 1) ?? [];
    port?.readdress([...global, { address: other, prefixLength: length }]);
    await world.advance(3_000);
    expect(texts()).toEqual([`c knows ${before} on link2, which nobody is`]);
    if (protocol.family === 'ipv4') return;
    port?.readdress([...global, ...[other, before].map((address) => ({ address, prefixLength: 64 }))]);
    await world.advance(3_000);
    expect(texts()).toEqual([`c knows b on link2 as ${other} and ${before}`]);
  });

  it('has no kernel that lacks a route', () => {
    meddle('c', 'delete', zero, { priority: 20, protocol: 'rip' });
    expect(texts()).toEqual([`c's kernel lacks ${zero} via ${gateway('b', 2)}%2`]);
  });

  it('has no kernel with a route that is left over', () => {
    const left = subnet(protocol, 99);
    const via = { gateway: gateway('b', 2), interface: 'link2', priority: 20, protocol: 'rip' } as const;
    meddle('c', 'new', left, via);
    expect(texts()).toEqual([`c's kernel has ${left} via ${via.gateway}%2; the router has it no more`]);
  });

  it('has no loop, whatever the tables of the routers say', () => {
    const via = { gateway: gateway('c', 2), interface: 'link2', priority: 1, protocol: 'static' } as const;
    meddle('b', 'new', zero, via);
    expect(texts()).toContain(`from c to ${zero}: a loop, c → b → c`);
  });

  it('has no next hop that is nobody', () => {
    const nobody = protocol.family === 'ipv4' ? '10.0.2.9' : 'fe80::9';
    const via = { gateway: nobody, interface: 'link2', priority: 1, protocol: 'static' } as const;
    meddle('b', 'new', zero, via);
    expect(texts()).toContain(`from b to ${zero}: b sends it to ${nobody}, which nobody is`);
  });

  it('has no subnet that its own router sends elsewhere', () => {
    const nobody = protocol.family === 'ipv4' ? '10.0.2.9' : 'fe80::9';
    const via = { gateway: nobody, interface: 'link2', priority: 1, protocol: 'static' } as const;
    meddle('c', 'new', two, via);
    // Linux: the connected route of IPv4 has priority 0, that of IPv6 256.
    const found =
      protocol.family === 'ipv4' ? [] : [`from c to ${two}: c sends it to ${nobody}, which nobody is`];
    expect(texts()).toEqual(found);
  });
});

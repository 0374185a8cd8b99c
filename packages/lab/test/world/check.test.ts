/** A checker that finds nothing proves nothing: each is shown what it has to find. */
import { messageFlags } from '@ripstop/netlink';
import { encodeResponses, type PolicyRule } from '@ripstop/rip';
import { beforeEach, describe, expect, it } from 'vitest';
import { PacketCheck } from '../../src/world/check/packet-check.ts';
import { checkQuietWorld } from '../../src/world/check/quiet-checks.ts';
import { shortestPaths } from '../../src/world/check/shortest-paths.ts';
import type { World } from '../../src/world/world.ts';
import { connect, everywhere, row } from './small-world.ts';

const MINUTE = 60_000;
const { create } = messageFlags.masks;

let world: World;

beforeEach(async () => {
  world = row(1, ['a', 'b', 'c']);
  await world.advance(MINUTE);
});

const texts = (): string[] => checkQuietWorld(world).map(({ text }) => text);

/** Another program changes the kernel of a machine; nobody has time to do something about it. */
function meddle(
  router: string,
  operation: 'new' | 'delete',
  destination: string,
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
        family: 'ipv4',
        destination,
        destinationLength: 24,
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

describe('shortest paths', () => {
  it('count costs, and end at 15', () => {
    world.router('b').configuration = everywhere({ cost: 13 });
    expect(Object.fromEntries(shortestPaths(world).get('c') ?? [])).toEqual({
      '10.0.1.0/24': 2,
      '10.0.2.0/24': 1,
      '10.0.0.0/24': 15,
    });
    world.router('b').configuration = everywhere({ cost: 14 });
    expect(shortestPaths(world).get('c')?.has('10.0.0.0/24')).toBe(false);
  });

  it('do not lead over who is off, silent or deaf', () => {
    world.router('b').configuration = everywhere({ passive: true });
    expect(shortestPaths(world).get('c')?.size).toBe(1);
    world.router('b').configuration = everywhere({ noListen: true });
    expect([...(shortestPaths(world).get('c') ?? []).keys()]).toEqual(['10.0.1.0/24', '10.0.2.0/24']);
    world.router('b').configuration = everywhere();
    world.kill('b');
    expect(shortestPaths(world).get('c')?.size).toBe(1);
    expect(shortestPaths(world).has('b')).toBe(false);
  });

  it('do not lead through segments that are cut, silent or split', () => {
    const reach = (): number => shortestPaths(world).get('c')?.size ?? 0;
    const link = world.segment('link1');
    link.silence();
    expect(reach()).toBe(2);
    link.mend();
    link.split(link.ports.slice(0, 1));
    expect(reach()).toBe(2);
    link.mend();
    link.cut();
    expect(reach()).toBe(1);
    link.mend();
    expect(reach()).toBe(3);
  });

  it('obey policies', () => {
    const rule: PolicyRule = {
      direction: 'out',
      interface: undefined,
      neighbor: undefined,
      prefixSet: { name: 'behind a', ranges: [{ prefix: '10.0.0.0/24', shortest: 24, longest: 24 }] },
      tag: undefined,
      action: 'reject',
      set: { metric: undefined, addMetric: undefined, tag: undefined },
    };
    world.router('b').configuration = everywhere({}, { policy: [rule] });
    expect(shortestPaths(world).get('c')?.has('10.0.0.0/24')).toBe(false);
    const longer = { ...rule, action: 'accept', set: { ...rule.set, addMetric: 4 } } as const;
    world.router('b').configuration = everywhere({}, { policy: [longer] });
    expect(shortestPaths(world).get('c')?.get('10.0.0.0/24')).toBe(7);
  });
});

describe('a quiet world', () => {
  it('is one in which nothing is found', () => {
    expect(texts()).toEqual([]);
  });

  it('has no metric that is too small', () => {
    world.router('b').configuration = everywhere({ cost: 5 });
    expect(texts()).toContain('c has 10.0.0.0/24 at metric 3; the shortest path is at metric 7');
  });

  it('has no route to what cannot be reached', () => {
    world.segment('link1').silence();
    expect(texts()).toContain('c has 10.0.0.0/24 at metric 3; the shortest path is unreachable');
  });

  it('has every route that is possible', () => {
    connect(world, 9, 'a');
    expect(texts()).toContain('c has 10.0.9.0/24 unreachable; the shortest path is at metric 3');
  });

  it('has no kernel that lacks a route', () => {
    meddle('c', 'delete', '10.0.0.0', { priority: 20, protocol: 'rip' });
    expect(texts()).toEqual(["c's kernel lacks 10.0.0.0/24 via 10.0.2.1%2"]);
  });

  it('has no kernel with a route that is left over', () => {
    meddle('c', 'new', '10.9.9.0', {
      gateway: '10.0.2.1',
      interface: 'link2',
      priority: 20,
      protocol: 'rip',
    });
    expect(texts()).toEqual(["c's kernel has 10.9.9.0/24 via 10.0.2.1%2; the router has it no more"]);
  });

  it('has no loop, whatever the tables of the routers say', () => {
    meddle('b', 'new', '10.0.0.0', {
      gateway: '10.0.2.2',
      interface: 'link2',
      priority: 1,
      protocol: 'static',
    });
    expect(texts()).toContain('from c to 10.0.0.0/24: a loop, c → b → c');
  });

  it('has no next hop that is nobody', () => {
    meddle('b', 'new', '10.0.0.0', {
      gateway: '10.0.2.9',
      interface: 'link2',
      priority: 1,
      protocol: 'static',
    });
    expect(texts()).toContain('from b to 10.0.0.0/24: b sends it to 10.0.2.9, which nobody is');
  });
});

describe('packets', () => {
  const entry = { prefix: '10.7.0.0/24', tag: 0, nextHop: undefined, metric: 1 };
  const [good = new Uint8Array()] = encodeResponses([entry]);

  /** What is found in packets of b on link2. */
  function found(bytes: readonly Uint8Array[], source = '10.0.2.1'): string[] {
    const check = new PacketCheck(world);
    const port = world.router('b').ports.get('link2');
    if (port === undefined) throw new Error('b is not on link2');
    for (const each of bytes)
      check.sent(0, { port, source, destination: '224.0.0.9', destinationPort: 520, bytes: each });
    return check.violations.map(({ rule, text }) => `${rule}: ${text}`);
  }

  it('that are as they should be are not complained of', () => {
    expect(found([good])).toEqual([]);
  });

  it('are not too long, and end with an entry', () => {
    expect(found([new Uint8Array(4 + 26 * 20)])[0]).toMatch(/524 bytes, which is no RIP packet/);
    expect(found([good.subarray(0, 23)])[0]).toMatch(/23 bytes/);
  });

  it('come from an address of their interface', () => {
    expect(found([good], '10.0.1.2')[0]).toMatch(/from 10.0.1.2, which it has not there/);
  });

  it('hold nothing that a receiver drops', () => {
    const bytes = good.slice();
    bytes[4 + 19] = 17;
    expect(found([bytes])[0]).toMatch(/an entry that nobody takes: metric/);
  });

  it('have numbers that do not decrease, for each key', () => {
    const signed = (key: number, sequence: number): Uint8Array => {
      const bytes = new Uint8Array(24);
      const view = new DataView(bytes.buffer);
      bytes.set([2, 2, 0, 0, 0xff, 0xff, 0, 3, 0, 24, key, 16]);
      view.setUint32(12, sequence);
      return bytes;
    };
    expect(found([signed(1, 7), signed(2, 5), signed(1, 7), signed(1, 8)])).toEqual([]);
    expect(found([signed(1, 7), signed(1, 6)])[0]).toMatch(/number 6 with key 1 after 7/);
  });

  it('say nothing that policy forbids', () => {
    const rule: PolicyRule = {
      direction: 'out',
      interface: undefined,
      neighbor: undefined,
      prefixSet: { name: 'secret', ranges: [{ prefix: '10.7.0.0/16', shortest: 24, longest: 32 }] },
      tag: undefined,
      action: 'reject',
      set: { metric: undefined, addMetric: undefined, tag: undefined },
    };
    world.router('b').configuration = everywhere({}, { policy: [rule] });
    expect(found([good])[0]).toMatch(/10.7.0.0\/24 with metric 1, which its policy forbids/);
    expect(found(encodeResponses([{ ...entry, metric: 16 }]))).toEqual([]);
    const password = Uint8Array.of(0xff, 0xff, 0, 2, ...new Uint8Array(16));
    const authenticated = Uint8Array.of(...good.subarray(0, 4), ...password, ...good.subarray(4));
    expect(found([authenticated])).toEqual(found([good]));
  });
});

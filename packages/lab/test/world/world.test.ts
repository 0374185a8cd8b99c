import { rip, ripng } from '@ripstop/rip';
import { describe, expect, it } from 'vitest';
import { checkQuietWorld } from '../../src/world/check/quiet-checks.ts';
import { protocols } from '../../src/world/configurations.ts';
import { World } from '../../src/world/world.ts';
import { connect, everywhere, knownAs, learned, metrics, row, subnet } from './small-world.ts';

const MINUTE = 60_000;

describe.each(protocols)('a world of $name', (protocol) => {
  const net = (link: number): string => subnet(protocol, link);
  const laid = (seed: number, names: readonly string[]): World => row(seed, names, everywhere(protocol));

  it('has routers that learn of each other, and kernels with their routes', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    expect(metrics(world, 'c', protocol)).toEqual({ [net(0)]: 3, [net(1)]: 2, [net(2)]: 1 });
    expect(learned(world, 'c', protocol)).toEqual([net(0), net(1)]);
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('stops a router with a farewell, and takes its routes from the kernel', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.stop('b');
    await world.advance(3_000);
    expect(world.router('b').state).toBe('off');
    expect(learned(world, 'b', protocol)).toEqual([]);
    expect(metrics(world, 'c', protocol)).toEqual({ [net(2)]: 1 });
  });

  it('kills a router without a word: its routes stay in the kernel, and its neighbors believe in it until the timeout', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.kill('b');
    await world.advance(2 * MINUTE);
    expect(learned(world, 'b', protocol)).toEqual([net(0)]);
    expect(metrics(world, 'c', protocol)).toMatchObject({ [net(0)]: 3 });
    await world.advance(2 * MINUTE);
    expect(metrics(world, 'c', protocol)).toEqual({ [net(2)]: 1 });
  });

  it('restarts a router: the next one adopts nothing that was removed, and all is as before', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.restart('b');
    await world.advance(MINUTE);
    expect(world.router('b').state).toBe('running');
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('cuts a link, and mends it', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.segment('link1').cut();
    await world.advance(6_000);
    expect(metrics(world, 'c', protocol)).toEqual({ [net(2)]: 1 });
    world.segment('link1').mend();
    await world.advance(MINUTE);
    expect(metrics(world, 'c', protocol)).toMatchObject({ [net(0)]: 3 });
  });

  it('gives an interface other addresses while routers run', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    const port = world.router('a').ports.get('link0');
    const [first] = port?.addresses(protocol.family) ?? [];
    if (first === undefined) throw new Error('a has no address on link0');
    const second = { ...first, address: protocol.family === 'ipv4' ? '10.0.7.1' : '2001:db8:f7::1' };
    port?.readdress([first, second]);
    await world.advance(MINUTE);
    expect(metrics(world, 'c', protocol)).toMatchObject({ [net(0)]: 3, [net(7)]: 3 });
    port?.readdress([second]);
    await world.advance(MINUTE);
    expect(metrics(world, 'c', protocol)[net(0)]).toBeUndefined();
    expect(metrics(world, 'c', protocol)[net(7)]).toBe(3);
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('puts back what someone flushes', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.router('c').flushRoutes();
    await world.advance(1);
    expect(learned(world, 'c', protocol)).toEqual([net(0), net(1)]);
    expect(world.router('c').snapshot(protocol).fib.heals).toBe(2);
  });

  it('reconfigures and drains a router while it runs', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.router('b').reconfigure(everywhere(protocol, { cost: 5 }));
    await world.advance(MINUTE);
    expect(metrics(world, 'c', protocol)).toMatchObject({ [net(0)]: 7 });
    world.router('b').drain();
    await world.advance(2 * MINUTE);
    expect(metrics(world, 'c', protocol)).toEqual({ [net(2)]: 1 });
  });

  it('takes an interface down, and gives it all its addresses back with the link', async () => {
    const world = laid(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    const port = world.router('b').ports.get('link1');
    port?.setUp(false);
    await world.advance(MINUTE);
    expect(metrics(world, 'c', protocol)[net(1)]).toBeUndefined();
    port?.setUp(true);
    await world.advance(MINUTE);
    expect(metrics(world, 'c', protocol)).toEqual({ [net(0)]: 3, [net(1)]: 2, [net(2)]: 1 });
    expect(checkQuietWorld(world)).toEqual([]);
  });
});

describe('a world of both protocols', () => {
  const both = { ...everywhere(rip), ...everywhere(ripng) };

  it('has two routers on each machine, each with the routes of its own family', async () => {
    const world = row(1, ['a', 'b', 'c'], both);
    await world.advance(MINUTE);
    for (const protocol of protocols) {
      const [zero, one, two] = [0, 1, 2].map((link) => subnet(protocol, link));
      expect(metrics(world, 'c', protocol)).toEqual({ [`${zero}`]: 3, [`${one}`]: 2, [`${two}`]: 1 });
      expect(learned(world, 'c', protocol)).toEqual([zero, one]);
    }
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('kills, restarts and flushes them together, and drains both', async () => {
    const world = row(1, ['a', 'b', 'c'], both);
    await world.advance(MINUTE);
    world.router('c').flushRoutes();
    await world.advance(1);
    expect(protocols.map((protocol) => world.router('c').snapshot(protocol).fib.heals)).toEqual([2, 2]);
    world.kill('b');
    world.start('b');
    world.restart('a');
    await world.advance(5 * MINUTE);
    expect(checkQuietWorld(world)).toEqual([]);
    world.router('b').drain();
    await world.advance(2 * MINUTE);
    for (const protocol of protocols)
      expect(metrics(world, 'c', protocol)).toEqual({ [subnet(protocol, 2)]: 1 });
  });

  it('speaks RIPng where the addresses are no more tentative', async () => {
    const world = row(1, ['a', 'b'], both);
    await world.advance(500);
    expect(metrics(world, 'b', rip)).toMatchObject({ [subnet(rip, 0)]: 2 });
    expect(metrics(world, 'b', ripng)).toEqual({});
    await world.advance(1_500);
    expect(metrics(world, 'b', ripng)).toMatchObject({ [subnet(ripng, 0)]: 2 });
  });
});

describe('a link of a world', () => {
  it('has IPv6 only with an MTU that is large enough for it', async () => {
    const world = row(1, ['a', 'b'], { ...everywhere(rip), ...everywhere(ripng) });
    await world.advance(MINUTE);
    world.segment('link1').setMtu(1_000);
    await world.advance(MINUTE);
    expect(metrics(world, 'b', ripng)).toEqual({});
    expect(metrics(world, 'b', rip)).toMatchObject({ [subnet(rip, 0)]: 2 });
    world.segment('link1').setMtu(1_280);
    await world.advance(MINUTE);
    expect(metrics(world, 'b', ripng)).toEqual({ [subnet(ripng, 0)]: 2, [subnet(ripng, 1)]: 1 });
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('may get another link-local address: the neighbors know the router by it', async () => {
    const world = row(1, ['a', 'b'], everywhere(ripng));
    await world.advance(MINUTE);
    const before = knownAs(world, 'a', 1, ripng);
    const port = world.router('a').ports.get('link1');
    const [global] = port?.addresses('ipv6') ?? [];
    if (global === undefined) throw new Error('a has no address on link1');
    port?.readdress([global, { address: 'fe80::a', prefixLength: 64 }]);
    await world.advance(10_000);
    const { routes } = world.router('b').snapshot(ripng).router;
    const [route] = routes.filter(({ prefix }) => prefix === subnet(ripng, 0));
    expect(route?.nextHops.map(({ gateway }) => gateway)).toEqual(['fe80::a']);
    await world.advance(5 * MINUTE);
    const { neighbors } = world.router('b').snapshot(ripng).router;
    expect(neighbors.map(({ address }) => address)).toEqual(['fe80::a']);
    expect(before).not.toBe('fe80::a');
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('may have the same link-local address as every other, and may hold two interfaces of one router', async () => {
    const world = new World(1);
    for (const name of ['a', 'b', 'c']) world.addRouter(name, everywhere(ripng));
    const end = (router: string, name: string, address: string) => ({
      router,
      interface: name,
      addresses: [{ address, prefixLength: 64 }],
    });
    world.addSegment('one', [end('a', 'one', 'fe80::1'), end('b', 'one', 'fe80::2')]);
    world.addSegment('two', [
      end('b', 'two', 'fe80::1'),
      end('c', 'two', 'fe80::2'),
      end('b', 'too', 'fe80::3'),
    ]);
    connect(world, 0, 'a');
    for (const name of ['a', 'b', 'c']) world.start(name);
    await world.advance(MINUTE);
    expect(metrics(world, 'c', ripng)).toEqual({ [subnet(ripng, 0)]: 3 });
    expect(world.router('b').snapshot(ripng).router.status.neighbors).toBe(3);
    expect(checkQuietWorld(world)).toEqual([]);
    // What it said last arrives when it has begun anew.
    world.restart('b');
    await world.advance(10 * MINUTE);
    expect(world.router('b').snapshot(ripng).router.status.neighbors).toBe(3);
    expect(checkQuietWorld(world)).toEqual([]);
  });
});

describe('a world', () => {
  it('gives an interface addresses in their order, and other prefix lengths', () => {
    const world = new World(1);
    world.addRouter('a', everywhere(rip));
    connect(world, 1, 'a');
    const node = world.router('a');
    const connected = (): unknown[] =>
      node.kernel
        .routes({ family: 'ipv4', table: 254 })
        .map(({ destination, destinationLength }) => `${destination}/${destinationLength}`);
    node.ports.get('link1')?.readdress([{ address: '10.0.1.1', prefixLength: 28 }]);
    expect(connected()).toEqual(['10.0.1.0/28']);
    node.ports.get('link1')?.readdress([
      { address: '10.0.1.2', prefixLength: 28 },
      { address: '10.0.1.1', prefixLength: 28 },
    ]);
    const [route] = node.kernel.routes({ family: 'ipv4', table: 254 });
    expect(route?.preferredSource).toBe('10.0.1.2');
  });

  it('is the same with the same seed, packet for packet, and another with another', async () => {
    const log = async (seed: number): Promise<string> => {
      const lines: string[] = [];
      const world = row(seed, ['a', 'b', 'c', 'd']);
      world.segment('link2').impair({ loss: 0.2, jitter: 30, reordering: 0.1 });
      world.observe({
        sent: (at, { port, bytes }) =>
          lines.push(`${at} ${port.router} ${port.interface} ${bytes.join(' ')}`),
        reported: (at, router, _, report) => lines.push(`${at} ${router} ${JSON.stringify(report)}`),
      });
      await world.advance(10 * MINUTE);
      return lines.join('\n');
    };
    const first = await log(7);
    expect(await log(7)).toBe(first);
    expect(await log(8)).not.toBe(first);
  });

  it('throws what a router throws', async () => {
    const world = row(1, ['a', 'b']);
    world.observe({
      reported: () => {
        throw new Error('a mistake of ours');
      },
    });
    await expect(world.advance(MINUTE)).rejects.toThrow('a mistake of ours');
  });

  it('does not hang if something asks for the next turn without end', async () => {
    const world = row(1, ['a', 'b']);
    const again = (): void => world.after(0, again);
    world.after(MINUTE, again);
    await expect(world.advance(2 * MINUTE)).rejects.toThrow('the time stands still');
  });

  it('gives each router a clock on the wall that can be wrong, and be set', async () => {
    const walls: number[] = [];
    const world = new World(1);
    const key = {
      id: 1,
      algorithm: 'md5',
      secret: Uint8Array.of(1),
      send: { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY },
      accept: { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY },
    } as const;
    const authentication = { name: 'core', keys: [key], md5Length: 16 } as const;
    world.addRouter('a', everywhere(rip, { authentication }), { clockOffset: 1_000_000 });
    world.addRouter('b', everywhere(rip, { authentication }));
    connect(world, 1, 'a', 'b');
    world.observe({
      sent: (_, { port, bytes }) => {
        if (port.router === 'a') walls.push(new DataView(bytes.buffer, bytes.byteOffset).getUint32(12));
      },
    });
    world.start('a');
    await world.advance(MINUTE);
    const before = walls.at(-1) ?? 0;
    expect(before).toBeGreaterThan(1_767_225_600 + 1_000);
    world.router('a').setClock(1_000_000_000);
    await world.advance(MINUTE);
    expect(walls.at(-1)).toBeGreaterThan(before + 900_000);
    // A clock that jumps back takes no number back, nor does a restart.
    world.router('a').setClock(0);
    world.kill('a');
    world.start('a');
    await world.advance(MINUTE);
    expect(walls).toEqual(walls.toSorted((x, y) => x - y));
  });
});

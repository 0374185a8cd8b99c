import { describe, expect, it } from 'vitest';
import { checkQuietWorld } from '../../src/world/check/quiet-checks.ts';
import { World } from '../../src/world/world.ts';
import { connect, everywhere, learned, metrics, row } from './small-world.ts';

const MINUTE = 60_000;

describe('a world', () => {
  it('has routers that learn of each other, and kernels with their routes', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    expect(metrics(world, 'c')).toEqual({ '10.0.0.0/24': 3, '10.0.1.0/24': 2, '10.0.2.0/24': 1 });
    expect(learned(world, 'c')).toEqual(['10.0.0.0/24', '10.0.1.0/24']);
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('stops a router with a farewell, and takes its routes from the kernel', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.stop('b');
    await world.advance(3_000);
    expect(world.router('b').state).toBe('off');
    expect(learned(world, 'b')).toEqual([]);
    expect(metrics(world, 'c')).toEqual({ '10.0.2.0/24': 1 });
  });

  it('kills a router without a word: its routes stay in the kernel, and its neighbors believe in it until the timeout', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.kill('b');
    await world.advance(2 * MINUTE);
    expect(learned(world, 'b')).toEqual(['10.0.0.0/24']);
    expect(metrics(world, 'c')).toMatchObject({ '10.0.0.0/24': 3 });
    await world.advance(2 * MINUTE);
    expect(metrics(world, 'c')).toEqual({ '10.0.2.0/24': 1 });
  });

  it('restarts a router: the next one adopts nothing that was removed, and all is as before', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.restart('b');
    await world.advance(MINUTE);
    expect(world.router('b').state).toBe('running');
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('cuts a link, and mends it', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.segment('link1').cut();
    await world.advance(6_000);
    expect(metrics(world, 'c')).toEqual({ '10.0.2.0/24': 1 });
    world.segment('link1').mend();
    await world.advance(MINUTE);
    expect(metrics(world, 'c')).toMatchObject({ '10.0.0.0/24': 3 });
  });

  it('gives an interface other addresses while routers run', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    const addresses = [
      { address: '10.0.0.1', prefixLength: 24 },
      { address: '10.7.0.1', prefixLength: 24 },
    ];
    world.router('a').ports.get('link0')?.readdress(addresses);
    await world.advance(MINUTE);
    expect(metrics(world, 'c')).toMatchObject({ '10.0.0.0/24': 3, '10.7.0.0/24': 3 });
    world.router('a').ports.get('link0')?.readdress(addresses.slice(1));
    await world.advance(MINUTE);
    expect(metrics(world, 'c')['10.0.0.0/24']).toBeUndefined();
    expect(checkQuietWorld(world)).toEqual([]);
  });

  it('gives an interface addresses in their order, and other prefix lengths', () => {
    const world = new World(1);
    world.addRouter('a', everywhere());
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

  it('puts back what someone flushes', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.flushRoutes('c');
    await world.advance(1);
    expect(learned(world, 'c')).toEqual(['10.0.0.0/24', '10.0.1.0/24']);
    expect(world.router('c').snapshot().fib.heals).toBe(2);
  });

  it('reconfigures and drains a router while it runs', async () => {
    const world = row(1, ['a', 'b', 'c']);
    await world.advance(MINUTE);
    world.router('b').reconfigure(everywhere({ cost: 5 }));
    await world.advance(MINUTE);
    expect(metrics(world, 'c')).toMatchObject({ '10.0.0.0/24': 7 });
    world.router('b').drain();
    await world.advance(2 * MINUTE);
    expect(metrics(world, 'c')).toEqual({ '10.0.2.0/24': 1 });
  });

  it('is the same with the same seed, packet for packet, and another with another', async () => {
    const log = async (seed: number): Promise<string> => {
      const lines: string[] = [];
      const world = row(seed, ['a', 'b', 'c', 'd']);
      world.segment('link2').impair({ loss: 0.2, jitter: 30, reordering: 0.1 });
      world.observe({
        sent: (at, { port, bytes }) =>
          lines.push(`${at} ${port.router} ${port.interface} ${bytes.join(' ')}`),
        reported: (at, router, report) => lines.push(`${at} ${router} ${JSON.stringify(report)}`),
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
    world.addRouter('a', everywhere({ authentication }), { clockOffset: 1_000_000 });
    world.addRouter('b', everywhere({ authentication }));
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

/** A day of thirty routers: what leaks, drifts or creeps in an hour shows after twenty-four. */
import { expect, it } from 'vitest';
import { PacketCheck } from '../../src/world/check/packet-check.ts';
import { checkQuietWorld } from '../../src/world/check/quiet-checks.ts';
import { protocols } from '../../src/world/configurations.ts';
import { World } from '../../src/world/world.ts';
import { connect, everywhere } from './small-world.ts';

const HOUR = 3_600_000;
const ROUTERS = 30;
const CHORDS = 10;

it.each(protocols)(
  'thirty routers of $name stay at rest for a day, and neither lose nor change a route',
  async (protocol) => {
    const world = new World(24);
    const name = (number: number): string => `r${number % ROUTERS}`;
    for (let number = 0; number < ROUTERS; number += 1) world.addRouter(name(number), everywhere(protocol));
    for (let number = 0; number < ROUTERS; number += 1)
      connect(world, number, name(number), name(number + 1));
    for (let number = 0; number < CHORDS; number += 1)
      connect(world, ROUTERS + number, name(3 * number), name(3 * number + 10));
    const packets = new PacketCheck(world);
    world.observe(packets);
    for (const { name: router } of world.routers) world.start(router);
    await world.advance(HOUR);
    expect(checkQuietWorld(world)).toEqual([]);

    const before = world.counts;
    const changes: string[] = [];
    world.observe({
      reported: (at, router, _, report) => changes.push(`${at} ${router} ${JSON.stringify(report)}`),
    });
    await world.advance(23 * HOUR);
    expect(changes).toEqual([]);
    expect(checkQuietWorld(world)).toEqual([]);
    expect(packets.violations).toEqual([]);
    // 40 routes are two packets of RIP and one of RIPng; every 30 s on average, on every interface.
    const sent = world.counts.packets - before.packets;
    const updates = (23 * HOUR) / 30_000;
    const packetsPerUpdate = Math.ceil((ROUTERS + CHORDS) / protocol.entriesPerPacket(1500));
    expect(sent / (packetsPerUpdate * 2 * (ROUTERS + CHORDS) * updates)).toBeCloseTo(1, 1);
    expect(world.router('r0').snapshot(protocol).router.routes).toHaveLength(ROUTERS + CHORDS);
  },
  300_000,
);

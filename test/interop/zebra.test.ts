/**
 * FRR's zebra beside ripd in one namespace. It takes the routes of protocol 189, which FRR's own daemons use, for those of
 * an earlier run of its own: at start it makes them its own, deletes them, or both, and at exit it deletes what it still
 * takes for its own. And BIRD, which leaves alone what is not its own.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { BirdRouter } from '../kit/bird.ts';
import { FrrDaemons } from '../kit/frr-daemons.ts';
import { watchDeletions } from '../kit/kernel.ts';
import { type Protocol, protocols } from '../kit/protocol.ts';
import { bird, frr, installed, ping } from '../kit/requirements.ts';
import { Junction, type Loss } from './junction.ts';

const [rip, ripng] = protocols as [Protocol, Protocol];
const canRun = installed('test/interop/zebra.test.ts', frr, bird, ping);
/** It deletes nothing for an hour, and all that time holds what it has made its own. */
const keeping = ['-K', '3600'];
/** A number that nobody has given a name. */
const unknownProtocol = 210;

describe.skipIf(!canRun)('beside FRR’s zebra, RIP and RIPng', () => {
  let junction: Junction;

  afterEach(() => junction?.close());

  const told = (what: string, loss: Readonly<Record<Protocol['name'], Loss>>): void => {
    const { rip: ipv4, ripng: ipv6 } = loss;
    console.log(
      `${what}: RIP lost ${ipv4.lost} of ${ipv4.sent} pings, RIPng ${ipv6.lost} of ${ipv6.sent}, 10 ms apart`,
    );
  };
  const routes = (): Promise<string[][]> =>
    Promise.all(protocols.map((each) => junction.routes(Junction.stub(each))));
  const daemons = (): FrrDaemons => new FrrDaemons(junction.router, junction.lab.directory);

  it('have their routes back when it starts and when it ends', async () => {
    junction = await Junction.lay();
    const before = await routes();
    for (const options of [[], keeping]) {
      const frrDaemons = daemons();
      const loss = await junction.pinging(async () => {
        const zebra = await frrDaemons.start('zebra', [], options);
        await expect.poll(() => junction.logged(/it is back/).length).toBeGreaterThan(0);
        // Of IPv6 it may hold one of its own beside ours for as long as it runs.
        await expect.poll(routes).toEqual(before.map((lines) => expect.arrayContaining(lines)));
        await junction.routesBecome(Junction.stub(rip), before[0] ?? []);
        await zebra.stop();
        for (const [at, each] of protocols.entries())
          await junction.routesBecome(Junction.stub(each), before[at] ?? []);
      });
      told(`zebra ${options.join(' ')} comes and goes`, loss);
    }
  });

  it('do not fight with it for long over what it makes its own', async () => {
    junction = await Junction.lay();
    await daemons().start('zebra', [], keeping);
    // It makes anew what of IPv6 is deleted; what of IPv4 is replaced it does not notice.
    await expect.poll(() => junction.logged(/again and again/), { timeout: 10_000 }).toHaveLength(1);
    const { rip: heals, ripng: fought } = await junction.heals();
    console.log(`zebra keeps: RIP put its route back ${heals} times, RIPng ${fought} times before it paused`);
    expect(heals).toBe(1);
    expect(await junction.pinging(() => new Promise((resolve) => setTimeout(resolve, 500)))).toMatchObject({
      rip: { lost: 0 },
      ripng: { lost: 0 },
    });
    expect(await junction.routes(Junction.stub(ripng))).toHaveLength(2);
  });

  it('with a protocol of their own lose nothing', async () => {
    junction = await Junction.lay({ protocol: unknownProtocol });
    const before = await routes();
    const loss = await junction.pinging(async () => {
      for (const options of [[], keeping]) {
        const zebra = await daemons().start('zebra', [], options);
        await zebra.stop();
      }
    });
    told(`kernel.protocol: ${unknownProtocol}, zebra comes and goes twice`, loss);
    expect(loss).toMatchObject({ rip: { lost: 0 }, ripng: { lost: 0 } });
    expect(await routes()).toEqual(before);
    expect(await junction.heals()).toEqual({ rip: 0, ripng: 0 });
  });

  it('lose nothing where it is told to let others change its routes', async () => {
    junction = await Junction.lay();
    const before = await routes();
    const zebra = await daemons().start('zebra', ['allow-external-route-update'], keeping);
    await expect.poll(routes).toEqual(before);
    await zebra.stop();
    for (const [at, each] of protocols.entries())
      await junction.routesBecome(Junction.stub(each), before[at] ?? []);
    expect(junction.logged(/again and again/)).toEqual([]);
  });

  it('are not touched by BIRD, which learns their routes', async () => {
    junction = await Junction.lay();
    const before = await routes();
    const deletions = watchDeletions(junction.router);
    for (const protocol of protocols) {
      const birdRouter = await BirdRouter.start(junction.router, junction.lab.directory, {
        protocol: protocol.name,
        active: ['none'],
        stubs: [],
        learnsFromKernel: true,
      });
      await expect.poll(() => birdRouter.show('route')).toContain(Junction.stub(protocol));
      await birdRouter.daemon.stop();
    }
    expect(deletions).toEqual([]);
    expect(await routes()).toEqual(before);
    expect(await junction.heals()).toEqual({ rip: 0, ripng: 0 });
  });
});

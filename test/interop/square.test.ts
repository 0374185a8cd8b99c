/**
 * A square: FRR – ripd – BIRD, and a detour from BIRD to FRR over a fourth router that costs more. What happens to the
 * traffic when policy, a link or a router goes away. Judged by all kernel tables, by pings and by tshark.
 */
import { type LabNode, NamespaceLab, type Topology, until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { untilRouted, watchDeletions } from '../kit/kernel.ts';
import { planIn, protocols } from '../kit/protocol.ts';
import { bird, frr, installed, ping, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 40_000;
/** Of what we learn; the others send every 4 and 5 s, FRR a quarter sooner or later. */
const TIMEOUT_MS = 12_000;
const square: Topology = {
  nodes: ['ripd', 'frr', 'bird', 'detour'],
  links: [
    [
      { node: 'ripd', interface: 'to-frr', addresses: ['10.0.1.1/24'] },
      { node: 'frr', interface: 'to-ripd', addresses: ['10.0.1.2/24'] },
    ],
    [
      { node: 'ripd', interface: 'to-bird', addresses: ['10.0.2.1/24'] },
      { node: 'bird', interface: 'to-ripd', addresses: ['10.0.2.2/24'] },
    ],
    [
      { node: 'frr', interface: 'to-detour', addresses: ['10.0.3.1/24'] },
      { node: 'detour', interface: 'to-frr', addresses: ['10.0.3.2/24'] },
    ],
    [
      { node: 'bird', interface: 'to-detour', addresses: ['10.0.4.1/24'] },
      { node: 'detour', interface: 'to-bird', addresses: ['10.0.4.2/24'] },
    ],
    [{ node: 'frr', interface: 'stub', addresses: ['10.1.1.1/24'] }],
    [{ node: 'bird', interface: 'stub', addresses: ['10.1.2.1/24'] }],
  ],
};

const canRun = installed('test/interop/square.test.ts', frr, bird, tshark, ping);

describe.skipIf(!canRun).each(protocols)('FRR – ripd – BIRD with a detour: $name', (protocol) => {
  const inFamily = protocol.in;
  /** Behind FRR and behind BIRD. */
  const [frrStub, birdStub] = [inFamily('10.1.1.0/24'), inFamily('10.1.2.0/24')];
  /** Nobody has the timers of anybody else. */
  const configuration = (changes: object = {}) => ({
    'prefix-sets': [{ name: 'stubs', prefixes: [frrStub, birdStub] }],
    [protocol.name]: {
      timers: { update: 3, timeout: TIMEOUT_MS / 1000, 'garbage-collection': 10 },
      'triggered-update-delay': [0.2, 0.5],
      interfaces: { 'to-*': {} },
      ...changes,
    },
  });
  let lab: NamespaceLab;
  let ripd: RipdRouter;
  let capture: Capture;
  let birdRouter: BirdRouter;
  let ours: LabNode;
  /** Where FRR and BIRD send what is for the other: over us, or the long way round. */
  let overUs: { frr: string; bird: string };
  let detour: { frr: string; bird: string };
  /** Where we send it. */
  let toFrr: string;
  let toBird: string;

  const routedOver = async (way: typeof overUs): Promise<void> => {
    await untilRouted(lab.node('frr'), birdStub, [way.frr], CONVERGENCE_MS);
    await untilRouted(lab.node('bird'), frrStub, [way.bird], CONVERGENCE_MS);
  };
  const across = ['-I', inFamily('10.1.1.1'), inFamily('10.1.2.1')];
  const pings = async (): Promise<boolean> =>
    await lab
      .node('frr')
      .exec('ping', '-c', '1', '-W', '1', ...across)
      .then(
        () => true,
        () => false,
      );
  const isPoison =
    (source: string, network: string, after: number) =>
    (packet: CapturedPacket): boolean =>
      packet.source === source &&
      packet.time > after &&
      packet.entries.some(({ prefix, metric }) => prefix === network && metric === 16);

  beforeAll(async () => {
    lab = await NamespaceLab.lay(planIn(protocol, square));
    const speaker = (node: string, name: string): Promise<string> => protocol.speaker(lab.node(node), name);
    overUs = { frr: await speaker('ripd', 'to-frr'), bird: await speaker('ripd', 'to-bird') };
    detour = { frr: await speaker('detour', 'to-frr'), bird: await speaker('detour', 'to-bird') };
    [toFrr, toBird] = [await speaker('frr', 'to-ripd'), await speaker('bird', 'to-ripd')];
    const { directory } = lab;
    ours = lab.node('ripd');
    capture = await Capture.start(ours, directory, 'to-frr', 'to-bird');
    const { name } = protocol;
    const interfaces = { protocol: name, active: ['to-ripd', 'to-detour'], stubs: ['stub'] };
    await FrrRouter.start(lab.node('frr'), directory, { ...interfaces, router: ['timers basic 5 90 20'] });
    birdRouter = await BirdRouter.start(lab.node('bird'), directory, {
      ...interfaces,
      options: birdTimers(4, 60, 15),
    });
    await BirdRouter.start(lab.node('detour'), directory, {
      protocol: name,
      active: ['to-frr', 'to-bird'],
      stubs: [],
      options: ['metric 5', ...birdTimers(2, 40, 5)],
    });
    ripd = await RipdRouter.start(ours, directory, configuration());
    await untilRouted(ours, frrStub, [toFrr], CONVERGENCE_MS);
    await untilRouted(ours, birdStub, [toBird], CONVERGENCE_MS);
    await routedOver(overUs);
  });
  afterAll(() => lab?.close());

  it('flaps nowhere though nobody has the timers of another', async () => {
    const deletions = [ours, lab.node('frr'), lab.node('bird')].map(watchDeletions);
    const start = Date.now();
    const updates = (source: string): number =>
      capture.packets.filter((packet) => packet.source === source && packet.time > start).length;
    await until('everybody has sent several updates', CONVERGENCE_MS, () =>
      [overUs.frr, toFrr, toBird].every((source) => updates(source) >= 2),
    );
    expect(deletions).toEqual([[], [], []]);
  });

  it('poisons what a new policy keeps back from FRR and from BIRD, and brings it back', async () => {
    const reload = Date.now();
    const rule = { direction: 'out', 'prefix-set': 'stubs', action: 'reject' };
    await ripd.reload(configuration({ policy: [rule] }));
    await routedOver(detour);
    for (const [source, network] of [
      [overUs.frr, birdStub],
      [overUs.bird, frrStub],
    ] as const) {
      const { time } = await capture.find('poison', CONVERGENCE_MS, isPoison(source, network, reload));
      // One may have been on its way when the file was read.
      const before = capture.packets.filter(
        (packet) => packet.source === source && packet.time > reload && packet.time < time,
      );
      expect(before.length).toBeLessThanOrEqual(1);
    }
    await ripd.reload(configuration());
    await routedOver(overUs);
  });

  it('a link is cut: ping is back over the detour, and over us when the link is', async () => {
    expect(await pings()).toBe(true);
    const pinging = lab.node('frr').start(['ping', '-i', '0.1', ...across]);
    await pinging.waitForLine(/bytes from/, CONVERGENCE_MS);
    await ours.setLink('to-frr', 'down');
    await until('ping is back', CONVERGENCE_MS, pings);
    await routedOver(detour);
    await pinging.stop('SIGINT');
    console.log(`${protocol.name}, a link is cut, ten pings a second: ${pinging.output.at(-2)}`);
    await untilRouted(ours, frrStub, [toBird], CONVERGENCE_MS);
    await ours.setLink('to-frr', 'up');
    await routedOver(overUs);
    expect(await pings()).toBe(true);
  });

  it('drains: the neighbors move away while we still carry packets', async () => {
    await ripd.drain();
    const announced = capture.find(
      'metric 15',
      CONVERGENCE_MS,
      ({ source, entries }) => source === overUs.frr && entries.some(({ metric }) => metric === 15),
    );
    await routedOver(detour);
    const { state } = (await ripd.show('status')) as { state: string };
    expect(state).toBe('draining');
    await announced;
    expect(await pings()).toBe(true);
    await ripd.daemon.stop();
    ripd = await RipdRouter.start(ours, lab.directory, configuration());
    await routedOver(overUs);
  });

  it('SIGTERM: everything is unreachable on both sides, and the neighbors move at once', async () => {
    const stop = Date.now();
    expect(await ripd.daemon.stop()).toBe(0);
    await routedOver(detour);
    for (const source of Object.values(overUs)) {
      const last = capture.packets.filter((packet) => packet.source === source && packet.time > stop);
      expect(new Set(last.flatMap(({ entries }) => entries.map(({ metric }) => metric)))).toEqual(
        new Set([16]),
      );
      expect(last.length).toBeGreaterThan(0);
    }
    ripd = await RipdRouter.start(ours, lab.directory, configuration());
    await routedOver(overUs);
  });

  it('SIGKILL of BIRD: its routes leave after the timeout, not before', async () => {
    const deletions = watchDeletions(ours);
    birdRouter.daemon.kill();
    await birdRouter.daemon.exited;
    const killed = Date.now();
    const poison = await capture.find('poison', CONVERGENCE_MS, isPoison(overUs.frr, birdStub, killed));
    // The last packet that tells of it: others of BIRD may follow.
    const last = capture.packets
      .filter(({ source, entries }) => source === toBird && entries.some(({ prefix }) => prefix === birdStub))
      .at(-1);
    expect(poison.time - (last?.time ?? Number.NaN)).toBeGreaterThanOrEqual(TIMEOUT_MS);
    await until('the route is gone', CONVERGENCE_MS, () => deletions.includes(birdStub));
  });

  it('sends nothing that the dissector complains of', async () => {
    const own = (await capture.stop()).filter(
      ({ source }) => source === overUs.frr || source === overUs.bird,
    );
    expect(own.length).toBeGreaterThan(0);
    expect(own.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});

/**
 * FRR – ripd – BIRD with RIPng: each of the three ends in order or in a crash, and starts again. Judged by the tables and
 * notifications of all kernels.
 */
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { FrrRouter } from '../kit/frr.ts';
import { kernelRoutes, untilRouted, watchDeletions } from '../kit/kernel.ts';
import { ripng } from '../kit/protocol.ts';
import { bird, frr, installed, ping } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 30_000;
const frrStub = 'fd00:1::/64';
const birdStub = 'fd00:2::/64';
const interfaces = { protocol: 'ripng', active: ['to-ripd'], stubs: ['stub'] } as const;
/** Long timeouts: what a test sees deleted was withdrawn, not forgotten. */
const frrConfiguration = { ...interfaces, router: ['timers basic 5 60 5'] };
const birdConfiguration = { ...interfaces, options: birdTimers(2, 60, 5) };
const ripdConfiguration = {
  ripng: {
    timers: { update: 3, timeout: 60, 'garbage-collection': 5 },
    'triggered-update-delay': [0.2, 0.5],
    interfaces: { 'to-*': {} },
  },
};

const canRun = installed('test/interop/ripng-restart.test.ts', frr, bird, ping);

describe.skipIf(!canRun)('FRR – ripd – BIRD, restarted', () => {
  let lab: NamespaceLab;
  let ours: LabNode;
  let frrRouter: FrrRouter;
  let birdRouter: BirdRouter;
  let ripd: RipdRouter;
  let speakers: { frr: string; toFrr: string; toBird: string; bird: string };

  const restart = {
    frr: () => frrRouter.startSpeaker(frrConfiguration),
    bird: async () => {
      birdRouter = await BirdRouter.start(lab.node('bird'), lab.directory, birdConfiguration);
    },
    ripd: async () => {
      ripd = await RipdRouter.start(ours, lab.directory, ripdConfiguration);
    },
  };
  const daemonOf = (name: keyof typeof restart) =>
    ({ frr: frrRouter.speaker, bird: birdRouter.daemon, ripd: ripd.daemon })[name];
  const allRouted = async (): Promise<void> => {
    await untilRouted(ours, frrStub, [speakers.frr], CONVERGENCE_MS);
    await untilRouted(ours, birdStub, [speakers.bird], CONVERGENCE_MS);
    await untilRouted(lab.node('frr'), birdStub, [speakers.toFrr], CONVERGENCE_MS);
    await untilRouted(lab.node('bird'), frrStub, [speakers.toBird], CONVERGENCE_MS);
    const across = ['-c', '1', '-W', '5', '-I', 'fd00:1::1', 'fd00:2::1'];
    expect(await lab.node('frr').exec('ping', ...across)).toContain('1 received');
  };

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['frr', 'ripd', 'bird'],
      links: [
        [
          { node: 'frr', interface: 'to-ripd', addresses: [] },
          { node: 'ripd', interface: 'to-frr', addresses: [] },
        ],
        [
          { node: 'ripd', interface: 'to-bird', addresses: [] },
          { node: 'bird', interface: 'to-ripd', addresses: [] },
        ],
        [{ node: 'frr', interface: 'stub', addresses: ['fd00:1::1/64'] }],
        [{ node: 'bird', interface: 'stub', addresses: ['fd00:2::1/64'] }],
      ],
    });
    ours = lab.node('ripd');
    const speaker = (node: string, name: string): Promise<string> => ripng.speaker(lab.node(node), name);
    speakers = {
      frr: await speaker('frr', 'to-ripd'),
      toFrr: await speaker('ripd', 'to-frr'),
      toBird: await speaker('ripd', 'to-bird'),
      bird: await speaker('bird', 'to-ripd'),
    };
    frrRouter = await FrrRouter.start(lab.node('frr'), lab.directory, frrConfiguration);
    await Promise.all([restart.bird(), restart.ripd()]);
    await allRouted();
  });
  afterAll(() => lab?.close());

  it.each([
    { name: 'frr', stub: frrStub },
    { name: 'bird', stub: birdStub },
  ] as const)(
    '$name crashes: its routes stay until it is back, and everything passes again',
    async ({ name, stub }) => {
      const deletions = watchDeletions(ours);
      daemonOf(name).kill();
      await daemonOf(name).exited;
      await restart[name]();
      await allRouted();
      expect(deletions).not.toContain(stub);
    },
  );

  it.each(['frr', 'bird'] as const)('%s ends and starts again: everything passes again', async (name) => {
    await daemonOf(name).stop();
    await restart[name]();
    await allRouted();
  });

  it('ripd crashes: its routes stay in the kernel, and no router loses one', async () => {
    const deletions = lab.nodes.map(watchDeletions);
    ripd.daemon.kill();
    await ripd.daemon.exited;
    await allRouted();
    await restart.ripd();
    await until('it has heard both', CONVERGENCE_MS, async () => {
      const neighbors = await ripd.show('neighbors');
      return neighbors.filter(({ state }) => state === 'up').length === 2;
    });
    await allRouted();
    expect(deletions).toEqual([[], [], []]);
  });

  it('ripd ends: everybody loses the routes over it at once, and has them back when it has started', async () => {
    expect(await ripd.daemon.stop()).toBe(0);
    expect(await kernelRoutes(ours, 'rip', 'ipv6')).toEqual([]);
    await untilRouted(lab.node('frr'), birdStub, [], CONVERGENCE_MS);
    await untilRouted(lab.node('bird'), frrStub, [], CONVERGENCE_MS);
    await restart.ripd();
    await allRouted();
  });
});

/**
 * One ripd that speaks RIP with BIRD and RIPng with FRR on the same LAN: neither protocol knows of the other. Judged by the
 * kernel tables and by tshark.
 */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { untilRouted, watchDeletions } from '../kit/kernel.ts';
import { ripng } from '../kit/protocol.ts';
import { bird, frr, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 30_000;
const birdStub = '10.1.2.0/24';
const frrStub = 'fd00:1::/64';
const ours = { ipv4: '10.1.1.0/24', ipv6: 'fd00:3::/64' };
const instance = {
  timers: { update: 2, timeout: 60 },
  'triggered-update-delay': [0.2, 0.5],
  interfaces: { lan: {}, stub: { passive: true } },
};
const configuration = { rip: instance, ripng: instance };

describe.skipIf(!installed('test/interop/ripng-beside-rip.test.ts', frr, bird, tshark))(
  'RIP and RIPng',
  () => {
    let lab: NamespaceLab;
    let router: LabNode;
    let ripd: RipdRouter;
    let capture: Capture;
    let frrAddress: string;

    const setIpv6 = (where: string, state: 'enabled' | 'disabled'): Promise<string> => {
      const setting = `net.ipv6.conf.${where}.disable_ipv6=${state === 'disabled' ? 1 : 0}`;
      return router.exec('sysctl', '--write', '--quiet', setting);
    };
    const ripRouted = async (): Promise<void> => {
      await untilRouted(router, birdStub, ['10.0.0.2'], CONVERGENCE_MS);
      await untilRouted(lab.node('bird'), ours.ipv4, ['10.0.0.1'], CONVERGENCE_MS);
    };
    const ripngRouted = async (): Promise<void> => {
      await untilRouted(router, frrStub, [frrAddress], CONVERGENCE_MS);
      const ourAddress = await ripng.speaker(router, 'lan');
      await untilRouted(lab.node('frr'), ours.ipv6, [ourAddress], CONVERGENCE_MS);
    };

    beforeAll(async () => {
      lab = await NamespaceLab.lay({
        nodes: ['ripd', 'bird', 'frr'],
        links: [
          [
            { node: 'ripd', interface: 'lan', addresses: ['10.0.0.1/24'] },
            { node: 'bird', interface: 'lan', addresses: ['10.0.0.2/24'] },
            { node: 'frr', interface: 'lan', addresses: [] },
          ],
          [{ node: 'ripd', interface: 'stub', addresses: ['10.1.1.1/24', 'fd00:3::1/64'] }],
          [{ node: 'bird', interface: 'stub', addresses: ['10.1.2.1/24'] }],
          [{ node: 'frr', interface: 'stub', addresses: ['fd00:1::1/64'] }],
        ],
      });
      router = lab.node('ripd');
      frrAddress = await ripng.speaker(lab.node('frr'), 'lan');
      const { directory } = lab;
      capture = await Capture.start(lab.node('bird'), directory, 'lan');
      const interfaces = { active: ['lan'], stubs: ['stub'] };
      await Promise.all([
        BirdRouter.start(lab.node('bird'), directory, { ...interfaces, options: birdTimers(2, 60, 5) }),
        FrrRouter.start(lab.node('frr'), directory, {
          ...interfaces,
          protocol: 'ripng',
          router: ['timers basic 5 60 5'],
        }),
      ]);
      ripd = await RipdRouter.start(router, directory, configuration);
    });
    afterAll(() => lab?.close());

    it('run on the same interfaces in one process', async () => {
      await ripRouted();
      await ripngRouted();
    });

    it('IPv6 is disabled on the interface: RIP goes on; it is enabled: RIPng is back', async () => {
      const deletions = watchDeletions(router);
      await setIpv6('lan', 'disabled');
      await untilRouted(router, frrStub, [], CONVERGENCE_MS);
      await setIpv6('lan', 'enabled');
      await ripngRouted();
      await ripRouted();
      expect(deletions).not.toContain(birdStub);
    });

    it('IPv6 is disabled in the host: ripd starts with RIP, says so, and speaks RIPng when it may', async () => {
      await ripd.daemon.stop();
      await setIpv6('all', 'disabled');
      ripd = await RipdRouter.start(router, lab.directory, configuration);
      await ripRouted();
      expect(ripd.daemon.output.join('\n')).toMatch(/IPv6 is disabled on lan: RIPng does not run there/);
      await setIpv6('all', 'enabled');
      // Linux: it has taken the addresses away; it makes only link-local ones again by itself.
      await router.exec('ip', 'address', 'add', 'fd00:3::1/64', 'dev', 'stub');
      await ripngRouted();
    });

    it('send nothing that the dissectors complain of', async () => {
      const packets = await capture.stop();
      expect(packets.flatMap(({ complaints }) => complaints)).toEqual([]);
      expect(new Set(packets.map(({ protocol }) => protocol))).toEqual(new Set(['rip', 'ripng']));
    });
  },
);

/**
 * One ripd between FRR, spoken to by unicast only, and BIRD, which has two links to us: equal paths, tags, large packets,
 * the default route and split horizon. Judged by all kernel tables and by tshark.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedEntry, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { kernelRoutes, untilRouted, watchDeletions } from '../kit/kernel.ts';
import { bird, frr, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 40_000;
const convergence = { timeout: CONVERGENCE_MS, interval: 100 };
/** Behind BIRD: more than 25, so that it uses the room that `tx length` gives. */
const statics = Array.from({ length: 60 }, (_, at) => `10.50.${at}.0/24`);
const defaultRoute = '0.0.0.0/0';

const configuration = (rip: object = {}) => ({
  rip: {
    timers: { update: 5, timeout: 60, 'garbage-collection': 10 },
    'triggered-update-delay': [0.2, 0.5],
    interfaces: {
      'to-frr': { neighbors: ['10.0.1.2'], multicast: false, 'split-horizon': 'simple' },
      'to-bird': { 'split-horizon': 'poison-reverse' },
      'to-bird2': { 'split-horizon': 'disabled' },
    },
    ...rip,
  },
});

describe.skipIf(!installed('test/interop/paths.test.ts', frr, bird, tshark))('FRR – ripd = BIRD', () => {
  let lab: NamespaceLab;
  let ripd: RipdRouter;
  let frrRouter: FrrRouter;
  let birdRouter: BirdRouter;
  let capture: Capture;

  const defaults = async (via: { ripd?: string[]; frr?: string[]; bird?: string[] }): Promise<void> => {
    await untilRouted(lab.node('ripd'), defaultRoute, via.ripd ?? [], CONVERGENCE_MS);
    await untilRouted(lab.node('frr'), defaultRoute, via.frr ?? [], CONVERGENCE_MS);
    await untilRouted(lab.node('bird'), defaultRoute, via.bird ?? [], CONVERGENCE_MS);
  };
  const birdsWays = ['10.0.2.1', '10.0.3.1'];

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['ripd', 'frr', 'bird'],
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
          { node: 'ripd', interface: 'to-bird2', addresses: ['10.0.3.1/24'] },
          { node: 'bird', interface: 'to-ripd2', addresses: ['10.0.3.2/24'] },
        ],
        [
          { node: 'frr', interface: 'shared', addresses: ['10.9.0.1/24'] },
          { node: 'bird', interface: 'shared', addresses: ['10.9.0.2/24'] },
        ],
        [{ node: 'frr', interface: 'stub', addresses: ['10.1.1.1/24'] }],
        [{ node: 'frr', interface: 'tagged', addresses: ['10.7.1.1/24'] }],
        [{ node: 'bird', interface: 'stub', addresses: ['10.1.2.1/24'] }],
      ],
    });
    const { directory } = lab;
    capture = await Capture.start(lab.node('ripd'), directory, 'to-frr', 'to-bird', 'to-bird2');
    frrRouter = await FrrRouter.start(lab.node('frr'), directory, {
      active: ['to-ripd'],
      stubs: ['stub', 'shared'],
      before: ['route-map tagged permit 10', ' set tag 77'],
      router: [
        'passive-interface to-ripd',
        'neighbor 10.0.1.1',
        'redistribute connected route-map tagged',
        'timers basic 5 60 10',
      ],
    });
    birdRouter = await BirdRouter.start(lab.node('bird'), directory, {
      active: ['to-ripd', 'to-ripd2'],
      stubs: ['stub', 'shared'],
      options: ['tx length 1400', ...birdTimers(2, 60, 10)],
      statics,
      announced: 'if source = RTS_STATIC then rip_tag = 99; accept;',
    });
    ripd = await RipdRouter.start(lab.node('ripd'), directory, configuration());
  });
  afterAll(() => lab?.close());

  it('exchanges routes with FRR by unicast alone', async () => {
    await untilRouted(lab.node('ripd'), '10.1.1.0/24', ['10.0.1.2'], CONVERGENCE_MS);
    await untilRouted(lab.node('frr'), '10.1.2.0/24', ['10.0.1.1'], CONVERGENCE_MS);
  });

  it('uses equal paths through FRR and through both links of BIRD together', async () => {
    await untilRouted(lab.node('ripd'), '10.9.0.0/24', ['10.0.1.2', '10.0.2.2', '10.0.3.2'], CONVERGENCE_MS);
    await untilRouted(lab.node('ripd'), '10.1.2.0/24', ['10.0.2.2', '10.0.3.2'], CONVERGENCE_MS);
  });

  it('is used by BIRD over both links together', async () => {
    await untilRouted(lab.node('bird'), '10.1.1.0/24', birdsWays, CONVERGENCE_MS);
  });

  it('learns all that BIRD tells in packets of 1400 bytes, and hands it on to FRR', async () => {
    const from = async (node: string): Promise<number> =>
      (await kernelRoutes(lab.node(node), 'rip')).filter(({ prefix }) => prefix.startsWith('10.50.')).length;
    await expect.poll(() => from('ripd'), convergence).toBe(statics.length);
    await expect.poll(() => from('frr'), convergence).toBe(statics.length);
    const largest = Math.max(
      ...capture.packets.filter(({ source }) => source === '10.0.2.2').map(({ entries }) => entries.length),
    );
    expect(largest).toBeGreaterThan(25);
  });

  it('hands on the tags of BIRD and of FRR', async () => {
    await expect.poll(() => frrRouter.show('show ip rip'), convergence).toMatch(/10\.50\.0\.0\/24 .* 99 /);
    await expect
      .poll(() => birdRouter.show('route all for 10.7.1.0/24'), convergence)
      .toContain('RIP.tag: 004d');
  });

  it('hands on the default route of FRR, until FRR takes it back', async () => {
    await frrRouter.configure('router rip', 'default-information originate');
    await defaults({ ripd: ['10.0.1.2'], bird: birdsWays });
    await frrRouter.configure('router rip', 'no default-information originate');
    await defaults({});
  });

  it('originates a default route, always or while there is another', async () => {
    const originate = (when: string) => ({ 'originate-default-route': { enabled: true, metric: 2, when } });
    await ripd.reload(configuration(originate('always')));
    await defaults({ frr: ['10.0.1.1'], bird: birdsWays });
    expect(await frrRouter.show('show ip rip')).toMatch(/0\.0\.0\.0\/0 +10\.0\.1\.1 +3 /);

    await ripd.reload(configuration(originate('present')));
    await defaults({});
    const change = (what: string): Promise<string> =>
      lab.node('ripd').exec('ip', 'route', what, 'default', 'via', '10.0.1.2', 'protocol', 'static');
    await change('add');
    await defaults({ frr: ['10.0.1.1'], bird: birdsWays });
    await change('del');
    await defaults({});
  });

  it('loses one of three equal paths without a moment without a route', async () => {
    const deletions = watchDeletions(lab.node('ripd'));
    await lab.node('ripd').setLink('to-bird2', 'down');
    await untilRouted(lab.node('ripd'), '10.9.0.0/24', ['10.0.1.2', '10.0.2.2'], CONVERGENCE_MS);
    await lab.node('ripd').setLink('to-bird2', 'up');
    await untilRouted(lab.node('ripd'), '10.9.0.0/24', ['10.0.1.2', '10.0.2.2', '10.0.3.2'], CONVERGENCE_MS);
    expect(deletions).not.toContain('10.9.0.0/24');
  });

  describe('on the wire', () => {
    let packets: readonly CapturedPacket[];
    const sent = (name: string): CapturedPacket[] =>
      packets.filter((packet) => packet.interface === name && packet.source.endsWith('.1'));
    const saidOf = (name: string, network: string): CapturedEntry[] =>
      sent(name).flatMap(({ entries }) => entries.filter(({ prefix }) => prefix === network));

    beforeAll(async () => {
      packets = await capture.stop();
    });

    it('speaks to FRR by unicast only, and is spoken to by unicast only', () => {
      expect(new Set(sent('to-frr').map(({ destination }) => destination))).toEqual(new Set(['10.0.1.2']));
      const theirs = packets.filter(({ source, command }) => source === '10.0.1.2' && command === 2);
      expect(new Set(theirs.map(({ destination }) => destination))).toEqual(new Set(['10.0.1.1']));
    });

    it('simple split horizon: never tells FRR of what it learned from it', () => {
      expect(saidOf('to-frr', '10.1.1.0/24')).toEqual([]);
      expect(saidOf('to-frr', '10.1.2.0/24')).not.toEqual([]);
    });

    it('poisoned reverse: tells BIRD on the first link that its networks are unreachable here', () => {
      const metrics = new Set(saidOf('to-bird', '10.1.2.0/24').map(({ metric }) => metric));
      expect(metrics).toEqual(new Set([16]));
    });

    it('without split horizon: tells BIRD on the second link what it learned there', () => {
      expect(saidOf('to-bird2', '10.1.2.0/24').map(({ metric }) => metric)).toContain(2);
    });

    it('sends tags as they came', () => {
      expect(new Set(saidOf('to-frr', '10.50.0.0/24').map(({ tag }) => tag))).toEqual(new Set([99]));
      const reachable = saidOf('to-bird', '10.7.1.0/24').filter(({ metric }) => metric < 16);
      expect(new Set(reachable.map(({ tag }) => tag))).toEqual(new Set([77]));
    });

    it('sends at most 25 entries, and nothing that the dissector complains of', () => {
      const own = ['to-frr', 'to-bird', 'to-bird2'].flatMap(sent);
      expect(Math.max(...own.map(({ entries }) => entries.length))).toBe(25);
      expect(own.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
  });
});

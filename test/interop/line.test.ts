/**
 * FRR – ripd – BIRD in a line, judged by the kernel tables of all three, by FRR's and BIRD's own words, and by tshark's
 * RIP dissector on both links.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { kernelRoutes } from '../kit/kernel.ts';
import { bird, frr, installed, ping, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

/** Requests and triggered updates: seconds. A missed one is repaired by the next update, after 30 s. */
const convergence = { timeout: 40_000, interval: 100 };
/** The longest pause between two triggered updates (RFC 2453 §3.10.1), and a second for three processes. */
const WITHDRAWAL_MS = 6_000;
const withdrawal = { timeout: WITHDRAWAL_MS, interval: 20 };
/** Of BIRD itself, before it says anything. */
const BIRD_DELAY_MS = 10_000;

const canRun = installed('test/interop/line.test.ts', frr, bird, tshark, ping);

describe.skipIf(!canRun)('FRR – ripd – BIRD', () => {
  let lab: NamespaceLab;
  let frrRouter: FrrRouter;
  let birdRouter: BirdRouter;
  let ripd: RipdRouter;
  let frrSide: Capture;
  let birdSide: Capture;

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['frr', 'ripd', 'bird'],
      links: [
        [
          { node: 'frr', interface: 'to-ripd', addresses: ['10.0.1.1/24'] },
          { node: 'ripd', interface: 'to-frr', addresses: ['10.0.1.2/24'] },
        ],
        [
          { node: 'ripd', interface: 'to-bird', addresses: ['10.0.2.1/24'] },
          { node: 'bird', interface: 'to-ripd', addresses: ['10.0.2.2/24'] },
        ],
        [{ node: 'frr', interface: 'stub1', addresses: ['10.1.1.1/24'] }],
        [{ node: 'frr', interface: 'stub2', addresses: ['10.1.2.1/24'] }],
        [{ node: 'bird', interface: 'stub1', addresses: ['10.2.1.1/24'] }],
        [{ node: 'bird', interface: 'stub2', addresses: ['10.2.2.1/24'] }],
      ],
    });
    const { directory } = lab;
    frrSide = await Capture.start(lab.node('ripd'), directory, 'to-frr');
    birdSide = await Capture.start(lab.node('ripd'), directory, 'to-bird');
    const neighbor = { active: ['to-ripd'], stubs: ['stub1', 'stub2'] };
    frrRouter = await FrrRouter.start(lab.node('frr'), directory, neighbor);
    birdRouter = await BirdRouter.start(lab.node('bird'), directory, neighbor);
    ripd = await RipdRouter.start(lab.node('ripd'), directory, { rip: { interfaces: { 'to-*': {} } } });
  });
  afterAll(() => lab?.close());

  it('installs what FRR and BIRD announce', async () => {
    const viaFrr = {
      protocol: 'rip',
      priority: 20,
      nextHops: [{ gateway: '10.0.1.1', interface: 'to-frr' }],
    };
    const viaBird = {
      protocol: 'rip',
      priority: 20,
      nextHops: [{ gateway: '10.0.2.2', interface: 'to-bird' }],
    };
    await expect
      .poll(() => kernelRoutes(lab.node('ripd'), 'rip'), convergence)
      .toEqual([
        { prefix: '10.1.1.0/24', ...viaFrr },
        { prefix: '10.1.2.0/24', ...viaFrr },
        { prefix: '10.2.1.0/24', ...viaBird },
        { prefix: '10.2.2.0/24', ...viaBird },
      ]);
  });

  it('tells FRR of BIRD’s networks and its own, with the right metrics', async () => {
    const nextHops = [{ gateway: '10.0.1.2', interface: 'to-ripd' }];
    await expect
      .poll(() => kernelRoutes(lab.node('frr'), 'rip'), convergence)
      .toMatchObject([
        { prefix: '10.0.2.0/24', nextHops },
        { prefix: '10.2.1.0/24', nextHops },
        { prefix: '10.2.2.0/24', nextHops },
      ]);
    const table = await frrRouter.show('show ip rip');
    expect(table).toMatch(/10\.0\.2\.0\/24 +10\.0\.1\.2 +2 /);
    expect(table).toMatch(/10\.2\.1\.0\/24 +10\.0\.1\.2 +3 /);
    expect(table).toMatch(/10\.2\.2\.0\/24 +10\.0\.1\.2 +3 /);
  });

  it('tells BIRD of FRR’s networks and its own, with the right metrics', async () => {
    const nextHops = [{ gateway: '10.0.2.1', interface: 'to-ripd' }];
    await expect
      .poll(() => kernelRoutes(lab.node('bird'), 'bird'), convergence)
      .toMatchObject([
        { prefix: '10.0.1.0/24', nextHops },
        { prefix: '10.1.1.0/24', nextHops },
        { prefix: '10.1.2.0/24', nextHops },
      ]);
    expect(await birdRouter.show('route all for 10.0.1.0/24')).toContain('RIP.metric: 2\n');
    expect(await birdRouter.show('route all for 10.1.1.0/24')).toContain('RIP.metric: 3\n');
    expect(await birdRouter.show('route all for 10.1.2.0/24')).toContain('RIP.metric: 3\n');
  });

  it('carries a ping from one end to the other', async () => {
    const across = ['ping', '-c', '1', '-W', '5', '-I', '10.1.1.1', '10.2.1.1'];
    expect(await lab.node('frr').exec(...across)).toContain('1 received');
  });

  it('is accepted by both: no bad packets, no bad routes', async () => {
    expect(await frrRouter.show('show ip rip status')).toMatch(/\n +10\.0\.1\.2 +0 +0 /);
    expect(birdRouter.log.filter((line) => /bad|fail/i.test(line))).toEqual([]);
  });

  it('withdraws within 6 s what FRR withdraws', async () => {
    await lab.node('frr').setLink('stub2', 'down');
    const prefixes = async (node: string, protocol: 'rip' | 'bird'): Promise<string[]> =>
      (await kernelRoutes(lab.node(node), protocol)).map(({ prefix }) => prefix);
    const both = async () => [await prefixes('ripd', 'rip'), await prefixes('bird', 'bird')];
    await expect.poll(both, withdrawal).toEqual([
      ['10.1.1.0/24', '10.2.1.0/24', '10.2.2.0/24'],
      ['10.0.1.0/24', '10.1.1.0/24'],
    ]);
  });

  it('withdraws what BIRD withdraws', async () => {
    await lab.node('bird').setLink('stub2', 'down');
    const both = async () =>
      (await Promise.all([kernelRoutes(lab.node('ripd'), 'rip'), kernelRoutes(lab.node('frr'), 'rip')])).map(
        (routes) => routes.map(({ prefix }) => prefix),
      );
    await expect.poll(both, { ...withdrawal, timeout: BIRD_DELAY_MS + WITHDRAWAL_MS }).toEqual([
      ['10.1.1.0/24', '10.2.1.0/24'],
      ['10.0.2.0/24', '10.2.1.0/24'],
    ]);
  });

  describe('on the wire', () => {
    let toFrr: readonly CapturedPacket[];
    let toBird: readonly CapturedPacket[];
    const own = (): CapturedPacket[] => [
      ...toFrr.filter(({ source }) => source === '10.0.1.2'),
      ...toBird.filter(({ source }) => source === '10.0.2.1'),
    ];

    beforeAll(async () => {
      expect(await ripd.daemon.stop()).toBe(0);
      [toFrr, toBird] = [await frrSide.stop(), await birdSide.stop()];
    });

    it.each([
      { neighbor: 'FRR', network: '10.1.2.0', from: '10.0.1.1', to: '10.0.2.1' },
      { neighbor: 'BIRD', network: '10.2.2.0', from: '10.0.2.2', to: '10.0.1.2' },
    ])('poisons onwards within 6 s what $neighbor has poisoned', ({ network, from, to }) => {
      const poisoned = (source: string): number =>
        [...toFrr, ...toBird].find(
          (packet) =>
            packet.source === source &&
            packet.entries.some(({ address, metric }) => address === network && metric === 16),
        )?.time ?? Number.NaN;
      const delay = poisoned(to) - poisoned(from);
      expect(delay).toBeGreaterThan(0);
      expect(delay).toBeLessThan(WITHDRAWAL_MS);
    });

    it('sends nothing that the dissector complains of', () => {
      expect(own().flatMap(({ complaints }) => complaints)).toEqual([]);
    });

    it('asks for the whole table, then announces: RIPv2 from port 520, at most 25 entries', () => {
      expect(new Set(own().map(({ command }) => command))).toEqual(new Set([1, 2]));
      expect(new Set(own().map(({ version }) => version))).toEqual(new Set([2]));
      expect(new Set(own().map(({ sourcePort }) => sourcePort))).toEqual(new Set([520]));
      expect(new Set(own().map(({ destinationPort }) => destinationPort))).toEqual(new Set([520]));
      expect(Math.max(...own().map(({ entries }) => entries.length))).toBeLessThanOrEqual(25);
    });

    it('multicasts to the link only, as network control', () => {
      const multicast = own().filter(({ destination }) => destination === '224.0.0.9');
      expect(multicast.length).toBeGreaterThanOrEqual(4);
      expect(new Set(multicast.map(({ ttl }) => ttl))).toEqual(new Set([1]));
      expect(new Set(own().map(({ tos }) => tos))).toEqual(new Set([0xc0]));
    });

    it('poisons everything when it stops', () => {
      const last = toBird.filter(({ source, command }) => source === '10.0.2.1' && command === 2).at(-1);
      expect(new Set(last?.entries.map(({ metric }) => metric))).toEqual(new Set([16]));
    });
  });
});

/**
 * FRR – ripd – BIRD in a line, judged by the kernel tables of all three, by FRR's and BIRD's own words, and by tshark's
 * dissectors on both links.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { kernelRoutes, learnedPrefixes } from '../kit/kernel.ts';
import { planIn, protocols } from '../kit/protocol.ts';
import { bird, frr, installed, ping, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

/** Requests and triggered updates: seconds. A missed one is repaired by the next update, after 30 s. */
const convergence = { timeout: 40_000, interval: 100 };

const canRun = installed('test/interop/line.test.ts', frr, bird, tshark, ping);

describe.skipIf(!canRun).each(protocols)('FRR – ripd – BIRD: $name', (protocol) => {
  const inFamily = protocol.in;
  const { name, family } = protocol;
  /** FRR's word. */
  const ipName = family === 'ipv4' ? 'ip' : 'ipv6';
  let lab: NamespaceLab;
  let frrRouter: FrrRouter;
  let birdRouter: BirdRouter;
  let ripd: RipdRouter;
  let frrSide: Capture;
  let birdSide: Capture;
  /** Who speaks: FRR, we to FRR, we to BIRD, BIRD. */
  let speakers: { frr: string; toFrr: string; toBird: string; bird: string };

  const prefixes = (node: string): Promise<string[]> => learnedPrefixes(lab.node(node), family);
  const plan = (...all: readonly string[]): string[] => all.map((prefix) => inFamily(prefix));

  beforeAll(async () => {
    lab = await NamespaceLab.lay(
      planIn(protocol, {
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
      }),
    );
    const { directory } = lab;
    const ours = lab.node('ripd');
    speakers = {
      frr: await protocol.speaker(lab.node('frr'), 'to-ripd'),
      toFrr: await protocol.speaker(ours, 'to-frr'),
      toBird: await protocol.speaker(ours, 'to-bird'),
      bird: await protocol.speaker(lab.node('bird'), 'to-ripd'),
    };
    frrSide = await Capture.start(ours, directory, 'to-frr');
    birdSide = await Capture.start(ours, directory, 'to-bird');
    const neighbor = { protocol: name, active: ['to-ripd'], stubs: ['stub1', 'stub2'] };
    const options = name === 'ripng' ? ['ipv6 ripng split-horizon poisoned-reverse'] : [];
    frrRouter = await FrrRouter.start(lab.node('frr'), directory, { ...neighbor, options });
    birdRouter = await BirdRouter.start(lab.node('bird'), directory, neighbor);
    ripd = await RipdRouter.start(ours, directory, { [name]: { interfaces: { 'to-*': {} } } });
  });
  afterAll(() => lab?.close());

  it('installs what FRR and BIRD announce', async () => {
    const via = (gateway: string, interfaceName: string): object => ({
      protocol: 'rip',
      priority: 20,
      nextHops: [{ gateway, interface: interfaceName }],
    });
    const viaFrr = via(speakers.frr, 'to-frr');
    const viaBird = via(speakers.bird, 'to-bird');
    await expect
      .poll(() => kernelRoutes(lab.node('ripd'), 'rip', family), convergence)
      .toEqual([
        { prefix: inFamily('10.1.1.0/24'), ...viaFrr },
        { prefix: inFamily('10.1.2.0/24'), ...viaFrr },
        { prefix: inFamily('10.2.1.0/24'), ...viaBird },
        { prefix: inFamily('10.2.2.0/24'), ...viaBird },
      ]);
  });

  it('tells FRR of BIRD’s networks and its own, with the right metrics', async () => {
    const nextHops = [{ gateway: speakers.toFrr, interface: 'to-ripd' }];
    const metrics = { '10.0.2.0/24': 2, '10.2.1.0/24': 3, '10.2.2.0/24': 3 };
    await expect
      .poll(() => kernelRoutes(lab.node('frr'), protocol.frrRoutes, family), convergence)
      .toMatchObject(Object.keys(metrics).map((prefix) => ({ prefix: inFamily(prefix), nextHops })));
    const table = await frrRouter.show(`show ${ipName} ${name}`);
    for (const [prefix, metric] of Object.entries(metrics)) {
      const line = `${inFamily(prefix)}\\s+${speakers.toFrr}\\s+(to-ripd +)?${metric} `;
      expect(table).toMatch(new RegExp(line));
    }
  });

  it('tells BIRD of FRR’s networks and its own, with the right metrics', async () => {
    const nextHops = [{ gateway: speakers.toBird, interface: 'to-ripd' }];
    const metrics = { '10.0.1.0/24': 2, '10.1.1.0/24': 3, '10.1.2.0/24': 3 };
    await expect
      .poll(() => kernelRoutes(lab.node('bird'), 'bird', family), convergence)
      .toMatchObject(Object.keys(metrics).map((prefix) => ({ prefix: inFamily(prefix), nextHops })));
    for (const [prefix, metric] of Object.entries(metrics)) {
      const route = await birdRouter.show(`route all for ${inFamily(prefix)}`);
      expect(route).toContain(`RIP.metric: ${metric}\n`);
    }
  });

  it('carries a ping from one end to the other', async () => {
    const across = ['ping', '-c', '1', '-W', '5', '-I', inFamily('10.1.1.1'), inFamily('10.2.1.1')];
    expect(await lab.node('frr').exec(...across)).toContain('1 received');
  });

  it('is accepted by both: no bad packets, no bad routes', async () => {
    const status = await frrRouter.show(`show ${ipName} ${name} status`);
    expect(status).toMatch(new RegExp(`\n +${speakers.toFrr}\\s+0 +0 `));
    expect(birdRouter.log.filter((line) => /bad|fail/i.test(line))).toEqual([]);
  });

  it('withdraws what FRR withdraws', async () => {
    await lab.node('frr').setLink('stub2', 'down');
    const both = async () => [await prefixes('ripd'), await prefixes('bird')];
    await expect
      .poll(both, convergence)
      .toEqual([plan('10.1.1.0/24', '10.2.1.0/24', '10.2.2.0/24'), plan('10.0.1.0/24', '10.1.1.0/24')]);
  });

  it('withdraws what BIRD withdraws', async () => {
    await lab.node('bird').setLink('stub2', 'down');
    const both = async () => [await prefixes('ripd'), await prefixes('frr')];
    await expect
      .poll(both, convergence)
      .toEqual([plan('10.1.1.0/24', '10.2.1.0/24'), plan('10.0.2.0/24', '10.2.1.0/24')]);
  });

  describe('on the wire', () => {
    let toFrr: readonly CapturedPacket[];
    let toBird: readonly CapturedPacket[];
    const own = (): CapturedPacket[] => [
      ...toFrr.filter(({ source }) => source === speakers.toFrr),
      ...toBird.filter(({ source }) => source === speakers.toBird),
    ];

    beforeAll(async () => {
      expect(await ripd.daemon.stop()).toBe(0);
      [toFrr, toBird] = [await frrSide.stop(), await birdSide.stop()];
    });

    it.each([
      { neighbor: 'FRR', network: '10.1.2.0/24', from: 'frr', to: 'toBird' },
      { neighbor: 'BIRD', network: '10.2.2.0/24', from: 'bird', to: 'toFrr' },
    ] as const)(
      'poisons onwards what $neighbor has poisoned, in a triggered update: alone',
      ({ network, from, to }) => {
        const poison = (source: string): CapturedPacket | undefined =>
          [...toFrr, ...toBird].find(
            (packet) =>
              packet.source === source &&
              packet.entries.some(({ prefix, metric }) => prefix === inFamily(network) && metric === 16),
          );
        const [theirs, ours] = [poison(speakers[from]), poison(speakers[to])];
        expect(ours?.time).toBeGreaterThan(theirs?.time ?? Number.NaN);
        expect(ours?.entries).toHaveLength(1);
      },
    );

    it('sends nothing that the dissector complains of', () => {
      expect(own().flatMap(({ complaints }) => complaints)).toEqual([]);
    });

    it('asks for the whole table, then announces: from its port, in packets of the allowed size', () => {
      const each = { protocol: name, version: protocol.version };
      const ports = { sourcePort: protocol.port, destinationPort: protocol.port };
      for (const packet of own()) expect(packet).toMatchObject({ ...each, ...ports });
      expect(new Set(own().map(({ command }) => command))).toEqual(new Set([1, 2]));
      expect(Math.max(...own().map(({ length }) => length))).toBeLessThanOrEqual(protocol.lengthMax);
    });

    it('multicasts to the link only, as network control', () => {
      const multicast = own().filter(({ destination }) => destination === protocol.group);
      expect(multicast.length).toBeGreaterThanOrEqual(4);
      expect(new Set(multicast.map(({ ttl }) => ttl))).toEqual(new Set([protocol.ttl]));
      expect(new Set(own().map(({ tos }) => tos))).toEqual(new Set([0xc0]));
    });

    it('poisons everything when it stops', () => {
      const responses = toBird.filter(({ source, command }) => source === speakers.toBird && command === 2);
      expect(new Set(responses.at(-1)?.entries.map(({ metric }) => metric))).toEqual(new Set([16]));
    });
  });
});

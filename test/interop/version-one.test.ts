/**
 * RIPv1 with FRR and BIRD, and both versions with FRR on one link: what can be said without masks is learned by both
 * sides, the rest by nobody. Judged by all kernel tables and by tshark.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { gateways, learnedPrefixes } from '../kit/kernel.ts';
import { bird, frr, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const convergence = { timeout: 40_000, interval: 100 };
const stubs = ['stub1', 'stub2'];
const active = ['to-ripd'];

describe.skipIf(!installed('test/interop/version-one.test.ts', frr, bird, tshark))('RIPv1', () => {
  let lab: NamespaceLab;
  let capture: Capture;

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['ripd', 'frr', 'bird', 'mixed'],
      links: [
        [
          { node: 'ripd', interface: 'to-frr', addresses: ['10.0.1.1/24'] },
          { node: 'frr', interface: 'to-ripd', addresses: ['10.0.1.2/24'] },
        ],
        [
          { node: 'ripd', interface: 'to-bird', addresses: ['172.20.1.1/24'] },
          { node: 'bird', interface: 'to-ripd', addresses: ['172.20.1.2/24'] },
        ],
        [
          { node: 'ripd', interface: 'to-mixed', addresses: ['10.0.3.1/24'] },
          { node: 'mixed', interface: 'to-ripd', addresses: ['10.0.3.2/24'] },
        ],
        [{ node: 'frr', interface: 'stub1', addresses: ['10.1.1.1/24'] }],
        [{ node: 'frr', interface: 'stub2', addresses: ['192.168.5.1/24'] }],
        [{ node: 'bird', interface: 'stub1', addresses: ['192.168.6.1/24'] }],
        [{ node: 'bird', interface: 'stub2', addresses: ['172.21.0.1/16'] }],
        [{ node: 'mixed', interface: 'stub1', addresses: ['10.1.3.1/24'] }],
        [{ node: 'mixed', interface: 'stub2', addresses: ['10.1.4.129/25'] }],
      ],
    });
    const { directory } = lab;
    capture = await Capture.start(lab.node('ripd'), directory, 'to-frr', 'to-bird', 'to-mixed');
    const one = { 'send-version': 1, 'receive-version': 1 };
    // First: the others' requests are to be answered.
    await RipdRouter.start(lab.node('ripd'), directory, {
      rip: {
        timers: { update: 5, timeout: 60 },
        interfaces: {
          'to-frr': one,
          'to-bird': one,
          'to-mixed': { 'send-version': '1-compatible', 'receive-version': '1-or-2' },
        },
      },
    });
    const both = ['ip rip send version 1 2', 'ip rip receive version 1 2'];
    const router = ['timers basic 5 60 30'];
    await Promise.all([
      FrrRouter.start(lab.node('frr'), directory, { active, stubs, router: ['version 1', ...router] }),
      FrrRouter.start(lab.node('mixed'), directory, { active, stubs, options: both, router }),
      BirdRouter.start(lab.node('bird'), directory, {
        active,
        stubs,
        // BIRD 2.0.12 takes the zeros of a RIPv1 entry for something else, its own too, and refuses all of them.
        options: ['version 1', 'check zero no', ...birdTimers(5, 60, 30)],
      }),
    ]);
  });
  afterAll(() => lab?.close());

  it.each([
    { what: 'a subnet of FRR, by the mask of the link', prefix: '10.1.1.0/24', via: '10.0.1.2' },
    { what: 'a network of FRR', prefix: '192.168.5.0/24', via: '10.0.1.2' },
    { what: 'a class C network of BIRD', prefix: '192.168.6.0/24', via: '172.20.1.2' },
    { what: 'a class B network of BIRD', prefix: '172.21.0.0/16', via: '172.20.1.2' },
    { what: 'a subnet that FRR tells in both versions', prefix: '10.1.3.0/24', via: '10.0.3.2' },
    { what: 'a subnet that only RIPv2 can tell', prefix: '10.1.4.128/25', via: '10.0.3.2' },
  ])('installs $what', async ({ prefix, via }) => {
    await expect.poll(() => gateways(lab.node('ripd'), prefix), convergence).toEqual([via]);
  });

  it('installs nothing else: no mask was guessed', async () => {
    expect(await learnedPrefixes(lab.node('ripd'))).toHaveLength(6);
  });

  it.each([
    {
      node: 'frr',
      what: 'the subnets of its network that have the mask of the link, and other networks as a whole',
      prefixes: ['10.0.3.0/24', '10.1.3.0/24', '172.20.0.0/16', '172.21.0.0/16', '192.168.6.0/24'],
    },
    { node: 'bird', what: 'networks as a whole', prefixes: ['10.0.0.0/8', '192.168.5.0/24'] },
    {
      node: 'mixed',
      what: 'in RIPv2 what routers of RIPv1 on the link understand as well',
      prefixes: [
        '10.0.1.0/24',
        '10.1.1.0/24',
        '172.20.0.0/16',
        '172.21.0.0/16',
        '192.168.5.0/24',
        '192.168.6.0/24',
      ],
    },
  ])('tells $node $what', async ({ node, prefixes }) => {
    await expect.poll(() => learnedPrefixes(lab.node(node)), convergence).toEqual(prefixes);
  });

  describe('on the wire', () => {
    let packets: readonly CapturedPacket[];
    const sent = (interfaceName: string): CapturedPacket[] =>
      packets.filter(({ interface: name, source }) => name === interfaceName && source.endsWith('.1'));

    beforeAll(async () => {
      packets = await capture.stop();
    });

    it.each([
      { name: 'to-frr', version: 1, broadcast: '10.0.1.255' },
      { name: 'to-bird', version: 1, broadcast: '172.20.1.255' },
      { name: 'to-mixed', version: 2, broadcast: '10.0.3.255' },
    ])('$name: speaks RIPv$version, by broadcast', ({ name, version, broadcast }) => {
      const updates = sent(name).filter(({ destination }) => destination === broadcast);
      expect(new Set(updates.map(({ command }) => command))).toEqual(new Set([1, 2]));
      expect(new Set(updates.map((packet) => packet.version))).toEqual(new Set([version]));
      expect(new Set(updates.map(({ ttl }) => ttl))).toEqual(new Set([1]));
      expect(sent(name).filter(({ destination }) => destination.startsWith('224.'))).toEqual([]);
    });

    it.each([
      { who: 'FRR', name: 'to-frr', address: '10.0.1.2' },
      { who: 'BIRD', name: 'to-bird', address: '172.20.1.2' },
    ])('answers the RIPv1 request of $who in RIPv1', ({ name, address }) => {
      const request = packets.findIndex(({ source, command }) => source === address && command === 1);
      expect(packets[request]?.version).toBe(1);
      const answers = packets
        .slice(request)
        .filter(({ interface: on, destination }) => on === name && destination === address);
      expect(answers.map(({ command, version }) => ({ command, version }))).toContainEqual({
        command: 2,
        version: 1,
      });
    });

    it('leaves zero in RIPv1 what must be zero', () => {
      for (const { bytes } of [...sent('to-frr'), ...sent('to-bird')]) {
        const zeros = [[2, 4]];
        for (let entry = 4; entry < bytes.byteLength; entry += 20)
          zeros.push([entry + 2, entry + 4], [entry + 8, entry + 16]);
        for (const [from, to] of zeros)
          expect(bytes.subarray(from, to).every((byte) => byte === 0)).toBe(true);
      }
    });

    it('sends nothing that the dissector complains of', () => {
      const own = ['to-frr', 'to-bird', 'to-mixed'].flatMap(sent);
      expect(own.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
  });
});

/**
 * What fits into a packet: 500 routes from one BIRD over ripd to FRR on a link with jumbo frames, and to another BIRD on a
 * link with the smallest MTU that IPv6 allows; then the other way round. Judged by both kernels and by tshark.
 */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { learnedPrefixes } from '../kit/kernel.ts';
import { ripng } from '../kit/protocol.ts';
import { bird, frr, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 30_000;
const convergence = { timeout: CONVERGENCE_MS, interval: 100 };
const routes = Array.from({ length: 500 }, (_, at) => `fd0a:${(at + 1).toString(16)}::/64`);

/** Bytes of the fullest IP packet: IPv6's header, UDP's and RIPng's, then entries of 20 bytes (RFC 2080 §2.1). FRR takes no more than 1500. */
const fullest = (mtu: number): number => {
  const headers = 40 + 8 + 4;
  return headers + Math.floor((Math.min(mtu, 1500) - headers) / 20) * 20;
};

const canRun = installed('test/interop/ripng-size.test.ts', frr, bird, tshark);

describe.skipIf(!canRun)('Packets of RIPng', () => {
  let lab: NamespaceLab;
  let ours: LabNode;
  let capture: Capture;

  const links = [
    { peer: 'frr', name: 'FRR', interface: 'to-frr', mtu: 9000, changed: 1280 },
    { peer: 'bird', name: 'BIRD', interface: 'to-bird', mtu: 1280, changed: 9000 },
  ] as const;
  const setMtu = async (peer: string, mtu: number): Promise<void> => {
    await ours.exec('ip', 'link', 'set', `to-${peer}`, 'mtu', String(mtu));
    await lab.node(peer).exec('ip', 'link', 'set', 'to-ripd', 'mtu', String(mtu));
  };
  const sent = async (interfaceName: string, after: number): Promise<CapturedPacket[]> => {
    const speaker = await ripng.speaker(ours, interfaceName);
    return capture.packets.filter(
      (packet) => packet.interface === interfaceName && packet.source === speaker && packet.time > after,
    );
  };
  const largest = async (interfaceName: string, after: number): Promise<number> =>
    Math.max(0, ...(await sent(interfaceName, after)).map(({ length }) => length));

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['ripd', 'source', 'frr', 'bird'],
      links: ['source', 'frr', 'bird'].map((peer) => [
        { node: 'ripd', interface: `to-${peer}`, addresses: [] },
        { node: peer, interface: 'to-ripd', addresses: [] },
      ]),
    });
    ours = lab.node('ripd');
    for (const { peer, mtu } of links) await setMtu(peer, mtu);
    const { directory } = lab;
    capture = await Capture.start(ours, directory, 'to-frr', 'to-bird');
    const interfaces = {
      protocol: 'ripng',
      active: ['to-ripd'],
      stubs: [],
      options: birdTimers(2, 30, 5),
    } as const;
    await Promise.all([
      BirdRouter.start(lab.node('source'), directory, { ...interfaces, statics: routes }),
      BirdRouter.start(lab.node('bird'), directory, interfaces),
      FrrRouter.start(lab.node('frr'), directory, {
        ...interfaces,
        options: [],
        router: ['timers basic 5 30 5'],
      }),
      RipdRouter.start(ours, directory, {
        ripng: {
          timers: { update: 2, timeout: 30 },
          'triggered-update-delay': [0.2, 0.5],
          interfaces: { 'to-*': {} },
        },
      }),
    ]);
  });
  afterAll(() => lab?.close());

  it.each(links)('$name takes all routes, in packets as full as an MTU of $mtu allows', async (link) => {
    await expect.poll(() => learnedPrefixes(lab.node(link.peer), 'ipv6'), convergence).toEqual(routes);
    await expect.poll(() => largest(link.interface, 0), convergence).toBe(fullest(link.mtu));
  });

  it.each(links)('the MTU towards $name becomes $changed: the next update follows', async (link) => {
    await setMtu(link.peer, link.changed);
    const changed = Date.now();
    await expect.poll(() => largest(link.interface, changed), convergence).toBe(fullest(link.changed));
    const prefixes = async (): Promise<number> => {
      const packets = await sent(link.interface, changed);
      return new Set(packets.flatMap(({ entries }) => entries.map(({ prefix }) => prefix))).size;
    };
    await expect.poll(prefixes, convergence).toBe(routes.length);
    expect(await learnedPrefixes(lab.node(link.peer), 'ipv6')).toEqual(routes);
  });

  it('sends nothing that the dissector complains of', async () => {
    const packets = await capture.stop();
    expect(packets.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});

/**
 * One ripd with RIPng between FRR, BIRD to which it speaks by unicast, a LAN with BIRD and a router that speaks nothing, and
 * BIRD on a passive interface: equal paths, tags, next hops, the default route, questions. Judged by all kernel tables and
 * by tshark. (Neither of the others can speak RIPng by unicast: FRR has no `neighbor`, and BIRD joins its `address`.)
 */
import { NamespaceLab } from '@ripstop/lab';
import { ripng as wire } from '@ripstop/rip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedEntry, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { learnedPrefixes, untilRouted, watchDeletions } from '../kit/kernel.ts';
import { ripng } from '../kit/protocol.ts';
import { bird, frr, installed, ping, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { Speaker } from '../kit/speaker.ts';

const CONVERGENCE_MS = 30_000;
const convergence = { timeout: CONVERGENCE_MS, interval: 100 };
const defaultRoute = '::/0';
/** Reached over FRR as well as over BIRD. */
const shared = 'fd00:9::/64';
/** Behind the silent router; BIRD tells of it. */
const silent = 'fd00:77::/64';
/** Of somebody who asks, but does not speak RIPng. */
const MONITOR_PORT = 5210;
/** RFC 2080 §2.4.1: a request for the whole table. */
const question = Buffer.from(`01010000${'00'.repeat(19)}10`, 'hex');

const canRun = installed('test/interop/ripng-paths.test.ts', frr, bird, ping, tshark);

describe.skipIf(!canRun)('FRR – ripd = BIRD with RIPng', () => {
  let lab: NamespaceLab;
  let ripd: RipdRouter;
  let frrRouter: FrrRouter;
  let birdRouter: BirdRouter;
  let capture: Capture;
  /** `NODE INTERFACE`: the address that it speaks from. */
  let speakers: Readonly<Record<string, string>>;

  const at = (place: string): string => speakers[place] ?? '';
  const both = (...places: string[]): string[] => places.map(at).sort();
  const configuration = (changes: object = {}) => ({
    ripng: {
      timers: { update: 3, timeout: 60, 'garbage-collection': 10 },
      'triggered-update-delay': [0.2, 0.5],
      interfaces: {
        'to-frr': { 'split-horizon': 'simple' },
        // Dearer than the LAN, where BIRD is as well.
        'to-bird': { neighbors: [at('bird to-ripd')], multicast: false, cost: 2 },
        'to-quiet': { passive: true },
        lan: { 'split-horizon': 'disabled' },
      },
      ...changes,
    },
  });
  const defaults = async (via: { ripd?: string[]; frr?: string[]; bird?: string[] }): Promise<void> => {
    await untilRouted(lab.node('ripd'), defaultRoute, via.ripd ?? [], CONVERGENCE_MS);
    await untilRouted(lab.node('frr'), defaultRoute, via.frr ?? [], CONVERGENCE_MS);
    await untilRouted(lab.node('bird'), defaultRoute, via.bird ?? [], CONVERGENCE_MS);
  };
  const birdsWays = (): string[] => both('ripd to-bird', 'ripd lan');

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['ripd', 'frr', 'bird', 'silent', 'quiet'],
      links: [
        [
          { node: 'ripd', interface: 'to-frr', addresses: [] },
          { node: 'frr', interface: 'to-ripd', addresses: [] },
        ],
        [
          { node: 'ripd', interface: 'to-bird', addresses: [] },
          { node: 'bird', interface: 'to-ripd', addresses: [] },
        ],
        [
          { node: 'ripd', interface: 'to-quiet', addresses: [] },
          { node: 'quiet', interface: 'to-ripd', addresses: [] },
        ],
        [
          { node: 'ripd', interface: 'lan', addresses: ['fd00:3::1/64'] },
          { node: 'bird', interface: 'lan', addresses: ['fd00:3::2/64'] },
          { node: 'silent', interface: 'lan', addresses: ['fd00:3::3/64'] },
        ],
        [
          { node: 'frr', interface: 'shared', addresses: ['fd00:9::1/64'] },
          { node: 'bird', interface: 'shared', addresses: ['fd00:9::2/64'] },
        ],
        [{ node: 'frr', interface: 'stub', addresses: ['fd00:1::1/64'] }],
        [{ node: 'frr', interface: 'tagged', addresses: ['fd00:7::1/64'] }],
        [{ node: 'bird', interface: 'stub', addresses: ['fd00:2::1/64'] }],
        [{ node: 'silent', interface: 'stub', addresses: ['fd00:77::1/64'] }],
        [{ node: 'quiet', interface: 'stub', addresses: ['fd00:4::1/64'] }],
      ],
    });
    const { directory } = lab;
    const places = ['frr to-ripd', 'bird to-ripd', 'bird lan', 'silent lan', 'quiet to-ripd'];
    const own = ['ripd to-frr', 'ripd to-bird', 'ripd lan', 'ripd to-quiet'];
    const found = [...places, ...own].map(async (place) => {
      const [node = '', name = ''] = place.split(' ');
      return [place, await ripng.speaker(lab.node(node), name)] as const;
    });
    speakers = Object.fromEntries(await Promise.all(found));
    capture = await Capture.start(lab.node('ripd'), directory, 'to-frr', 'to-bird', 'to-quiet', 'lan');
    frrRouter = await FrrRouter.start(lab.node('frr'), directory, {
      protocol: 'ripng',
      active: ['to-ripd'],
      stubs: ['stub', 'shared'],
      before: ['route-map tagged permit 10', ' set tag 77'],
      router: ['redistribute connected route-map tagged', 'timers basic 5 60 10'],
    });
    birdRouter = await BirdRouter.start(lab.node('bird'), directory, {
      protocol: 'ripng',
      active: ['to-ripd', 'lan'],
      stubs: ['stub', 'shared'],
      options: birdTimers(2, 60, 10),
      statics: ['fd00:50::/64', `${silent} via ${at('silent lan')}%'lan'`],
      announced: 'if net = fd00:50::/64 then rip_tag = 99; accept;',
    });
    await BirdRouter.start(lab.node('quiet'), directory, {
      protocol: 'ripng',
      active: ['to-ripd'],
      stubs: ['stub'],
      options: birdTimers(2, 60, 10),
    });
    ripd = await RipdRouter.start(lab.node('ripd'), directory, configuration());
  });
  afterAll(() => lab?.close());

  it('uses equal paths through FRR and through BIRD together', async () => {
    await untilRouted(lab.node('ripd'), shared, both('frr to-ripd', 'bird lan'), CONVERGENCE_MS);
  });

  it('is used by BIRD over both links together', async () => {
    await untilRouted(lab.node('bird'), 'fd00:1::/64', birdsWays(), CONVERGENCE_MS);
  });

  it('hands on the tags of BIRD and of FRR', async () => {
    await expect
      .poll(() => frrRouter.show('show ipv6 ripng'), convergence)
      .toMatch(/fd00:50::\/64\s+fe80\S+\s+to-ripd +3 +99 /);
    await expect
      .poll(() => birdRouter.show('route all for fd00:7::/64'), convergence)
      .toContain('RIP.tag: 004d');
  });

  it('takes the next hop that BIRD names on the LAN, and hands it on there', async () => {
    await untilRouted(lab.node('ripd'), silent, [at('silent lan')], CONVERGENCE_MS);
    expect(await lab.node('ripd').exec('ping', '-c', '1', '-W', '5', 'fd00:77::1')).toContain('1 received');
    await capture.find('the next hop', CONVERGENCE_MS, ({ source, entries }) =>
      entries.some(
        ({ prefix, nextHop }) =>
          source === at('ripd lan') && prefix === silent && nextHop === at('silent lan'),
      ),
    );
    await untilRouted(lab.node('frr'), silent, [at('ripd to-frr')], CONVERGENCE_MS);
  });

  it('hands on the default route of FRR, until FRR takes it back', async () => {
    await frrRouter.configure('router ripng', 'default-information originate');
    await defaults({ ripd: both('frr to-ripd'), bird: birdsWays() });
    await frrRouter.configure('router ripng', 'no default-information originate');
    await defaults({});
  });

  it('originates a default route', async () => {
    const originate = { 'originate-default-route': { enabled: true, metric: 2 } };
    await ripd.reload(configuration(originate));
    await defaults({ frr: both('ripd to-frr'), bird: birdsWays() });
    expect(await frrRouter.show('show ipv6 ripng')).toMatch(/::\/0\s+fe80\S+\s+to-ripd +3 /);
    await ripd.reload(configuration());
    await defaults({});
  });

  it('answers who asks from another port, from a global address', async () => {
    const monitor = await Speaker.open(lab.node('silent'), 'lan', { protocol: wire, port: MONITOR_PORT });
    monitor.send(question, 'fd00:3::1');
    const answer = await capture.find(
      'an answer',
      CONVERGENCE_MS,
      ({ destinationPort }) => destinationPort === MONITOR_PORT,
    );
    await monitor.close();
    expect(answer).toMatchObject({ source: 'fd00:3::1', destination: 'fd00:3::3', command: 2 });
    expect(answer.entries).toContainEqual(expect.objectContaining({ prefix: 'fd00:2::/64', metric: 2 }));
  });

  it('learns on a passive interface, where nobody learns from it', async () => {
    await untilRouted(lab.node('ripd'), 'fd00:4::/64', both('quiet to-ripd'), CONVERGENCE_MS);
    await untilRouted(lab.node('frr'), 'fd00:4::/64', both('ripd to-frr'), CONVERGENCE_MS);
    expect(await learnedPrefixes(lab.node('quiet'), 'ipv6')).toEqual([]);
  });

  it('loses one of two equal paths without a moment without a route, and gets it back', async () => {
    const deletions = watchDeletions(lab.node('ripd'));
    await lab.node('ripd').setLink('lan', 'down');
    await untilRouted(lab.node('ripd'), shared, both('frr to-ripd'), CONVERGENCE_MS);
    await lab.node('ripd').setLink('lan', 'up');
    await untilRouted(lab.node('ripd'), shared, both('frr to-ripd', 'bird lan'), CONVERGENCE_MS);
    expect(deletions).not.toContain(shared);
  });

  describe('on the wire', () => {
    let packets: readonly CapturedPacket[];
    const sent = (name: string): CapturedPacket[] =>
      packets.filter((packet) => packet.interface === name && packet.source === at(`ripd ${name}`));
    const saidOf = (name: string, network: string): CapturedEntry[] =>
      sent(name).flatMap(({ entries }) => entries.filter(({ prefix }) => prefix === network));

    beforeAll(async () => {
      packets = await capture.stop();
    });

    it('speaks to its unicast neighbor by unicast only', () => {
      expect(new Set(sent('to-bird').map(({ destination }) => destination))).toEqual(
        new Set(both('bird to-ripd')),
      );
    });

    it('sends no responses on a passive interface', () => {
      expect(new Set(sent('to-quiet').map(({ command }) => command))).toEqual(new Set([1]));
    });

    it('simple split horizon: never tells FRR of what it learned from it', () => {
      expect(saidOf('to-frr', 'fd00:1::/64')).toEqual([]);
      expect(saidOf('to-frr', 'fd00:2::/64')).not.toEqual([]);
    });

    it('without split horizon: tells BIRD on the LAN what it learned there', () => {
      expect(saidOf('lan', 'fd00:2::/64').map(({ metric }) => metric)).toContain(2);
    });

    it('everything leaves from port 521 with hop limit 255, and the dissector complains of nothing', () => {
      const ours = [
        ...Object.keys(speakers)
          .filter((place) => place.startsWith('ripd'))
          .map(at),
        'fd00:3::1',
      ];
      const own = packets.filter(({ source }) => ours.includes(source));
      expect(own.length).toBeGreaterThan(20);
      for (const packet of own) expect(packet).toMatchObject({ sourcePort: 521, ttl: 255, complaints: [] });
    });
  });
});

/**
 * Which link-local address RIPng speaks from: none that duplicate address detection has not let through, and the same one as
 * long as it is there. One ripd and one BIRD on a link, judged by tshark and by BIRD's kernel. RFC 2080 §2.5.2, RFC 4862 §5.4.
 */

import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { addressFlags } from '@ripstop/netlink';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { untilRouted } from '../kit/kernel.ts';
import { ripng } from '../kit/protocol.ts';
import { bird, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 30_000;
/** With a second for each probe: longer than ripd takes to start, on a busy machine, too. */
const PROBES = 4;
const birdStub = 'fd00:2::/64';
const ourStub = 'fd00:1::/64';
/** As on a host that nobody has configured. */
const detection = ['net.ipv6.conf.to-bird.accept_dad=1', `net.ipv6.conf.to-bird.dad_transmits=${PROBES}`];

const { tentative, duplicateDetectionFailed } = addressFlags.masks;

describe.skipIf(!installed('test/interop/ripng-address.test.ts', bird, tshark))(
  'The address of RIPng',
  () => {
    let lab: NamespaceLab;
    let ours: LabNode;
    let capture: Capture;
    let first: string;
    let theirs: string;

    const flagsOf = async (address: string): Promise<number> => {
      const addresses = await ours.kernel.addresses.list({ family: 'ipv6' });
      return addresses.find((each) => each.address === address)?.flags ?? 0;
    };
    const change = (...words: string[]): Promise<string> =>
      ours.exec('ip', 'address', ...words, 'dev', 'to-bird');
    const sentFrom = (...sources: string[]): CapturedPacket[] =>
      capture.packets.filter(({ source }) => sources.includes(source));
    /** What is not BIRD's. */
    const lastSource = (): string | undefined =>
      capture.packets.findLast(({ source }) => source !== theirs)?.source;
    const routedOver = async (address: string): Promise<void> => {
      await untilRouted(lab.node('bird'), ourStub, [address], CONVERGENCE_MS);
      await untilRouted(ours, birdStub, [theirs], CONVERGENCE_MS);
    };

    beforeAll(async () => {
      lab = await NamespaceLab.lay({
        nodes: ['ripd', 'bird'],
        links: [
          [
            { node: 'ripd', interface: 'to-bird', addresses: [] },
            { node: 'bird', interface: 'to-ripd', addresses: [] },
          ],
          [{ node: 'ripd', interface: 'stub', addresses: ['fd00:1::1/64'] }],
          [{ node: 'bird', interface: 'stub', addresses: ['fd00:2::1/64'] }],
        ],
      });
      ours = lab.node('ripd');
      first = await ripng.speaker(ours, 'to-bird');
      theirs = await ripng.speaker(lab.node('bird'), 'to-ripd');
      capture = await Capture.start(lab.node('bird'), lab.directory, 'to-ripd');
      await BirdRouter.start(lab.node('bird'), lab.directory, {
        protocol: 'ripng',
        active: ['to-ripd'],
        stubs: ['stub'],
        options: birdTimers(1, 4, 2),
      });
      await ours.setLink('to-bird', 'down');
      await ours.exec('sysctl', '--write', '--quiet', ...detection);
    });
    afterAll(() => lab?.close());

    it('an address that is being probed is not used: ripd is ready without it, and speaks when it is sure', async () => {
      await ours.setLink('to-bird', 'up');
      await RipdRouter.start(ours, lab.directory, {
        ripng: {
          timers: { update: 1, timeout: 4, 'garbage-collection': 2 },
          'triggered-update-delay': [0.2, 0.5],
          interfaces: { 'to-bird': {}, stub: { passive: true } },
        },
      });
      let probed = Number.NaN;
      await until('the address is sure', CONVERGENCE_MS, async () => {
        const asked = Date.now();
        if (((await flagsOf(first)) & tentative) === 0) return true;
        probed = asked;
        return false;
      });
      expect(probed).not.toBeNaN();
      await routedOver(first);
      const { time } = await capture.find('a packet', CONVERGENCE_MS, ({ source }) => source !== theirs);
      expect(time).toBeGreaterThan(probed);
      expect(new Set(capture.packets.map(({ source }) => source))).toEqual(new Set([first, theirs]));
    });

    it('another one is added: the first one goes on; the first one is removed: the other one speaks', async () => {
      await change('add', 'fe80::a/64', 'nodad');
      const added = sentFrom(first).length;
      await until('updates leave from the first', CONVERGENCE_MS, () => sentFrom(first).length >= added + 3);
      expect(sentFrom('fe80::a')).toEqual([]);
      await change('del', `${first}/64`);
      await routedOver('fe80::a');
      await until('updates leave from the other', CONVERGENCE_MS, () => sentFrom('fe80::a').length >= 3);
      const sources = sentFrom(first, 'fe80::a').map(({ source }) => source);
      expect(new Set(sources.slice(sources.indexOf('fe80::a')))).toEqual(new Set(['fe80::a']));
    });

    it('the only one is removed: ripd is silent; another one is added: it speaks again', async () => {
      await change('del', 'fe80::a/64');
      await untilRouted(lab.node('bird'), ourStub, [], CONVERGENCE_MS);
      await untilRouted(ours, birdStub, [], CONVERGENCE_MS);
      await expect.poll(lastSource).toBe('fe80::a');
      await change('add', 'fe80::b/64', 'nodad');
      await routedOver('fe80::b');
    });

    it('an address that somebody else has is not used', async () => {
      await ours.exec('sysctl', '--write', '--quiet', 'net.ipv6.conf.to-bird.dad_transmits=1');
      await lab.node('bird').exec('ip', 'address', 'add', 'fe80::c/64', 'dev', 'to-ripd', 'nodad');
      await change('del', 'fe80::b/64');
      await change('add', 'fe80::c/64');
      await until('it is known to be taken', CONVERGENCE_MS, async () => {
        return ((await flagsOf('fe80::c')) & duplicateDetectionFailed) !== 0;
      });
      await untilRouted(lab.node('bird'), ourStub, [], CONVERGENCE_MS);
      await expect.poll(lastSource).toBe('fe80::b');
      await change('add', 'fe80::d/64', 'nodad');
      await routedOver('fe80::d');
      expect(sentFrom('fe80::c')).toEqual([]);
    });

    it('sends nothing that the dissector complains of, and everything with hop limit 255', async () => {
      const packets = await capture.stop();
      expect(packets.flatMap(({ complaints }) => complaints)).toEqual([]);
      expect(new Set(packets.map(({ ttl }) => ttl))).toEqual(new Set([255]));
    });
  },
);

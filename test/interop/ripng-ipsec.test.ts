/**
 * RIPng by IPsec, with the commands of docs/operations.md: three routers on one link, of which the first two have run them.
 * Judged by all kernel tables and by what is on the wire.
 */
import { readFileSync } from 'node:fs';
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture } from '../kit/capture.ts';
import { learnedPrefixes, untilRouted } from '../kit/kernel.ts';
import { ripng } from '../kit/protocol.ts';
import { bird, encrypts, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 30_000;
/** Of the one without keys: by then the others would have heard it, and it them. */
const UPDATES = 3;

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const [, commands = ''] = /^## RIPng and IPsec\n.*?^```sh\n(.*?)^```$/ms.exec(page) ?? [];

const routers = ['ripd', 'bird', 'stranger'] as const;
const addresses = { ripd: 'fe80::1', bird: 'fe80::2', stranger: 'fe80::3' } as const;
const stubs = { ripd: 'fd00:1::/64', bird: 'fd00:2::/64', stranger: 'fd00:3::/64' } as const;

const canRun = installed('test/interop/ripng-ipsec.test.ts', bird, tshark);
const hasEsp = canRun && encrypts('test/interop/ripng-ipsec.test.ts');

describe.skipIf(!canRun)('RIPng by IPsec', () => {
  let lab: NamespaceLab;
  let capture: Capture;

  /** Gives the link just the address that the page names. */
  const address = async (node: LabNode, text: string): Promise<void> => {
    await node.exec('ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'link');
    await node.exec('ip', 'address', 'add', `${text}/64`, 'dev', 'eth0');
  };
  const learned = (name: (typeof routers)[number]): Promise<string[]> =>
    learnedPrefixes(lab.node(name), 'ipv6');
  const sentBy = (name: (typeof routers)[number]): number =>
    capture.packets.filter(
      ({ source, destination }) => source === addresses[name] && destination === ripng.group,
    ).length;

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: routers,
      links: [
        routers.map((node) => ({ node, interface: 'eth0', addresses: [] })),
        ...routers.map((node) => [
          { node, interface: 'stub', addresses: [stubs[node].replace('::/', '::1/')] },
        ]),
      ],
    });
    for (const name of routers) await address(lab.node(name), addresses[name]);
    // Where the kernel has no ESP, what the last commands make stands all the same: nothing passes without it.
    for (const name of ['ripd', 'bird']) await lab.node(name).exec('sh', '-c', commands);
    capture = await Capture.start(lab.node('stranger'), lab.directory, 'eth0');
    for (const name of ['bird', 'stranger']) {
      await BirdRouter.start(lab.node(name), lab.directory, {
        protocol: 'ripng',
        active: ['eth0'],
        stubs: ['stub'],
        options: birdTimers(1, 10, 5),
      });
    }
    await RipdRouter.start(lab.node('ripd'), lab.directory, {
      ripng: { timers: { update: 1, timeout: 10 }, interfaces: { eth0: {}, stub: { passive: true } } },
    });
  });
  afterAll(() => lab?.close());

  it('a router without the keys hears nobody, and nobody hears it', async () => {
    await until('it has announced its network', CONVERGENCE_MS, () => sentBy('stranger') >= UPDATES);
    expect(await learned('stranger')).toEqual([]);
    expect(await learned('ripd')).not.toContain(stubs.stranger);
    expect(await learned('bird')).not.toContain(stubs.stranger);
  });

  it('those with the keys send nothing in the clear', async () => {
    const packets = await capture.stop();
    expect(new Set(packets.map(({ source }) => source))).toEqual(new Set([addresses.stranger]));
  });

  it.skipIf(!hasEsp)('those with the keys hear each other', async () => {
    await untilRouted(lab.node('ripd'), stubs.bird, [addresses.bird], CONVERGENCE_MS);
    await untilRouted(lab.node('bird'), stubs.ripd, [addresses.ripd], CONVERGENCE_MS);
  });
});

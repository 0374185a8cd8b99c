// A second RIP daemon in one namespace: FRR or BIRD, and ours, whoever comes first. The second one is refused.
import { type LabNode, type LabProcess, NamespaceLab } from '@ripstop/lab';
import { type Protocol, rip, ripng } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configure, readyRipd, ripd } from '../daemon/ripd-process.ts';
import { BirdRouter } from '../kit/bird.ts';
import { FrrRouter } from '../kit/frr.ts';
import { learnedPrefixes } from '../kit/kernel.ts';
import { pair } from '../kit/pair.ts';
import { ripng as judge } from '../kit/protocol.ts';
import { bird, frr, installed } from '../kit/requirements.ts';
import { Speaker } from '../kit/speaker.ts';

const CONVERGENCE_MS = 30_000;
/** Not that of `ripd` of FRR: its zebra takes such routes for its own when it starts. */
const OUR_PROTOCOL = 201;

type Start = (node: LabNode, directory: string, protocol: Protocol) => Promise<LabProcess>;
const startFrr: Start = async (node, directory, { name }) =>
  (await FrrRouter.start(node, directory, { protocol: name, active: ['eth0'], stubs: [] })).speaker;
const startBird: Start = async (node, directory, { name }) =>
  (await BirdRouter.start(node, directory, { protocol: name, active: ['eth0'], stubs: [] })).daemon;

const rivals: { protocol: Protocol; prefix: Prefix; rival: string; program: string; start: Start }[] = [
  { protocol: rip, prefix: '10.9.0.0/16', rival: 'FRR', program: 'ripd', start: startFrr },
  { protocol: rip, prefix: '10.9.0.0/16', rival: 'BIRD', program: 'bird', start: startBird },
  { protocol: ripng, prefix: 'fd09::/32', rival: 'FRR', program: 'ripngd', start: startFrr },
  { protocol: ripng, prefix: 'fd09::/32', rival: 'BIRD', program: 'bird', start: startBird },
];

describe.skipIf(!installed('test/interop/restart-second-daemon.test.ts', frr, bird)).each(rivals)(
  '$rival and ours, $protocol.name',
  ({ protocol, prefix, program, start }) => {
    const { name, family, port } = protocol;
    let lab: NamespaceLab;
    let node: LabNode;
    let neighbor: Speaker;

    const ours = (): string =>
      configure(lab.directory, 'ripd', {
        control: { socket: `${lab.directory}/ripd.sock` },
        kernel: { protocol: OUR_PROTOCOL },
        [name]: { interfaces: { eth0: {} } },
      });
    const learned = async (prefixes: () => Promise<Prefix[]>): Promise<void> => {
      const announced = async (): Promise<Prefix[]> => {
        neighbor.announce([{ prefix, tag: 0, nextHop: undefined, metric: 1 }]);
        return await prefixes();
      };
      await expect.poll(announced, { timeout: CONVERGENCE_MS }).toEqual([prefix]);
    };
    const theirPrefixes = (): Promise<Prefix[]> => learnedPrefixes(node, family);
    const ourPrefixes = async (): Promise<Prefix[]> =>
      (await node.routes({ family, protocol: OUR_PROTOCOL })).map((route) => route.prefix);

    beforeEach(async () => {
      lab = await NamespaceLab.lay(pair);
      node = lab.node('router');
      for (const each of lab.nodes) await judge.speaker(each, 'eth0');
      neighbor = await Speaker.open(lab.node('neighbor'), 'eth0', { protocol });
    });
    afterEach(async () => {
      await neighbor?.close();
      await lab?.close();
    });

    it('theirs is there: ours names it, exits 1, and touches none of its routes', async () => {
      const first = await start(node, lab.directory, protocol);
      await learned(theirPrefixes);
      const monitor = node.start(['ip', 'monitor', 'route']);
      const { code, output } = await ripd(node, ['--config', ours()]);
      const holder = `process ${first.pid} (${program})`;
      expect(output.split('\n').at(-1)).toBe(
        `ripd: UDP port ${port} on eth0 is taken by ${holder} (bind: EADDRINUSE)`,
      );
      expect(code).toBe(1);
      expect(await theirPrefixes()).toEqual([prefix]);
      expect(monitor.output.filter((line) => line.includes(prefix))).toEqual([]);
    });

    it('ours is there: theirs does not get the port, and ours goes on', async () => {
      const first = await readyRipd(node, '--config', ours());
      await learned(ourPrefixes);
      const second = await start(node, lab.directory, protocol);
      await second.waitForLine(/bind.*: Address already in use/i, CONVERGENCE_MS);
      await learned(ourPrefixes);
      expect(await first.stop()).toBe(0);
    });
  },
);

describe.skipIf(!installed('test/interop/restart-second-daemon.test.ts', bird))(
  'BIRD on another interface',
  () => {
    let lab: NamespaceLab;
    afterEach(() => lab?.close());

    it('is not in the way, whoever comes first', async () => {
      const link = [{ node: 'router', interface: 'eth1', addresses: ['192.168.2.1/24'] }];
      lab = await NamespaceLab.lay({ ...pair, links: [...pair.links, link] });
      const node = lab.node('router');
      const path = configure(lab.directory, 'ripd', {
        control: { socket: `${lab.directory}/ripd.sock` },
        rip: { interfaces: { eth0: {} } },
      });
      const theirs = { active: ['eth1'], stubs: [] };
      const before = await BirdRouter.start(node, lab.directory, theirs);
      const ours = await readyRipd(node, '--config', path);
      await before.daemon.stop();
      const after = await BirdRouter.start(node, lab.directory, theirs);
      expect(await after.show('rip interfaces')).toMatch(/eth1 +Up/);
      expect([...before.log, ...after.log].filter((line) => line.includes('<ERR>'))).toEqual([]);
      expect(await ours.stop()).toBe(0);
      expect(ours.output.filter((line) => line.includes('is taken'))).toEqual([]);
    });
  },
);

/**
 * FRR and BIRD with each other, without us: shows that the kit starts, asks and captures them rightly, so that a failure
 * of the other tests here is ours.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter } from '../kit/bird.ts';
import { Capture } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { kernelRoutes } from '../kit/kernel.ts';
import { bird, frr, installed, ping, tshark } from '../kit/requirements.ts';

/** Requests and triggered updates: seconds. A missed one is repaired by the next update, after 30 s. */
const patience = { timeout: 40_000, interval: 100 };
const canRun = installed('test/interop/peers.test.ts', frr, bird, tshark, ping);

describe.skipIf(!canRun)('FRR – BIRD', () => {
  let lab: NamespaceLab;
  let capture: Capture;

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['left', 'right'],
      links: [
        [
          { node: 'left', interface: 'right', addresses: ['10.0.1.1/24'] },
          { node: 'right', interface: 'left', addresses: ['10.0.1.2/24'] },
        ],
        [{ node: 'left', interface: 'stub', addresses: ['10.1.1.1/24'] }],
        [{ node: 'right', interface: 'stub', addresses: ['10.1.2.1/24'] }],
      ],
    });
    capture = await Capture.start(lab.node('left'), lab.directory, 'right');
    await FrrRouter.start(lab.node('left'), lab.directory, { active: ['right'], stubs: ['stub'] });
    await BirdRouter.start(lab.node('right'), lab.directory, { active: ['left'], stubs: ['stub'] });
  });
  afterAll(() => lab?.close());

  it('exchanges the stub networks', async () => {
    const { left, right } = { left: lab.node('left'), right: lab.node('right') };
    await expect
      .poll(() => kernelRoutes(left, 'rip'), patience)
      .toMatchObject([{ prefix: '10.1.2.0/24', nextHops: [{ gateway: '10.0.1.2', interface: 'right' }] }]);
    await expect
      .poll(() => kernelRoutes(right, 'bird'), patience)
      .toMatchObject([{ prefix: '10.1.1.0/24', nextHops: [{ gateway: '10.0.1.1', interface: 'left' }] }]);
    expect(await left.exec('ping', '-c', '1', '-W', '5', '-I', '10.1.1.1', '10.1.2.1')).toContain(
      '1 received',
    );
  });

  it('is captured without a complaint', async () => {
    const packets = await capture.stop();
    expect(packets.flatMap(({ complaints }) => complaints)).toEqual([]);
    const fromBird = packets.filter(({ source, command }) => source === '10.0.1.2' && command === 2);
    expect(fromBird.flatMap(({ entries }) => entries)).toContainEqual({
      address: '10.1.2.0',
      mask: '255.255.255.0',
      nextHop: '0.0.0.0',
      tag: 0,
      metric: 1,
    });
  });
});

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
import { planIn, protocols } from '../kit/protocol.ts';
import { bird, frr, installed, ping, tshark } from '../kit/requirements.ts';

/** Requests and triggered updates: seconds. A missed one is repaired by the next update, after 30 s. */
const patience = { timeout: 40_000, interval: 100 };
const canRun = installed('test/interop/peers.test.ts', frr, bird, tshark, ping);

describe.skipIf(!canRun).each(protocols)('FRR – BIRD: $name', (protocol) => {
  const inFamily = protocol.in;
  let lab: NamespaceLab;
  let capture: Capture;
  let leftAddress: string;
  let rightAddress: string;

  beforeAll(async () => {
    lab = await NamespaceLab.lay(
      planIn(protocol, {
        nodes: ['left', 'right'],
        links: [
          [
            { node: 'left', interface: 'right', addresses: ['10.0.1.1/24'] },
            { node: 'right', interface: 'left', addresses: ['10.0.1.2/24'] },
          ],
          [{ node: 'left', interface: 'stub', addresses: ['10.1.1.1/24'] }],
          [{ node: 'right', interface: 'stub', addresses: ['10.1.2.1/24'] }],
        ],
      }),
    );
    leftAddress = await protocol.speaker(lab.node('left'), 'right');
    rightAddress = await protocol.speaker(lab.node('right'), 'left');
    capture = await Capture.start(lab.node('left'), lab.directory, 'right');
    const { name } = protocol;
    const [left, right] = [
      { protocol: name, active: ['right'], stubs: ['stub'] },
      { protocol: name, active: ['left'], stubs: ['stub'] },
    ];
    await FrrRouter.start(lab.node('left'), lab.directory, left);
    await BirdRouter.start(lab.node('right'), lab.directory, right);
  });
  afterAll(() => lab?.close());

  it('exchanges the stub networks', async () => {
    const { left, right } = { left: lab.node('left'), right: lab.node('right') };
    const { frrRoutes, family } = protocol;
    await expect
      .poll(() => kernelRoutes(left, frrRoutes, family), patience)
      .toMatchObject([
        { prefix: inFamily('10.1.2.0/24'), nextHops: [{ gateway: rightAddress, interface: 'right' }] },
      ]);
    await expect
      .poll(() => kernelRoutes(right, 'bird', family), patience)
      .toMatchObject([
        { prefix: inFamily('10.1.1.0/24'), nextHops: [{ gateway: leftAddress, interface: 'left' }] },
      ]);
    const across = ['-c', '1', '-W', '5', '-I', inFamily('10.1.1.1'), inFamily('10.1.2.1')];
    expect(await left.exec('ping', ...across)).toContain('1 received');
  });

  it('is captured without a complaint', async () => {
    const packets = await capture.stop();
    expect(packets.flatMap(({ complaints }) => complaints)).toEqual([]);
    const fromBird = packets.filter(({ source, command }) => source === rightAddress && command === 2);
    expect(fromBird.flatMap(({ entries }) => entries)).toContainEqual({
      prefix: inFamily('10.1.2.0/24'),
      nextHop: protocol.senderNextHop,
      tag: 0,
      metric: 1,
    });
  });

  it('comes from the address of the link, to the group, as network control', () => {
    const { packets } = capture;
    expect(new Set(packets.map(({ source }) => source))).toEqual(new Set([leftAddress, rightAddress]));
    const toGroup = packets.filter(({ destination }) => destination === protocol.group);
    const is = { protocol: protocol.name, sourcePort: protocol.port, ttl: protocol.ttl, tos: 0xc0 };
    for (const packet of toGroup) expect(packet).toMatchObject(is);
    expect(toGroup.length).toBeGreaterThanOrEqual(2);
  });
});

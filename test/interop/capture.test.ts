/** The judge itself: what tshark's dissector reads out of packets that we know byte by byte. */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { installed, tshark } from '../kit/requirements.ts';
import { Speaker } from '../kit/speaker.ts';

/** RFC 2453 §4: a response with 10.1.2.0/24, metric 3. */
const sound = '02020000 0002 0000 0a010200 ffffff00 00000000 00000003';
/** The same with address family 7, and cut after half an entry. */
const unknownFamily = sound.replace('0002 0000', '0007 0000');
const cut = sound.slice(0, -17);

describe.skipIf(!installed('test/interop/capture.test.ts', tshark))('Capture', () => {
  let lab: NamespaceLab;
  let packets: readonly CapturedPacket[];

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['a', 'b'],
      links: [
        [
          { node: 'a', interface: 'eth0', addresses: ['10.0.0.1/24'] },
          { node: 'b', interface: 'eth0', addresses: ['10.0.0.2/24'] },
        ],
      ],
    });
    const capture = await Capture.start(lab.node('b'), lab.directory, 'eth0');
    const speaker = await Speaker.open(lab.node('a'), 'eth0');
    for (const hex of [sound, unknownFamily, cut]) {
      speaker.send(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    }
    await speaker.close();
    packets = await capture.stop();
  });
  afterAll(() => lab?.close());

  it('reads a sound packet and has nothing to complain of', () => {
    expect(packets[0]).toEqual({
      time: expect.any(Number),
      interface: 'eth0',
      source: '10.0.0.1',
      destination: '224.0.0.9',
      sourcePort: 520,
      destinationPort: 520,
      ttl: 1,
      tos: 0xc0,
      command: 2,
      version: 2,
      authentication: undefined,
      entries: [{ address: '10.1.2.0', mask: '255.255.255.0', nextHop: '0.0.0.0', tag: 0, metric: 3 }],
      complaints: [],
      bytes: Buffer.from(sound.replaceAll(' ', ''), 'hex'),
    });
  });

  it('complains of an unknown family and of a cut entry', () => {
    expect(packets).toHaveLength(3);
    expect(packets[1]?.complaints).not.toEqual([]);
    expect(packets[2]?.complaints).not.toEqual([]);
  });
});

/** The judge itself: what tshark's dissectors read out of packets that we know byte by byte. */
import { NamespaceLab } from '@ripstop/lab';
import { rip, ripng } from '@ripstop/rip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { ripng as judgedRipng } from '../kit/protocol.ts';
import { installed, tshark } from '../kit/requirements.ts';
import { Speaker } from '../kit/speaker.ts';

/** RFC 2453 §4: a response with 10.1.2.0/24, metric 3. */
const sound = '02020000 0002 0000 0a010200 ffffff00 00000000 00000003';
/** The same with address family 7, and cut after half an entry. */
const unknownFamily = sound.replace('0002 0000', '0007 0000');
const cut = sound.slice(0, -17);
/** RFC 2080 §2.1: a response with fd00:1::/64, tag 7, metric 3; fe80::9 as next hop (§2.1.1); fd00:2::/48, metric 16. */
const soundRipng = `02010000
  fd00000100000000 0000000000000000 0007 40 03
  fe80000000000000 0000000000000009 0000 00 ff
  fd00000200000000 0000000000000000 0000 30 10`;
const cutRipng = soundRipng.slice(0, -17);

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

describe.skipIf(!installed('test/interop/capture.test.ts', tshark))('Capture', () => {
  let lab: NamespaceLab;
  let packets: readonly CapturedPacket[];
  let sender: string;

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
    const [a, b] = [lab.node('a'), lab.node('b')];
    sender = await judgedRipng.speaker(a, 'eth0');
    const capture = await Capture.start(b, lab.directory, 'eth0');
    for (const [protocol, all] of [
      [rip, [sound, unknownFamily, cut]],
      [ripng, [soundRipng, cutRipng]],
    ] as const) {
      const speaker = await Speaker.open(a, 'eth0', { protocol });
      for (const hex of all) speaker.send(bytesOf(hex));
      await speaker.close();
    }
    packets = await capture.stop();
  });
  afterAll(() => lab?.close());

  it('reads a sound packet of RIP and has nothing to complain of', () => {
    expect(packets[0]).toEqual({
      time: expect.any(Number),
      interface: 'eth0',
      source: '10.0.0.1',
      destination: '224.0.0.9',
      sourcePort: 520,
      destinationPort: 520,
      ttl: 1,
      tos: 0xc0,
      length: 52,
      protocol: 'rip',
      command: 2,
      version: 2,
      authentication: undefined,
      entries: [{ prefix: '10.1.2.0/24', nextHop: '0.0.0.0', tag: 0, metric: 3 }],
      complaints: [],
      bytes: bytesOf(sound),
    });
  });

  it('complains of an unknown family and of a cut entry', () => {
    expect(packets[1]?.complaints).not.toEqual([]);
    expect(packets[2]?.complaints).not.toEqual([]);
  });

  it('reads a sound packet of RIPng and has nothing to complain of', () => {
    expect(packets[3]).toEqual({
      time: expect.any(Number),
      interface: 'eth0',
      source: sender,
      destination: 'ff02::9',
      sourcePort: 521,
      destinationPort: 521,
      ttl: 255,
      tos: 0xc0,
      length: 112,
      protocol: 'ripng',
      command: 2,
      version: 1,
      authentication: undefined,
      entries: [
        { prefix: 'fd00:1::/64', nextHop: '::', tag: 7, metric: 3 },
        { prefix: 'fd00:2::/48', nextHop: 'fe80::9', tag: 0, metric: 16 },
      ],
      complaints: [],
      bytes: bytesOf(soundRipng),
    });
  });

  it('complains of a cut entry of RIPng', () => {
    expect(packets[4]?.complaints).not.toEqual([]);
    expect(packets).toHaveLength(5);
  });
});

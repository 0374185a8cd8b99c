// `rtnl explain`: every way in which people write bytes gives the same bytes; captures; and what is none is refused in words.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hex } from '@ripstop/wire';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { CommandError } from '../src/command.ts';
import { capturedFrames } from '../src/explain/capture-file.ts';
import { explain } from '../src/explain/explain.ts';
import { bytesOfHexText } from '../src/explain/hex-text.ts';
import { Words } from '../src/words.ts';
import { CapturedText } from './captured-text.ts';

/** `ip route add 10.0.0.0/8 dev lo`, iproute2 6.1. */
const request = '2c00000018000506010000000000000002080000fe03fd0100000000080001000a0000000800040001000000';
const bytes = Buffer.from(request, 'hex');
const spaced = (from: number, to: number): string =>
  [...bytes.subarray(from, to)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
const words = (from: number, to: number): string => spaced(from, to).replace(/(..) (..)/g, '$1$2');

const styles: Readonly<Record<string, string>> = {
  plain: request,
  'upper case, 0x': `0x${request.toUpperCase()}`,
  'separated by colons': spaced(0, 44).replaceAll(' ', ':'),
  'words and lines': `${words(0, 16)}\n${words(16, 44)}\n`,
  'a C array': `{ ${spaced(0, 44).replace(/(\w\w) ?/g, '0x$1, ')} };`,
  'strace -xx': `sendto(3, "${request.replace(/../g, '\\x$&')}", 44, 0, NULL, 0) = 44`,
  'strace, the bare string': request.replace(/../g, '\\x$&'),
  xxd: `00000000: ${words(0, 16)}  ,...............\n00000010: ${words(16, 32)}  ................\n00000020: ${words(32, 44)}            ............\n`,
  'hexdump -C': `00000000  ${spaced(0, 8)}  ${spaced(8, 16)}  |,.. |.......... |\n00000010  ${spaced(16, 24)}  ${spaced(24, 32)}  |................|\n00000020  ${spaced(32, 40)}  ${spaced(40, 44)}              |............|\n0000002c\n`,
  'od -tx1': `0000000 ${spaced(0, 16)}\n0000020 ${spaced(16, 32)}\n0000040 ${spaced(32, 44)}\n0000054\n`,
  'tshark -x': `0000  ${spaced(0, 16)}   ,...............\n0010  ${spaced(16, 32)}   ................\n0020  ${spaced(32, 44)}               ............\n`,
  'tcpdump -X': `\t0x0000:  ${words(0, 16)}  ,...............\n\t0x0010:  ${words(16, 32)}  ................\n\t0x0020:  ${words(32, 44)}            ............\n`,
  'strace -e write=all': ` | 00000  ${spaced(0, 8)}  ${spaced(8, 16)}  ,............... |\n | 00010  ${spaced(16, 24)}  ${spaced(24, 32)}  ................ |\n | 00020  ${spaced(32, 40)}  ${spaced(40, 44)}              ............     |\n`,
};

describe('hexadecimal text', () => {
  test.each(Object.entries(styles))('%s', (_, text) => {
    expect(hex(bytesOfHexText(text))).toBe(request);
  });

  test.each([
    ['2c0', '"2c0" is neither whole bytes in hexadecimal nor a file'],
    ['2c 00 nothing', '"nothing" is neither whole bytes in hexadecimal nor a file'],
    ['"\\x2c\\x0"', '"\\x2c\\x0" is neither whole bytes in hexadecimal nor a file'],
    ['', 'nothing to explain: hexadecimal bytes or a pcap file expected'],
    [
      '0000000 002c 0000 0018\n',
      'a dump of 16-bit words has lost the order of the bytes; use xxd or hexdump -C',
    ],
    ['00000000: 2c00\n00000010: 0000', 'offset 00000010 in the dump, 0002 expected'],
    [`00000000  ${spaced(0, 16)}  |.|\n*\n`, 'the dump leaves out repeated lines; use hexdump -v or xxd'],
  ])('%j is refused', (text, message) => {
    expect(() => bytesOfHexText(text)).toThrow(new CommandError(message));
  });

  test('whatever is written, bytes or a CommandError come back', () => {
    const pieces = fc.constantFrom(
      '00',
      '2c',
      '0',
      ':',
      ' ',
      '  ',
      '\n',
      '|',
      '*',
      '0x',
      '\\x',
      '"',
      'z',
      '0000',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (some) => {
        try {
          expect(bytesOfHexText(some.join(''))).toBeInstanceOf(Uint8Array);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError);
        }
      }),
    );
  });
});

/** Who it is for, ARPHRD_NETLINK, ten bytes, the protocol; then the datagram. */
function cooked(packetType: number, protocol: number, datagram: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt16BE(packetType, 0);
  header.writeUInt16BE(824, 2);
  header.writeUInt16BE(protocol, 14);
  return Buffer.concat([header, datagram]);
}

function numbers(little: boolean, ...values: readonly number[]): Buffer {
  const all = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) {
    if (little) all.writeUInt32LE(value, 4 * at);
    else all.writeUInt32BE(value, 4 * at);
  }
  return all;
}

function pcap(magic: number, little: boolean, linkType: number, ...frames: readonly Buffer[]): Buffer {
  const records = frames.flatMap((frame) => [
    numbers(little, 1_795_257_218, 5, frame.byteLength, frame.byteLength),
    frame,
  ]);
  return Buffer.concat([numbers(little, magic, 4 << 16, 0, 0, 65_535, linkType), ...records]);
}

/** A section, an interface with ticks of a nanosecond, a block that nobody knows, and a packet. */
function pcapng(little: boolean, frame: Buffer): Buffer {
  const block = (type: number, ...body: readonly Buffer[]): Buffer => {
    const all = Buffer.concat(body);
    const padded = Buffer.concat([all, Buffer.alloc(-all.byteLength & 3)]);
    const length = padded.byteLength + 12;
    return Buffer.concat([numbers(little, type, length), padded, numbers(little, length)]);
  };
  const linkType = Buffer.alloc(4);
  const resolution = Buffer.alloc(12);
  if (little) linkType.writeUInt16LE(253);
  else linkType.writeUInt16BE(253);
  resolution.set(little ? [9, 0, 1, 0, 9] : [0, 9, 0, 1, 9]);
  const ticks = 1_795_257_218_000_000_005n;
  return Buffer.concat([
    block(0x0a0d0d0a, numbers(little, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff)),
    block(1, linkType, numbers(little, 0), resolution),
    block(0x0bad, numbers(little, 1, 2)),
    block(
      6,
      numbers(little, 0, Number(ticks >> 32n), Number(ticks & 0xffffffffn), frame.byteLength, 99),
      frame,
    ),
  ]);
}

describe('captures', () => {
  const frame = cooked(7, 0, bytes);

  test.each([
    ['pcap, little-endian', pcap(0xa1b2c3d4, true, 253, frame), '000005000', false],
    ['pcap, big-endian', pcap(0xa1b2c3d4, false, 253, frame), '000005000', false],
    ['pcap with nanoseconds, little-endian', pcap(0xa1b23c4d, true, 253, frame), '000000005', false],
    ['pcap with nanoseconds, big-endian', pcap(0xa1b23c4d, false, 253, frame), '000000005', false],
    ['pcapng, little-endian', pcapng(true, frame), '000000005', true],
    ['pcapng, big-endian', pcapng(false, frame), '000000005', true],
  ])('%s', (_, file, fraction, cut) => {
    expect(capturedFrames(file)).toEqual([
      {
        number: 1,
        time: `2026-11-21T10:33:38.${fraction}Z`,
        linkType: 253,
        bytes: new Uint8Array(frame),
        cut,
      },
    ]);
  });

  test('a damaged capture is refused; what begins like none is none', () => {
    expect(capturedFrames(bytes)).toBeUndefined();
    for (const file of [pcap(0xa1b2c3d4, true, 253, frame), pcapng(true, frame)]) {
      for (let length = 4; length < file.byteLength; length += 1) {
        try {
          expect(capturedFrames(file.subarray(0, length))).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError);
        }
      }
      expect(() => capturedFrames(file.subarray(0, -5))).toThrow(
        'the capture ends in the middle of a packet',
      );
    }
  });
});

describe('the command', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  function written(content: Buffer): string {
    const folder = mkdtempSync(join(tmpdir(), 'rtnl-explain-'));
    folders.push(folder);
    writeFileSync(join(folder, 'capture'), content);
    return join(folder, 'capture');
  }

  async function printed(json: boolean, ...given: readonly string[]): Promise<string> {
    const output = new CapturedText();
    await explain(new Words(given), { json, pretty: false, output });
    return output.text;
  }

  test('text: a heading, then offset, bytes, name, type and value', async () => {
    expect(await printed(false, request)).toBe(`NETLINK_ROUTE, 44 bytes
 0                    -                  RTM_NEWROUTE[44]
 0                    nlmsghdr           nlmsghdr[16]
 0  2c000000          nlmsghdr.length    u32[4]            44
 4  1800              nlmsghdr.type      nlmsg_type[2]     RTM_NEWROUTE
 6  0506              nlmsghdr.flags     NLM_F[2]          request|acknowledge|exclusive|create
 8  01000000          nlmsghdr.sequence  u32[4]            1
12  00000000          nlmsghdr.portId    u32[4]            0
16                    -                  rtmsg[28]
16  02                family             AF[1]             ipv4
17  08                destinationLength  u8[1]             8
18  00                sourceLength       u8[1]             0
19  00                tos                u8[1]             0
20  fe                headerTable        u8[1]             254
21  03                protocol           RTPROT[1]         boot
22  fd                scope              RT_SCOPE[1]       link
23  01                type               RTN[1]            unicast
24  00000000          flags              RTM_F[4]          0
28  080001000a000000  destination        address[8]        10.0.0.0
36  0800040001000000  outputInterface    u32[8]            1
`);
  });

  test('a capture: a heading for each packet; other protocols keep their payload as bytes', async () => {
    const file = written(pcap(0xa1b2c3d4, true, 253, cooked(7, 0, bytes), cooked(6, 16, bytes)));
    const lines = (await printed(false, file)).split('\n');
    expect(lines.filter((line) => line.startsWith('#'))).toEqual([
      '#1 NETLINK_ROUTE to the kernel, 44 bytes, 2026-11-21T10:33:38.000005000Z',
      '#2 NETLINK_GENERIC to a process, 44 bytes, 2026-11-21T10:33:38.000005000Z',
    ]);
    expect(lines.slice(-9, -1)).toEqual([
      ' 0                     -                  24[44]',
      ' 0                     nlmsghdr           nlmsghdr[16]',
      ' 0  2c000000           nlmsghdr.length    u32[4]         44',
      ' 4  1800               nlmsghdr.type      nlmsg_type[2]  24',
      ' 6  0506               nlmsghdr.flags     NLM_F[2]       request|acknowledge|0x600',
      ' 8  01000000           nlmsghdr.sequence  u32[4]         1',
      '12  00000000           nlmsghdr.portId    u32[4]         0',
      `16  02080000fe03fd01…  -                  bytes[28]      ${request.slice(32)}`,
    ]);
  });

  test('JSON: one object for each datagram', async () => {
    const file = written(pcap(0xa1b2c3d4, true, 253, cooked(6, 0, bytes)));
    const [datagram, ...others] = JSON.parse(await printed(true, file));
    expect(others).toEqual([]);
    expect(datagram).toMatchObject({ number: 1, direction: 'process', protocol: 0, length: 44 });
    expect(datagram.fields).toContainEqual({
      offset: 28,
      length: 8,
      path: 'destination',
      type: 'address',
      value: '10.0.0.0',
    });
  });

  test('the protocol can be said', async () => {
    for (const name of ['generic', 'NETLINK_GENERIC', '16'])
      expect(await printed(false, 'protocol', name, request)).toMatch(/^NETLINK_GENERIC, 44 bytes\n/);
    expect(await printed(false, 'protocol', '77', request)).toMatch(/^netlink protocol 77, 44 bytes\n/);
  });

  test.each([
    [['protocol', 'nonsense', request], /^protocol "nonsense" is unknown: route, usersock, /],
    [['/nowhere'], /^"\/nowhere" is neither whole bytes in hexadecimal nor a file$/],
    [
      [written(pcap(0xa1b2c3d4, true, 1, bytes))],
      /^packet 1 has link type 1; 253 \(LINUX_NETLINK\) expected$/,
    ],
    [
      [written(pcap(0xa1b2c3d4, true, 253, bytes.subarray(0, 9)))],
      /^packet 1 has 9 bytes; 16 or more expected$/,
    ],
  ])('%j is refused in one line', async (given, message) => {
    await expect(printed(false, ...given)).rejects.toThrow(message);
  });

  test('bytes that are no messages are lines, not errors', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 120 }),
        fc.nat(255),
        async (some, protocol) => {
          const output = await printed(false, 'protocol', String(protocol), hex(some));
          expect(output.split('\n').length).toBeGreaterThan(2);
        },
      ),
    );
  });
});

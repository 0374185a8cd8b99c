// `rtnl explain` beside Wireshark's dissector of rtnetlink: the same capture, the same fields at the same bytes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Exchange, linkFlags, messageFlags, type Request } from '@ripstop/netlink';
import type { ExplainedField } from '@ripstop/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed, type Requirement } from '../kit/requirements.ts';

const rtnl = fileURLToPath(new URL('../../apps/rtnl/bin/rtnl.js', import.meta.url));
const wireshark: Requirement = { name: 'tshark', programs: ['tshark', 'text2pcap'], package: 'tshark' };

const { create, exclusive } = messageFlags.masks;
const { up } = linkFlags.masks;
const requests: readonly Request[] = [
  {
    object: 'route',
    operation: 'new',
    flags: create | exclusive,
    message: {
      family: 'ipv4',
      destination: '10.0.0.0',
      destinationLength: 8,
      protocol: 'static',
      type: 'unicast',
      outputInterface: 2,
      metrics: { mtu: 1400 },
    },
  },
  {
    object: 'address',
    operation: 'delete',
    message: { family: 'ipv6', prefixLength: 64, scope: 'link', interfaceIndex: 3, address: '2001:db8::1' },
  },
  {
    object: 'link',
    operation: 'set',
    message: { index: 3, flags: up, change: up, mtu: 1400, name: 'eth0' },
  },
  {
    object: 'neighbor',
    operation: 'new',
    flags: create,
    message: { family: 'ipv4', interfaceIndex: 3, state: 0x80, destination: '10.0.0.1' },
  },
];

/** Wireshark's name of a field, our name, and our bytes before the value: an attribute's length and type. */
const header = [
  ['netlink.hdr_len', 'nlmsghdr.length', 0],
  ['netlink-route.nltype', 'nlmsghdr.type', 0],
  ['netlink.hdr_flags', 'nlmsghdr.flags', 0],
  ['netlink.hdr_seq', 'nlmsghdr.sequence', 0],
  ['netlink.hdr_pid', 'nlmsghdr.portId', 0],
] as const;
const fields = [
  [
    ['netlink-route.rt_family', 'family', 0],
    ['netlink-route.rt_dst_len', 'destinationLength', 0],
    ['netlink-route.rt_protocol', 'protocol', 0],
    ['netlink-route.rt_scope', 'scope', 0],
    ['netlink-route.rt_type', 'type', 0],
    ['netlink-route.rt_flags', 'flags', 0],
    ['netlink-route.rta_oif', 'outputInterface', 4],
  ],
  [
    ['netlink-route.ifa_prefixlen', 'prefixLength', 0],
    ['netlink-route.ifa_scope', 'scope', 0],
    ['netlink-route.ifa_index', 'interfaceIndex', 0],
    ['netlink-route.ifa_address.ipv6', 'address', 4],
  ],
  [
    ['netlink-route.ifi_index', 'index', 0],
    ['netlink-route.ifi_flags', 'flags', 0],
    ['netlink-route.ifi_change', 'change', 0],
    ['netlink-route.ifla_mtu', 'mtu', 4],
    ['netlink-route.ifla_ifname', 'name', 4],
  ],
  [
    ['netlink-route.nd_family', 'family', 0],
    ['netlink-route.nd_index', 'interfaceIndex', 0],
    ['netlink-route.nd_state', 'state', 0],
  ],
] as const;

/** A request for the kernel behind the header of link type 253, as text2pcap reads it. */
function dumped(datagram: Uint8Array): string {
  const frame = [0, 7, 0x03, 0x38, ...new Array<number>(12).fill(0), ...datagram];
  return `0000 ${frame.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}\n`;
}

describe.skipIf(!installed('test/interop/explain.test.ts', wireshark))('rtnl explain', () => {
  const formats = ['pcap', 'nsecpcap', 'pcapng'] as const;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'explain-'));
    const exchange = new Exchange({ portId: 1, sequence: 1, datagramBytesMax: 4096 });
    const datagrams = requests.flatMap((request) => exchange.batch([request], () => undefined));
    for (const format of formats) {
      execFileSync('text2pcap', ['-q', '-F', format, '-l', '253', '-', join(folder, format)], {
        input: datagrams.map(dumped).join(''),
        stdio: 'pipe',
      });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(formats)('names the fields of a %s where tshark finds them', (format) => {
    const file = join(folder, format);
    const explained = JSON.parse(
      execFileSync(process.execPath, [rtnl, 'explain', file, '--json'], { encoding: 'utf8' }),
    ) as { direction: string; fields: ExplainedField[] }[];
    const dissected = execFileSync('tshark', ['-r', file, '-T', 'pdml'], { encoding: 'utf8', stdio: 'pipe' })
      .split('<packet>')
      .slice(1);
    expect(explained.map(({ direction }) => direction)).toEqual(['kernel', 'kernel', 'kernel', 'kernel']);
    expect(dissected).toHaveLength(requests.length);
    for (const [at, packet] of dissected.entries()) {
      for (const [theirs, path, before] of [...header, ...(fields[at] ?? [])]) {
        const [, size, position] =
          new RegExp(`name="${theirs}" [^>]*size="(\\d+)" pos="(\\d+)"`).exec(packet) ?? [];
        const ours = explained[at]?.fields.find((field) => field.path === path);
        const where = { path, offset: Number(position) - 16 - before, length: Number(size) + before };
        expect(ours, `${theirs} in packet ${at + 1}`).toMatchObject(where);
      }
    }
  });

  it('says the values that tshark says', () => {
    const file = join(folder, 'pcap');
    const text = execFileSync(process.execPath, [rtnl, 'explain', file], { encoding: 'utf8' });
    const theirs = execFileSync('tshark', ['-r', file, '-V'], { encoding: 'utf8', stdio: 'pipe' });
    const pairs = [
      [/nlmsghdr\.type .* RTM_NEWROUTE$/m, /Message type: Add network route \(24\)/],
      [/nlmsghdr\.flags .* request\|acknowledge\|exclusive\|create$/m, /\.\.1\. \.\.\.\. \.\.\.\. = Excl: 1/],
      [/protocol .* static$/m, /Routing protocol: \S+ \(0x04\)/],
      [/address .* 2001:db8::1$/m, /Address: 2001:db8::1/],
      [/mtu .* 1400$/m, /MTU of device: 1400/],
      [/name .* "eth0"$/m, /Device name: eth0/],
      [/state .* permanent$/m, /State: .*\(0x0080\)/],
    ] as const;
    for (const [ours, said] of pairs) {
      expect(text).toMatch(ours);
      expect(theirs).toMatch(said);
    }
  });
});

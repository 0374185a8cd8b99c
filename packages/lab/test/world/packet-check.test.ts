/** What every packet is held against, shown with packets that are wrong. */
import { type PolicyRule, type Protocol, rip, ripng } from '@ripstop/rip';
import { beforeEach, describe, expect, it } from 'vitest';
import { PacketCheck } from '../../src/world/check/packet-check.ts';
import { protocols } from '../../src/world/configurations.ts';
import type { World } from '../../src/world/world.ts';
import { everywhere, knownAs, row } from './small-world.ts';

const MINUTE = 60_000;
const headerBytes = 4;
const entryBytes = 20;

let world: World;

async function lay(protocol: Protocol): Promise<void> {
  world = row(1, ['a', 'b', 'c'], everywhere(protocol));
  await world.advance(MINUTE);
}

const entryOf = ({ family }: Protocol) => ({
  prefix: family === 'ipv4' ? '10.7.0.0/24' : '2001:db8:7::/64',
  tag: 0,
  nextHop: undefined,
  metric: 1,
});

function soundPacket(protocol: Protocol): Uint8Array {
  const [packet = new Uint8Array()] = protocol.encodeResponses([entryOf(protocol)]);
  return packet;
}

/** What is found in packets of b on link2. */
function found(
  protocol: Protocol,
  packets: readonly Uint8Array[],
  source = knownAs(world, 'b', 2, protocol),
): string[] {
  const check = new PacketCheck(world);
  const port = world.router('b').ports.get('link2');
  if (port === undefined) throw new Error('b is not on link2');
  const { group: destination, port: destinationPort } = protocol;
  for (const [at, bytes] of packets.entries())
    check.sent(at, { protocol, port, source, destination, destinationPort, bytes });
  return check.violations.map(({ rule, text }) => `${rule}: ${text}`);
}

describe.each(protocols)('packets of $name', (protocol) => {
  const good = soundPacket(protocol);
  beforeEach(() => lay(protocol));

  it('that are as they should be are not complained of', () => {
    expect(found(protocol, [good])).toEqual([]);
  });

  it('end with an entry', () => {
    expect(found(protocol, [good.subarray(0, 23)])[0]).toMatch(/23 bytes, which is no RIP/);
  });

  it('come from an address of their interface', () => {
    const elsewhere = knownAs(world, 'b', 1, protocol);
    expect(found(protocol, [good], elsewhere)).toEqual([]);
    const [complaint] = found(protocol, [good, good], elsewhere);
    expect(complaint).toContain(`from ${elsewhere}, which it has not there`);
  });

  it('hold nothing that a receiver drops', () => {
    const bytes = good.slice();
    bytes[headerBytes + 19] = 17;
    expect(found(protocol, [bytes])[0]).toMatch(/an entry that nobody takes: metric/);
  });

  it('say nothing that policy forbids', () => {
    const { prefix } = entryOf(protocol);
    const rule: PolicyRule = {
      direction: 'out',
      interface: undefined,
      neighbor: undefined,
      prefixSet: { name: 'secret', ranges: [{ prefix, shortest: 24, longest: 64 }] },
      tag: undefined,
      action: 'reject',
      set: { metric: undefined, addMetric: undefined, tag: undefined },
    };
    world.router('b').configurations = everywhere(protocol, {}, { policy: [rule] });
    expect(found(protocol, [good])[0]).toContain(`${prefix} with metric 1, which its policy forbids`);
    expect(found(protocol, protocol.encodeResponses([{ ...entryOf(protocol), metric: 16 }]))).toEqual([]);
  });
});

describe('packets of RIP', () => {
  const good = soundPacket(rip);
  beforeEach(() => lay(rip));

  it('have at most 25 entries', () => {
    const bytes = new Uint8Array(headerBytes + 26 * entryBytes);
    expect(found(rip, [bytes])[0]).toMatch(/524 bytes, which is no RIP packet/);
  });

  it('have numbers that do not decrease, for each key', () => {
    const signed = (key: number, sequence: number): Uint8Array => {
      const bytes = new Uint8Array(24);
      const view = new DataView(bytes.buffer);
      bytes.set([2, 2, 0, 0, 0xff, 0xff, 0, 3, 0, 24, key, 16]);
      view.setUint32(12, sequence);
      return bytes;
    };
    expect(found(rip, [signed(1, 7), signed(2, 5), signed(1, 7), signed(1, 8)])).toEqual([]);
    expect(found(rip, [signed(1, 7), signed(1, 6)])[0]).toMatch(/number 6 with key 1 after 7/);
  });

  it('are read without their authentication', () => {
    const bad = good.slice();
    bad[headerBytes + 19] = 17;
    const password = Uint8Array.of(0xff, 0xff, 0, 2, ...new Uint8Array(16));
    const authenticated = Uint8Array.of(...bad.subarray(0, 4), ...password, ...bad.subarray(4));
    expect(found(rip, [authenticated])).toEqual(found(rip, [bad]));
  });
});

describe('packets of RIPng', () => {
  const good = soundPacket(ripng);
  const route = good.subarray(headerBytes);
  beforeEach(() => lay(ripng));

  /** An entry that names a next hop. */
  const nextHop = (first: number, length = 0): Uint8Array => {
    const bytes = new Uint8Array(entryBytes);
    bytes.set([first, 0x80]);
    bytes[15] = 1;
    bytes[18] = length;
    bytes[19] = 0xff;
    return bytes;
  };
  const packet = (...entries: readonly Uint8Array[]): Uint8Array =>
    Uint8Array.of(2, 1, 0, 0, ...entries.flatMap((entry) => [...entry]));

  it('have room on their link', () => {
    const full = (perPacket: number): Uint8Array[] =>
      ripng.encodeResponses(
        Array.from({ length: 500 }, (_, at) => ({
          ...entryOf(ripng),
          prefix: `2001:db8:${(at + 1).toString(16)}::/48`,
        })),
        { perPacket },
      );
    expect(found(ripng, full(72))).toEqual([]);
    expect(found(ripng, full(73))[0]).toMatch(/1464 bytes, which the MTU of 1500 has no room for/);
    world.segment('link2').setMtu(9000);
    expect(found(ripng, full(447))).toEqual([]);
  });

  it('have version 1', () => {
    const bytes = good.slice();
    bytes[1] = 2;
    expect(found(ripng, [bytes])[0]).toMatch(/ version 2$/);
  });

  it('come from a link-local address', () => {
    expect(found(ripng, [good], '2001:db8:f2::1')[0]).toMatch(/2001:db8:f2::1 is not link-local/);
  });

  it('name next hops that are on the link, each before a route', () => {
    const named = nextHop(0xfe);
    expect(found(ripng, [packet(route, named, route, route)])).toEqual([]);
    expect(found(ripng, [packet(nextHop(0x20), route)])[0]).toMatch(/2080::1 as next hop/);
    expect(found(ripng, [packet(nextHop(0xfe, 64), route)])[0]).toMatch(/with a tag or a length/);
    expect(found(ripng, [packet(named, named, route)])[0]).toMatch(/the next hop fe80::1 of no route/);
    expect(found(ripng, [packet(route, named)])[0]).toMatch(/the next hop fe80::1 of no route/);
  });
});

// What the kernel and iproute2 really send. A failure prints the datagram field by field.
import { decode, encode, littleEndianHost, printExplanation, viewOf } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { decodeAcknowledgement } from '../src/acknowledgement.ts';
import { explainDatagram } from '../src/explain-datagram.ts';
import { addressFlags } from '../src/interface-address.ts';
import { linkFlags } from '../src/link-attributes.ts';
import { type Message, messageFlags, messagesOf } from '../src/message.ts';
import { entryOfType } from '../src/registry.ts';
import { type RouteMessage, routeNextHops, routePrefix, routeTable } from '../src/route.ts';
import * as golden from './golden.ts';
import { answer } from './kernel.ts';

const { masks } = messageFlags;

/** The headers and the values of a datagram's messages. */
function read(source: golden.Golden): { headers: Message[]; values: unknown[]; explanation: string } {
  const bytes = golden.bytesOf(source);
  const headers = [...messagesOf(viewOf(bytes))];
  const values = headers.map(({ type, start, end }) => {
    const entry = entryOfType(type);
    return entry === undefined ? undefined : decode(entry.codec, bytes.subarray(start, end));
  });
  return { headers, values, explanation: printExplanation(explainDatagram(bytes)) };
}

function acknowledgementOf(
  source: golden.Golden,
): ReturnType<typeof decodeAcknowledgement> & { sequence: number } {
  const view = viewOf(golden.bytesOf(source));
  const [message] = messagesOf(view);
  return { ...decodeAcknowledgement(view, message!), sequence: message!.sequence };
}

describe.skipIf(!littleEndianHost)('links', () => {
  test('a veth', () => {
    const { headers, values, explanation } = read(golden.linkAnswer);
    expect(headers, explanation).toMatchObject([{ type: 16, flags: 0, sequence: 1 }]);
    expect(values[0], explanation).toMatchObject({
      family: 'unspecified',
      type: 1,
      index: 3,
      name: 'veth0',
      address: '02:00:00:00:00:01',
      broadcast: 'ff:ff:ff:ff:ff:ff',
      mtu: 1500,
      minMtu: 68,
      maxMtu: 65535,
      operationalState: 'up',
      linkMode: 'default',
      qdisc: 'noqueue',
      carrier: 1,
      parentIndex: 2,
      alternativeNames: ['uplink', 'core-1'],
      linkInfo: { kind: 'veth' },
      statistics: { receivedPackets: 1n, receivedBytes: 90n, receiveOtherHostDropped: 0n },
      statistics32: { receivedPackets: 1, receivedBytes: 90 },
      xdp: { attached: 0 },
      families: { ipv6: { flags: 0x8000_0000, addressGeneration: 'eui64', token: '::' } },
    });
    const { up, broadcast, running, multicast, lowerUp } = linkFlags.masks;
    expect(values[0]).toMatchObject({ flags: up | broadcast | running | multicast | lowerUp });
  });

  test('nothing of it is unknown', () => {
    for (const source of [golden.linkAnswer, golden.bridgeLink, golden.addressDump, golden.routeDump]) {
      const { explanation } = read(source);
      expect(explanation).not.toMatch(/unknown\(|<|undefined|\[object/);
    }
  });

  test('a bridge', () => {
    const { values, explanation } = read(golden.bridgeLink);
    expect(values[0], explanation).toMatchObject({
      name: 'br0',
      linkInfo: {
        kind: 'bridge',
        data: {
          forwardDelay: 1500,
          helloTime: 200,
          maxAge: 2000,
          priority: 32768,
          groupAddress: '01:80:c2:00:00:00',
          multicastSnooping: 1,
          multicastQueryInterval: 12500n,
          switches: { value: 0, mask: 31 },
        },
      },
    });
  });

  test('a bridge’s port', () => {
    const { values, explanation } = read(golden.bridgePort);
    expect(values[0], explanation).toMatchObject({
      family: 'bridge',
      name: 'veth1',
      master: 4,
      operationalState: 'up',
      protocolInfo: {
        state: 'disabled',
        priority: 32,
        cost: 2,
        unicastFlood: 1,
        number: 1,
        multicastRouter: 1,
      },
    });
  });

  test('iproute2’s request for a veth pair', () => {
    const { headers, values, explanation } = read(golden.vethRequest);
    expect(headers[0]?.flags).toBe(masks.request | masks.acknowledge | masks.create | masks.exclusive);
    expect(values[0], explanation).toEqual({
      family: 'unspecified',
      type: 0,
      index: 0,
      flags: 0,
      change: 0,
      mtu: 1400,
      name: 'va',
      linkInfo: {
        kind: 'veth',
        data: { peer: { family: 'unspecified', type: 0, index: 0, flags: 0, change: 0, name: 'vb' } },
      },
    });
  });
});

describe.skipIf(!littleEndianHost)('addresses', () => {
  test('of lo and of an interface with a broadcast address', () => {
    const { headers, values, explanation } = read(golden.addressDump);
    const { permanent } = addressFlags.masks;
    const forEver = { preferredLifetime: 0xffff_ffff, validLifetime: 0xffff_ffff };
    expect(headers.every(({ flags }) => flags === masks.multi)).toBe(true);
    expect(values, explanation).toMatchObject([
      {
        family: 'ipv4',
        prefixLength: 8,
        headerFlags: permanent,
        scope: 'host',
        index: 1,
        address: '127.0.0.1',
        local: '127.0.0.1',
        label: 'lo',
        flags: permanent,
        cacheInfo: forEver,
      },
      {
        family: 'ipv4',
        prefixLength: 24,
        scope: 'global',
        index: 3,
        address: '10.0.0.1',
        local: '10.0.0.1',
        broadcast: '10.0.0.255',
        label: 'veth0',
        flags: permanent,
        cacheInfo: forEver,
      },
    ]);
  });
});

describe.skipIf(!littleEndianHost)('routes', () => {
  const common = {
    family: 'ipv4',
    destinationLength: 16,
    sourceLength: 0,
    tos: 0,
    scope: 'global',
    type: 'unicast',
    flags: 0,
  };

  test('with one next hop, and with several, weights and metrics', () => {
    const { headers, values, explanation } = read(golden.routeDump);
    expect(headers.map(({ flags }) => flags)).toEqual([0x22, 0x22]);
    expect(values, explanation).toEqual([
      {
        ...common,
        headerTable: 252,
        protocol: 'rip',
        table: 1000,
        destination: '10.1.0.0',
        priority: 20,
        gateway: '10.0.0.2',
        outputInterface: 3,
      },
      {
        ...common,
        headerTable: 254,
        protocol: 'rip',
        table: 254,
        destination: '10.2.0.0',
        priority: 20,
        metrics: { mtu: 1400, advertisedMss: 1360 },
        multipath: [
          { flags: 0, hops: 0, interfaceIndex: 3, gateway: '10.0.0.2' },
          { flags: 0, hops: 2, interfaceIndex: 3, gateway: '10.0.0.3' },
        ],
      },
    ]);
  });

  test('prefix, table and next hops, whichever way the route has them', () => {
    const [single, multipath] = read(golden.routeDump).values as RouteMessage[];
    expect([routePrefix(single!), routeTable(single!)]).toEqual(['10.1.0.0/16', 1000]);
    expect(routeNextHops(single!)).toEqual([{ gateway: '10.0.0.2', interfaceIndex: 3, weight: 1, flags: 0 }]);
    expect(routeNextHops(multipath!)).toEqual([
      { gateway: '10.0.0.2', interfaceIndex: 3, weight: 1, flags: 0 },
      { gateway: '10.0.0.3', interfaceIndex: 3, weight: 3, flags: 0 },
    ]);
  });

  test('over a gateway of the other family', () => {
    const { values, explanation } = read(golden.routeVia);
    expect(values[0], explanation).toMatchObject({
      protocol: 'boot',
      via: 'fe80::1',
    });
    expect(routeNextHops(values[0] as RouteMessage)).toEqual([
      { gateway: 'fe80::1', interfaceIndex: 3, weight: 1, flags: 0 },
    ]);
  });

  test('iproute2’s request for a multipath route', () => {
    const { values, explanation } = read(golden.multipathRequest);
    expect(values[0], explanation).toEqual({
      ...common,
      headerTable: 254,
      protocol: 'rip',
      destination: '10.2.0.0',
      priority: 20,
      metrics: { lock: 1 << 2, mtu: 1400 },
      multipath: [
        { flags: 0, hops: 0, interfaceIndex: 3, gateway: '10.0.0.2' },
        { flags: 0, hops: 2, interfaceIndex: 3, gateway: '10.0.0.3' },
      ],
    });
  });
});

describe.skipIf(!littleEndianHost)('what is read is written again', () => {
  const sources = Object.entries(golden).filter(([, value]) => typeof value === 'object') as [
    string,
    golden.Golden,
  ][];

  test.each(sources)('%s', (_name, source) => {
    const { headers, values } = read(source);
    for (const [at, value] of values.entries()) {
      const entry = entryOfType(headers[at]!.type);
      if (entry !== undefined) expect(decode(entry.codec, encode(entry.codec, value))).toEqual(value);
    }
  });
});

describe.skipIf(!littleEndianHost)('acknowledgements', () => {
  const unreachable = { errno: 101, extended: { message: 'Nexthop has invalid gateway' }, sequence: 11 };

  test('an error with the request behind it', () => {
    expect(acknowledgementOf(golden.errorUncapped)).toEqual(unreachable);
  });

  test('an error without it (NLM_F_CAPPED)', () => {
    expect(acknowledgementOf(golden.errorCapped)).toEqual(unreachable);
  });

  test('an error with offset and policy', () => {
    expect(acknowledgementOf(golden.errorPolicy)).toEqual({
      errno: 34,
      sequence: 13,
      extended: {
        message: 'Attribute failed policy validation',
        offset: 36,
        policy: { type: 'u32', minimum: 0n, maximum: 0xffff_ffffn },
      },
    });
  });

  test('an error that the kernel does not explain', () => {
    expect(acknowledgementOf(golden.errorPlain)).toEqual({ errno: 17, extended: {}, sequence: 12 });
  });

  test('success', () => {
    expect(acknowledgementOf(golden.acknowledgement)).toEqual({ errno: 0, extended: {}, sequence: 12 });
  });

  test('success has no payload, whether or not NLM_F_CAPPED says so', () => {
    const bytes = answer(5, 0, { message: 'a warning' });
    new DataView(bytes.buffer).setUint16(6, messageFlags.masks.attributes, true);
    const [message] = messagesOf(viewOf(bytes));
    expect(decodeAcknowledgement(viewOf(bytes), message!)).toEqual({
      errno: 0,
      extended: { message: 'a warning' },
    });
  });

  test('a refused dump: the explanation is in NLMSG_DONE', () => {
    expect(acknowledgementOf(golden.doneRefused)).toEqual({
      errno: 22,
      extended: { message: 'Invalid values in header for FIB dump request' },
      sequence: 15,
    });
  });

  test('the end of a dump', () => {
    expect(acknowledgementOf(golden.done)).toEqual({ errno: 0, extended: {}, sequence: 3 });
  });

  test('in words', () => {
    const lines = explainDatagram(golden.bytesOf(golden.errorPolicy));
    const rows = lines.map(({ path, value }) => [path, value]);
    expect(rows).toContainEqual(['nlmsghdr.type', 'NLMSG_ERROR']);
    expect(rows).toContainEqual(['nlmsghdr.flags', 'attributes']);
    expect(rows).toContainEqual(['error', '-34 ERANGE']);
    expect(rows).toContainEqual(['request.type', 'RTM_NEWROUTE']);
    expect(rows).toContainEqual(['request.flags', 'request|acknowledge|exclusive|create']);
    expect(rows).toContainEqual(['request.payload.destination', '10.9.0.0']);
    expect(rows).toContainEqual(['request.payload.gateway', '<4 or 16 bytes expected, 3 given> 616263']);
    expect(rows).toContainEqual(['policy.type', 'u32']);
  });
});

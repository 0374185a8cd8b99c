// Routes as the kernel tells them and as iproute2 asks for them.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { type RouteMessage, routeNextHops, routePrefix, routeTable } from '../../src/rtnetlink/route.ts';
import { read } from './golden.ts';
import * as golden from './routes.ts';

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
    const { messages, values, explanation } = read(golden.routeDump);
    expect(messages.map(({ flags }) => flags)).toEqual([0x22, 0x22]);
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

  test('metrics: locked, and a congestion control by name', () => {
    const { values, explanation } = read(golden.metrics);
    expect(values[0], explanation).toEqual({
      ...common,
      family: 'ipv6',
      destinationLength: 48,
      headerTable: 254,
      protocol: 'boot',
      destination: '2001:db8:8::',
      gateway: 'fe80::1',
      priority: 5,
      preference: 'high',
      expires: 100,
      outputInterface: 3,
      metrics: {
        mtu: 1300,
        hopLimit: 9,
        congestionControl: 'cubic',
        features: 1,
        lock: (1 << 2) | (1 << 16),
      },
    });
  });
});

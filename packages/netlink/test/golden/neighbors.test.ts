// Neighbors as iproute2 asks for them and as the kernel tells them.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { neighborExtendedFlags, neighborFlags, neighborState } from '../../src/rtnetlink/neighbor.ts';
import { type Golden, read } from './golden.ts';
import * as golden from './neighbors.ts';

describe.skipIf(!littleEndianHost)('neighbors', () => {
  const { router, proxy, externallyLearned } = neighborFlags.masks;
  const { stale, failed, permanent, incomplete } = neighborState.masks;
  const { managed } = neighborExtendedFlags.masks;
  const request = { family: 'ipv4', interfaceIndex: 3, state: 0, flags: 0, type: 'unspecified' };

  test.each<[string, Golden, object]>([
    [
      'with everything that a request has',
      golden.neighborRequest,
      {
        ...request,
        state: stale,
        flags: router | externallyLearned,
        protocol: 'zebra',
        destination: '10.1.0.51',
        extendedFlags: managed,
        linkAddress: '02:00:00:00:00:51',
      },
    ],
    [
      'a proxy',
      golden.proxyRequest,
      { ...request, family: 'ipv6', state: permanent, flags: proxy, destination: '2001:db8:9::52' },
    ],
    ['a question', golden.neighborQuestion, { ...request, destination: '10.1.0.51' }],
    [
      'a proxy, as the kernel lists it',
      golden.proxies,
      { ...request, family: 'ipv6', flags: proxy, type: 'unicast', destination: '2001:db8:9::52' },
    ],
  ])('%s', (_name, source, expected) => {
    const { values, explanation } = read(source);
    expect(values, explanation).toEqual([expected]);
  });

  test('as the kernel lists them', () => {
    const { values, explanation } = read(golden.neighbors);
    expect(values, explanation).toMatchObject([
      { destination: '10.1.0.52', state: failed, type: 'unicast', probes: 0, cacheInfo: { confirmed: 6000 } },
      {
        destination: '10.1.0.51',
        state: incomplete,
        flags: externallyLearned,
        extendedFlags: managed,
        protocol: 'zebra',
        probes: 4,
        cacheInfo: { confirmed: 6001, used: 1, updated: 1, references: 1 },
      },
      { family: 'ipv6', destination: '2001:db8:9::53', linkAddress: '02:00:00:00:00:53', flags: router },
    ]);
    // Linux: of a managed neighbor that is new, it forgets the address and the router flag that were asked for.
    expect(values[1]).not.toHaveProperty('linkAddress');
  });

  test('an entry of a bridge’s forwarding table', () => {
    const { values, explanation } = read(golden.forwardingEntry);
    expect(values, explanation).toEqual([
      {
        family: 'bridge',
        interfaceIndex: 4,
        state: permanent,
        flags: 0,
        type: 'unspecified',
        linkAddress: '26:1f:82:ea:36:f7',
        master: 4,
        extendedFlags: 0,
        cacheInfo: { confirmed: 0, used: 0, updated: 0, references: 0 },
      },
    ]);
  });
});

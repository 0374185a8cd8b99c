// Addresses and neighbors as iproute2 asks for them and as the kernel tells them, read and written again.
import { decode, encode, littleEndianHost, printExplanation, viewOf } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { explainDatagram } from '../src/explain-datagram.ts';
import { addressFlags } from '../src/interface-address.ts';
import { messagesOf } from '../src/message.ts';
import { neighborExtendedFlags, neighborFlags, neighborState } from '../src/neighbor.ts';
import { entryOfType } from '../src/registry.ts';
import { bytesOf, type Golden } from './golden.ts';
import * as golden from './golden-addresses.ts';

/** What every message of a datagram decodes to; each must encode to the bytes that it came from. */
function read(source: Golden): { values: unknown[]; explanation: string } {
  const bytes = bytesOf(source);
  const explanation = printExplanation(explainDatagram(bytes));
  const values = [...messagesOf(viewOf(bytes))].map(({ type, start, end }) => {
    const { codec } = entryOfType(type)!;
    const payload = bytes.slice(start, end);
    const value: unknown = decode(codec, payload);
    expect(encode(codec, value), explanation).toEqual(payload);
    return value;
  });
  expect(explanation).not.toMatch(/unknown\(|<|undefined|\[object/);
  return { values, explanation };
}

describe.skipIf(!littleEndianHost)('addresses', () => {
  const { permanent, secondary, homeAddress, noDuplicateDetection, manageTemporary } = addressFlags.masks;
  const { tentative, deprecated, noPrefixRoute } = addressFlags.masks;
  const request = { family: 'ipv4', prefixLength: 24, headerFlags: 0, scope: 'global', index: 3 };
  const forever = { preferredLifetime: 0xffff_ffff, validLifetime: 0xffff_ffff };

  test.each<[string, Golden, object]>([
    [
      'with everything that IPv4 has',
      golden.addressRequest,
      {
        ...request,
        scope: 'link',
        local: '10.1.0.1',
        label: 'eth0:x',
        priority: 5,
        address: '10.1.0.1',
        broadcast: '10.1.0.255',
        cacheInfo: { preferredLifetime: 50, validLifetime: 100, created: 0, updated: 0 },
      },
    ],
    ['with another end', golden.peerRequest, { ...request, local: '10.1.0.7', address: '10.1.9.0' }],
    [
      'with flags beyond the header’s eight bits',
      golden.ipv6AddressRequest,
      {
        ...request,
        family: 'ipv6',
        prefixLength: 64,
        local: '2001:db8:9::1',
        flags: noDuplicateDetection | homeAddress | manageTemporary | noPrefixRoute,
        address: '2001:db8:9::1',
      },
    ],
    [
      'to be deleted',
      golden.addressDeletion,
      { ...request, family: 'ipv6', prefixLength: 64, local: '2001:db8:9::1', address: '2001:db8:9::1' },
    ],
  ])('%s', (_name, source, expected) => {
    const { values, explanation } = read(source);
    expect(values, explanation).toEqual([expected]);
  });

  test('as the kernel lists them', () => {
    const { values, explanation } = read(golden.addressesOfBothFamilies);
    expect(values, explanation).toMatchObject([
      {
        scope: 'link',
        local: '10.1.0.1',
        address: '10.1.0.1',
        broadcast: '10.1.0.255',
        label: 'eth0:x',
        flags: 0,
        headerFlags: 0,
        priority: 5,
        cacheInfo: { preferredLifetime: 50, validLifetime: 100 },
      },
      { local: '10.1.0.7', address: '10.1.9.0', label: 'eth0', flags: permanent, cacheInfo: forever },
      { local: '10.1.0.2', flags: permanent | secondary | noPrefixRoute, headerFlags: 0x81 },
      {
        family: 'ipv6',
        local: '2001:db8:9::2',
        address: '2001:db8:10::1',
        flags: permanent | homeAddress | noDuplicateDetection,
      },
      {
        // An address without another end has no `local`.
        address: '2001:db8:9::1',
        flags: tentative | deprecated | manageTemporary,
        cacheInfo: { preferredLifetime: 0, validLifetime: 1000 },
      },
    ]);
    expect(values[4]).not.toHaveProperty('local');
  });
});

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

// What is left out of a request for an address or a neighbor is filled in as iproute2 does it: both say the same.
import { decode, encode, littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { entryOf, type Operation } from '../src/registry.ts';
import { completed, type Specifications } from '../src/rtnetlink/completion.ts';
import { addressFlags } from '../src/rtnetlink/interface-address.ts';
import { neighborExtendedFlags, neighborFlags, neighborState } from '../src/rtnetlink/neighbor.ts';
import * as addresses from './golden/addresses.ts';
import { type Golden, read } from './golden/golden.ts';
import * as neighbors from './golden/neighbors.ts';

const golden = { ...addresses, ...neighbors };

function asIproute2Asks(source: Golden): unknown {
  return read(source).values[0];
}

function asWeAsk<O extends 'address' | 'neighbor'>(
  object: O,
  operation: Operation,
  specification: Specifications[O],
): unknown {
  const { codec } = entryOf(object, operation)!;
  return decode(codec, encode(codec, completed(object, operation, specification)));
}

const eth0 = 3;

describe.skipIf(!littleEndianHost)('addresses', () => {
  const { noDuplicateDetection, homeAddress, manageTemporary, noPrefixRoute } = addressFlags.masks;
  const everything = {
    label: 'eth0:x',
    scope: 'link',
    priority: 5,
    broadcast: '10.1.0.255',
    cacheInfo: { validLifetime: 100, preferredLifetime: 50 },
  } as const;

  test.each<[string, Golden, Operation, Specifications['address']]>([
    ['made', golden.addressRequest, 'new', { prefix: '10.1.0.1/24', interfaceIndex: eth0, ...everything }],
    [
      'with another end, whose length it is',
      golden.peerRequest,
      'new',
      { local: '10.1.0.7', address: '10.1.9.0', prefixLength: 24, interfaceIndex: eth0 },
    ],
    [
      'of IPv6',
      golden.ipv6AddressRequest,
      'new',
      {
        prefix: '2001:db8:9::1/64',
        interfaceIndex: eth0,
        flags: noDuplicateDetection | homeAddress | manageTemporary | noPrefixRoute,
      },
    ],
    ['deleted', golden.addressDeletion, 'delete', { prefix: '2001:db8:9::1/64', interfaceIndex: eth0 }],
  ])('%s', (_name, source, operation, specification) => {
    expect(asWeAsk('address', operation, specification)).toEqual(asIproute2Asks(source));
  });

  test('without a length: a host’s', () => {
    expect(asWeAsk('address', 'new', { prefix: '10.1.0.1' })).toMatchObject({
      family: 'ipv4',
      prefixLength: 32,
    });
    expect(asWeAsk('address', 'new', { local: '::1' })).toMatchObject({ family: 'ipv6', prefixLength: 128 });
  });

  test.each<[string, Specifications['address']]>([
    ['address', { local: '10.0.0.1', address: '2001:db8::1' }],
    ['prefix', { family: 'ipv4', prefix: '::1/128' }],
    ['broadcast', { prefix: '2001:db8::1/64', broadcast: '10.0.0.255' }],
  ])('of two families: the %s is refused', (name, specification) => {
    expect(() => completed('address', 'new', specification)).toThrow(`${name}: an address of family ipv`);
  });

  test('asked for: without a length, which the kernel refuses', () => {
    expect(asWeAsk('address', 'get', { local: '2001:db8::1', interfaceIndex: eth0 })).toEqual({
      family: 'ipv6',
      prefixLength: 0,
      headerFlags: 0,
      scope: 'global',
      interfaceIndex: eth0,
      local: '2001:db8::1',
    });
  });
});

describe.skipIf(!littleEndianHost)('neighbors', () => {
  const { proxy, router, externallyLearned } = neighborFlags.masks;
  const { managed } = neighborExtendedFlags.masks;
  const { stale, permanent } = neighborState.masks;

  test.each<[string, Golden, Operation, Specifications['neighbor']]>([
    [
      'made',
      golden.neighborRequest,
      'new',
      {
        destination: '10.1.0.51',
        interfaceIndex: eth0,
        linkAddress: '02:00:00:00:00:51',
        state: stale,
        flags: router | externallyLearned,
        extendedFlags: managed,
        protocol: 'zebra',
      },
    ],
    [
      'a proxy',
      golden.proxyRequest,
      'new',
      { destination: '2001:db8:9::52', interfaceIndex: eth0, flags: proxy },
    ],
    ['asked for', golden.neighborQuestion, 'get', { destination: '10.1.0.51', interfaceIndex: eth0 }],
  ])('%s', (_name, source, operation, specification) => {
    expect(asWeAsk('neighbor', operation, specification)).toEqual(asIproute2Asks(source));
  });

  test('permanent, unless the kernel is to resolve it', () => {
    const destination = '10.1.0.51';
    expect(asWeAsk('neighbor', 'new', { destination })).toMatchObject({ state: permanent });
    expect(asWeAsk('neighbor', 'new', { destination, extendedFlags: managed })).toMatchObject({ state: 0 });
  });

  test('of another family than they are said to be are refused; a forwarding table has both', () => {
    const destination = '2001:db8::1';
    expect(() => completed('neighbor', 'delete', { family: 'ipv4', destination })).toThrow(
      'destination: an address of family ipv4 expected, got 2001:db8::1',
    );
    expect(completed('neighbor', 'delete', { family: 'bridge', destination })).toEqual({
      family: 'bridge',
      destination,
    });
  });
});

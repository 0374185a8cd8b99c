// Addresses as iproute2 asks for them and as the kernel tells them.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { messageFlags } from '../../src/message.ts';
import { addressFlags } from '../../src/rtnetlink/interface-address.ts';
import * as golden from './addresses.ts';
import { type Golden, read } from './golden.ts';

const { multi } = messageFlags.masks;

describe.skipIf(!littleEndianHost)('addresses', () => {
  const { permanent, secondary, homeAddress, noDuplicateDetection, manageTemporary } = addressFlags.masks;
  const { tentative, deprecated, noPrefixRoute } = addressFlags.masks;
  const request = { family: 'ipv4', prefixLength: 24, headerFlags: 0, scope: 'global', interfaceIndex: 3 };
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

  test('of both families, as the kernel lists them', () => {
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

  test('of lo and of an interface with a broadcast address', () => {
    const { messages, values, explanation } = read(golden.addressDump);
    expect(messages.every(({ flags }) => flags === multi)).toBe(true);
    expect(values, explanation).toMatchObject([
      {
        family: 'ipv4',
        prefixLength: 8,
        headerFlags: permanent,
        scope: 'host',
        interfaceIndex: 1,
        address: '127.0.0.1',
        local: '127.0.0.1',
        label: 'lo',
        flags: permanent,
        cacheInfo: forever,
      },
      {
        family: 'ipv4',
        prefixLength: 24,
        scope: 'global',
        interfaceIndex: 3,
        address: '10.0.0.1',
        local: '10.0.0.1',
        broadcast: '10.0.0.255',
        label: 'veth0',
        flags: permanent,
        cacheInfo: forever,
      },
    ]);
  });
});

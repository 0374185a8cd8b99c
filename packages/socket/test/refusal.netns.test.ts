// What the kernel refuses, in its own words and with our name for the attribute that it means.
import { expect, test } from 'vitest';
import type { Rtnetlink } from '../src/rtnetlink.ts';
import { indexOf, makePair } from './namespaces.ts';
import { openClient } from './routes.ts';

interface Refusal {
  readonly code: string;
  readonly kernelMessage?: string;
  readonly attribute?: string;
  readonly accepted?: string;
  readonly missingAttribute?: string;
}

type Attempt = readonly [what: string, (client: Rtnetlink, eth0: number) => Promise<unknown>, Refusal];

const attempts: readonly Attempt[] = [
  [
    'a link’s MTU that is too small',
    ({ links }) => links.set({ name: 'eth0', mtu: 1 }),
    { code: 'EINVAL', kernelMessage: 'mtu less than device minimum' },
  ],
  [
    'a link of an unknown kind',
    ({ links }) => links.add({ name: 'eth1', linkInfo: { kind: 'nonsense' } }),
    { code: 'EOPNOTSUPP', kernelMessage: 'Unknown device type' },
  ],
  [
    'a link’s name that is too long',
    ({ links }) => links.add({ name: 'a-name-that-is-too-long', linkInfo: { kind: 'bridge' } }),
    {
      code: 'ERANGE',
      kernelMessage: 'Attribute failed policy validation',
      attribute: 'name',
      accepted: 'string of at most 15 bytes',
    },
  ],
  [
    'a number out of its range, three nests down',
    ({ links }) => links.add({ name: 'eth1', linkInfo: { kind: 'vxlan', data: { vni: 2 ** 25 } } }),
    {
      code: 'ERANGE',
      kernelMessage: 'VXLAN ID must be lower than 16777216',
      attribute: 'linkInfo.data.vni',
    },
  ],
  ['a link that is not there', ({ links }) => links.get({ name: 'eth1' }), { code: 'ENODEV' }],
  [
    'an IPv4 address with a prefix that is too long',
    ({ addresses }, index) => addresses.add({ local: '10.0.0.2', prefixLength: 33, interfaceIndex: index }),
    { code: 'EINVAL', kernelMessage: 'ipv4: Invalid prefix length' },
  ],
  [
    'an IPv6 address whose lifetime ends before it begins',
    ({ addresses }, index) =>
      addresses.add({
        prefix: '2001:db8::1/64',
        interfaceIndex: index,
        cacheInfo: { preferredLifetime: 5, validLifetime: 1 },
      }),
    { code: 'EINVAL', kernelMessage: 'ipv6: address lifetime invalid' },
  ],
  [
    'an address of an interface that is not there',
    ({ addresses }) => addresses.add({ prefix: '10.0.0.2/24', interfaceIndex: 4711 }),
    { code: 'ENODEV', kernelMessage: 'ipv4: Device not found' },
  ],
  [
    'a route to a prefix with host bits',
    ({ routes }) => routes.add({ destination: '10.0.0.1', destinationLength: 8, gateway: '10.0.0.2' }),
    { code: 'EINVAL', kernelMessage: 'Invalid prefix for given prefix length' },
  ],
  [
    'an IPv6 route by a link-local gateway on no interface',
    ({ routes }) => routes.add({ prefix: '2001:db8::/32', gateway: 'fe80::1' }),
    { code: 'EINVAL', kernelMessage: 'Egress device not specified' },
  ],
  [
    'a neighbor without its address',
    ({ neighbors }, interfaceIndex) => neighbors.get({ family: 'ipv4', interfaceIndex }),
    { code: 'EINVAL', missingAttribute: 'destination' },
  ],
  [
    'a neighbor’s link address that is too short',
    ({ neighbors }, interfaceIndex) =>
      neighbors.add({ destination: '10.0.0.9', interfaceIndex, linkAddress: '02:00' }),
    { code: 'EINVAL', kernelMessage: 'Invalid link address' },
  ],
  [
    'a rule that leads backward',
    ({ rules }) => rules.add({ priority: 100, goto: 50 }),
    { code: 'EINVAL', kernelMessage: 'Backward goto not supported' },
  ],
  [
    'an IPv6 rule about too many bits',
    ({ rules }) => rules.add({ source: '2001:db8::', sourceLength: 129 }),
    { code: 'EINVAL', kernelMessage: 'Invalid source address' },
  ],
  [
    'a group of next hops that are not there',
    ({ nexthops }) => nexthops.add({ id: 2, group: [{ id: 4711 }] }),
    { code: 'EINVAL', kernelMessage: 'Invalid nexthop id' },
  ],
  [
    'a next hop on an interface that is not there',
    ({ nexthops }) => nexthops.add({ id: 1, gateway: '10.0.0.2', outputInterface: 4711 }),
    { code: 'EINVAL', kernelMessage: 'Invalid device index' },
  ],
];

test.each(attempts)('%s', async (_what, attempt, refusal) => {
  const [namespace] = makePair();
  const client = openClient(namespace);
  const error = await attempt(client, indexOf(namespace, 'eth0')).catch((reason: unknown) => reason);
  const { code, kernelMessage, attribute, accepted, missingAttribute, ...rest } = error as Error & Refusal;
  const said = { code, kernelMessage, attribute, accepted, missingAttribute };
  const wanted = {
    kernelMessage: undefined,
    attribute: undefined,
    accepted: undefined,
    missingAttribute: undefined,
    ...refusal,
  };
  expect(said).toEqual(wanted);
  expect(rest).toMatchObject({ name: 'NetlinkError', operation: expect.stringMatching(/^RTM_/) });
  const message = String(error);
  for (const word of Object.values(refusal)) expect(message).toContain(word);
  expect(await client.links.list(), 'the client goes on').toHaveLength(2);
});

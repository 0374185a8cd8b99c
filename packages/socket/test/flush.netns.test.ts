// `flush` deletes whatever can be listed: each kind of object in its oddest forms, made by iproute2.
import { expect, test, vi } from 'vitest';
import { indexOf, ip, ipBatch, makeNamespace, makePair } from './namespaces.ts';
import { openClient } from './routes.ts';

test('routes of every form, and no others', async () => {
  const [here] = makePair();
  ip(here, 'address add 2001:db8::1/64 dev eth0 nodad');
  ipBatch(here, [
    'nexthop add id 1 via 10.0.0.2 dev eth0',
    'nexthop add id 2 via 10.0.0.3 dev eth0',
    'nexthop add id 3 group 1/2',
    'nexthop add id 6 via 2001:db8::2 dev eth0',
  ]);
  ipBatch(here, [
    'route add 10.1.0.0/16 via 10.0.0.2 proto rip',
    'route append 10.1.0.0/16 via 10.0.0.3 proto rip',
    'route add 10.1.0.0/16 via 10.0.0.4 tos 0x10 proto rip',
    'route add 10.1.0.0/16 via 10.0.0.4 metric 9 src 10.0.0.1 proto rip',
    'route add 10.2.0.0/16 proto rip nexthop via 10.0.0.2 weight 2 nexthop via 10.0.0.3 weight 7',
    'route add 10.3.0.0/16 via 192.0.2.1 dev eth0 onlink proto rip mtu lock 1400 advmss 1000 initcwnd 20',
    'route add 10.4.0.0/16 via inet6 fe80::1 dev eth0 proto rip',
    'route add blackhole 10.5.0.0/16 proto rip',
    'route add unreachable 10.6.0.0/16 proto rip table 7000',
    'route add throw 10.7.0.0/16 proto rip table 100',
    'route add local 10.8.0.0/16 dev lo proto rip',
    'route add 10.9.0.0/16 nhid 1 proto rip',
    'route add 10.10.0.0/16 nhid 3 proto rip',
    'route add default via 10.0.0.2 proto rip',
    'route add 10.1.0.0/16 via 10.0.0.2 metric 9 tos 0x10 proto static',
  ]);
  ipBatch(
    here,
    [
      'route add 2001:db9::/48 via 2001:db8::2 proto rip',
      'route append 2001:db9::/48 via 2001:db8::3 proto rip',
      'route add 2001:db9:1::/48 proto rip nexthop via 2001:db8::2 weight 3 nexthop via 2001:db8::3',
      'route add 2001:db9:2::/48 via 2001:db8::2 proto rip metric 5 mtu 1300 expires 1000 pref high',
      'route add blackhole 2001:db9:3::/48 proto rip table 100',
      'route add 2001:db9:4::/48 nhid 6 proto rip',
      'route add 2001:db9:5::/48 from 2001:db8:7::/64 via 2001:db8::2 proto rip',
      'route add default via 2001:db8::2 proto rip',
      'route add 2001:db9::/48 via 2001:db8::2 metric 9 proto static',
    ],
    '-6',
  );
  const client = openClient(here);
  const listed = await client.routes.list({ protocol: 'rip' });
  expect(listed.length).toBeGreaterThanOrEqual(21);
  expect(await client.routes.flush({ protocol: 'rip' })).toBe(listed.length);
  expect(await client.routes.list({ protocol: 'rip' })).toEqual([]);
  const left = await client.routes.list({ protocol: 'static' });
  expect(left.map(({ priority }) => priority)).toEqual([9, 9]);
  expect(await client.routes.list({ family: 'ipv4', protocol: 'kernel' })).toHaveLength(3);
});

test('routes of a link that has lost its carrier', async () => {
  const [here, there] = makePair();
  ip(here, 'address add 2001:db8::1/64 dev eth0 nodad');
  ipBatch(here, [
    'route add 10.1.0.0/16 via 10.0.0.2 proto rip',
    'route add 10.2.0.0/16 proto rip nexthop via 10.0.0.2 nexthop via 10.0.0.3',
    'route add 2001:db9::/48 via 2001:db8::2 proto rip',
  ]);
  ip(there, 'link set eth0 down');
  // Linux: the flag comes a moment later; next-hop objects and the routes that name them would go then.
  await vi.waitFor(() => expect(ip(here, 'route show proto rip')).toContain('linkdown'), {
    timeout: 10_000,
    interval: 20,
  });
  const client = openClient(here);
  expect(await client.routes.flush({ protocol: 'rip' })).toBe(3);
  expect(await client.routes.list({ protocol: 'rip' })).toEqual([]);
});

test('of two routes that differ in one thing only, the chosen one', async () => {
  const [here] = makePair();
  ipBatch(here, [
    'route add 10.1.0.0/16 via 10.0.0.2 metric 5',
    'route append 10.1.0.0/16 via 10.0.0.3 metric 5',
    'route append 10.1.0.0/16 via 10.0.0.2 metric 5 mtu 1400',
  ]);
  const client = openClient(here);
  const where = ({ gateway, metrics }: { gateway?: string; metrics?: object }) =>
    gateway === '10.0.0.2' && metrics !== undefined;
  expect(await client.routes.flush({ family: 'ipv4', protocol: 'boot' }, { where })).toBe(1);
  const left = await client.routes.list({ family: 'ipv4', protocol: 'boot' });
  expect(left.map(({ gateway, metrics }) => [gateway, metrics])).toEqual([
    ['10.0.0.2', undefined],
    ['10.0.0.3', undefined],
  ]);
});

test('addresses: secondary ones, labels, the other end of a link, both families', async () => {
  const [here] = makePair();
  ipBatch(here, [
    'address add 10.0.0.5/24 dev eth0 label eth0:five',
    'address add 192.0.2.1 peer 192.0.2.2/32 dev eth0',
    'address add 192.0.2.1 peer 192.0.2.3/32 dev eth0',
    'address add 10.7.0.1/16 dev eth0 scope link valid_lft 1000 preferred_lft 500',
    'address add 2001:db8::1/64 dev eth0',
    'address add 2001:db8::7 peer 2001:db8::8/128 dev eth0',
  ]);
  const client = openClient(here);
  const index = indexOf(here, 'eth0');
  expect(await client.addresses.flush({ family: 'ipv4', interfaceIndex: index })).toBe(5);
  expect(
    await client.addresses.flush({ interfaceIndex: index }, { where: ({ scope }) => scope === 'global' }),
  ).toBe(2);
  expect(ip(here, 'address show dev eth0 scope global')).toBe('');
  expect((await client.addresses.list({ interfaceIndex: index })).map(({ scope }) => scope)).toEqual([
    'link',
  ]);
});

test('neighbors, proxies and forwarding entries', async () => {
  const [here] = makePair();
  ipBatch(here, [
    'neighbor add 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0',
    'neighbor add 10.0.0.10 lladdr 02:00:00:00:00:0a dev eth0 nud stale router',
    'neighbor add 10.0.0.11 lladdr 02:00:00:00:00:0b dev eth0 nud noarp',
    'neighbor add 2001:db8::9 lladdr 02:00:00:00:00:09 dev eth0 nud reachable extern_learn',
    'neighbor add proxy 10.0.0.12 dev eth0',
    'neighbor add proxy 2001:db8::12 dev eth0',
    'link add vxlan0 type vxlan id 7 dstport 4789 dev eth0',
  ]);
  const client = openClient(here);
  const interfaceIndex = indexOf(here, 'eth0');
  const shown = (): string => ip(here, 'neighbor show nud all dev eth0');
  expect(shown()).toContain('10.0.0.11');
  expect(await client.neighbors.flush({ interfaceIndex, proxy: true })).toBe(2);
  expect(ip(here, 'neighbor show proxy dev eth0')).toBe('');
  expect(shown(), 'only proxies').toContain('10.0.0.9');
  expect(await client.neighbors.flush({ family: 'ipv4', interfaceIndex })).toBeGreaterThanOrEqual(3);
  expect(shown()).not.toMatch(/^10\./m);
  await client.neighbors.flush({ interfaceIndex });
  expect(shown()).not.toContain('2001:db8::9');

  const vxlan = indexOf(here, 'vxlan0');
  const entry = { family: 'bridge', interfaceIndex: vxlan, linkAddress: '02:00:00:00:00:01' } as const;
  const self = 2;
  for (const destination of ['10.0.0.2', '10.0.0.3']) {
    const first = destination === '10.0.0.2';
    const linkAddress = first ? entry.linkAddress : '00:00:00:00:00:00';
    await client.neighbors.append({ ...entry, linkAddress, flags: self, state: 128, destination });
  }
  const forwarding = () => client.neighbors.list({ family: 'bridge', interfaceIndex: vxlan });
  expect(await forwarding()).toHaveLength(2);
  expect(await client.neighbors.flush({ family: 'bridge', interfaceIndex: vxlan })).toBe(2);
  expect(await forwarding()).toEqual([]);
});

test('rules of every form', async () => {
  const name = makeNamespace();
  ipBatch(name, [
    'rule add from 10.0.0.0/8 to 10.1.0.0/16 table 100 priority 100',
    'rule add not from 10.0.0.0/8 iif lo fwmark 0x10/0xff table 5000 priority 101',
    'rule add to 10.2.0.0/16 blackhole priority 102',
    'rule add oif eth9 prohibit priority 103',
    'rule add priority 104 goto 32766',
    'rule add priority 105 ipproto tcp sport 100-200 dport 80 table 100 protocol static',
    'rule add priority 106 uidrange 1-100 suppress_prefixlength 8 lookup main',
    'rule add tos 0x10 priority 107 lookup 100',
  ]);
  ipBatch(
    name,
    ['rule add from 2001:db8::/32 table 100 priority 108', 'rule add iif lo unreachable priority 109'],
    '-6',
  );
  const client = openClient(name);
  const mine = { where: ({ priority }: { priority?: number }) => (priority ?? 0) >= 100 && priority! < 200 };
  const flushed = await client.rules.flush({ family: 'ipv4' }, mine);
  expect(flushed).toBe(8);
  expect(await client.rules.flush({}, mine)).toBe(2);
  expect(ip(name, '-4 rule show').split('\n').length - 1).toBe(3);
  expect(ip(name, '-6 rule show').split('\n').length - 1).toBe(2);
});

test('next-hop objects and groups; routes that use them go along', async () => {
  const [here] = makePair();
  ip(here, 'link set lo up');
  ipBatch(here, [
    'nexthop add id 1 via 10.0.0.2 dev eth0',
    'nexthop add id 2 via 10.0.0.3 dev eth0 protocol rip',
    'nexthop add id 3 blackhole',
    'nexthop add id 4 group 1/2,5',
    'nexthop add id 5 group 1/2 type resilient buckets 32',
    'nexthop add id 6 dev eth0',
    'route add 10.1.0.0/16 nhid 4',
  ]);
  const client = openClient(here);
  expect(await client.nexthops.flush({ groups: true })).toBe(2);
  expect((await client.nexthops.list()).map(({ id }) => id)).toEqual([1, 2, 3, 6]);
  expect(await client.nexthops.flush({})).toBe(4);
  expect(ip(here, 'nexthop show')).toBe('');
  expect(ip(here, 'route show 10.1.0.0/16')).toBe('');
});

test('links by kind, the other end of a pair along with the first', async () => {
  const name = makeNamespace();
  ipBatch(name, [
    'link add one type veth peer name two',
    'link add br0 type bridge',
    'link add br1 type bridge',
    'link set one master br0',
  ]);
  const client = openClient(name);
  expect(await client.links.flush({ kind: 'bridge' })).toBe(2);
  expect(await client.links.flush({ kind: 'veth' })).toBe(2);
  expect((await client.links.list()).map((link) => link.name)).toEqual(['lo']);
  await expect(client.links.flush({})).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
});

test('a kind that the kernel does not know selects no links', async () => {
  const [here] = makePair();
  const client = openClient(here);
  expect(await client.links.list({ kind: 'no-such-kind' })).toEqual([]);
  for await (const { name } of client.links.stream({ kind: 'no-such-kind' })) expect.unreachable(name);
  expect(await client.links.flush({ kind: 'no-such-kind' })).toBe(0);
  expect(await client.links.list({ kind: 'veth' })).toHaveLength(1);
});

test('nothing to flush is 0', async () => {
  const client = openClient(makeNamespace());
  expect(await client.routes.flush({ table: 4711 })).toBe(0);
  expect(await client.nexthops.flush({})).toBe(0);
});

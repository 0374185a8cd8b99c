// Every filter is the kernel's: of what does not match, not one message comes.
import {
  controlTypes,
  type DumpEnd,
  Exchange,
  type Filters,
  type Messages,
  messagesOf,
  neighborState,
  type ObjectName,
  queryOf,
  routePrefix,
} from '@ripstop/netlink';
import { viewOf } from '@ripstop/wire';
import { expect, test, vi } from 'vitest';
import { listen } from './listener.ts';
import { indexOf, ip, ipBatch, makePair } from './namespaces.ts';
import { openClient } from './routes.ts';

const SECONDS = { timeout: 20_000, interval: 5 };

/** A namespace in which every filter finds something, and leaves something out. */
function fill(): { namespace: string; index: (name: string) => number } {
  const [namespace] = makePair();
  const commands = [
    'link set lo up',
    'link add br0 type bridge',
    'link add one type veth peer name two',
    'link set one master br0',
    'link set one up',
    'link set two up',
    'address add 10.1.0.1/24 dev two',
    'address add 2001:db8::1/64 dev eth0 nodad',
    'address add 2001:db8:1::1/64 dev two nodad',
    'route add 10.2.0.0/16 via 10.0.0.2 proto rip',
    'route add 10.3.0.0/16 via 10.1.0.2 proto static table 100',
    'route add blackhole 10.4.0.0/16 proto rip table 70000',
    'route add 2001:db9::/48 via 2001:db8::2 proto rip table 100',
    'route add 2001:db9:1::/48 via 2001:db8:1::2 proto static',
    'neighbor add 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0',
    'neighbor add 10.1.0.9 lladdr 02:00:00:00:00:09 dev one',
    'neighbor add 2001:db8::9 lladdr 02:00:00:00:00:09 dev eth0',
    'neighbor add proxy 10.0.0.12 dev eth0',
    'neighbor add proxy 10.1.0.12 dev two',
    'rule add from 10.0.0.0/8 priority 100',
    'nexthop add id 1 via 10.0.0.2 dev eth0',
    'nexthop add id 2 via 10.1.0.2 dev two',
    'nexthop add id 3 dev one',
    'nexthop add id 4 via 2001:db8::2 dev eth0',
    'nexthop add id 5 group 1/2',
    'nexthop add id 6 via 10.0.0.3 fdb',
  ];
  ipBatch(namespace, commands);
  ip(namespace, '-6 rule add from 2001:db8::/32 priority 200');
  return { namespace, index: (name) => indexOf(namespace, name) };
}

/** What a filter selects, after it was made sure that the kernel sends these messages and no others. */
async function select<O extends ObjectName>(
  namespace: string,
  object: O,
  filter: Filters[O],
): Promise<readonly Messages[O][]> {
  const { socket, datagrams } = listen(namespace);
  const exchange = new Exchange({ portId: socket.portId, sequence: 1, datagramBytesMax: 4096 });
  const found: Messages[O][] = [];
  let end: DumpEnd | undefined;
  const [request] = exchange.dump(
    { object, message: queryOf(object, filter) },
    (message) => found.push(message),
    (ended) => {
      end = ended;
    },
  );
  socket.send(request!);
  const types = (): number[] =>
    datagrams.flatMap((datagram) => [...messagesOf(viewOf(datagram))].map(({ type }) => type));
  await vi.waitFor(() => expect(types()).toContain(controlTypes.NLMSG_DONE), SECONDS);
  for (const datagram of datagrams) exchange.receive(datagram);
  expect(end).toEqual({ error: undefined, interrupted: false, undecodable: 0 });
  expect(types(), 'all that came, and the end').toHaveLength(found.length + 1);
  return found;
}

test('links', async () => {
  const { namespace, index } = fill();
  const names = async (filter: Filters['link']): Promise<unknown[]> =>
    (await select(namespace, 'link', filter)).map(({ name }) => name);
  expect(await names({})).toEqual(['lo', 'eth0', 'br0', 'two', 'one']);
  expect(await names({ kind: 'bridge' })).toEqual(['br0']);
  expect(await names({ kind: 'no-such-kind' }), 'to the kernel alone').toHaveLength(5);
  expect(await names({ kind: 'veth' })).toEqual(['eth0', 'two', 'one']);
  expect(await names({ master: index('br0') })).toEqual(['one']);
});

test('addresses', async () => {
  const { namespace, index } = fill();
  const addresses = async (filter: Filters['address']): Promise<unknown[]> =>
    (await select(namespace, 'address', filter))
      .filter(({ scope }) => scope === 'global')
      .map(({ address }) => address);
  const [one, two] = [
    ['10.0.0.1', '2001:db8::1'],
    ['10.1.0.1', '2001:db8:1::1'],
  ] as const;
  expect(new Set(await addresses({}))).toEqual(new Set([...one, ...two]));
  expect(await addresses({ family: 'ipv4' })).toEqual([one[0], two[0]]);
  expect(new Set(await addresses({ family: 'ipv6' }))).toEqual(new Set([one[1], two[1]]));
  expect(await addresses({ interfaceIndex: index('two') })).toEqual(two);
  expect(await addresses({ interfaceIndex: index('two'), family: 'ipv6' })).toEqual([two[1]]);
  expect(await addresses({ interfaceIndex: index('br0') })).toEqual([]);
});

test('routes', async () => {
  const { namespace, index } = fill();
  const prefixes = async (filter: Filters['route']): Promise<unknown[]> =>
    (await select(namespace, 'route', filter))
      .filter(({ protocol }) => protocol !== 'kernel')
      .map(routePrefix);
  const [rip, table100, blackhole] = ['10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/16'];
  const [rip6, static6] = ['2001:db9::/48', '2001:db9:1::/48'];
  expect(new Set(await prefixes({}))).toEqual(new Set([rip, table100, blackhole, rip6, static6]));
  expect(new Set(await prefixes({ family: 'ipv4' }))).toEqual(new Set([rip, table100, blackhole]));
  expect(await prefixes({ family: 'ipv4', table: 254 })).toEqual([rip]);
  expect(await prefixes({ table: 100 })).toEqual([table100, rip6]);
  expect(await prefixes({ table: 70_000 })).toEqual([blackhole]);
  expect(new Set(await prefixes({ protocol: 'rip' }))).toEqual(new Set([rip, blackhole, rip6]));
  expect(new Set(await prefixes({ protocol: 4 }))).toEqual(new Set([table100, static6]));
  expect(await prefixes({ family: 'ipv4', type: 'blackhole' })).toEqual([blackhole]);
  expect(new Set(await prefixes({ outputInterface: index('two') }))).toEqual(new Set([table100, static6]));
  const all = { family: 'ipv4', table: 100, protocol: 'static', type: 'unicast' } as const;
  expect(await prefixes({ ...all, outputInterface: index('two') })).toEqual([table100]);
  expect(await prefixes({ ...all, outputInterface: index('eth0') })).toEqual([]);
});

test('neighbors', async () => {
  const { namespace, index } = fill();
  const destinations = async (filter: Filters['neighbor']): Promise<unknown[]> =>
    (await select(namespace, 'neighbor', filter))
      .filter(({ state, flags }) => state === neighborState.masks.permanent || flags !== 0)
      // Linux: proxies without an interface outlive their namespace, and turn up in others.
      .filter(({ interfaceIndex }) => interfaceIndex !== 0)
      .map(({ destination }) => destination)
      .sort();
  const [first, second, third] = ['10.0.0.9', '10.1.0.9', '2001:db8::9'];
  expect(await destinations({})).toEqual([first, second, third]);
  expect(await destinations({ family: 'ipv4' })).toEqual([first, second]);
  expect(await destinations({ interfaceIndex: index('eth0') })).toEqual([first, third]);
  expect(await destinations({ master: index('br0') })).toEqual([second]);
  expect(await destinations({ proxy: true })).toEqual(['10.0.0.12', '10.1.0.12']);
  expect(await destinations({ proxy: true, interfaceIndex: index('two') })).toEqual(['10.1.0.12']);
  const forwarding = await select(namespace, 'neighbor', { family: 'bridge' });
  expect(new Set(forwarding.map(({ family }) => family))).toEqual(new Set(['bridge']));
});

test('rules', async () => {
  const { namespace } = fill();
  const priorities = async (filter: Filters['rule']): Promise<unknown[]> =>
    (await select(namespace, 'rule', filter)).map(({ priority }) => priority ?? 0);
  expect(await priorities({ family: 'ipv4' })).toEqual([0, 100, 32_766, 32_767]);
  expect(await priorities({ family: 'ipv6' })).toEqual([0, 200, 32_766]);
  const all = await select(namespace, 'rule', {});
  expect(all.filter(({ family }) => family === 'ipv4' || family === 'ipv6')).toHaveLength(7);
});

test('next-hop objects', async () => {
  const { namespace, index } = fill();
  const ids = async (filter: Filters['nexthop']): Promise<unknown[]> =>
    (await select(namespace, 'nexthop', filter)).map(({ id }) => id);
  expect(await ids({})).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await ids({ family: 'ipv6' })).toEqual([4]);
  expect(await ids({ outputInterface: index('eth0') })).toEqual([1, 4]);
  expect(await ids({ master: index('br0') })).toEqual([3]);
  expect(await ids({ groups: true })).toEqual([5]);
});

test('an interface that is not there is refused, a table that is not there is empty', async () => {
  const { namespace } = fill();
  const client = openClient(namespace);
  await expect(client.addresses.list({ interfaceIndex: 4711 })).rejects.toMatchObject({ code: 'ENODEV' });
  for (const family of ['ipv4', 'ipv6', undefined] as const) {
    expect(await client.routes.list({ family, table: 4711 })).toEqual([]);
    const streamed: unknown[] = [];
    for await (const route of client.routes.stream({ family, table: 4711 })) streamed.push(route);
    expect(streamed).toEqual([]);
  }
});

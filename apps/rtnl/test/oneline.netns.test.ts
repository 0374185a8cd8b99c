// `-o`: each thing on one line, as `ip -o -d` prints it; and a link by its properties' names.
import { beforeAll, expect, test } from 'vitest';
import { ip, ipAll, ipShows, makeNamespace, rtnl, rtnlShows } from './iproute2.ts';

let namespace: string;
beforeAll(() => {
  namespace = makeNamespace('fxr-one');
  const quiet = ['addrgenmode none', 'up'];
  ipAll(namespace, [
    'link set lo up',
    'link add eth0 address 02:00:00:00:00:01 type veth peer name eth1 address 02:00:00:00:00:02',
    ...['eth0', 'eth1'].flatMap((name) => quiet.map((words) => `link set ${name} ${words}`)),
    'link set eth1 alias outside',
    'address add 10.0.0.1/24 brd + dev eth0 label eth0:one',
    'address add 10.0.0.2/24 dev eth0',
    'address add 2001:db8::1/64 dev eth0 nodad',
    'route add 10.1.0.0/16 nexthop via 10.0.0.2 dev eth0 nexthop via 10.0.0.3 dev eth0 weight 2',
    'neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0',
  ]);
});

/** Words, however many spaces stand between them. Who made an address is newer than ip 6.1. */
function wordsOf(text: string): string[][] {
  return text.split('\n').map((line) =>
    line
      .replace(/ proto kernel_lo/, '')
      .split(/[ \\]+/)
      .filter((word) => word !== ''),
  );
}

test.each([
  'link show eth0',
  'link show eth1',
  'address show',
  '-6 address show dev eth0',
  'address show label eth0:one',
  'route show',
  'route get 10.1.0.1',
  'rule show',
  'neigh show',
])('-o %s', async (words) => {
  const ours = await rtnl(namespace, `-o ${words}`);
  expect(wordsOf(ours)).toEqual(wordsOf(ip(namespace, `-o -d ${words}`)));
  expect(ours).toMatch(/^.+\n/);
});

test('lines are joined by a backslash; in JSON there is nothing to join', async () => {
  const link = await rtnl(namespace, '-oneline link show lo');
  expect(link.split('\n')).toHaveLength(2);
  expect(link).toMatch(/^1: lo: .*\\ {4}link\/loopback .*\n$/);
  expect(await rtnl(namespace, '-o -s link show lo')).toMatch(/\\ {4}RX: .*\\ {4}TX: /);
  expect(await rtnl(namespace, '-o -j link')).toBe(await rtnl(namespace, '-j link'));
});

test('-br wins over -o', async () => {
  expect(await rtnl(namespace, '-o -br address')).toBe(await rtnl(namespace, '--brief address'));
});

test('-br in JSON is what ip prints, and no more', async () => {
  for (const words of ['-br link', '-br address show to 10.0.0.0/8', '-br -6 address', '-br neigh'])
    expect(await rtnlShows(namespace, words)).toEqual(ipShows(namespace, words));
  expect(await rtnlShows(namespace, '-br link show lo')).toEqual([
    {
      ifname: 'lo',
      operstate: 'UNKNOWN',
      address: '00:00:00:00:00:00',
      flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
    },
  ]);
});

// What Linux changes without telling, or tells by halves: the mirror has it all the same.
import { identityOf, type ObjectName } from '@ripstop/netlink';
import { expect, test } from 'vitest';
import { mirrorOf } from './mirror-agreement.ts';
import { ip, ipBatch, namespaceWithLoopback } from './namespaces.ts';

/** Two pairs, `a0`–`b0` and `a1`–`b1`, up; the `a` ends have addresses. */
const PAIRS = [0, 1].flatMap((pair) => [
  `link add a${pair} type veth peer name b${pair}`,
  `link set a${pair} up`,
  `link set b${pair} up`,
  `address add 10.0.${pair}.1/24 dev a${pair}`,
  `address add 2001:db8:0:${pair}::1/64 dev a${pair} nodad`,
]);

interface Silence {
  readonly what: string;
  readonly before: readonly string[];
  readonly change: readonly string[];
  /** Something that the mirror must find by listing. */
  readonly found: string;
  /** This kernel tells it. */
  readonly told?: boolean;
  readonly objects?: readonly ObjectName[];
}

const routes = ['route add 10.9.0.0/16 via 10.0.0.2', 'route add 2001:db8:9::/48 via 2001:db8::2'];

const silences: readonly Silence[] = [
  {
    what: 'IPv4 routes vanish when their interface goes down',
    before: routes,
    change: ['link set a0 down'],
    found: 'delete route 10.9.0.0',
  },
  {
    what: 'IPv4 routes vanish when their interface is deleted',
    before: routes,
    change: ['link del a0'],
    found: 'delete route 10.9.0.0',
  },
  {
    what: 'in other tables too',
    before: ['route add 10.9.0.0/16 via 10.0.0.2 table 1000', 'route add 10.9.0.0/16 via 10.0.1.2 table 7'],
    change: ['link set a0 down'],
    found: 'delete route 10.9.0.0',
  },
  {
    what: 'IPv4 routes vanish with their preferred source (told since Linux 6.7)',
    told: true,
    before: ['address add 10.0.1.7/32 dev a1', 'route add 10.9.0.0/16 via 10.0.0.2 src 10.0.1.7'],
    change: ['address del 10.0.1.7/32 dev a1'],
    found: 'delete route 10.9.0.0',
  },
  {
    what: 'IPv6 routes lose their preferred source',
    before: ['route add 2001:db8:9::/48 via 2001:db8::2 src 2001:db8:0:1::1'],
    change: ['address del 2001:db8:0:1::1/64 dev a1'],
    found: 'change route 2001:db8:9:: preferredSource',
  },
  {
    what: 'IPv4 routes vanish with the last address of their interface',
    before: ['route add 10.9.0.0/16 dev a0'],
    change: ['address del 10.0.0.1/24 dev a0'],
    found: 'delete route 10.9.0.0',
  },
  {
    what: 'IPv4 routes vanish with their next-hop object',
    before: ['nexthop add id 7 via 10.0.0.2 dev a0', 'route add 10.9.0.0/16 nhid 7'],
    change: ['nexthop del id 7'],
    found: 'delete route 10.9.0.0',
  },
  {
    what: 'next-hop objects vanish with their interface, and routes with them',
    before: [
      'nexthop add id 7 via 10.0.0.2 dev a0',
      'nexthop add id 8 via 10.0.1.2 dev a1',
      'nexthop add id 9 group 7/8',
      'route add 10.9.0.0/16 nhid 7',
      'route add 10.10.0.0/16 nhid 9',
    ],
    change: ['link set a0 down'],
    found: 'delete nexthop 7',
    objects: ['route', 'nexthop'],
  },
  {
    what: 'routes get the flag linkdown when the carrier goes',
    before: routes,
    change: ['link set b0 down'],
    found: 'change route 10.9.0.0 flags',
  },
  {
    what: 'one next hop of a multipath route dies with its interface',
    before: [
      'route add 10.9.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.1.2',
      'route add 2001:db8:9::/48 nexthop via 2001:db8::2 nexthop via 2001:db8:0:1::2',
    ],
    change: ['link set a0 down'],
    found: 'change route 10.9.0.0 multipath',
  },
  {
    what: 'a multipath IPv6 route loses one next hop',
    before: ['route add 2001:db8:9::/48 nexthop via 2001:db8::2 nexthop via 2001:db8:0:1::2'],
    change: ['route del 2001:db8:9::/48 via 2001:db8::2'],
    found: 'change route 2001:db8:9:: multipath,gateway,outputInterface',
  },
  {
    what: 'a multipath IPv6 route gets a next hop with another preferred source',
    before: ['route add 2001:db8:9::/48 via 2001:db8::2 src 2001:db8::1'],
    change: ['route append 2001:db8:9::/48 via 2001:db8:0:1::2 src 2001:db8:0:1::1'],
    found: 'change route 2001:db8:9:: preferredSource',
  },
  {
    what: 'a replacement among several IPv6 routes of one metric does not say which it replaced',
    before: [
      'route add 2001:db8:9::/48 via 2001:db8::2',
      'route append 2001:db8:9::/48 dev a0',
      'route append 2001:db8:9::/48 dev a1',
    ],
    change: ['route replace 2001:db8:9::/48 via 2001:db8:0:1::2', 'route replace 2001:db8:9::/48 dev lo'],
    found: 'change route 2001:db8:9:: outputInterface',
  },
  {
    what: 'the other end of a new veth pair is not told again',
    before: [],
    change: ['link add c0 type veth peer name c1'],
    found: 'change link c1 parentIndex',
  },
  {
    what: 'a rule meets its interface',
    before: ['rule add iif c0 table 77 priority 99'],
    change: ['link add c0 type veth peer name c1'],
    found: 'change rule 99 flags',
    objects: ['rule'],
  },
  {
    what: 'a rule meets the target of its goto',
    before: ['rule add from 10.0.0.0/8 goto 200 priority 99'],
    change: ['rule add table 77 priority 200'],
    found: 'change rule 99 flags',
    objects: ['rule'],
  },
];

test.each(silences)(
  '$what',
  async ({ before, change, found, told, objects = ['link', 'address', 'route'] }) => {
    const name = namespaceWithLoopback();
    ipBatch(name, [...PAIRS, ...before]);
    const { mirror, changes, agrees } = await mirrorOf(name, objects);
    ipBatch(name, change);
    await agrees();
    const summaries = changes.map((told) => {
      if (told.event === 'resync') return 'resync';
      const { event, object, message, changed } = told;
      const label =
        ('name' in message && message.name) ||
        ('destination' in message && message.destination) ||
        ('priority' in message && message.priority) ||
        identityOf(object, message);
      return [event, object, label, ...(changed.length > 0 ? [changed.join()] : [])].join(' ');
    });
    expect(summaries).toContain(found);
    if (told !== true) await expect.poll(() => mirror.relists).toBeGreaterThan(0);
    await agrees();
    expect(mirror.resyncs).toBe(0);
  },
);

test('an IPv6 route between the next hops of another: the mirror has what the kernel lists', async () => {
  const name = namespaceWithLoopback();
  const direct = 'route append 2001:db8:9::/48 dev a0';
  ipBatch(name, [...PAIRS, 'route add 2001:db8:9::/48 via 2001:db8::2', direct]);
  const { mirror, agrees } = await mirrorOf(name, ['route']);
  ip(name, 'route append 2001:db8:9::/48 nexthop via 2001:db8::3 nexthop via 2001:db8::4');
  await agrees();
  ip(name, 'route del 2001:db8:9::/48');
  await agrees();
  expect(mirror.routes.filter(({ destination }) => destination === '2001:db8:9::')).toHaveLength(1);
});

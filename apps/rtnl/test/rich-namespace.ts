/**
 * One namespace with everything at once, and its parts, which the tests of the single objects lay by themselves. The routes are
 * in `route-namespace.ts`.
 */
import { ip, ipAll, makeNamespace } from './iproute2.ts';
import { ipv4Routes, ipv6Routes, routeLinks, runIn } from './route-namespace.ts';

/** Links of every kind that this kernel has, in words that both tools take; `far` stands for another namespace. */
export const links = (far: string): string[] => [
  'link add br0 address 02:00:00:00:01:00 type bridge forward_delay 0 priority 100 group_fwd_mask 8 mcast_querier 1 mcast_query_interval 6000 no_linklocal_learn 1 mcast_stats_enabled 1 nf_call_iptables 1',
  'link add br1 address 02:00:00:00:01:01 type bridge stp_state 1 group_address 01:80:c2:00:00:0f ageing_time 1000',
  'link add p0 txqueuelen 500 mtu 1400 address 02:00:00:00:00:01 type veth peer name p1 address 02:00:00:00:00:02',
  'link add p2 address 02:00:00:00:00:03 type veth peer name p3 address 02:00:00:00:00:04',
  'link set p0 master br0',
  'link set dev p0 type bridge_slave cost 7 hairpin on learning off priority 5 group_fwd_mask 16384 neigh_suppress on mcast_router 2 mcast_fast_leave on',
  'link set p2 master br0',
  'link set p2 type bridge_slave backup_port p0 isolated on flood off mcast_flood off bcast_flood off',
  'link add vx0 address 02:00:00:00:02:00 type vxlan id 42 remote 10.0.0.2 local 10.0.0.1 dstport 4789 srcport 1000 2000 nolearning tos inherit',
  'link add vx1 address 02:00:00:00:02:01 type vxlan vni 43 group 239.0.0.1 dev p1 dstport 4789 ttl 5 ageing 60 maxaddress 100 udpcsum proxy rsc l2miss l3miss',
  'link add vx2 address 02:00:00:00:02:02 type vxlan id 44 remote 2001:db8::1 local 2001:db8::2 dstport 4790 ttl inherit flowlabel 0x123 df set noudpcsum udp6zerocsumtx gbp',
  'link add vx3 address 02:00:00:00:02:03 type vxlan external dstport 4791 gpe nolearning',
  'link add link p1 name mv0 address 02:00:00:00:03:00 type macvlan mode source nodst macaddr set 02:00:00:00:00:11 02:00:00:00:00:12',
  'link set mv0 type macvlan macaddr add 02:00:00:00:00:13',
  'link add link p3 name mv1 type macvlan mode passthru nopromisc',
  'link add link br0 mv2 address 02:00:00:00:03:02 type macvlan mode bridge bcqueuelen 2000',
  'link add link br0 mv3 address 02:00:00:00:03:03 type macvlan mode private',
  'link add link br0 mv4 address 02:00:00:00:03:04 type macvlan mode vepa',
  'link add ifb0 index 77 numtxqueues 3 numrxqueues 2 address 02:00:00:00:04:00 type ifb',
  'link set ifb0 alias some-alias group 5 broadcast ff:ff:ff:ff:ff:00',
  'link set p1 up addrgenmode none',
  'link set p0 up promisc on',
  'link set p3 up allmulticast on arp off multicast off dynamic on',
  `link add far0 address 02:00:00:00:05:00 type veth peer name near0 netns ${far} address 02:00:00:00:05:01`,
  'link add away0 address 02:00:00:00:05:02 type veth peer name stays0 address 02:00:00:00:05:03',
  `link set away0 netns ${far} name arrived0`,
  'link set stays0 name stayed0 gso_max_size 32768',
  'link add gone0 type ifb',
  'link del gone0',
  'link set br0 up',
];

/** Two pairs of links, and a bridge; made before `addresses` and `neighbors`. */
export const addressLinks: readonly string[] = [
  'link set lo up',
  'link add eth0 type veth peer name eth1',
  'link add eth2 type veth peer name eth3',
  'link add br2 type bridge',
  'link set eth2 master br2 group 7 up',
  'link set eth0 alias outside up',
  'link set eth1 up',
];

/** Addresses with every flag, scope and lifetime. */
export const addresses: readonly string[] = [
  'address add 10.0.0.1/24 brd + dev eth0 label eth0:one',
  'address add 10.0.0.2/24 dev eth0',
  'address add 10.9.0.1 peer 10.9.0.2/32 dev eth0',
  'address add 10.9.1.1 peer 10.9.1.0/24 brd 10.9.1.77 dev eth0',
  'address add 10.3.0.1/24 dev eth0 valid_lft 1000 preferred_lft 500 scope link metric 77',
  'address add 10.4.0.1/24 dev eth0 noprefixroute scope host',
  'address add 10.5.0.1/24 dev eth0 scope 200',
  'address add 10.6.0.1/24 dev eth0 scope 42',
  'address add 239.1.1.1/32 dev eth0 autojoin',
  'address add 10.7.0.1/24 dev eth2',
  'address add 2001:db8::1/64 dev eth0',
  'address add 2001:db8::2/64 dev eth0 nodad metric 99',
  'address add 2001:db8::3/64 dev eth0 valid_lft 1000 preferred_lft 0 nodad',
  'address add 2001:db8::4/64 dev eth0 mngtmpaddr valid_lft 100000 preferred_lft 50000 noprefixroute',
  'address add 2001:db8::5/64 dev eth0 optimistic',
  'address add 2001:db8::6/64 dev eth0 home',
  'address add 2001:db8::7 peer 2001:db8:7::1/64 dev eth0',
  'address add 2001:db8::dad/64 dev eth1 nodad',
  'address add 2001:db8::dad/64 dev eth0',
  // A link that is down: tentative it stays.
  'address add 2001:db8:3::1/64 dev eth3',
];

/** Neighbors in every state, and proxies. */
export const neighbors: readonly string[] = [
  'neigh add 10.0.0.10 lladdr 02:00:00:00:00:0a dev eth0',
  'neigh add 10.0.0.12 lladdr 02:00:00:00:00:0c nud stale dev eth0',
  'neigh add 10.0.0.13 lladdr 02:00:00:00:00:0d nud noarp dev eth0',
  'neigh add 10.0.0.16 nud failed dev eth0',
  'neigh add 10.0.0.17 nud incomplete dev eth0',
  'neigh add 10.0.0.18 nud none dev eth0',
  'neigh add 10.0.0.20 lladdr 02:00:00:00:00:20 dev eth0 protocol zebra',
  'neigh add 10.0.0.25 lladdr 02:00:00:00:00:25 dev eth0 protocol 77',
  'neigh add 10.0.0.21 lladdr 02:00:00:00:00:21 dev eth0 router extern_learn nud stale',
  'neigh add 10.0.0.26 lladdr 02:00:00:00:00:26 dev eth2',
  'neigh add 10.0.0.27 lladdr 02:00:00:00:00:27 dev br2 managed nud stale',
  'neigh add proxy 10.0.0.30 dev eth0',
  'neigh add proxy 10.0.0.31',
  'neigh add proxy 2001:db8::31 dev eth0 router',
  'neigh add 2001:db8::20 lladdr 02:00:00:00:00:20 dev eth0 router',
  'neigh add 2001:db8::22 nud failed dev eth0',
  'neigh add 2001:db8::23 lladdr 02:00:00:00:00:23 nud stale dev eth0 extern_learn',
];

/** IPv4 rules, as the words behind `rule add`. */
export const ipv4Rules: readonly string[] = [
  'from 10.0.0.1 priority 10',
  'not from 10.0.0.0/8 to 10.1.0.0/16 table 100 pref 11',
  'to 10.2.0.1 lookup 70000 order 12',
  'fwmark 0x10/0xff table 100 pref 13',
  'fwmark 7 table main pref 14 proto static',
  'tos 0x10 table 100 pref 15',
  'iif v0 table 100 pref 16',
  'iif nowhere oif v0 table 100 pref 17',
  'from 10.3.0.0/16 goto 20 pref 18',
  'from 10.3.1.0/24 goto 12345 pref 19',
  'nop pref 20',
  'from 10.4.0.0/16 blackhole pref 21',
  'from 10.5.0.0/16 unreachable pref 22 protocol bgp',
  'from 10.6.0.0/16 prohibit pref 23',
  'from all table main suppress_prefixlength 0 suppress_ifgroup default pref 24',
  'uidrange 100-200 table 100 pref 25',
  'ipproto tcp sport 1000-2000 dport 80 table 100 pref 26',
  'ipproto 200 sport 53 table 100 pref 27',
  'from 10.7.0.0/16 table 100 realms 3/5 pref 28',
  'from 10.8.0.0/16 table 100 realms 7 pref 29',
  'tun_id 77 table 100 pref 30',
  'to 10.9.0.0/16 table 100',
];

/** IPv6 rules, as the words behind `-6 rule add`. */
export const ipv6Rules: readonly string[] = [
  'from 2001:db8::1 table 100 pref 10',
  'not to 2001:db8:1::/48 table 70000 pref 11',
  'fwmark 0x10/0xff iif lo prohibit pref 12',
  'from 2001:db8:2::/48 goto 20 pref 13',
  'dport 1-65534 ipproto udp table 100 pref 14',
];

/** Next-hop objects, as the words behind `nexthop add`, besides those that the namespace has from the beginning. */
export const nexthops: readonly string[] = [
  'id 20 via 172.16.0.1 dev v0 onlink proto bgp',
  'id 21 dev v0',
  '-6 id 22 dev v0 proto 201',
  'id 23 dev v1',
  'id 24 via 2001:db8::2 dev v0',
  '-6 id 25 blackhole',
  'id 26 via 10.0.0.5 fdb',
  'id 27 via 10.0.0.6 fdb',
  'id 28 group 26/27 fdb',
  'id 29 group 1,256/20/23',
  'id 30 group 1/2 type mpath',
  'id 31 group 2 type resilient buckets 8 idle_timer 5',
];

/** `ip -6 nexthop add …`, of words that may begin with `-6`. */
export function nexthopCommand(words: string): string {
  return words.startsWith('-6 ') ? `-6 nexthop add ${words.slice(3)}` : `nexthop add ${words}`;
}

/** Everything at once, both families. Rules, which lead packets astray, come after what has to find its gateway. */
export function makeRichNamespace(): string {
  const [namespace, far] = [makeNamespace('rich'), makeNamespace('rich')];
  ipAll(namespace, routeLinks);
  for (const words of nexthops) ip(namespace, nexthopCommand(words));
  ipAll(
    namespace,
    [...ipv4Routes, ...ipv6Routes].map((words) => `route add ${words}`),
  );
  ipAll(namespace, [
    ...links(far),
    'link property add dev p1 altname uplink altname core-1',
    ...addressLinks,
  ]);
  runIn(namespace, 'sysctl -qw net.ipv6.conf.eth0.use_tempaddr=1');
  ipAll(namespace, [...addresses, ...neighbors]);
  for (const words of ipv4Rules) ip(namespace, `rule add ${words}`);
  for (const words of ipv6Rules) ip(namespace, `-6 rule add ${words}`);
  return namespace;
}

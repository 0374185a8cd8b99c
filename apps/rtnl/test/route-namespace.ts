/** The namespace that the tests of routes, next hops and rules share: what stands in it, and the routes that they lay. */
import { execFileSync } from 'node:child_process';
import { ipAll, makeNamespace } from './iproute2.ts';

/**
 * Interfaces `lo` (1), `v1` (2), `v0` (3), whose other end is `v1`, and `w0` (5), which has no carrier because its other
 * end is down; with addresses, and next-hop objects.
 */
export const routeLinks: readonly string[] = [
  'link set lo up',
  'link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02',
  'link add w0 address 02:00:00:00:00:03 type veth peer name w1 address 02:00:00:00:00:04',
  'link set v0 up addrgenmode none',
  'link set v1 up addrgenmode none',
  'link set w0 up addrgenmode none',
  'address add 10.0.0.1/24 brd + dev v0',
  'address add 10.0.0.9/24 dev v0',
  'address add 10.9.0.1/24 dev w0',
  'address add 2001:db8::1/64 dev v0 nodad',
  'address add fe80::1/64 dev v0 nodad',
  'address add 2001:db8:9::1/64 dev w0 nodad',
  'nexthop add id 1 via 10.0.0.2 dev v0',
  'nexthop add id 2 via 10.0.0.3 dev v0 proto static',
  'nexthop add id 3 via fe80::2 dev v0',
  'nexthop add id 4 blackhole',
  'nexthop add id 10 group 1/2,5 proto zebra',
  'nexthop add id 11 group 1,3/2 type resilient buckets 16 idle_timer 60 unbalanced_timer 300',
];

/** Two of them are alike, down to the indexes. */
export function makeRouteNamespace(): string {
  const namespace = makeNamespace('rte');
  ipAll(namespace, routeLinks);
  return namespace;
}

/** Runs a program in a namespace. @throws Error if it fails */
export function runIn(namespace: string, words: string): void {
  execFileSync('ip', ['netns', 'exec', namespace, ...words.split(' ')], { stdio: 'pipe' });
}

/** IPv4 routes, as the words behind `route add`. */
export const ipv4Routes: readonly string[] = [
  'default via 10.0.0.2',
  'default via 10.0.0.3 dev v0 metric 20 proto static',
  '10.1.0.0/16 via 10.0.0.2 proto rip metric 20',
  '10.1.2.0/24 via 10.0.0.2 src 10.0.0.9 realms 3/5',
  '10.1.2.3 dev v0 scope link',
  '10.2.0.0/16 via 172.16.0.1 dev v0 onlink proto 201',
  '10.3.0.0/16 via inet6 fe80::2 dev v0',
  '10.4.0.0/16 dev w0 scope link',
  '10.5.0.0/16 via 10.0.0.2 tos 0x10',
  '10.5.0.0/16 via 10.0.0.3 tos AF11',
  'blackhole 10.6.0.0/16',
  'unreachable 10.6.1.0/24 metric 7',
  'prohibit 10.6.2.0/24 proto static',
  'throw 10.6.3.0/24 table 100',
  '10.7.0.0/16 proto static metric 20 nexthop via 10.0.0.2 dev v0 weight 1 nexthop via 10.0.0.3 dev v0 weight 200',
  '10.7.1.0/24 nexthop via 172.16.0.1 dev v0 onlink nexthop via 10.9.0.2 dev w0 weight 2',
  '10.7.2.0/24 nexthop via inet6 fe80::2 dev v0 nexthop via 10.0.0.2 realms 7',
  '10.8.0.0/16 via 10.0.0.2 mtu lock 1400 advmss 1360 rtt 20ms rttvar 1.5s window 4000 cwnd lock 10',
  '10.8.1.0/24 via 10.0.0.2 initcwnd 10 initrwnd 12 ssthresh 20 reordering 4 rto_min 2s quickack 1',
  '10.8.2.0/24 via 10.0.0.2 hoplimit 33 features ecn congctl lock reno fastopen_no_cookie 1',
  '10.10.0.0/16 via 10.0.0.2 table 100 proto bgp',
  '10.11.0.0/16 via 10.0.0.2 table 70000',
  'local 10.12.0.1 dev lo',
  'broadcast 10.12.0.255 dev v0',
  'multicast 239.1.0.0/16 dev v0',
  '10.13.0.0/16 nhid 1',
  '10.13.1.0/24 nhid 10 metric 5',
  '10.13.2.0/24 nhid 11',
  'blackhole default table 100 metric 4294967295',
];

/** IPv6 routes, as the words behind `route add`. */
export const ipv6Routes: readonly string[] = [
  'default via fe80::2 dev v0 metric 5 pref high',
  '2001:db8:1::/48 via 2001:db8::2 proto static pref low',
  '2001:db8:2::/48 dev v0 metric 7',
  '2001:db8:3::/48 via 2001:db8::2 mtu lock 1300 hoplimit 9 congctl reno',
  '2001:db8:4::/48 nexthop via fe80::2 dev v0 weight 3 nexthop via 2001:db8::3 dev v0',
  '2001:db8:5::/48 dev w0 proto rip',
  '2001:db8:6::1 via fe80::2 dev v0 table 100 src 2001:db8::1',
  'blackhole 2001:db8:7::/48',
  'unreachable 2001:db8:7:1::/64 metric 9',
  'prohibit 2001:db8:7:2::/64 table 70000',
  'throw 2001:db8:7:3::/64 table 100',
  '2001:db8:8::/48 nhid 3',
  '2001:db8:a::/48 via fe80::2 dev v0 onlink',
];

/** Routes with encapsulations, all in table 300. */
export const ipv4Tunnels: readonly string[] = [
  '10.20.0.0/16 table 300 encap ip id 100 src 10.0.0.1 dst 10.0.0.9 ttl 16 tos 4 key csum seq dev v0',
  '10.21.0.0/16 table 300 encap ip6 id 7 dst 2001:db8::9 hoplimit 9 tc 2 dev v0',
  '10.22.0.0/16 table 300 nexthop encap ip id 1 dst 10.0.0.5 via 10.0.0.2 dev v0 nexthop via 10.0.0.3 dev v0 weight 2',
];
export const ipv6Tunnels: readonly string[] = [
  '2001:db8:20::/48 table 300 encap seg6 mode encap segs 2001:db8::8,2001:db8::9 dev v0',
  '2001:db8:21::/48 table 300 encap seg6 mode inline segs 2001:db8::8 dev v0',
  '2001:db8:22::/48 table 300 encap seg6local action End.X nh6 fe80::2 flavors next-csid lblen 32 nflen 16 dev v0',
  '2001:db8:23::/48 table 300 encap seg6local action End.DT6 table 100 count dev v0',
  '2001:db8:24::/48 table 300 encap seg6local action End.B6.Encaps srh segs 2001:db8::8,2001:db8::9 dev v0',
];

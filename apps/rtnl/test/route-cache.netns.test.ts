// What the kernel learns of single destinations: `route list cache`, `route flush cache`.
import { beforeAll, expect, test, vi } from 'vitest';
import { compare, type Exceptions, ip, ipAll, makeNamespace, rtnl, rtnlShows } from './iproute2.ts';
import { runIn } from './route-namespace.ts';

const exceptions: Exceptions = { expires: 'runs between the two calls' };
const DEADLINE = { timeout: 20_000, interval: 50 };
const WAY_MTU = 1300;

/** Sends a datagram that is too long for the way to each far host; the router between says so. */
const send = `
for (const [type, address] of [['udp4', '10.0.2.3'], ['udp6', '2001:db8:2::3']]) {
  const socket = require('node:dgram').createSocket(type);
  socket.send(Buffer.alloc(1400), 9, address, () => socket.close());
}`;

let namespace: string;
beforeAll(async () => {
  const [host, router, far] = [makeNamespace('fxr-host'), makeNamespace('fxr-way'), makeNamespace('fxr-far')];
  ipAll(host, [
    'link set lo up',
    `link add e0 type veth peer name e0 netns ${router}`,
    'link set e0 up',
    'address add 10.0.1.1/24 dev e0',
    'address add 2001:db8:1::1/64 dev e0 nodad',
    'route add 10.0.2.3 via 10.0.1.2 dev e0',
    'route add default via 2001:db8:1::2 dev e0',
  ]);
  ipAll(router, [
    `link add e1 mtu ${WAY_MTU} type veth peer name e0 mtu ${WAY_MTU} netns ${far}`,
    'link set e0 up',
    'link set e1 up',
    'address add 10.0.1.2/24 dev e0',
    'address add 10.0.2.2/24 dev e1',
    'address add 2001:db8:1::2/64 dev e0 nodad',
    'address add 2001:db8:2::2/64 dev e1 nodad',
  ]);
  ipAll(far, ['link set e0 up']);
  runIn(router, 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1');
  namespace = host;
  await learn();
});

/** Until the kernel has learned the MTU of both ways. */
async function learn(): Promise<void> {
  await vi.waitFor(() => {
    // `runIn` splits at spaces.
    runIn(namespace, `${process.execPath} -e ${send.replaceAll(/\s+/g, '\t')}`);
    expect(ip(namespace, 'route get 10.0.2.3')).toContain(`mtu ${WAY_MTU}`);
    expect(ip(namespace, '-6 route show cache')).toContain(`mtu ${WAY_MTU}`);
  }, DEADLINE);
}

test.each([
  ['route list cache', '10.0.2.3'],
  ['-6 route list cache', '2001:db8:2::3'],
  ['-6 route list table cache', '2001:db8:2::3'],
  ['route list table all cached', '10.0.2.3'],
])('%s', async (words, destination) => {
  const [route] = await compare(namespace, words, words, exceptions);
  expect(route).toMatchObject({ dst: destination, metrics: [{ mtu: WAY_MTU }] });
});

test('it is not a part of the table', async () => {
  const routes = await compare(namespace, '-6 route list table all', '-6 route list table all');
  expect(routes.map(({ dst }) => dst)).not.toContain('2001:db8:2::3');
});

test('flushed', async () => {
  const before = ip(namespace, '-6 route show table all');
  await rtnl(namespace, '-6 route flush cache');
  expect(await rtnlShows(namespace, '-6 route list cache')).toEqual([]);
  expect(ip(namespace, '-6 route show table all')).toBe(before);
});

test('of IPv4, nothing is flushed, as by ip; least of all the route there', async () => {
  const before = ip(namespace, '-4 route show table all');
  for (const words of ['route flush cache', 'route flush table all cache']) await rtnl(namespace, words);
  expect(ip(namespace, '-4 route show table all')).toBe(before);
});

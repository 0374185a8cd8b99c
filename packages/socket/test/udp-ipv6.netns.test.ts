// What only IPv6 has: link-local addresses, zones, fragments that the sender makes, addresses that come and go.
import { execFileSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { ip } from './namespaces.ts';
import { ipv6, SECONDS, text } from './udp-station.ts';
import { listenToPackets } from './udp-wire.ts';

const { makePair, open, to, group } = ipv6;

const from = (source: string, destination: string) => ({ ...to(destination), source });

function sysctl(namespace: string, setting: string): void {
  execFileSync('ip', ['netns', 'exec', namespace, 'sysctl', '-q', '-w', setting]);
}

/** The addresses of `eth0` that have not passed duplicate address detection. */
const tentative = (namespace: string): string => ip(namespace, '-6 address show dev eth0 tentative');

test('each packet leaves from the address it was given, to a group and to one, in order', async () => {
  const [here, there] = makePair();
  for (const address of ['fe80::a/64', '2001:db8::1/64']) ip(here, `address add ${address} dev eth0 nodad`);
  ip(there, 'address add 2001:db8::2/64 dev eth0 nodad');
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const expected: string[] = [];
  for (const destination of [group, 'fe80::2', '2001:db8::2']) {
    for (const source of ['fe80::1', 'fe80::a', '2001:db8::1', 'fe80::1']) {
      station.socket.send(text(`to ${destination}`), from(source, destination));
      expected.push(`${source}:521 to ${destination}`);
    }
  }
  await vi.waitFor(() => expect(peer.received).toHaveLength(expected.length), SECONDS);
  expect(peer.received).toEqual(expected);
  expect(station.unsent).toEqual([]);
});

test('a source is an address without a zone, which an answer reaches', async () => {
  const [here, there] = makePair();
  ip(there, 'address add fe80:0:0:0:dead:BEEF:0:1/64 dev eth0 nodad');
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0', { port: 1521 })];
  peer.socket.send(text('question'), { ...to('fe80::1'), source: 'fe80::dead:beef:0:1' });
  await vi.waitFor(() => expect(station.received).toEqual(['fe80::dead:beef:0:1:1521 question']), SECONDS);
  station.socket.send(text('answer'), to('fe80::dead:beef:0:1', 1521));
  await vi.waitFor(() => expect(peer.received).toEqual(['fe80::1:521 answer']), SECONDS);
});

test('the kernel chooses a link-local source for the group', async () => {
  const [here, there] = makePair();
  ip(here, 'address add 2001:db8::1/64 dev eth0 nodad');
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  station.socket.send(text('all'), to(group));
  await vi.waitFor(() => expect(peer.received).toEqual(['fe80::1:521 all']), SECONDS);
});

test('everything leaves with the traffic class of network control', async () => {
  const [here, there] = makePair();
  const station = open(here, 'eth0');
  const packets = listenToPackets(there);
  station.socket.send(text('many'), to(group));
  station.socket.send(text('one'), to('fe80::2'));
  await vi.waitFor(() => expect(packets()).toHaveLength(2), SECONDS);
  expect(packets().map(({ tos }) => tos)).toEqual([0xc0, 0xc0]);
});

test('a packet as long as the MTU leaves in one piece, a longer one in several', async () => {
  const [here, there] = makePair();
  for (const end of [here, there]) ip(end, 'link set eth0 mtu 9000');
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const packets = listenToPackets(there);
  const headers = 40 + 8;
  station.socket.send(text('x'.repeat(8_944)), to(group));
  station.socket.send(text('y'.repeat(9_000 - headers)), to(group));
  await vi.waitFor(() => expect(peer.received).toHaveLength(2), SECONDS);
  expect(packets().map(({ length }) => length)).toEqual([8_944 + headers, 9_000]);

  const longer = 'z'.repeat(9_000 - headers + 1);
  station.socket.send(text(longer), to(group));
  await vi.waitFor(() => expect(peer.received).toHaveLength(3), SECONDS);
  expect(peer.received[2]).toBe(`fe80::1:521 ${longer}`);
  expect(packets()).toHaveLength(4);
  expect(Math.max(...packets().map(({ length }) => length))).toBe(9_000);
  expect(station.unsent).toEqual([]);
});

test('follows a change of the MTU', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const packets = listenToPackets(there);
  for (const mtu of [1_280, 9_000]) {
    for (const end of [here, there]) ip(end, `link set eth0 mtu ${mtu}`);
    station.socket.send(text('x'.repeat(mtu - 48)), to(group));
    await vi.waitFor(() => expect(packets().at(-1)).toMatchObject({ length: mtu }), SECONDS);
  }
  await vi.waitFor(() => expect(peer.received).toHaveLength(2), SECONDS);
  expect(packets()).toHaveLength(2);
});

test('a farewell leaves from an address that the interface has no more', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  ip(here, 'address del fe80::1/64 dev eth0');
  station.socket.send(text('the last one is gone'), from('fe80::1', group));
  ip(here, 'address add fe80::a/64 dev eth0 nodad');
  station.socket.send(text('there is another'), from('fe80::1', group));
  station.socket.send(text('to a neighbor'), from('fe80::1', 'fe80::2'));
  await vi.waitFor(() => expect(peer.received).toHaveLength(3), SECONDS);
  expect(peer.received).toEqual([
    'fe80::1:521 the last one is gone',
    'fe80::1:521 there is another',
    'fe80::1:521 to a neighbor',
  ]);
  expect(station.unsent).toEqual([]);
});

test('a packet leaves from a tentative address too: the caller has to wait', async () => {
  const [here, there] = makePair();
  sysctl(here, 'net.ipv6.conf.eth0.dad_transmits=100');
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  ip(here, 'address add fe80::a/64 dev eth0');
  station.socket.send(text('too early'), from('fe80::a', group));
  await vi.waitFor(() => expect(peer.received).toEqual(['fe80::a:521 too early']), SECONDS);
  expect(tentative(here)).toContain('fe80::a');
});

test('the kernel chooses no tentative address', async () => {
  const [here] = makePair();
  sysctl(here, 'net.ipv6.conf.eth0.dad_transmits=100');
  const station = open(here, 'eth0');
  ip(here, 'address del fe80::1/64 dev eth0');
  ip(here, 'address add fe80::a/64 dev eth0');
  station.socket.send(text('from nobody'), to(group));
  await vi.waitFor(() => expect(station.unsent).toHaveLength(1), SECONDS);
  expect(station.unsent[0]).toMatchObject({ code: 'EADDRNOTAVAIL', call: 'sendmsg' });
  expect(tentative(here)).toContain('fe80::a');
});

test('an answer crosses routers, from a global address to one off the link', async () => {
  const [here, there] = makePair();
  ip(here, 'address add 2001:db8::1/64 dev eth0 nodad');
  ip(here, 'route add 2001:db8:9::/48 via fe80::2 dev eth0');
  const station = open(here, 'eth0');
  const packets = listenToPackets(there);
  station.socket.send(text('answer'), { ...from('2001:db8::1', '2001:db8:9::9'), port: 33_333 });
  await vi.waitFor(() => expect(packets()).toHaveLength(1), SECONDS);
  expect(packets()[0]).toMatchObject({ source: '2001:db8::1', destination: '2001:db8:9::9', ttl: 255 });
});

test('where IPv6 is switched off, the socket opens, and what it sends is unsent', async () => {
  const [here] = makePair();
  sysctl(here, 'net.ipv6.conf.eth0.disable_ipv6=1');
  const station = open(here, 'eth0');
  station.socket.send(text('nothing'), from('fe80::1', group));
  await vi.waitFor(() => expect(station.unsent).toHaveLength(1), SECONDS);
  expect(station.unsent[0]).toMatchObject({ code: 'ENETUNREACH' });
});

test('a group is heard again when IPv6 was switched off and on', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  for (const off of [1, 0]) sysctl(here, `net.ipv6.conf.eth0.disable_ipv6=${off}`);
  peer.socket.send(text('again'), to(group));
  await vi.waitFor(() => expect(station.received).toEqual(['fe80::2:521 again']), SECONDS);
});

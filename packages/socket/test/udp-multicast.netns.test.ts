// What a UDP socket tells of where a datagram was sent to: to a group, or to one.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ip } from './namespaces.ts';
import { ipv4, ipv6, SECONDS, text } from './udp-station.ts';
import { openFarSender } from './udp-wire.ts';

const GLOBAL = '2001:db8::1';

describe('IPv6', () => {
  const { makePair, open, to, group } = ipv6;
  let [here, there] = ['', ''];

  beforeEach(() => {
    [here, there] = makePair();
    ip(here, `address add ${GLOBAL}/64 dev eth0 nodad`);
    ip(there, 'address add 2001:db8::2/64 dev eth0 nodad');
  });

  test.each([521, 1521])('a group, a link-local address and a global one, from port %i', async (port) => {
    const [station, peer] = [open(here, 'eth0'), open(there, 'eth0', { port })];
    for (const destination of [group, 'fe80::1', group, GLOBAL, group])
      peer.socket.send(text(destination), to(destination, 521));
    await vi.waitFor(() => expect(station.received).toHaveLength(5), SECONDS);
    expect(station.received).toEqual([
      `fe80::2:${port} ff02::9`,
      `fe80::2:${port} fe80::1`,
      `fe80::2:${port} ff02::9`,
      `2001:db8::2:${port} 2001:db8::1`,
      `fe80::2:${port} ff02::9`,
    ]);
    expect(station.multicast).toEqual([true, false, true, false, true]);
  });

  test('a global sender may multicast, too', async () => {
    const [station, peer] = [open(here, 'eth0'), open(there, 'eth0', { port: 1521 })];
    peer.socket.send(text('question'), { ...to(group, 521), source: '2001:db8::2' });
    await vi.waitFor(() => expect(station.received).toEqual(['2001:db8::2:1521 question']), SECONDS);
    expect(station.multicast).toEqual([true]);
  });

  test('what comes from far away, and is cut', async () => {
    const station = open(here, 'eth0', { ttl: 255 });
    const send = openFarSender(there, 'IPv6', 1521);
    for (const destination of [group, 'fe80::1', GLOBAL]) send(64, 'question', destination, 521);
    await vi.waitFor(() => expect(station.received).toHaveLength(3), SECONDS);
    for (const line of station.received) expect(line).toMatch(/ far q$/);
    expect(station.multicast).toEqual([true, false, false]);
  });

  test('empty datagrams', async () => {
    const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
    for (const destination of [group, 'fe80::1', GLOBAL, group]) peer.socket.send(text(''), to(destination));
    await vi.waitFor(() => expect(station.received).toHaveLength(4), SECONDS);
    expect(station.multicast).toEqual([true, false, false, true]);
  });

  test('a datagram that comes in fragments', async () => {
    const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
    for (const destination of [group, GLOBAL]) peer.socket.send(text('x'.repeat(9_000)), to(destination));
    await vi.waitFor(() => expect(station.received).toHaveLength(2), SECONDS);
    expect(station.multicast).toEqual([true, false]);
  });
});

test('IPv4: it is not told', async () => {
  const { makePair, open, to, group } = ipv4;
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  for (const destination of [group, '10.0.0.1']) peer.socket.send(text(destination), to(destination));
  await vi.waitFor(() => expect(station.received).toHaveLength(2), SECONDS);
  expect(station.multicast).toEqual([undefined, undefined]);
});

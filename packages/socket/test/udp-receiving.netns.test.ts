// What reaches a UDP socket: groups, broadcast, and what TTL security makes of it.
import { expect, test, vi } from 'vitest';
import { ip, makePair } from './namespaces.ts';
import { GROUP, open, PORT, SECONDS, text, to } from './udp-station.ts';

test('2453 §3.6: listens on UDP port 520', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0', { port: 1520 })];
  for (const destination of ['10.0.0.1', '10.0.0.255', '255.255.255.255'])
    peer.socket.send(text(destination), { ...to(destination), broadcast: true });
  await vi.waitFor(() => expect(station.received).toHaveLength(3), SECONDS);
  expect(station.received).toEqual([
    '10.0.0.2:1520 10.0.0.1',
    '10.0.0.2:1520 10.0.0.255',
    '10.0.0.2:1520 255.255.255.255',
  ]);
});

test('2453 §4.5: hears what is sent to 224.0.0.9', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  peer.socket.send(text('for RIP'), to(GROUP));
  await vi.waitFor(() => expect(station.received).toEqual(['10.0.0.2:520 for RIP']), SECONDS);
});

test('2453 §4.5: hears the group also where it does not send to it', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  station.socket.send(text('to one'), to('10.0.0.2'));
  await vi.waitFor(() => expect(peer.received).toEqual(['10.0.0.1:520 to one']), SECONDS);
  peer.socket.send(text('to the group'), to(GROUP));
  await vi.waitFor(() => expect(station.received).toEqual(['10.0.0.2:520 to the group']), SECONDS);
});

test('with TTL security: a lower TTL is told with its sender, 255 is heard whole', async () => {
  const [here, there] = makePair();
  ip(there, 'address add 10.0.0.3/24 dev eth0');
  const station = open(here, 'eth0', { ttl: 255 });
  const [far, near] = [open(there, 'eth0'), open(there, 'eth0', { port: 1520, ttl: 255 })];
  for (const destination of [GROUP, '10.0.0.1', '10.0.0.255']) {
    far.socket.send(text('from afar'), { source: '10.0.0.3', destination, port: PORT });
    near.socket.send(text('from the link'), to(destination));
  }
  await vi.waitFor(() => expect(station.received).toHaveLength(6), SECONDS);
  const each = ['10.0.0.3:520 far f', '10.0.0.2:1520 from the link'];
  expect(station.received).toEqual([...each, ...each, ...each]);
});

test('with TTL security: the TTL counts, not that it is other than the usual', async () => {
  const [here, there] = makePair();
  const station = open(here, 'eth0', { ttl: 255 });
  const peer = open(there, 'eth0');
  for (const ttl of [2, 128, 254, 255]) {
    ip(there, 'route flush cache');
    ip(there, `route replace 10.0.0.1/32 dev eth0 hoplimit ${ttl}`);
    peer.socket.send(text('whole'), to('10.0.0.1'));
    peer.socket.send(text(''), to('10.0.0.1'));
  }
  await vi.waitFor(() => expect(station.received).toHaveLength(8), SECONDS);
  const words = station.received.filter((one) => !one.endsWith(' '));
  expect(words).toEqual([...Array(3).fill('10.0.0.2:520 far w'), '10.0.0.2:520 whole']);
});

test('with TTL security: a near datagram of one byte is not taken for a far one', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0', { ttl: 255 }), open(there, 'eth0', { ttl: 255 })];
  for (const words of ['a', 'ab', '']) peer.socket.send(text(words), to(GROUP));
  await vi.waitFor(() => expect(station.received).toHaveLength(3), SECONDS);
  expect(station.received).toEqual(['10.0.0.2:520 ', '10.0.0.2:520 ab', '10.0.0.2:520 ']);
});

test('without TTL security: a datagram of one byte is whole, whatever its TTL', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  peer.socket.send(text('a'), to('10.0.0.1'));
  await vi.waitFor(() => expect(station.received).toEqual(['10.0.0.2:520 a']), SECONDS);
});

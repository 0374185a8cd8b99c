// What leaves a UDP socket: its addresses, its TTL, its order.
import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openUdpSocket } from '../src/udp/udp-socket.ts';
import { openDescriptors } from './descriptors.ts';
import { indexOf, ip, makePair } from './namespaces.ts';
import { GROUP, listenToPackets, open, PORT, SECONDS, text, to } from './udp-station.ts';

/** A pair with a second subnet on the wire: 10.9.0.1/24 and 10.9.0.2/24. */
function makePairOfTwoSubnets(): [string, string] {
  const [here, there] = makePair();
  ip(here, 'address add 10.9.0.1/24 broadcast + dev eth0');
  ip(there, 'address add 10.9.0.2/24 broadcast + dev eth0');
  return [here, there];
}

const from = (source: string, destination: string) => ({ source, destination, port: PORT });

test('each packet leaves from the address it was given, to a group, to all and to one, in order', async () => {
  const [here, there] = makePairOfTwoSubnets();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const destinations = [GROUP, '255.255.255.255', '10.9.0.255', '10.9.0.2', '10.0.0.2'];
  const sources = ['10.0.0.1', '10.9.0.1', '10.9.0.1', '10.0.0.1'];
  const expected: string[] = [];
  for (const destination of destinations) {
    for (const source of sources) {
      station.socket.send(text(`to ${destination}`), from(source, destination));
      expected.push(`${source}:520 to ${destination}`);
    }
  }
  await vi.waitFor(() => expect(peer.received).toHaveLength(expected.length), SECONDS);
  expect(peer.received).toEqual(expected);
  expect(station.unsent).toEqual([]);
});

test('a packet from an address that the host does not have any more is unsent', async () => {
  const [here] = makePairOfTwoSubnets();
  const station = open(here, 'eth0');
  ip(here, 'address del 10.9.0.1/24 dev eth0');
  station.socket.send(text('from nowhere'), from('10.9.0.1', GROUP));
  expect(station.unsent, 'not before `send` returns').toEqual([]);
  await vi.waitFor(() => expect(station.unsent).toHaveLength(1), SECONDS);
  expect(station.unsent[0]).toMatchObject({
    // Linux: the one or the other, by version.
    code: expect.stringMatching(/^(EINVAL|ENETUNREACH)$/),
    detail: 'UDP port 520 on eth0: from 10.9.0.1 to 224.0.0.9:520',
  });
});

test('a broadcast comes back to its sender, from its own address; multicast does not', async () => {
  const [here] = makePair();
  const station = open(here, 'eth0');
  station.socket.send(text('to the group'), from('10.0.0.1', GROUP));
  station.socket.send(text('to all'), { ...from('10.0.0.1', '10.0.0.255'), broadcast: true });
  await vi.waitFor(() => expect(station.received).not.toEqual([]), SECONDS);
  expect(station.received).toEqual(['10.0.0.1:520 to all']);
});

test('a group gets TTL 1, one host the TTL of the system', async () => {
  const [here, there] = makePair();
  const station = open(here, 'eth0');
  const packets = listenToPackets(there);
  station.socket.send(text('many'), to(GROUP));
  station.socket.send(text('one'), to('10.0.0.2'));
  await vi.waitFor(() => expect(packets()).toHaveLength(2), SECONDS);
  expect(packets()).toMatchObject([
    { destination: GROUP, ttl: 1 },
    { destination: '10.0.0.2', ttl: 64 },
  ]);
});

test('1812 §F.2.2: broadcasts with a TTL of 1', async () => {
  const [here, there] = makePair();
  const station = open(here, 'eth0');
  const packets = listenToPackets(there);
  const broadcasts = ['255.255.255.255', '10.0.0.255'];
  for (const destination of broadcasts)
    station.socket.send(text('all'), { ...to(destination), broadcast: true });
  await vi.waitFor(() => expect(packets()).toHaveLength(2), SECONDS);
  expect(packets()).toMatchObject(broadcasts.map((destination) => ({ destination, ttl: 1 })));
});

test('5082 §3: sends with a TTL of 255 where TTL security is on', async () => {
  const [here, there] = makePair();
  const station = open(here, 'eth0', { ttl: 255 });
  const packets = listenToPackets(there);
  station.socket.send(text('many'), to(GROUP));
  station.socket.send(text('one'), to('10.0.0.2'));
  station.socket.send(text('all'), { ...to('10.0.0.255'), broadcast: true });
  await vi.waitFor(() => expect(packets()).toHaveLength(3), SECONDS);
  expect(packets().map(({ ttl }) => ttl)).toEqual([255, 255, 255]);
});

test('1812 §7.1.2: sends with IP precedence 6', async () => {
  const [here, there] = makePair();
  const station = open(here, 'eth0');
  const packets = listenToPackets(there);
  station.socket.send(text('many'), to(GROUP));
  station.socket.send(text('one'), to('10.0.0.2'));
  station.socket.send(text('all'), { ...to('10.0.0.255'), broadcast: true });
  await vi.waitFor(() => expect(packets()).toHaveLength(3), SECONDS);
  expect(packets().map(({ tos }) => tos >> 5)).toEqual([6, 6, 6]);
});

test('2453 §3.6: sends every packet from port 520', async () => {
  const [here, there] = makePairOfTwoSubnets();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const other = open(there, 'eth0', { port: 1520 });
  station.socket.send(text('many'), from('10.9.0.1', GROUP));
  station.socket.send(text('all'), { ...from('10.0.0.1', '10.0.0.255'), broadcast: true });
  station.socket.send(text('answer'), to('10.0.0.2', 1520));
  await vi.waitFor(() => expect([...peer.received, ...other.received]).toHaveLength(3), SECONDS);
  expect(peer.received).toEqual(['10.9.0.1:520 many', '10.0.0.1:520 all']);
  expect(other.received).toEqual(['10.0.0.1:520 answer']);
});

/** Lets packets of 546 bytes leave one by one, `kilobits` a second; those before the last `KiB` are sent at once. */
function slowDown(namespace: string, kilobits: number): void {
  const limit = `rate ${kilobits}kbit burst 2000 limit 4000000`;
  execFileSync('tc', ['-n', namespace, ...`qdisc add dev eth0 root tbf ${limit}`.split(' ')]);
}

test('packets for which a slow link has no room yet wait, and leave in order', async () => {
  const [here, there] = makePairOfTwoSubnets();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  slowDown(here, 4000);
  const expected: string[] = [];
  for (let number = 0; number < 600; number += 1) {
    const source = number % 2 === 0 ? '10.0.0.1' : '10.9.0.1';
    const words = String(number).padEnd(504);
    station.socket.send(text(words), from(source, GROUP));
    expected.push(`${source}:520 ${words}`);
  }
  expect(peer.received.length).toBeLessThan(expected.length);
  await vi.waitFor(() => expect(peer.received).toHaveLength(expected.length), SECONDS);
  expect(peer.received).toEqual(expected);
  expect(station.unsent).toEqual([]);
});

test('what a stuck link does not take is unsent: beyond a number, and when the socket closes', async () => {
  const [here] = makePair();
  const station = open(here, 'eth0');
  slowDown(here, 8);
  const packet = new Uint8Array(504);
  for (let count = 0; count < 9_000; count += 1) station.socket.send(packet, to(GROUP));
  await vi.waitFor(() => expect(station.unsent).not.toEqual([]), SECONDS);
  const refused = station.unsent.length;
  expect(new Set(station.unsent.map(({ code }) => code))).toEqual(new Set(['ENOBUFS']));
  await station.socket.close();
  const givenUp = station.unsent.slice(refused);
  expect(new Set(givenUp.map(({ code }) => code))).toEqual(new Set(['EAGAIN']));
  expect(station.socket.unsentPackets).toBe(station.unsent.length);
  // What the kernel had taken, about 160 packets, is not unsent.
  expect(station.unsent.length).toBeGreaterThan(8_000);
  expect(station.unsent.length).toBeLessThan(9_000);
});

test('a closed socket frees its port at once, whatever was just sent', () => {
  const [here] = makePair();
  const before = openDescriptors();
  const first = open(here, 'eth0');
  for (let count = 0; count < 100; count += 1) first.socket.send(text('last words'), to(GROUP));
  void first.socket.close();
  expect(openDescriptors()).toBe(before);
  ip(here, 'link set eth0 down');
  ip(here, 'link set eth0 name wan0');
  const second = openUdpSocket({
    interface: { name: 'wan0', index: indexOf(here, 'wan0') },
    port: PORT,
    group: GROUP,
    namespace: here,
    receive: () => undefined,
    failed: () => undefined,
  });
  onTestFinished(() => second.close());
});

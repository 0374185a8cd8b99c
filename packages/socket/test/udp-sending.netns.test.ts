// What leaves a UDP socket: its addresses, its TTL, its order.
import { execFileSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { openDescriptors } from './descriptors.ts';
import { ip } from './namespaces.ts';
import { families, ipv4, ipv6, SECONDS, text } from './udp-station.ts';
import { listenToPackets } from './udp-wire.ts';

/** Lets packets of 504 bytes leave one by one, `kilobits` a second. A queue of 4 MB has room for what waits. */
function slowDown(namespace: string, kilobits: number): void {
  const limit = `rate ${kilobits}kbit burst 2000 limit 4000000`;
  execFileSync('tc', ['-n', namespace, ...`qdisc add dev eth0 root tbf ${limit}`.split(' ')]);
}

describe.each(families)('$name', ({ open, makePair, to, group, port, here, there, anySource }) => {
  test('packets for which a slow link has no room yet wait, and leave in order', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    slowDown(one, 4000);
    const expected: string[] = [];
    for (let number = 0; number < 600; number += 1) {
      const words = `${number}`.padEnd(504);
      // To the group alone. Linux: of what waits for a neighbor's link address, all but the last 166 packets are lost.
      station.socket.send(text(words), { ...to(group), source: number % 2 === 0 ? here : anySource });
      expected.push(`${here}:${port} ${words}`);
    }
    expect(peer.received.length).toBeLessThan(expected.length);
    await vi.waitFor(() => expect(peer.received).toHaveLength(expected.length), SECONDS);
    expect(peer.received).toEqual(expected);
    expect(station.unsent).toEqual([]);
  });

  test('what a stuck link does not take is unsent: beyond a number, and when the socket closes', async () => {
    const [one] = makePair();
    const station = open(one, 'eth0');
    slowDown(one, 8);
    const packet = new Uint8Array(504);
    for (let count = 0; count < 9_000; count += 1) station.socket.send(packet, to(group));
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
    const [one] = makePair();
    const before = openDescriptors();
    const first = open(one, 'eth0');
    for (let count = 0; count < 100; count += 1) first.socket.send(text('last words'), to(group));
    void first.socket.close();
    expect(openDescriptors()).toBe(before);
    ip(one, 'link set eth0 down');
    ip(one, 'link set eth0 name wan0');
    open(one, 'wan0');
  });

  test('a packet that cannot leave is counted and reported; the socket lives on', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];

    station.socket.send(text('to nobody'), to(there, 0));
    station.socket.send(new Uint8Array(70_000), to(there));
    expect(station.unsent, 'not before `send` returns').toEqual([]);
    await vi.waitFor(() => expect(station.unsent).toHaveLength(2), SECONDS);
    expect(station.unsent.map(({ code }) => code).sort()).toEqual(['EINVAL', 'EMSGSIZE']);

    ip(one, 'link set eth0 down');
    station.socket.send(text('down'), { ...to(group), source: here });
    await vi.waitFor(() => expect(station.unsent).toHaveLength(3), SECONDS);
    expect(station.unsent[2]).toMatchObject({
      code: 'ENETUNREACH',
      call: 'sendmsg',
      detail: `UDP port ${port} on eth0: from ${here} to ${group} port ${port}`,
    });
    expect(station.socket.unsentPackets).toBe(3);

    ip(one, 'link set eth0 up');
    await vi.waitFor(() => {
      station.socket.send(text('up again'), { ...to(group), source: here });
      expect(peer.received[0]).toBe(`${here}:${port} up again`);
    }, SECONDS);
  });
});

/** A pair with a second subnet on the wire: 10.9.0.1/24 and 10.9.0.2/24. */
function makePairOfTwoSubnets(): [string, string] {
  const [here, there] = ipv4.makePair();
  ip(here, 'address add 10.9.0.1/24 broadcast + dev eth0');
  ip(there, 'address add 10.9.0.2/24 broadcast + dev eth0');
  return [here, there];
}

const from = (source: string, destination: string) => ({ source, destination, port: 520 });

test('each packet leaves from the address it was given, to a group, to all and to one, in order', async () => {
  const [here, there] = makePairOfTwoSubnets();
  const [station, peer] = [ipv4.open(here, 'eth0'), ipv4.open(there, 'eth0')];
  const destinations = [ipv4.group, '255.255.255.255', '10.9.0.255', '10.9.0.2', '10.0.0.2'];
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
  const station = ipv4.open(here, 'eth0');
  ip(here, 'address del 10.9.0.1/24 dev eth0');
  station.socket.send(text('from nowhere'), from('10.9.0.1', ipv4.group));
  expect(station.unsent, 'not before `send` returns').toEqual([]);
  await vi.waitFor(() => expect(station.unsent).toHaveLength(1), SECONDS);
  expect(station.unsent[0]).toMatchObject({
    // Linux: the one or the other, by version.
    code: expect.stringMatching(/^(EINVAL|ENETUNREACH)$/),
    detail: 'UDP port 520 on eth0: from 10.9.0.1 to 224.0.0.9 port 520',
  });
});

test('a broadcast comes back to its sender, from its own address; multicast does not', async () => {
  const [here] = ipv4.makePair();
  const station = ipv4.open(here, 'eth0');
  station.socket.send(text('to the group'), from('10.0.0.1', ipv4.group));
  station.socket.send(text('to all'), { ...from('10.0.0.1', '10.0.0.255'), broadcast: true });
  await vi.waitFor(() => expect(station.received).not.toEqual([]), SECONDS);
  expect(station.received).toEqual(['10.0.0.1:520 to all']);
});

test('a group gets TTL 1, one host the TTL of the system', async () => {
  const [here, there] = ipv4.makePair();
  const station = ipv4.open(here, 'eth0');
  const packets = listenToPackets(there);
  station.socket.send(text('many'), ipv4.to(ipv4.group));
  station.socket.send(text('one'), ipv4.to('10.0.0.2'));
  await vi.waitFor(() => expect(packets()).toHaveLength(2), SECONDS);
  expect(packets()).toMatchObject([
    { destination: ipv4.group, ttl: 1 },
    { destination: '10.0.0.2', ttl: 64 },
  ]);
});

test('1812 §F.2.2: broadcasts with a TTL of 1', async () => {
  const [here, there] = ipv4.makePair();
  const station = ipv4.open(here, 'eth0');
  const packets = listenToPackets(there);
  const broadcasts = ['255.255.255.255', '10.0.0.255'];
  for (const destination of broadcasts)
    station.socket.send(text('all'), { ...ipv4.to(destination), broadcast: true });
  await vi.waitFor(() => expect(packets()).toHaveLength(2), SECONDS);
  expect(packets()).toMatchObject(broadcasts.map((destination) => ({ destination, ttl: 1 })));
});

test('5082 §3: sends with a TTL of 255 where TTL security is on', async () => {
  const [here, there] = ipv4.makePair();
  const station = ipv4.open(here, 'eth0', { ttl: 255 });
  const packets = listenToPackets(there);
  station.socket.send(text('many'), ipv4.to(ipv4.group));
  station.socket.send(text('one'), ipv4.to('10.0.0.2'));
  station.socket.send(text('all'), { ...ipv4.to('10.0.0.255'), broadcast: true });
  await vi.waitFor(() => expect(packets()).toHaveLength(3), SECONDS);
  expect(packets().map(({ ttl }) => ttl)).toEqual([255, 255, 255]);
});

test('1812 §7.1.2: sends with IP precedence 6', async () => {
  const [here, there] = ipv4.makePair();
  const station = ipv4.open(here, 'eth0');
  const packets = listenToPackets(there);
  station.socket.send(text('many'), ipv4.to(ipv4.group));
  station.socket.send(text('one'), ipv4.to('10.0.0.2'));
  station.socket.send(text('all'), { ...ipv4.to('10.0.0.255'), broadcast: true });
  await vi.waitFor(() => expect(packets()).toHaveLength(3), SECONDS);
  expect(packets().map(({ tos }) => tos >> 5)).toEqual([6, 6, 6]);
});

test('2453 §3.6: sends every packet from port 520', async () => {
  const [here, there] = makePairOfTwoSubnets();
  const [station, peer] = [ipv4.open(here, 'eth0'), ipv4.open(there, 'eth0')];
  const other = ipv4.open(there, 'eth0', { port: 1520 });
  station.socket.send(text('many'), from('10.9.0.1', ipv4.group));
  station.socket.send(text('all'), { ...from('10.0.0.1', '10.0.0.255'), broadcast: true });
  station.socket.send(text('answer'), ipv4.to('10.0.0.2', 1520));
  await vi.waitFor(() => expect([...peer.received, ...other.received]).toHaveLength(3), SECONDS);
  expect(peer.received).toEqual(['10.9.0.1:520 many', '10.0.0.1:520 all']);
  expect(other.received).toEqual(['10.0.0.1:520 answer']);
});

test('2080 §2.1: sends every packet from port 521', async () => {
  const { open, makePair, to, group } = ipv6;
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const other = open(there, 'eth0', { port: 1521 });
  station.socket.send(text('many'), to(group));
  station.socket.send(text('answer'), to('fe80::2', 1521));
  await vi.waitFor(() => expect([...peer.received, ...other.received]).toHaveLength(2), SECONDS);
  expect(peer.received).toEqual(['fe80::1:521 many']);
  expect(other.received).toEqual(['fe80::1:521 answer']);
});

test.each([undefined, 255] as const)('2080 §2.4.2: sends with a hop limit of 255', async (ttl) => {
  const { open, makePair, to, group } = ipv6;
  const [here, there] = makePair();
  const station = open(here, 'eth0', { ttl });
  const packets = listenToPackets(there);
  station.socket.send(text('many'), to(group));
  station.socket.send(text('one'), to('fe80::2'));
  await vi.waitFor(() => expect(packets()).toHaveLength(2), SECONDS);
  expect(packets()).toMatchObject([
    { source: 'fe80::1', destination: 'ff02::9', ttl: 255 },
    { source: 'fe80::1', destination: 'fe80::2', ttl: 255 },
  ]);
});

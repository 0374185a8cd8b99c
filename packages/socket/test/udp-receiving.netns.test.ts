// What reaches a UDP socket: unicast, groups, broadcast, and in which portions.
import { describe, expect, test, vi } from 'vitest';
import { families, ipv4, ipv6, SECONDS, text } from './udp-station.ts';

describe.each(families)('$name', (family) => {
  const { open, makePair, connect, to, group, foreignGroup, port, here, there } = family;

  test('every socket hears its own interface only, multicast and unicast', async () => {
    const [one, two] = makePair();
    connect(one, two, 1);
    const [eth0, eth1] = [open(one, 'eth0'), open(one, 'eth1')];
    const [peer0, peer1] = [open(two, 'eth0'), open(two, 'eth1')];
    // IPv6: the same on both links.
    const [here1, there1] = [here.replace('10.0.0', '10.0.1'), there.replace('10.0.0', '10.0.1')];

    peer0.socket.send(text('to all on eth0'), to(group));
    peer1.socket.send(text('to all on eth1'), to(group));
    peer0.socket.send(text('to one on eth0'), to(here));
    peer1.socket.send(text('to one on eth1'), to(here1));
    await vi.waitFor(
      () => expect(eth0.received.length + eth1.received.length).toBeGreaterThanOrEqual(4),
      SECONDS,
    );

    expect(eth0.received).toEqual([`${there}:${port} to all on eth0`, `${there}:${port} to one on eth0`]);
    expect(eth1.received).toEqual([`${there1}:${port} to all on eth1`, `${there1}:${port} to one on eth1`]);
    expect([...peer0.received, ...peer1.received]).toEqual([]);
  });

  test('groups that others have joined are not heard', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    open(one, 'eth0', { port: 5520, group: foreignGroup });
    peer.socket.send(text('not for us'), to(foreignGroup));
    peer.socket.send(text('for us'), to(group));
    await vi.waitFor(() => expect(station.received).not.toEqual([]), SECONDS);
    expect(station.received).toEqual([`${there}:${port} for us`]);
  });

  test('own multicast is not heard', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    station.socket.send(text('own'), to(group));
    await vi.waitFor(() => expect(peer.received).toEqual([`${here}:${port} own`]), SECONDS);
    peer.socket.send(text('not own'), to(group));
    await vi.waitFor(() => expect(station.received).not.toEqual([]), SECONDS);
    expect(station.received).toEqual([`${there}:${port} not own`]);
  });

  test('what queued up while the event loop was busy comes complete, in few batches', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    const expected = Array.from({ length: 400 }, (_, number) => `${there}:${port} number ${number}`);
    for (const number of expected.keys()) peer.socket.send(text(`number ${number}`), to(group));
    await vi.waitFor(() => expect(station.received).toHaveLength(400), SECONDS);
    expect(station.received).toEqual(expected);
    expect(station.batches.length).toBeLessThanOrEqual(3);
  });

  test('the receive buffer holds 4000 packets of 504 bytes; a batch is bounded', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    expect(station.socket.receiveBufferBytes).toBe(8 * 1024 * 1024);
    const packet = new Uint8Array(504);
    for (let count = 0; count < 4000; count += 1) peer.socket.send(packet, to(group));
    await vi.waitFor(() => expect(station.received).toHaveLength(4000), SECONDS);
    expect(Math.max(...station.batches)).toBe(512);
    expect(station.batches.length).toBeLessThanOrEqual(16);
  });

  test('between two batches of a flood others get their turn', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    let turn = 0;
    const turnsOfBatches: number[] = [];
    const pushed = vi.spyOn(station.batches, 'push').mockImplementation(() => turnsOfBatches.push(turn));
    const nextTurn = (): void => {
      turn += 1;
      if (station.received.length < 4000) setImmediate(nextTurn);
    };
    setImmediate(nextTurn);
    for (let count = 0; count < 4000; count += 1) peer.socket.send(text('flood'), to(group));
    await vi.waitFor(() => expect(station.received).toHaveLength(4000), SECONDS);
    expect(pushed.mock.calls.slice(0, 7)).toEqual(new Array(7).fill([512]));
    expect(new Set(turnsOfBatches).size).toBe(turnsOfBatches.length);
  });

  test('each datagram of a burst has its own sender', async () => {
    const [one, two] = makePair();
    const station = open(one, 'eth0');
    const peers = [1520, 1521, 1522].map((peerPort) => open(two, 'eth0', { port: peerPort }));
    const expected: string[] = [];
    for (const round of [1, 2, 3]) {
      for (const [at, { socket }] of peers.entries()) {
        for (const words of [`${round} once`, `${round} twice`].slice(0, 1 + at)) {
          socket.send(text(words), to(group, port));
          expected.push(`${there}:${1520 + at} ${words}`);
        }
      }
    }
    await vi.waitFor(() => expect(station.received).toHaveLength(expected.length), SECONDS);
    expect(station.received).toEqual(expected);
  });

  test('empty datagrams arrive too', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    for (const words of ['first', '', '', 'last']) peer.socket.send(text(words), to(group));
    await vi.waitFor(() => expect(station.received).toHaveLength(4), SECONDS);
    const expected = ['first', '', '', 'last'].map((words) => `${there}:${port} ${words}`);
    expect(station.received).toEqual(expected);
  });

  test('a datagram longer than the MTU arrives whole', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    for (const length of [1_400, 9_000, 60_000]) {
      peer.socket.send(text('x'.repeat(length)), to(group));
      const expected = `${there}:${port} ${'x'.repeat(length)}`;
      await vi.waitFor(() => expect(station.received.at(-1) === expected, `${length}`).toBe(true), SECONDS);
    }
  });

  test('long and short datagrams of one burst arrive whole', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    const lengths = [3, 60_000, 2, 0, 9_000, 65_000, 504];
    for (const length of lengths) peer.socket.send(text('x'.repeat(length)), to(group));
    await vi.waitFor(() => expect(station.received).toHaveLength(lengths.length), SECONDS);
    expect(station.received.map((line) => line.length - `${there}:${port} `.length)).toEqual(lengths);
  });
});

test('2453 §3.6: listens on UDP port 520', async () => {
  const { makePair, open, to } = ipv4;
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

test('2080 §2.1: listens on UDP port 521', async () => {
  const { makePair, open, to } = ipv6;
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0', { port: 1521 })];
  for (const destination of ['fe80::1', 'ff02::9']) peer.socket.send(text(destination), to(destination, 521));
  await vi.waitFor(() => expect(station.received).toHaveLength(2), SECONDS);
  expect(station.received).toEqual(['fe80::2:1521 fe80::1', 'fe80::2:1521 ff02::9']);
});

test('2453 §4.5: hears what is sent to 224.0.0.9', async () => {
  const { makePair, open, to, group } = ipv4;
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  peer.socket.send(text('for RIP'), to(group));
  await vi.waitFor(() => expect(station.received).toEqual(['10.0.0.2:520 for RIP']), SECONDS);
});

test('2080 §2.5: hears what is sent to FF02::9', async () => {
  const { makePair, open, to } = ipv6;
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  peer.socket.send(text('for RIPng'), to('ff02::9'));
  await vi.waitFor(() => expect(station.received).toEqual(['fe80::2:521 for RIPng']), SECONDS);
});

test('2453 §4.5: hears the group also where it does not send to it', async () => {
  const { makePair, open, to, group } = ipv4;
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  station.socket.send(text('to one'), to('10.0.0.2'));
  await vi.waitFor(() => expect(peer.received).toEqual(['10.0.0.1:520 to one']), SECONDS);
  peer.socket.send(text('to the group'), to(group));
  await vi.waitFor(() => expect(station.received).toEqual(['10.0.0.2:520 to the group']), SECONDS);
});

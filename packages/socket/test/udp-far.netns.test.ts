// What a UDP socket makes of datagrams from afar: TTL security in both families, and RIPng's own rule.
import { describe, expect, test, vi } from 'vitest';
import { ip } from './namespaces.ts';
import { families, ipv4, ipv6, SECONDS, text } from './udp-station.ts';
import { openFarSender } from './udp-wire.ts';

describe.each(families)('$name, with TTL security', (family) => {
  const { name, open, makePair, to, group, port, here, there } = family;

  test('a lower TTL is told with its sender, 255 is heard whole, whatever the port and the destination', async () => {
    const [one, two] = makePair();
    const station = open(one, 'eth0', { ttl: 255 });
    for (const ownPort of [port, 1520]) {
      const send = openFarSender(two, name, ownPort);
      station.received.length = 0;
      for (const destination of [group, here]) {
        for (const ttl of [1, 64, 254, 255]) send(ttl, `TTL ${ttl}`, destination, port);
      }
      await vi.waitFor(() => expect(station.received).toHaveLength(8), SECONDS);
      const from = `${there}:${ownPort}`;
      const each = [`${from} far T`, `${from} far T`, `${from} far T`, `${from} TTL 255`];
      expect(station.received).toEqual([...each, ...each]);
    }
  });

  test('a datagram of one byte from nearby is not taken for a far one', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0', { ttl: 255 }), open(two, 'eth0', { ttl: 255 })];
    for (const words of ['a', 'ab', '']) peer.socket.send(text(words), to(group));
    await vi.waitFor(() => expect(station.received).toHaveLength(3), SECONDS);
    expect(station.received).toEqual(['', 'ab', ''].map((words) => `${there}:${port} ${words}`));
  });

  test('an empty datagram from afar comes as it is', async () => {
    const [one, two] = makePair();
    const station = open(one, 'eth0', { ttl: 255 });
    openFarSender(two, name, port)(64, '', group);
    await vi.waitFor(() => expect(station.received).toEqual([`${there}:${port} `]), SECONDS);
  });
});

describe('IPv4, without TTL security', () => {
  const { open, makePair, to } = ipv4;

  test('a datagram of one byte is whole, whatever its TTL', async () => {
    const [here, there] = makePair();
    const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
    peer.socket.send(text('a'), to('10.0.0.1'));
    await vi.waitFor(() => expect(station.received).toEqual(['10.0.0.2:520 a']), SECONDS);
  });
});

test('IPv4, with TTL security: broadcasts are looked at, too', async () => {
  const { open, makePair, to } = ipv4;
  const [here, there] = makePair();
  ip(there, 'address add 10.0.0.3/24 dev eth0');
  const station = open(here, 'eth0', { ttl: 255 });
  const [far, near] = [open(there, 'eth0'), open(there, 'eth0', { port: 1520, ttl: 255 })];
  far.socket.send(text('from afar'), { ...to('10.0.0.255'), source: '10.0.0.3', broadcast: true });
  near.socket.send(text('from the link'), { ...to('10.0.0.255'), broadcast: true });
  await vi.waitFor(() => expect(station.received).toHaveLength(2), SECONDS);
  expect(station.received).toEqual(['10.0.0.3:520 far f', '10.0.0.2:1520 from the link']);
});

describe('IPv6, without TTL security', () => {
  const { open, makePair, group } = ipv6;

  /** What arrives of a datagram, without its sender. */
  async function heard(
    { sourcePort = 521, port = 521, destination = group, words = 'whole' },
    hopLimits: readonly number[],
  ): Promise<string[]> {
    const [one, two] = makePair();
    const station = open(one, 'eth0', { port });
    const send = openFarSender(two, 'IPv6', sourcePort);
    for (const hopLimit of hopLimits) send(hopLimit, words, destination, port);
    await vi.waitFor(() => expect(station.received).toHaveLength(hopLimits.length), SECONDS);
    return station.received.map((line) => line.replace(`fe80::2:${sourcePort} `, ''));
  }

  test('2080 §2.4.2: requires a hop limit of 255 of what the RIPng port multicasts', async () => {
    expect(await heard({}, [1, 64, 254, 255])).toEqual(['far w', 'far w', 'far w', 'whole']);
  });

  test('2080 §2.4.2: takes queries from other ports with any hop limit', async () => {
    expect(await heard({ sourcePort: 1521 }, [1, 64, 255])).toEqual(['whole', 'whole', 'whole']);
  });

  test('2080 §2.4.2: takes unicast from the RIPng port with any hop limit', async () => {
    expect(await heard({ destination: 'fe80::1' }, [1, 64, 255])).toEqual(['whole', 'whole', 'whole']);
  });

  test("the port that counts is the socket's own", async () => {
    expect(await heard({ sourcePort: 5521, port: 5521 }, [64, 255])).toEqual(['far w', 'whole']);
    expect(await heard({ sourcePort: 521, port: 5521 }, [64, 255])).toEqual(['whole', 'whole']);
  });

  test('one byte of a whole datagram is never taken for a far one', async () => {
    expect(await heard({ words: 'w' }, [64, 255])).toEqual(['far w', '']);
    expect(await heard({ words: 'w', sourcePort: 1521 }, [64, 255])).toEqual(['', '']);
    expect(await heard({ words: 'w', destination: 'fe80::1' }, [64, 255])).toEqual(['', '']);
  });
});

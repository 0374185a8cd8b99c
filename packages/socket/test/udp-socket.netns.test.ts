// UDP sockets on veth pairs between namespaces: what opening and closing one does.
import { constants as os } from 'node:os';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { constants } from '../src/system/headers.ts';
import { intBytes, intOf, libc, type SyscallError } from '../src/system/libc.ts';
import { udpIpv4 } from '../src/udp/udp-ipv4.ts';
import { udpIpv6 } from '../src/udp/udp-ipv6.ts';
import { openUdpSocket } from '../src/udp/udp-socket.ts';
import { openDescriptors, openSockets } from './descriptors.ts';
import { indexOf, ip } from './namespaces.ts';
import { families, ipv6, SECONDS, text } from './udp-station.ts';

/** From now on `recvmmsg` fails, after so many calls. */
function breakAfter(count: number): void {
  const { recvmmsg } = libc;
  let left = count;
  const broken = vi.spyOn(libc, 'recvmmsg').mockImplementation((...parameters) => {
    left -= 1;
    return left < 0 ? -os.errno.ENOMEM : recvmmsg(...parameters);
  });
  onTestFinished(() => broken.mockRestore());
}

/** Opens a socket that may break; with its descriptor, and what it says of its end. */
function openBreakable({ open }: (typeof families)[number], namespace: string) {
  const before = new Set(openSockets());
  const failures: SyscallError[] = [];
  const station = open(namespace, 'eth0', { failed: (error) => failures.push(error) });
  const fd = Number(openSockets().find((opened) => !before.has(opened)));
  return { station, failures, fd };
}

describe.each(families)('$name', ({ name, open, makePair, to, group, port, here }) => {
  test('packets queue before others: priority 6', () => {
    const [one] = makePair();
    const before = new Set(openSockets());
    open(one, 'eth0');
    const opened = openSockets().filter((fd) => !before.has(fd));
    expect(opened).toHaveLength(1);
    const priority = intBytes(0);
    const { SOL_SOCKET, SO_PRIORITY } = constants;
    expect(libc.getsockopt(Number(opened[0]), SOL_SOCKET, SO_PRIORITY, priority, intBytes(4))).toBe(0);
    expect(intOf(priority)).toBe(6);
  });

  test('a missing interface is an error, and nothing is left open', () => {
    const [one] = makePair();
    const before = openDescriptors();
    const options = { port, group, namespace: one, receive: () => undefined, failed: () => undefined };
    expect(() => openUdpSocket({ ...options, interface: { name: 'eth7', index: 7 } })).toThrow(
      expect.objectContaining({ code: 'ENODEV', call: 'setsockopt(SO_BINDTODEVICE)' }),
    );
    // The name exists, but is no longer the interface that was meant.
    const refusal =
      name === 'IPv4'
        ? { code: 'EADDRNOTAVAIL', call: 'setsockopt(IP_MULTICAST_IF)' }
        : { code: 'ENODEV', call: 'setsockopt(IPV6_MULTICAST_IF)' };
    expect(() => openUdpSocket({ ...options, interface: { name: 'eth0', index: 777 } })).toThrow(
      expect.objectContaining(refusal),
    );
    expect(openDescriptors()).toBe(before);
  });

  test('an interface may go away under a socket', async () => {
    const [one] = makePair();
    const station = open(one, 'eth0');
    ip(one, 'link delete eth0');
    station.socket.send(text('gone'), to(group));
    await vi.waitFor(() => expect(station.unsent).toHaveLength(1), SECONDS);
    await station.socket.close();
  });

  test('close lets everything leave, receives no more, and may be repeated', async () => {
    const [one, two] = makePair();
    const [station, peer] = [open(one, 'eth0'), open(two, 'eth0')];
    for (let count = 0; count < 300; count += 1) station.socket.send(text('last words'), to(group));
    peer.socket.send(text('too late'), to(group));
    const closed = station.socket.close();
    station.socket.send(text('after the end'), to(group));
    await Promise.all([closed, station.socket.close()]);
    await vi.waitFor(() => expect(peer.received).toHaveLength(300), SECONDS);
    expect(new Set(peer.received)).toEqual(new Set([`${here}:${port} last words`]));
    expect(station.received).toEqual([]);
    expect(station.unsent).toEqual([]);
  });
});

describe.each(families)('$name, when a socket breaks', (family) => {
  const { name, open, makePair, to, here, there, port } = family;
  const { destination } = { IPv4: udpIpv4, IPv6: udpIpv6 }[name];

  test('it hands on what had come, says so once, and is closed', async () => {
    const [one, two] = makePair();
    const { station, failures } = openBreakable(family, one);
    const peer = open(two, 'eth0');
    // More than one call reads.
    const sent = Array.from({ length: 40 }, (_, number) => `number ${number}`);
    breakAfter(1);
    for (const words of sent) peer.socket.send(text(words), to(here));
    await vi.waitFor(() => expect(failures).toHaveLength(1), SECONDS);
    expect(failures[0]).toMatchObject({ code: 'ENOMEM', call: 'recvmmsg' });
    expect(station.batches).toHaveLength(1);
    const heard = station.received.length;
    expect(heard).toBeGreaterThanOrEqual(32);
    expect(station.received).toEqual(sent.slice(0, heard).map((words) => `${there}:${port} ${words}`));
    open(one, 'eth0');
  });

  test('an error of the network is told by its name', async () => {
    const [one, _two] = makePair();
    const { station, failures, fd } = openBreakable(family, one);
    const home = { interfaceIndex: indexOf(one, 'eth0'), port, group: '', ttl: undefined };
    const nobody = destination(to(there, 9), home);
    // Linux: only a connected socket hears that nobody listens at a port.
    expect(libc.connect(fd, nobody, nobody.byteLength)).toBe(0);
    station.socket.send(text('anybody there?'), to(there, 9));
    await vi.waitFor(() => expect(failures).toHaveLength(1), SECONDS);
    expect(failures[0]).toMatchObject({ code: 'ECONNREFUSED' });
    expect(station.batches).toEqual([]);
  });

  test('a receiver may close it; then nothing is said of its end', async () => {
    const [one, two] = makePair();
    const peer = open(two, 'eth0');
    const before = openDescriptors();
    const { station, failures } = openBreakable(family, one);
    const closing = vi.spyOn(station.batches, 'push').mockImplementation(() => {
      void station.socket.close();
      return 1;
    });
    breakAfter(1);
    for (let count = 0; count < 40; count += 1) peer.socket.send(text('the end'), to(here));
    await vi.waitFor(() => expect(closing).toHaveBeenCalled(), SECONDS);
    await station.socket.close();
    expect(openDescriptors()).toBe(before);
    expect(closing).toHaveBeenCalledTimes(1);
    expect(failures).toEqual([]);
  });
});

test('IPv6: a socket that breaks at once hands on nothing', async () => {
  const { open, makePair, to, here } = ipv6;
  const [one, two] = makePair();
  const { station, failures } = openBreakable(ipv6, one);
  breakAfter(0);
  open(two, 'eth0').socket.send(text('unheard'), to(here));
  await vi.waitFor(() => expect(failures).toHaveLength(1), SECONDS);
  expect(station.batches).toEqual([]);
});

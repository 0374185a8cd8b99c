// UDP sockets on veth pairs between namespaces: what opening and closing one does.
import { constants as os } from 'node:os';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { constants } from '../src/system/headers.ts';
import { intBytes, intOf, libc, type SyscallError } from '../src/system/libc.ts';
import { openUdpSocket } from '../src/udp/udp-socket.ts';
import { openDescriptors, openSockets } from './descriptors.ts';
import { ip } from './namespaces.ts';
import { families, SECONDS, text } from './udp-station.ts';

/** From now on receiving fails, after so many datagrams. */
function breakAfter(count: number): void {
  const { recvmsg } = libc;
  let left = count;
  const broken = vi.spyOn(libc, 'recvmsg').mockImplementation((...parameters) => {
    left -= 1;
    return left < 0 ? -os.errno.ENOMEM : recvmsg(...parameters);
  });
  onTestFinished(() => broken.mockRestore());
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

/** What `recvmsg` reads can be broken; what `node:dgram` reads cannot. */
const breakable = families.filter(({ name }) => name === 'IPv6');

describe.each(breakable)('$name', ({ open, makePair, to, port, here, there }) => {
  test('a socket that breaks hands on what had come, says so once, and is closed', async () => {
    const [one, two] = makePair();
    const failures: SyscallError[] = [];
    const station = open(one, 'eth0', { failed: (error) => failures.push(error) });
    breakAfter(1);
    open(two, 'eth0').socket.send(text('last words'), to(here));
    await vi.waitFor(() => expect(failures).toHaveLength(1), SECONDS);
    expect(failures[0]).toMatchObject({ code: 'ENOMEM', call: 'recvmsg' });
    expect(station.received).toEqual([`${there}:${port} last words`]);
    open(one, 'eth0');
  });

  test('a socket that breaks at once hands on nothing', async () => {
    const [one, two] = makePair();
    const failures: SyscallError[] = [];
    const station = open(one, 'eth0', { failed: (error) => failures.push(error) });
    breakAfter(0);
    open(two, 'eth0').socket.send(text('unheard'), to(here));
    await vi.waitFor(() => expect(failures).toHaveLength(1), SECONDS);
    expect(station.batches).toEqual([]);
  });

  test('a receiver may close the socket; then nothing is said of its end', async () => {
    const [one, two] = makePair();
    const peer = open(two, 'eth0');
    const before = openDescriptors();
    const failures: SyscallError[] = [];
    const station = open(one, 'eth0', { failed: (error) => failures.push(error) });
    const closing = vi.spyOn(station.batches, 'push').mockImplementation(() => {
      void station.socket.close();
      return 1;
    });
    breakAfter(1);
    peer.socket.send(text('the end'), to(here));
    await vi.waitFor(() => expect(closing).toHaveBeenCalled(), SECONDS);
    expect(openDescriptors()).toBe(before);
    expect(failures).toEqual([]);
  });
});

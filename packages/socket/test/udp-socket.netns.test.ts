// UDP sockets on veth pairs between namespaces.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDescriptor } from '../src/system/descriptor.ts';
import { constants } from '../src/system/headers.ts';
import { intBytes, intOf, libc, type SyscallError } from '../src/system/libc.ts';
import { withNamespace } from '../src/system/namespace.ts';
import { openUdpSocket, type UdpSocket } from '../src/udp/udp-socket.ts';
import { openDescriptors, openSockets } from './descriptors.ts';
import { connect, indexOf, ip, makePair } from './namespaces.ts';
import { runScript } from './script.ts';

const GROUP = '224.0.0.9';
const PORT = 520;
const SECONDS = { timeout: 5000, interval: 5 };

interface Station {
  readonly socket: UdpSocket;
  /** Texts received, as `source:port text`. */
  readonly received: string[];
  /** Datagrams in each batch. */
  readonly batches: number[];
  readonly unsent: SyscallError[];
}

/** Opens a socket that is closed when the test ends. */
function open(namespace: string, name: string, port = PORT, group = GROUP): Station {
  const [received, batches, unsent]: [string[], number[], SyscallError[]] = [[], [], []];
  const socket = openUdpSocket({
    interface: { name, index: indexOf(namespace, name) },
    port,
    group,
    namespace,
    receive(datagrams) {
      batches.push(datagrams.length);
      for (const { source, port: from, bytes } of datagrams)
        received.push(`${source}:${from} ${Buffer.from(bytes)}`);
    },
    unsent: (error) => unsent.push(error),
    failed(error) {
      throw error;
    },
  });
  onTestFinished(() => socket.close());
  return { socket, received, batches, unsent };
}

const text = (words: string): Uint8Array => Buffer.from(words);

test('every socket hears its own interface only: multicast, unicast and broadcast', async () => {
  const [here, there] = makePair();
  connect(here, there, 'eth1', '10.0.1');
  const [eth0, eth1] = [open(here, 'eth0'), open(here, 'eth1')];
  const [peer0, peer1] = [open(there, 'eth0'), open(there, 'eth1')];

  peer0.socket.send(text('to all on eth0'), GROUP, PORT);
  peer1.socket.send(text('to all on eth1'), GROUP, PORT);
  peer0.socket.send(text('to one on eth0'), '10.0.0.1', PORT);
  peer1.socket.send(text('to one on eth1'), '10.0.1.1', PORT);
  await vi.waitFor(
    () => expect(eth0.received.length + eth1.received.length).toBeGreaterThanOrEqual(4),
    SECONDS,
  );

  expect(eth0.received).toEqual(['10.0.0.2:520 to all on eth0', '10.0.0.2:520 to one on eth0']);
  expect(eth1.received).toEqual(['10.0.1.2:520 to all on eth1', '10.0.1.2:520 to one on eth1']);
  expect([...peer0.received, ...peer1.received]).toEqual([]);
});

test('groups that others have joined are not heard', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  open(here, 'eth0', 5520, '224.0.0.50');
  peer.socket.send(text('not for RIP'), '224.0.0.50', PORT);
  peer.socket.send(text('for RIP'), GROUP, PORT);
  await vi.waitFor(() => expect(station.received).not.toEqual([]), SECONDS);
  expect(station.received).toEqual(['10.0.0.2:520 for RIP']);
});

test('what queued up while the event loop was busy comes complete, in few batches', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const numbers = Array.from({ length: 400 }, (_, number) => `10.0.0.2:520 ${number}`);
  for (const number of numbers.keys()) peer.socket.send(text(String(number)), GROUP, PORT);
  await vi.waitFor(() => expect(station.received).toHaveLength(400), SECONDS);
  expect(station.received).toEqual(numbers);
  expect(station.batches.length).toBeLessThanOrEqual(3);
});

test('the receive buffer holds 4000 packets of 504 bytes; a batch is bounded', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  expect(station.socket.receiveBufferBytes).toBe(8 * 1024 * 1024);
  const packet = new Uint8Array(504);
  for (let count = 0; count < 4000; count += 1) peer.socket.send(packet, GROUP, PORT);
  await vi.waitFor(() => expect(station.received).toHaveLength(4000), SECONDS);
  expect(Math.max(...station.batches)).toBe(512);
  expect(station.batches.length).toBeLessThanOrEqual(16);
});

test('empty datagrams arrive too', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  for (const words of ['first', '', '', 'last']) peer.socket.send(text(words), GROUP, PORT);
  await vi.waitFor(() => expect(station.received).toHaveLength(4), SECONDS);
  expect(station.received).toEqual(['first', '', '', 'last'].map((words) => `10.0.0.2:520 ${words}`));
});

test('on the wire: TTL 1 and CS6 for multicast, the system TTL and CS6 for unicast', async () => {
  const [here, there] = makePair();
  const station = open(here, 'eth0');
  const packets = listenToPackets(there);
  station.socket.send(text('many'), GROUP, PORT);
  station.socket.send(text('one'), '10.0.0.2', PORT);
  await vi.waitFor(() => expect(packets()).toHaveLength(2), SECONDS);
  expect(packets()).toEqual([
    { destination: '224.0.0.9', ttl: 1, tos: 0xc0 },
    { destination: '10.0.0.2', ttl: 64, tos: 0xc0 },
  ]);
});

/** The UDP packets that have reached a namespace from now on, taken below IP by a packet socket (packet(7)). */
function listenToPackets(namespace: string): () => { destination: string; ttl: number; tos: number }[] {
  const [AF_PACKET, ETH_P_IP] = [17, Buffer.from([8, 0]).readUInt16LE()];
  const fd = withNamespace(namespace, () =>
    openDescriptor(AF_PACKET, constants.SOCK_DGRAM, ETH_P_IP, 'packet socket', (opened) => opened),
  );
  onTestFinished(() => void libc.close(fd));
  const seen: { destination: string; ttl: number; tos: number }[] = [];
  const packet = new Uint8Array(2048);
  const [sender, senderBytes] = [new Uint8Array(20), intBytes(20)];
  return () => {
    while (libc.recvfrom(fd, packet, packet.length, 0, sender, senderBytes) > 0) {
      const [tos = 0, ttl = 0, protocol] = [packet[1], packet[8], packet[9]];
      if (protocol === 17) seen.push({ destination: packet.slice(16, 20).join('.'), ttl, tos });
    }
    return seen;
  };
}

test('packets queue before others: priority 6', () => {
  const [here] = makePair();
  const before = new Set(openSockets());
  open(here, 'eth0');
  const opened = openSockets().filter((fd) => !before.has(fd));
  expect(opened).toHaveLength(1);
  const priority = intBytes(0);
  const { SOL_SOCKET, SO_PRIORITY } = constants;
  expect(libc.getsockopt(Number(opened[0]), SOL_SOCKET, SO_PRIORITY, priority, intBytes(4))).toBe(0);
  expect(intOf(priority)).toBe(6);
});

test('a taken port: the error names the holder, and nothing is left open', async () => {
  const [here] = makePair();
  const child = spawn(
    'ip',
    [
      'netns',
      'exec',
      here,
      process.execPath,
      '-e',
      `
      require('node:dgram').createSocket('udp4').bind(${PORT}, () => console.log('bound'))`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(async () => {
    child.kill();
    await once(child, 'exit');
  });
  await once(child.stdout, 'data');

  const before = openDescriptors();
  expect(() => open(here, 'eth0')).toThrow(
    expect.objectContaining({
      code: 'EADDRINUSE',
      call: 'bind',
      detail: `UDP port 520 on eth0 is taken by process ${child.pid} (node)`,
    }),
  );
  expect(openDescriptors()).toBe(before);
});

// In the user namespace of an ordinary user there is nobody to become.
const hasOtherUsers = !/^\s*0\s+\d+\s+1\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
if (!hasOtherUsers) writeSync(2, 'skipped: a socket without rights, as there is no other user here\n');

test.skipIf(!hasOtherUsers)(
  'without rights: a smaller receive buffer, and a holder that cannot be seen is named by its user',
  () => {
    const [here] = makePair();
    open(here, 'eth0', 5520);
    const script = `
    const open = (port) => socket.openUdpSocket({
      interface: { name: 'eth0', index: ${indexOf(here, 'eth0')} }, port, group: '224.0.0.9', receive() {}, failed() {},
    });
    const free = open(5521);
    console.log(free.receiveBufferBytes);
    await free.close();
    try { open(5520); } catch (error) { console.log(error.detail); }`;
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const { stdout } = runScript(script, ['ip', 'netns', 'exec', here, ...nobody]);
    const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
    const granted = 2 * Math.min(limit, 4 * 1024 * 1024);
    expect(stdout).toBe(`${granted}\nUDP port 5520 on eth0 is taken by another process of user 0\n`);
  },
);

test('a second socket on the same interface is refused', () => {
  const [here] = makePair();
  open(here, 'eth0');
  expect(() => open(here, 'eth0')).toThrow(/UDP port 520 on eth0 is taken by this process/);
});

test('a socket that reuses addresses cannot take the port away', async () => {
  const [here] = makePair();
  open(here, 'eth0');
  const script = `
    const socket = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('error', (error) => console.log(error.code));
    socket.bind(${PORT}, () => { console.log('bound'); socket.close(); });`;
  const child = spawn('ip', ['netns', 'exec', here, process.execPath, '-e', script]);
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('EADDRINUSE\n');
});

test('a missing interface is an error, and nothing is left open', () => {
  const [here] = makePair();
  const before = openDescriptors();
  const options = {
    port: PORT,
    group: GROUP,
    namespace: here,
    receive: () => undefined,
    failed: () => undefined,
  };
  expect(() => openUdpSocket({ ...options, interface: { name: 'eth7', index: 7 } })).toThrow(
    expect.objectContaining({ code: 'ENODEV', call: 'setsockopt(SO_BINDTODEVICE)' }),
  );
  // The name exists, but is no longer the interface that was meant.
  expect(() => openUdpSocket({ ...options, interface: { name: 'eth0', index: 777 } })).toThrow(
    expect.objectContaining({ code: 'EADDRNOTAVAIL', call: 'setsockopt(IP_MULTICAST_IF)' }),
  );
  expect(openDescriptors()).toBe(before);
});

test('a packet that cannot leave is counted and reported; the socket lives on', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];

  station.socket.send(text('to nobody'), '10.0.0.2', 0);
  station.socket.send(new Uint8Array(70_000), '10.0.0.2', PORT);
  expect(station.unsent, 'not before `send` returns').toEqual([]);
  await vi.waitFor(() => expect(station.unsent).toHaveLength(2), SECONDS);
  expect(station.unsent.map(({ code }) => code).sort()).toEqual(['EINVAL', 'EMSGSIZE']);

  ip(here, 'link set eth0 down');
  station.socket.send(text('down'), GROUP, PORT);
  await vi.waitFor(() => expect(station.unsent).toHaveLength(3), SECONDS);
  expect(station.unsent[2]).toMatchObject({ code: 'ENETUNREACH', call: 'sendto' });
  expect(station.socket.unsentPackets).toBe(3);

  ip(here, 'link set eth0 up');
  await vi.waitFor(() => {
    station.socket.send(text('up again'), GROUP, PORT);
    expect(peer.received[0]).toBe('10.0.0.1:520 up again');
  }, SECONDS);
});

test('an interface may go away under a socket', async () => {
  const [here] = makePair();
  const station = open(here, 'eth0');
  ip(here, 'link delete eth0');
  station.socket.send(text('gone'), GROUP, PORT);
  await vi.waitFor(() => expect(station.unsent).toHaveLength(1), SECONDS);
  await station.socket.close();
});

test('close lets everything leave, receives no more, and may be repeated', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  for (let count = 0; count < 300; count += 1) station.socket.send(text('last words'), GROUP, PORT);
  peer.socket.send(text('too late'), GROUP, PORT);
  const closed = station.socket.close();
  station.socket.send(text('after the end'), GROUP, PORT);
  await Promise.all([closed, station.socket.close()]);
  await vi.waitFor(() => expect(peer.received).toHaveLength(300), SECONDS);
  expect(new Set(peer.received)).toEqual(new Set(['10.0.0.1:520 last words']));
  expect(station.received).toEqual([]);
  expect(station.unsent).toEqual([]);
});

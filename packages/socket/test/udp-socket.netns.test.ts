// UDP sockets on veth pairs between namespaces.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { constants } from '../src/system/headers.ts';
import { intBytes, intOf, libc } from '../src/system/libc.ts';
import { openUdpSocket } from '../src/udp/udp-socket.ts';
import { openDescriptors, openSockets } from './descriptors.ts';
import { connect, indexOf, ip, makePair } from './namespaces.ts';
import { runScript } from './script.ts';
import { GROUP, open, PORT, SECONDS, text, to } from './udp-station.ts';

test('every socket hears its own interface only, multicast and unicast', async () => {
  const [here, there] = makePair();
  connect(here, there, 'eth1', '10.0.1');
  const [eth0, eth1] = [open(here, 'eth0'), open(here, 'eth1')];
  const [peer0, peer1] = [open(there, 'eth0'), open(there, 'eth1')];

  peer0.socket.send(text('to all on eth0'), to(GROUP));
  peer1.socket.send(text('to all on eth1'), to(GROUP));
  peer0.socket.send(text('to one on eth0'), to('10.0.0.1'));
  peer1.socket.send(text('to one on eth1'), to('10.0.1.1'));
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
  open(here, 'eth0', { port: 5520, group: '224.0.0.50' });
  peer.socket.send(text('not for RIP'), to('224.0.0.50'));
  peer.socket.send(text('for RIP'), to(GROUP));
  await vi.waitFor(() => expect(station.received).not.toEqual([]), SECONDS);
  expect(station.received).toEqual(['10.0.0.2:520 for RIP']);
});

test('what queued up while the event loop was busy comes complete, in few batches', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  const numbers = Array.from({ length: 400 }, (_, number) => `10.0.0.2:520 ${number}`);
  for (const number of numbers.keys()) peer.socket.send(text(String(number)), to(GROUP));
  await vi.waitFor(() => expect(station.received).toHaveLength(400), SECONDS);
  expect(station.received).toEqual(numbers);
  expect(station.batches.length).toBeLessThanOrEqual(3);
});

test('the receive buffer holds 4000 packets of 504 bytes; a batch is bounded', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  expect(station.socket.receiveBufferBytes).toBe(8 * 1024 * 1024);
  const packet = new Uint8Array(504);
  for (let count = 0; count < 4000; count += 1) peer.socket.send(packet, to(GROUP));
  await vi.waitFor(() => expect(station.received).toHaveLength(4000), SECONDS);
  expect(Math.max(...station.batches)).toBe(512);
  expect(station.batches.length).toBeLessThanOrEqual(16);
});

test('empty datagrams arrive too', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  for (const words of ['first', '', '', 'last']) peer.socket.send(text(words), to(GROUP));
  await vi.waitFor(() => expect(station.received).toHaveLength(4), SECONDS);
  expect(station.received).toEqual(['first', '', '', 'last'].map((words) => `10.0.0.2:520 ${words}`));
});

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
  'without rights: a smaller receive buffer, and a holder that cannot be seen is named by its user; the rest works',
  async () => {
    const [here] = makePair();
    const station = open(here, 'eth0', { port: 5520 });
    const script = `
    const open = (port) => socket.openUdpSocket({
      interface: { name: 'eth0', index: ${indexOf(here, 'eth0')} }, port, group: '224.0.0.9', ttl: 255,
      receive() {}, failed() {}, unsent: (error) => console.log(error.message),
    });
    const free = open(5521);
    console.log(free.receiveBufferBytes);
    free.send(Buffer.from('all'), { source: '10.0.0.1', destination: '10.0.0.255', broadcast: true, port: 5520 });
    await free.close();
    try { open(5520); } catch (error) { console.log(error.detail); }`;
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const { stdout } = runScript(script, ['ip', 'netns', 'exec', here, ...nobody]);
    const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
    const granted = 2 * Math.min(limit, 4 * 1024 * 1024);
    expect(stdout).toBe(`${granted}\nUDP port 5520 on eth0 is taken by another process of user 0\n`);
    await vi.waitFor(() => expect(station.received).toEqual(['10.0.0.1:5521 all']), SECONDS);
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

  station.socket.send(text('to nobody'), to('10.0.0.2', 0));
  station.socket.send(new Uint8Array(70_000), to('10.0.0.2'));
  expect(station.unsent, 'not before `send` returns').toEqual([]);
  await vi.waitFor(() => expect(station.unsent).toHaveLength(2), SECONDS);
  expect(station.unsent.map(({ code }) => code).sort()).toEqual(['EINVAL', 'EMSGSIZE']);

  ip(here, 'link set eth0 down');
  station.socket.send(text('down'), to(GROUP));
  await vi.waitFor(() => expect(station.unsent).toHaveLength(3), SECONDS);
  expect(station.unsent[2]).toMatchObject({ code: 'ENETUNREACH', call: 'sendmsg' });
  expect(station.socket.unsentPackets).toBe(3);

  ip(here, 'link set eth0 up');
  await vi.waitFor(() => {
    station.socket.send(text('up again'), to(GROUP));
    expect(peer.received[0]).toBe('10.0.0.1:520 up again');
  }, SECONDS);
});

test('an interface may go away under a socket', async () => {
  const [here] = makePair();
  const station = open(here, 'eth0');
  ip(here, 'link delete eth0');
  station.socket.send(text('gone'), to(GROUP));
  await vi.waitFor(() => expect(station.unsent).toHaveLength(1), SECONDS);
  await station.socket.close();
});

test('close lets everything leave, receives no more, and may be repeated', async () => {
  const [here, there] = makePair();
  const [station, peer] = [open(here, 'eth0'), open(there, 'eth0')];
  for (let count = 0; count < 300; count += 1) station.socket.send(text('last words'), to(GROUP));
  peer.socket.send(text('too late'), to(GROUP));
  const closed = station.socket.close();
  station.socket.send(text('after the end'), to(GROUP));
  await Promise.all([closed, station.socket.close()]);
  await vi.waitFor(() => expect(peer.received).toHaveLength(300), SECONDS);
  expect(new Set(peer.received)).toEqual(new Set(['10.0.0.1:520 last words']));
  expect(station.received).toEqual([]);
  expect(station.unsent).toEqual([]);
});

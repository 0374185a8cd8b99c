// Who may have a UDP port beside whom, and what is said of who has it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDescriptors } from './descriptors.ts';
import { indexOf } from './namespaces.ts';
import { runScript } from './script.ts';
import { families, ipv4, ipv6, SECONDS } from './udp-station.ts';

/** Another daemon: a program that binds a port, and says `bound` or the error's code. */
async function startDaemon(
  namespace: string,
  port: number,
  options: { readonly type: 'udp4' | 'udp6'; readonly ipv6Only?: boolean; readonly reuseAddr?: boolean },
): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    const socket = require('node:dgram').createSocket(${JSON.stringify(options)});
    socket.on('error', (error) => console.log(error.code));
    socket.bind(${port}, () => console.log('bound'));`;
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

describe.each(families)('$name', ({ name, open, makePair, port }) => {
  const type = name === 'IPv4' ? 'udp4' : 'udp6';

  test('a taken port: the error names the holder, and nothing is left open', async () => {
    const [here] = makePair();
    const { child } = await startDaemon(here, port, { type });
    const before = openDescriptors();
    expect(() => open(here, 'eth0')).toThrow(
      expect.objectContaining({
        code: 'EADDRINUSE',
        call: 'bind',
        detail: `UDP port ${port} on eth0 is taken by process ${child.pid} (node)`,
      }),
    );
    expect(openDescriptors()).toBe(before);
  });

  test('a second socket on the same interface is refused', () => {
    const [here] = makePair();
    open(here, 'eth0');
    expect(() => open(here, 'eth0')).toThrow(`UDP port ${port} on eth0 is taken by this process`);
  });

  test('a socket that reuses addresses cannot take the port away', async () => {
    const [here] = makePair();
    open(here, 'eth0');
    const { said } = await startDaemon(here, port, { type, reuseAddr: true });
    expect(said).toBe('EADDRINUSE');
  });
});

test('both families may have the same port', () => {
  const [here] = ipv6.makePair();
  ipv6.open(here, 'eth0');
  ipv4.open(here, 'eth0', { port: ipv6.port });
});

test('IPv6: a daemon that has the port in IPv4 is not in the way, and not named', async () => {
  const [here] = ipv6.makePair();
  await startDaemon(here, ipv6.port, { type: 'udp4' });
  const first = ipv6.open(here, 'eth0');
  await first.socket.close();
  const { child } = await startDaemon(here, ipv6.port, { type: 'udp6', ipv6Only: true });
  expect(() => ipv6.open(here, 'eth0')).toThrow(
    expect.objectContaining({ detail: `UDP port 521 on eth0 is taken by process ${child.pid} (node)` }),
  );
});

test('IPv4: a daemon that has the port in both families is in the way', async () => {
  const [here] = ipv4.makePair();
  const { child } = await startDaemon(here, ipv4.port, { type: 'udp6' });
  expect(() => ipv4.open(here, 'eth0')).toThrow(
    expect.objectContaining({ detail: `UDP port 520 on eth0 is taken by process ${child.pid} (node)` }),
  );
});

// In the user namespace of an ordinary user there is nobody to become.
const hasOtherUsers = !/^\s*0\s+\d+\s+1\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
if (!hasOtherUsers) writeSync(2, 'skipped: a socket without rights, as there is no other user here\n');

test.skipIf(!hasOtherUsers)(
  'without rights: a smaller receive buffer, and a holder that cannot be seen is named by its user; the rest works',
  async () => {
    const [here] = ipv4.makePair();
    const station = ipv4.open(here, 'eth0', { port: 5520 });
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

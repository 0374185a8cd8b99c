// The netlink socket against the kernel: notifications, losses, strangers, and what is left when it is closed.
import { constants as os } from 'node:os';
import { expect, test, vi } from 'vitest';
import { type NetlinkSocketOptions, openNetlinkSocket } from '../src/netlink-socket.ts';
import { openDescriptors } from './descriptors.ts';
import { type Listener, listen as listenTo } from './listener.ts';
import { ip, ipBatch, makeNamespace, namespaceWithLoopback } from './namespaces.ts';
import { runScript } from './script.ts';

const RTNLGRP_IPV4_ROUTE = 7;
const SECONDS = { timeout: 20_000, interval: 5 };

function listen(namespace: string, options: Partial<NetlinkSocketOptions> = {}): Listener {
  return listenTo(namespace, { groups: [RTNLGRP_IPV4_ROUTE], ...options });
}

/** `route add` lines for that many /32 routes. */
function routes(count: number, command = 'add'): string[] {
  return Array.from(
    { length: count },
    (_, at) => `route ${command} 10.${at >> 16}.${(at >> 8) & 255}.${at & 255}/32 dev lo`,
  );
}

test('notifications come in order, whole, and are the receiver’s own', async () => {
  const name = namespaceWithLoopback();
  const listener = listen(name);
  expect(listener.socket.portId).toBeGreaterThan(0);
  ipBatch(name, routes(1000));
  await vi.waitFor(() => expect(listener.datagrams).toHaveLength(1000), SECONDS);
  const destinations = listener.datagrams.map((bytes) =>
    [...bytes.slice(16 + 12 + 8 + 4, 16 + 12 + 8 + 8)].join('.'),
  );
  expect(destinations).toEqual(routes(1000).map((line) => line.split(/[ /]/)[2]));
  expect(listener).toMatchObject({ overruns: 0, failures: [] });
});

test('a loss is reported, and notifications go on', async () => {
  const name = namespaceWithLoopback();
  const listener = listen(name, { receiveBufferBytes: 4096 });
  ipBatch(name, routes(20_000));
  await vi.waitFor(() => expect(listener.overruns).toBeGreaterThan(0), SECONDS);
  expect(listener.datagrams.length).toBeLessThan(20_000);

  for (let round = 1; round <= 20; round += 1) {
    listener.datagrams.length = 0;
    ip(name, `route ${round % 2 === 1 ? 'del' : 'add'} 10.0.0.1/32 dev lo`);
    await vi.waitFor(() => expect(listener.datagrams).toHaveLength(1), SECONDS);
  }
  expect(listener.failures).toEqual([]);
});

test('what changes after a loss was reported is told', async () => {
  const name = namespaceWithLoopback();
  let before = 0;
  const listener = listen(name, {
    receiveBufferBytes: 512 * 1024,
    overrun() {
      before = listener.datagrams.length;
      ip(name, 'route del 10.0.0.1/32 dev lo');
    },
  });
  ipBatch(name, routes(10_000));
  await vi.waitFor(() => expect(before).toBeGreaterThan(0), SECONDS);
  await vi.waitFor(() => expect(listener.datagrams).toHaveLength(before + 1), SECONDS);
  expect(before, 'more than one turn reads').toBeGreaterThan(128);
});

test('a datagram longer than the buffer is a failure, never cut', async () => {
  const name = namespaceWithLoopback();
  const listener = listen(name, { datagramBytesMax: 32 });
  ipBatch(name, routes(1));
  await vi.waitFor(() => expect(listener.failures).toHaveLength(1), SECONDS);
  expect(listener.failures[0]).toMatchObject({
    code: 'EMSGSIZE',
    detail: expect.stringMatching(/of \d+ bytes, at most 32/),
  });
  expect(listener.datagrams).toEqual([]);
  expect(() => listener.socket.send(new Uint8Array(16))).toThrow('closed');
});

test('an exception of the receiver surfaces, and the process ends', () => {
  const name = namespaceWithLoopback();
  const { status, stderr } = runScript(`
    import { execFileSync } from 'node:child_process';
    const receive = () => { throw new Error('on purpose'); };
    socket.openNetlinkSocket({ groups: [7], namespace: '${name}', receive, overrun() {}, failed() {} });
    execFileSync('ip', ['-n', '${name}', 'route', 'add', '10.0.0.0/8', 'dev', 'lo']);`);
  expect(status).toBe(1);
  expect(stderr).toContain('on purpose');
});

test('a loss is told even if the receiver throws', () => {
  const name = namespaceWithLoopback();
  const listener = listen(name, {
    receiveBufferBytes: 4096,
    receive() {
      throw new Error('on purpose');
    },
  });
  ipBatch(name, routes(1000));
  expect(() => listener.socket.poll()).toThrow('on purpose');
  expect(listener.overruns).toBe(1);
});

test('a promise made by the receiver goes on at once', async () => {
  const name = namespaceWithLoopback();
  const ticked = new Promise((resolve) =>
    listen(name, { receive: () => void Promise.resolve().then(resolve) }),
  );
  ipBatch(name, routes(1));
  await ticked;
});

test('a receiver may close the socket; closing twice is nothing', async () => {
  const name = namespaceWithLoopback();
  const before = openDescriptors();
  let batches = 0;
  const listener = listen(name, {
    receive() {
      batches += 1;
      listener.socket.close();
      listener.socket.close();
    },
  });
  ipBatch(name, routes(500));
  await vi.waitFor(() => expect(batches).toBe(1), SECONDS);
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toBe(1);
  expect(openDescriptors()).toBe(before);
});

test('a refused step of opening leaves nothing open', () => {
  const before = openDescriptors();
  const options = { receive: () => undefined, overrun: () => undefined, failed: () => undefined };
  expect(() => openNetlinkSocket({ ...options, protocol: 31 })).toThrow(
    expect.objectContaining({ code: 'EPROTONOSUPPORT', call: 'socket', errno: os.errno.EPROTONOSUPPORT }),
  );
  expect(() => openNetlinkSocket({ ...options, groups: [100_000] })).toThrow(
    expect.objectContaining({ code: 'EINVAL', call: 'setsockopt(NETLINK_ADD_MEMBERSHIP)' }),
  );
  expect(openDescriptors()).toBe(before);
});

test('when all is closed, the process ends by itself, and the descriptors are what they were', () => {
  const name = namespaceWithLoopback();
  const { status, stdout, stderr } = runScript(`
    import { readdirSync } from 'node:fs';
    const callbacks = { receive() {}, overrun() {}, failed() {} };
    const open = () => {
      const netlink = socket.openNetlinkSocket({ groups: [7], namespace: '${name}', ...callbacks });
      const lo = { name: 'lo', index: 1 };
      const udp = socket.openUdpSocket({ interface: lo, port: 520, group: '224.0.0.9', namespace: '${name}', ...callbacks });
      udp.send(Buffer.from('x'), '127.0.0.1', 520);
      netlink.close();
      return udp.close();
    };
    await open(); // the loop's own descriptors are there from now on
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 50; round += 1) await open();
    for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate); // libuv drops closed handles a turn later
    const resources = process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|File/.test(name));
    console.log(readdirSync('/proc/self/fd').length - before, resources.length);`);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '0 0\n', stderr: '' });
});

test('garbage collection does not end a subscription to which nothing refers', () => {
  const here = makeNamespace();
  const script = `
    import { execFileSync } from 'node:child_process';
    const told = new Promise((resolve) => {
      socket.Rtnetlink.open().subscribe(['link'], resolve, () => undefined);
    });
    for (let turn = 0; turn < 20; turn += 1) {
      gc();
      await new Promise(setImmediate);
    }
    execFileSync('ip', ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1']);
    await told;
    console.log('told');
    process.exit(0);`;
  expect(runScript(script, ['ip', 'netns', 'exec', here])).toMatchObject({ status: 0, stdout: 'told\n' });
});

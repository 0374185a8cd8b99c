// Subscriptions to the kernel's notifications, with changes made by iproute2 and by ourselves.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { type Notification, routePrefix } from '@ripstop/netlink';
import { expect, test, vi } from 'vitest';
import type { Rtnetlink } from '../src/rtnetlink.ts';
import { ip, ipBatch, namespaceWithLoopback } from './namespaces.ts';
import { addition, deletion, destination, numbers, openClient } from './routes.ts';
import { runScript } from './script.ts';

const SECONDS = { timeout: 20_000, interval: 5 };

interface Watcher {
  readonly notifications: Notification[];
  readonly batches: number[];
  overruns: number;
  readonly stop: () => void;
}

function watch(
  client: Rtnetlink,
  objects: Parameters<Rtnetlink['subscribe']>[0],
  family?: 'ipv4' | 'ipv6',
): Watcher {
  const notifications: Notification[] = [];
  const batches: number[] = [];
  const stop = client.subscribe(
    objects,
    (received) => {
      batches.push(received.length);
      notifications.push(...received);
    },
    () => {
      watcher.overruns += 1;
    },
    { family },
  );
  const watcher: Watcher = { notifications, batches, overruns: 0, stop };
  return watcher;
}

const summary = ({ object, operation, message }: Notification): string =>
  `${operation} ${object} ${object === 'route' ? routePrefix(message) : 'name' in message ? message.name : ''}`.trim();

test('watches links, addresses and routes; our own changes carry our port', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const watcher = watch(client, ['link', 'address', 'route']);
  ip(name, 'link add eth0 type veth peer name eth1');
  ip(name, 'route add 10.1.0.0/16 dev lo');
  ip(name, '-6 route add 2001:db8::/32 dev lo');
  await client.batch([addition(7, { outputInterface: 1 }), deletion(7)]);
  await vi.waitFor(
    () => expect(watcher.notifications.map(summary)).toContain('delete route 10.0.0.7/32'),
    SECONDS,
  );
  expect(watcher.notifications.map(summary)).toEqual(
    expect.arrayContaining([
      'new link eth0',
      'new link eth1',
      'new route 10.1.0.0/16',
      'new route 2001:db8::/32',
      'new route 10.0.0.7/32',
      'delete route 10.0.0.7/32',
    ]),
  );
  const ours = watcher.notifications.filter(({ portId }) => portId === client.portId).map(summary);
  expect(ours).toEqual(['new route 10.0.0.7/32', 'delete route 10.0.0.7/32']);
});

test.each(['ipv4', 'ipv6'] as const)(
  'a subscription to %s tells of no other addresses, routes and rules, and of all links',
  async (family) => {
    const name = namespaceWithLoopback();
    const watcher = watch(openClient(name), ['link', 'address', 'route', 'rule'], family);
    ip(name, 'address add 192.0.2.1/32 dev lo');
    ip(name, 'address add 2001:db8::1/128 dev lo nodad');
    for (const version of ['-4', '-6']) ip(name, `${version} rule add priority 7 table main`);
    ip(name, 'link set lo down');
    await vi.waitFor(() => expect(watcher.notifications.map(summary)).toContain('new link lo'), SECONDS);
    const others = watcher.notifications.filter(({ object }) => object !== 'link');
    expect(new Set(others.map(({ message }) => message.family))).toEqual(new Set([family]));
    expect(new Set(others.map(({ object }) => object))).toEqual(new Set(['address', 'route', 'rule']));
  },
);

test('a subscription tells of its objects only, and of nothing when it has ended', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const [routes, addresses] = [watch(client, ['route']), watch(client, ['address'])];
  ip(name, 'address add 192.0.2.1/32 dev lo');
  await vi.waitFor(() => expect(addresses.notifications).toHaveLength(1), SECONDS);
  addresses.stop();
  addresses.stop();
  ip(name, 'address add 192.0.2.2/32 dev lo');
  ip(name, 'route add 10.0.0.0/8 dev lo');
  await vi.waitFor(
    () => expect(routes.notifications.map(summary)).toContain('new route 10.0.0.0/8'),
    SECONDS,
  );
  expect(new Set(routes.notifications.map(({ object }) => object))).toEqual(new Set(['route']));
  expect(addresses.notifications).toHaveLength(1);
});

test('a flood that overflows the watching socket is reported, and costs no answer', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const small = openClient(name, { receiveBufferBytes: 4096 });
  const watcher = watch(small, ['route']);
  const flood = promisify(execFile)('ip', ['-n', name, '-batch', '-']);
  flood.child.stdin?.end(
    numbers(20_000)
      .map((number) => `route add ${destination(number)}/32 dev lo proto rip`)
      .join('\n'),
  );
  let flooding = true;
  const flooded = flood.finally(() => {
    flooding = false;
  });
  const outcomes: unknown[] = [];
  while (flooding) {
    const some = numbers(50).map((number) =>
      addition(100_000 + outcomes.length + number, { outputInterface: 1 }),
    );
    outcomes.push(...(await small.batch(some)));
  }
  await flooded;
  await vi.waitFor(() => expect(watcher.overruns).toBeGreaterThan(0), SECONDS);
  const routes = 20_000 + outcomes.length;
  expect(watcher.notifications.length).toBeLessThan(routes);
  expect(outcomes.length).toBeGreaterThan(50);
  expect(outcomes.every((outcome) => outcome === undefined)).toBe(true);
  expect(await client.routes.list({ family: 'ipv4', protocol: 'rip' })).toHaveLength(routes);

  watcher.notifications.length = 0;
  ip(name, 'route add 192.0.2.0/24 dev lo');
  await vi.waitFor(
    () => expect(watcher.notifications.map(summary)).toContain('new route 192.0.2.0/24'),
    SECONDS,
  );
});

test('what is queued comes in few batches', async () => {
  const name = namespaceWithLoopback();
  const watcher = watch(openClient(name), ['route']);
  ipBatch(
    name,
    numbers(1280).map((number) => `route add ${destination(number)}/32 dev lo`),
  );
  await vi.waitFor(() => expect(watcher.notifications).toHaveLength(1280), SECONDS);
  expect(watcher.batches).toEqual(numbers(10).map(() => 128));
});

test('a subscription that breaks ends the process: nobody watches blindly', () => {
  const name = namespaceWithLoopback();
  const koffi = createRequire(import.meta.url).resolve('koffi');
  const { status, stdout, stderr } = runScript(`
    import { execFileSync } from 'node:child_process';
    import { openSync, readdirSync, readlinkSync } from 'node:fs';
    import koffi from ${JSON.stringify(koffi)};
    const isSocket = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd).startsWith('socket:'); } catch {} };
    const sockets = () => readdirSync('/proc/self/fd').filter(isSocket);
    const client = socket.Rtnetlink.open({ namespace: '${name}' });
    const before = sockets();
    client.subscribe(['route'], () => console.log('told'), () => console.log('overrun'));
    const fd = Number(sockets().find((fd) => !before.includes(fd)));
    for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate); // the event loop waits for it now
    // It goes on waiting, as there is a copy of the socket; but reading finds that this is none.
    koffi.load(null).func('int dup(int)')(fd);
    koffi.load(null).func('int dup2(int, int)')(openSync('/dev/null', 'r'), fd);
    execFileSync('ip', ['-n', '${name}', 'route', 'add', '10.0.0.0/8', 'dev', 'lo']);`);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(`SyscallError: netlink socket in ${name} (recvmmsg: ENOTSOCK)`);
});

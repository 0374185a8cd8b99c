// The mirror from its user's side: what it has, what it tells, how it ends.
import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import type { MirrorChange } from '../src/mirror/change.ts';
import { Mirror } from '../src/mirror/mirror.ts';
import { openSockets } from './descriptors.ts';
import { mirrorOf } from './mirror-agreement.ts';
import { ip, ipBatch, ipBatchAside, makeNamespace, namespaceWithLoopback } from './namespaces.ts';
import { destination, numbers } from './routes.ts';

const PAIR = [
  'link add a0 type veth peer name b0',
  'link set a0 up',
  'link set b0 up',
  'address add 10.0.0.1/24 dev a0',
];

/** `change link a0 mtu`: what happened to what, and the names of what changed. */
function summary(change: MirrorChange): string {
  if (change.event === 'resync') return 'resync';
  const { event, object, message, changed } = change;
  const name =
    object === 'link'
      ? message.name
      : object === 'address'
        ? message.local
        : 'destination' in message && message.destination;
  return [event, object, name, changed.join()].join(' ').trim();
}

test('has links, addresses and routes, and tells each change with what changed', async () => {
  const name = namespaceWithLoopback();
  const { mirror, changes, agrees } = await mirrorOf(name, ['link', 'address', 'route']);
  expect(mirror.links.map((link) => link.name)).toEqual(['lo']);
  expect(mirror.addresses.map(({ address }) => address).sort()).toEqual(['127.0.0.1', '::1']);
  expect(mirror.routes).toContainEqual(expect.objectContaining({ destination: '127.0.0.0', type: 'local' }));
  ipBatch(name, [...PAIR, 'link set a0 mtu 1400', 'route add 10.9.0.0/16 via 10.0.0.2']);
  ipBatch(name, ['route replace 10.9.0.0/16 via 10.0.0.3', 'route del 10.9.0.0/16', 'link set b0 name c0']);
  await agrees();
  const told = changes.map(summary);
  for (const line of [
    'add link a0',
    'add address 10.0.0.1',
    'change link a0 mtu',
    'add route 10.9.0.0',
    'change route 10.9.0.0 gateway',
    'delete route 10.9.0.0',
    'change link c0 name',
  ]) {
    expect(told).toContain(line);
  }
  const replaced = changes.find((change) => summary(change) === 'change route 10.9.0.0 gateway');
  expect(replaced).toMatchObject({
    before: { gateway: '10.0.0.2' },
    message: { gateway: '10.0.0.3' },
    notification: { object: 'route', operation: 'new' },
  });
});

test('what is told without a visible change is told as such', async () => {
  const name = namespaceWithLoopback();
  ipBatch(name, [...PAIR, 'address add 10.0.7.1/24 dev a0 valid_lft 1000 preferred_lft 1000']);
  const { changes } = await mirrorOf(name, ['address']);
  ip(name, 'address change 10.0.7.1/24 dev a0 valid_lft 2000 preferred_lft 2000');
  await expect.poll(() => changes.map(summary)).toContain('change address 10.0.7.1');
});

test('ports that leave a bridge, and what a bridge has learned, are no links and no neighbors', async () => {
  const name = namespaceWithLoopback();
  ipBatch(name, [...PAIR, 'link add br0 type bridge', 'link set br0 up']);
  const { mirror, changes, agrees } = await mirrorOf(name, ['link', 'neighbor']);
  ip(name, 'link set a0 master br0');
  ip(name, 'link set a0 type bridge_slave cost 55');
  await agrees();
  ip(name, 'link set a0 nomaster');
  await agrees();
  const links = changes.filter((change) => change.event !== 'resync' && change.object === 'link');
  expect(links.filter(({ event }) => event !== 'change')).toEqual([]);
  expect(links.map(summary).join('\n')).toContain('master');
  expect(mirror.neighbors.filter(({ family }) => family === 'bridge')).toEqual([]);
});

test('follows neighbors, next-hop objects and rules', async () => {
  const name = namespaceWithLoopback();
  ipBatch(name, [...PAIR, 'neighbor add 10.0.0.9 lladdr 02:00:00:00:00:09 dev a0']);
  const { mirror, agrees } = await mirrorOf(name, ['neighbor', 'nexthop', 'rule']);
  ipBatch(name, [
    'neighbor replace 10.0.0.9 lladdr 02:00:00:00:00:0a dev a0',
    'neighbor add 10.0.0.8 lladdr 02:00:00:00:00:08 dev a0',
    'nexthop add id 7 via 10.0.0.2 dev a0',
    'nexthop add id 9 group 7',
    'rule add from 10.0.0.0/8 table 77 priority 100',
  ]);
  await agrees();
  expect(mirror.nexthops.map(({ id }) => id)).toEqual([7, 9]);
  expect(mirror.rules).toContainEqual(expect.objectContaining({ priority: 100, table: 77 }));
  ipBatch(name, ['nexthop replace id 7 via 10.0.0.3 dev a0', 'rule del priority 100', 'link set a0 down']);
  await agrees();
  expect(mirror.nexthops).toEqual([]);
  expect(mirror.neighbors.filter(({ destination }) => destination?.startsWith('10.'))).toEqual([]);
});

test('interfaces that move to another namespace and back', async () => {
  const [name, other] = [namespaceWithLoopback(), makeNamespace()];
  ipBatch(name, [...PAIR, 'route add 10.9.0.0/16 via 10.0.0.2', 'link set b0 down']);
  const { mirror, agrees } = await mirrorOf(name, ['link', 'address', 'route']);
  ip(name, `link set b0 netns ${other}`);
  await agrees();
  ip(name, `link set a0 netns ${other}`);
  await agrees();
  expect(mirror.links.map((link) => link.name)).toEqual(['lo']);
  ip(other, `link set a0 netns ${name}`);
  ipBatch(name, PAIR.slice(3));
  await agrees();
});

test('opened in the middle of a storm', async () => {
  const name = namespaceWithLoopback();
  ipBatch(name, PAIR);
  const lines = Array.from({ length: 400 }, (_, number) => [
    `route add 10.${number & 15}.0.0/16 via 10.0.0.2 metric ${number}`,
    `link set a0 mtu ${1300 + number}`,
    `route replace 10.${number & 15}.0.0/16 via 10.0.0.3 metric ${number}`,
    `address add 10.1.${number & 255}.1/24 dev b0`,
    ...(number % 50 === 49 ? ['link set a0 down', 'link set a0 up'] : []),
  ]);
  const storm = new Promise<void>((resolve) => {
    const child = execFile('ip', ['-n', name, '-force', '-batch', '-'], () => resolve());
    child.stdin?.end(lines.flat().join('\n'));
  });
  const { agrees } = await mirrorOf(name, ['link', 'address', 'route']);
  await storm;
  await agrees();
});

test('what is told while something else is listed is not lost', async () => {
  const name = namespaceWithLoopback();
  const { mirror, agrees } = await mirrorOf(name, ['route', 'rule']);
  // Each rule has the rules listed again, and nothing else; each route is told once.
  const lines = numbers(4000).map((number) => `route add ${destination(number)}/32 dev lo`);
  for (let at = 0; at < lines.length; at += 10) lines.splice(at, 0, `rule add table 77 priority ${100 + at}`);
  await ipBatchAside(name, lines);
  await agrees();
  expect(mirror.relists).toBeGreaterThan(0);
});

test('ends: close ends the loops, lets go of the sockets, and leaves the picture', async () => {
  const name = namespaceWithLoopback();
  const before = openSockets().length;
  const mirror = await Mirror.open(['link'], { namespace: name });
  const loop = (async () => {
    for await (const _ of mirror.changes()) expect.unreachable();
    return 'ended';
  })();
  mirror.close();
  mirror.close();
  expect(await loop).toBe('ended');
  expect(openSockets()).toHaveLength(before);
  expect(mirror.links.map((link) => link.name)).toEqual(['lo']);
  expect(() => mirror.changes()).toThrow('ECANCELED');
});

test('ends with a signal: before it is open, while it opens, while it is read', async () => {
  const name = namespaceWithLoopback();
  const before = openSockets().length;
  const reason = new Error('enough');
  const open = (signal: AbortSignal) => Mirror.open(['link'], { namespace: name, signal });
  await expect(open(AbortSignal.abort(reason))).rejects.toBe(reason);

  const early = new AbortController();
  const opening = open(early.signal);
  early.abort(reason);
  await expect(opening).rejects.toBe(reason);

  const late = new AbortController();
  const mirror = await open(late.signal);
  const reading = mirror.changes().next();
  late.abort(reason);
  await expect(reading).rejects.toBe(reason);
  expect(() => mirror.changes()).toThrow(reason);
  expect(openSockets()).toHaveLength(before);
});

test('one reader ends, the others go on', async () => {
  const name = namespaceWithLoopback();
  const { mirror, agrees, changes } = await mirrorOf(name, ['address']);
  const stop = new AbortController();
  const stopped = mirror.changes({ signal: stop.signal }).next();
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  ip(name, 'address add 192.0.2.1/32 dev lo');
  await agrees();
  setTimeout(() => ip(name, 'address add 192.0.2.2/32 dev lo'));
  for await (const change of mirror.changes()) {
    expect(summary(change)).toBe('add address 192.0.2.2');
    break;
  }
  await agrees();
  expect(changes.map(summary)).toEqual(['add address 192.0.2.1', 'add address 192.0.2.2']);
});

test('an audit finds what nothing hints at', async () => {
  const name = namespaceWithLoopback();
  ipBatch(name, ['link add a0 type veth peer name b0']);
  const { mirror, changes, agrees } = await mirrorOf(name, ['link'], { auditSeconds: 0.05 });
  // Linux: of a link that is down neither is told.
  ip(name, 'link set a0 group 7');
  ip(name, 'link set b0 alias spare');
  await agrees();
  expect(changes.map(summary)).toEqual(
    expect.arrayContaining(['change link a0 group', 'change link b0 alias']),
  );
  expect(mirror.relists).toBeGreaterThan(0);
  const open = Mirror.open(['link'], { auditSeconds: Number.POSITIVE_INFINITY });
  await expect(open).rejects.toThrow('auditSeconds Infinity');
});

test('of nothing there is an empty mirror', async () => {
  const mirror = await Mirror.open([], { namespace: namespaceWithLoopback() });
  expect(() => mirror.all('link' as never)).toThrow(RangeError);
  mirror.close();
});

test('says what is not mirrored, and where nothing can be', async () => {
  const mirror = await Mirror.open(['route'], { namespace: namespaceWithLoopback() });
  expect(() => mirror.links).toThrow(new RangeError('link is not mirrored'));
  mirror.close();
  await expect(Mirror.open(['route'], { namespace: 'mir-nowhere' })).rejects.toThrow('mir-nowhere');
});

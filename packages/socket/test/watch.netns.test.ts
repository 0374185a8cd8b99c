// Changes as an async iterator, made by iproute2 and by ourselves.
import { setImmediate as turn } from 'node:timers/promises';
import { routePrefix } from '@ripstop/netlink';
import { expect, test } from 'vitest';
import { Mirror } from '../src/mirror/mirror.ts';
import type { WatchEvent } from '../src/watch.ts';
import { openSockets } from './descriptors.ts';
import { ip, ipBatch, makePair, namespaceWithLoopback } from './namespaces.ts';
import { addition, deletion, destination, numbers, openClient } from './routes.ts';

/** An event in a word or three. */
function summary(event: WatchEvent): string {
  const { object, operation } = event;
  switch (object) {
    case 'link':
      return `${operation} ${object} ${event.message.name}`;
    case 'address':
      return `${operation} ${object} ${event.message.address}`;
    case 'route':
      return `${operation} ${object} ${routePrefix(event.message)}`;
    case 'neighbor':
      return `${operation} ${object} ${event.message.destination}`;
    case 'rule':
      return `${operation} ${object} ${event.message.priority}`;
    case 'nexthop':
      return `${operation} ${object} ${event.message.id}`;
    default:
      return operation;
  }
}

/** The next events, up to the one that is named. */
async function until(events: AsyncIterator<WatchEvent>, last: string): Promise<string[]> {
  const told: string[] = [];
  while (told.at(-1) !== last) {
    const { done, value } = await events.next();
    if (done === true) throw new Error(`ended before ${last}, after ${told.join(', ')}`);
    told.push(summary(value));
  }
  return told;
}

test('each of the six objects, in both families', async () => {
  const [here] = makePair();
  const client = openClient(here);
  const events = client.watch(['link', 'address', 'route', 'neighbor', 'rule', 'nexthop']);
  const cases: readonly [make: string, remove: string, name: string][] = [
    ['link add br0 type bridge', 'link del br0', 'link br0'],
    ['address add 10.0.0.7/32 dev eth0', 'address del 10.0.0.7/32 dev eth0', 'address 10.0.0.7'],
    [
      'address add 2001:db8::1/64 dev eth0 nodad',
      'address del 2001:db8::1/64 dev eth0',
      'address 2001:db8::1',
    ],
    ['route add 10.1.0.0/16 via 10.0.0.2', 'route del 10.1.0.0/16', 'route 10.1.0.0/16'],
    ['route add 2001:db9::/32 dev eth0', 'route del 2001:db9::/32', 'route 2001:db9::/32'],
    [
      'neighbor add 10.0.0.9 lladdr 02:00:00:00:00:01 dev eth0',
      'neighbor del 10.0.0.9 dev eth0',
      'neighbor 10.0.0.9',
    ],
    [
      'neighbor add 2001:db8::9 lladdr 02:00:00:00:00:01 dev eth0',
      'neighbor del 2001:db8::9 dev eth0',
      'neighbor 2001:db8::9',
    ],
    ['rule add from 10.0.0.0/8 priority 100', 'rule del priority 100', 'rule 100'],
    ['nexthop add id 7 via 10.0.0.2 dev eth0', 'nexthop del id 7', 'nexthop 7'],
  ];
  for (const [make, remove, name] of cases) {
    ip(here, make);
    await until(events, `new ${name}`);
    ip(here, remove);
    await until(events, `delete ${name}`);
  }
  ip(here, '-6 rule add from 2001:db8::/32 priority 200');
  await until(events, 'new rule 200');
});

test('what happens after the call is told, in order, though nobody reads yet', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const events = client.watch(['route']);
  await client.batch([addition(1, { outputInterface: 1 }), addition(2, { outputInterface: 1 }), deletion(1)]);
  await turn();
  await turn();
  expect(await until(events, 'delete route 10.0.0.1/32')).toEqual([
    'new route 10.0.0.1/32',
    'new route 10.0.0.2/32',
    'delete route 10.0.0.1/32',
  ]);
});

test('a loop that is left closes its socket', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const before = openSockets().length;
  const events = client.watch(['route']);
  expect(openSockets()).toHaveLength(before + 1);
  ip(name, 'route add 10.0.0.0/8 dev lo');
  for await (const event of events) {
    expect(summary(event)).toBe('new route 10.0.0.0/8');
    break;
  }
  expect(openSockets()).toHaveLength(before);
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('several readers of one watch get the events in turn', async () => {
  const name = namespaceWithLoopback();
  const events = openClient(name).watch(['route']);
  const told = [events.next(), events.next(), events.next()];
  ipBatch(name, [
    'route add 10.0.0.0/8 dev lo',
    'route add 11.0.0.0/8 dev lo',
    'route add 12.0.0.0/8 dev lo',
  ]);
  const names = (await Promise.all(told)).map(({ value }) => summary(value as WatchEvent));
  expect(names).toEqual(['10', '11', '12'].map((first) => `new route ${first}.0.0.0/8`));
});

test('a signal ends it with its reason, after what was received', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const before = openSockets().length;
  const reason = new Error('enough');
  expect(() => client.watch(['route'], { signal: AbortSignal.abort(reason) })).toThrow(reason);

  const controller = new AbortController();
  const events = client.watch(['route'], { signal: controller.signal });
  const waiting = client.watch(['link'], { signal: controller.signal }).next();
  // One datagram: both notifications are queued when the first is read.
  await client.batch([addition(1, { outputInterface: 1 }), addition(2, { outputInterface: 1 })]);
  await until(events, 'new route 10.0.0.1/32');
  controller.abort(reason);
  expect(openSockets()).toHaveLength(before);
  await expect(waiting).rejects.toBe(reason);
  await until(events, 'new route 10.0.0.2/32');
  await expect(events.next()).rejects.toBe(reason);
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('ends with the client, after what was received', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const [events, others] = [client.watch(['route']), client.watch(['link'])];
  ip(name, 'route add 10.0.0.0/8 dev lo');
  await until(events, 'new route 10.0.0.0/8');
  const waiting = others.next();
  client.close();
  expect(await waiting).toEqual({ done: true, value: undefined });
  for await (const event of events) throw new Error(summary(event));
  expect(() => client.watch(['route'])).toThrow(expect.objectContaining({ code: 'ECANCELED' }));
});

test('a slow reader: `overrun` in its place, nothing lost silently, and reading goes on', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name, { receiveBufferBytes: 2 * 1024 * 1024 });
  const writer = openClient(name);
  const events = client.watch(['route']);
  // Nobody reads: memory takes its share, then the socket's buffer fills, then the kernel drops.
  await writer.batch(numbers(60_000).map((number) => addition(number, { outputInterface: 1 })));

  const told = await until(events, 'overrun');
  const kept = told.length - 1;
  expect(told.slice(0, -1), 'all before the loss, without a gap').toEqual(
    numbers(kept).map((number) => `new route ${destination(number)}/32`),
  );
  expect(kept).toBeGreaterThanOrEqual(4096);
  expect(kept, 'bounded').toBeLessThan(30_000);

  await writer.batch(numbers(10).map(deletion));
  expect(await until(events, 'delete route 10.0.0.9/32'), 'all after the loss').toEqual(
    numbers(10).map((number) => `delete route ${destination(number)}/32`),
  );
});

test('an object that is none is refused in words, and leaves no socket', async () => {
  const client = openClient(namespaceWithLoopback());
  const before = openSockets();
  const words = 'no object "routes": link, address, route, neighbor, rule, nexthop expected';
  expect(() => client.watch(['routes' as 'route'])).toThrow(words);
  await expect(Mirror.open(['routes' as 'route'])).rejects.toThrow(words);
  expect(openSockets()).toEqual(before);
});

// Losses for real: a mirror whose socket cannot hold what is told, and a reader that does not read.
import { routePrefix } from '@ripstop/netlink';
import { expect, test } from 'vitest';
import type { MirrorChange } from '../src/mirror/change.ts';
import { apply, mirrorOf } from './mirror-agreement.ts';
import { ip, ipBatch, ipBatchAside, namespaceWithLoopback } from './namespaces.ts';
import { addition, destination, numbers, openClient } from './routes.ts';

test('200,000 foreign changes against a small buffer: the mirror ends equal and says how often it resynced', async () => {
  const name = namespaceWithLoopback();
  const { mirror, changes, agrees } = await mirrorOf(name, ['route'], { receiveBufferBytes: 4096 });
  const gone = new Set(numbers(60_000).map((number) => destination(number)));
  const storm = ipBatchAside(name, [
    ...numbers(130_000).map((number) => `route add ${destination(number)}/32 dev lo proto static`),
    ...numbers(60_000).map((number) => `route del ${destination(number)}/32`),
    ...numbers(10_000).map((number) => `route replace ${destination(70_000 + number)}/32 dev lo proto bird`),
  ]);
  await storm;
  await agrees(50_000);
  expect(mirror.resyncs).toBeGreaterThan(0);
  expect(changes.filter(({ event }) => event === 'resync').length).toBeGreaterThanOrEqual(1);
  expect(mirror.routes.length).toBeGreaterThanOrEqual(70_000);
  // Nothing was deleted on suspicion.
  const deleted = changes.flatMap((change) =>
    change.event === 'delete' && change.object === 'route' ? [change.message.destination] : [],
  );
  expect(deleted.filter((route) => route === undefined || !gone.has(route))).toEqual([]);
});

test('two resyncs apart are counted apart; between them every change is told', async () => {
  const name = namespaceWithLoopback();
  const { mirror, agrees } = await mirrorOf(name, ['route'], { receiveBufferBytes: 4096 });
  for (const round of [0, 1]) {
    const lines = numbers(5000).map(
      (number) => `route add ${destination(round * 10_000 + number)}/32 dev lo`,
    );
    ipBatch(name, lines); // synchronous: nothing is read meanwhile
    await agrees();
    expect(mirror.resyncs).toBeGreaterThan(round);
    const before = mirror.resyncs;
    ip(name, `route del ${destination(round * 10_000)}/32`);
    await agrees();
    expect(mirror.resyncs).toBe(before);
  }
});

test('a reader that is slow on purpose is told so, and ends with the same picture', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const { mirror, agrees } = await mirrorOf(name, ['route']);
  const seen = new Set<object>(mirror.routes);
  const slow = mirror.changes();
  // Far more changes than wait for a reader, on few routes: most of them are never told one by one.
  for (let round = 0; round < 30; round += 1) {
    await client.batch(numbers(500).map((number) => addition(number, { outputInterface: 1 })));
    await client.routes.flush({ family: 'ipv4', protocol: 'rip' });
  }
  await client.batch(numbers(500).map((number) => addition(number, { outputInterface: 1, priority: 7 })));
  ip(name, 'route add 192.0.2.0/24 dev lo');
  await agrees();

  const told: MirrorChange[] = [];
  for await (const change of slow) {
    told.push(change);
    if (change.event !== 'resync') apply(seen as never, change);
    if (change.event === 'add' && change.object === 'route' && routePrefix(change.message) === '192.0.2.0/24')
      break;
  }
  expect(new Set(seen)).toEqual(new Set(mirror.routes));
  expect(told).toContainEqual({ event: 'resync', reason: expect.stringContaining('slow') });
  expect(told.length).toBeLessThan(10_000);
});

// AbortSignal: a call is given up at once, and the next call on the same client works.
import { expect, test } from 'vitest';
import { namespaceWithLoopback } from './namespaces.ts';
import { addition, numbers, openClient } from './routes.ts';

const reason = new Error('enough');
const rip = { family: 'ipv4', protocol: 'rip' } as const;
const requests = numbers(2000).map((number) => addition(number, { outputInterface: 1 }));

test('one that has come already: nothing is sent', async () => {
  const client = openClient(namespaceWithLoopback());
  const options = { signal: AbortSignal.abort(reason) };
  for (const call of [
    client.links.list({}, options),
    client.links.get({ name: 'lo' }, options),
    client.links.set({ name: 'lo', mtu: 2000 }, options),
    client.batch(requests, options),
    client.routes.add({ prefix: '10.0.0.0/8', outputInterface: 1 }, options),
    client.routes.flush({}, options),
  ]) {
    await expect(call).rejects.toBe(reason);
  }
  expect(await client.links.get({ name: 'lo' })).toMatchObject({ mtu: 65_536 });
  expect(await client.routes.list({ family: 'ipv4', table: 254 })).toEqual([]);
});

test('one that comes while the call waits for its turn: nothing is sent', async () => {
  const client = openClient(namespaceWithLoopback());
  const controller = new AbortController();
  const first = client.links.list();
  const second = client.batch(requests, { signal: controller.signal });
  controller.abort(reason);
  await expect(second).rejects.toBe(reason);
  expect(await first).toHaveLength(1);
  expect(await client.routes.list(rip)).toEqual([]);
});

test('one that comes meanwhile: the call is given up, its answers mix with no other', async () => {
  const client = openClient(namespaceWithLoopback());
  await client.batch(requests);
  for (const start of [
    (signal: AbortSignal) => client.routes.list(rip, { signal }),
    (signal: AbortSignal) => client.links.get({ name: 'lo' }, { signal }),
    (signal: AbortSignal) => client.links.list({}, { signal }),
  ]) {
    const controller = new AbortController();
    const call = start(controller.signal);
    await Promise.resolve(); // the request is on its way
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(await client.links.get({ name: 'lo' })).toMatchObject({ name: 'lo' });
    expect(await client.routes.list(rip)).toHaveLength(2000);
  }
});

test('a long batch is left between two datagrams', async () => {
  const client = openClient(namespaceWithLoopback());
  const controller = new AbortController();
  const many = numbers(50_000).map((number) => addition(number, { outputInterface: 1 }));
  const call = client.batch(many, { signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await expect(call).rejects.toBe(reason);
  const done = (await client.routes.list(rip)).length;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(25_000);
});

test('one that comes after the call has ended does nothing', async () => {
  const client = openClient(namespaceWithLoopback());
  const controller = new AbortController();
  const { signal } = controller;
  expect(await client.links.list({}, { signal })).toHaveLength(1);
  controller.abort(reason);
  expect(await client.links.list()).toHaveLength(1);
});

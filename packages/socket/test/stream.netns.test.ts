// Lists that are read one by one: bounded memory, left early, ended by a signal or by the client.
import { setImmediate as turn } from 'node:timers/promises';
import type { RouteMessage } from '@ripstop/netlink';
import { expect, test } from 'vitest';
import type { Rtnetlink } from '../src/rtnetlink.ts';
import { openSockets } from './descriptors.ts';
import { namespaceWithLoopback } from './namespaces.ts';
import { addition, destination, numbers, openClient } from './routes.ts';
import { runScript } from './script.ts';

const ROUTES = 20_000;
const rip = { family: 'ipv4', table: 254, protocol: 'rip' } as const;

async function withRoutes(count = ROUTES): Promise<{ namespace: string; client: Rtnetlink }> {
  const namespace = namespaceWithLoopback();
  const client = openClient(namespace);
  await client.batch(numbers(count).map((number) => addition(number, { outputInterface: 1 })));
  return { namespace, client };
}

test('gives what `list` gives, in order', async () => {
  const { client } = await withRoutes();
  const streamed: RouteMessage[] = [];
  for await (const route of client.routes.stream(rip)) streamed.push(route);
  expect(streamed.map((route) => route.destination)).toEqual(numbers(ROUTES).map(destination));
  expect(streamed).toEqual(await client.routes.list(rip));
});

test('opens its socket at the first step, and closes it at the last', async () => {
  const { client } = await withRoutes(3);
  const before = openSockets().length;
  const routes = client.routes.stream(rip);
  expect(openSockets()).toHaveLength(before);
  await routes.next();
  expect(openSockets()).toHaveLength(before + 1);
  for await (const _route of routes);
  expect(openSockets()).toHaveLength(before);
});

test('left early by break, by an exception, by return: nothing stays open', async () => {
  const { client } = await withRoutes();
  const before = openSockets().length;
  for await (const _route of client.routes.stream(rip)) break;
  const failing = async (): Promise<void> => {
    for await (const _route of client.routes.stream(rip)) throw new Error('on purpose');
  };
  await expect(failing()).rejects.toThrow('on purpose');
  const routes = client.routes.stream(rip);
  await routes.next();
  await routes.return();
  expect(await routes.next()).toEqual({ done: true, value: undefined });
  expect(openSockets()).toHaveLength(before);
  expect(await client.routes.list(rip), 'the client goes on').toHaveLength(ROUTES);
});

test('several at once do not hinder each other, nor the client', async () => {
  const { client } = await withRoutes(5000);
  const count = async (): Promise<number> => {
    let found = 0;
    for await (const _route of client.routes.stream(rip)) found += 1;
    return found;
  };
  const counts = await Promise.all([count(), count(), client.routes.list(rip), count()]);
  expect(counts.map((found) => (typeof found === 'number' ? found : found.length))).toEqual(
    Array(4).fill(5000),
  );
});

test('a reader that rests makes the kernel wait: what changes behind it is seen', async () => {
  const { client } = await withRoutes();
  const routes = client.routes.stream(rip);
  await routes.next();
  for (let turns = 0; turns < 100; turns += 1) await turn();
  // The kernel has made no more than what one turn reads; the last route is yet to be told.
  await client.routes.delete({ prefix: `${destination(ROUTES - 1)}/32`, protocol: 'rip' });
  let found = 1;
  for await (const _route of routes) found += 1;
  expect(found).toBe(ROUTES - 1);
});

test('takes little memory, however long the list and slow the reader', () => {
  const namespace = namespaceWithLoopback();
  const { status, stdout, stderr } = runScript(`
    const client = socket.Rtnetlink.open({ namespace: '${namespace}' });
    const requests = Array.from({ length: 100000 }, (_, n) => {
      const destination = '10.' + (n >> 16) + '.' + ((n >> 8) & 255) + '.' + (n & 255);
      const message = { family: 'ipv4', destinationLength: 32, destination, outputInterface: 1, table: 254, type: 'unicast', protocol: 'rip' };
      return { object: 'route', operation: 'new', flags: 0x400, message };
    });
    await client.batch(requests);
    requests.length = 0;
    const memory = () => { gc(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return heapUsed + arrayBuffers; };
    const before = memory();
    let [found, most] = [0, 0];
    for await (const route of client.routes.stream({ family: 'ipv4', table: 254 })) {
      found += 1;
      if (found % 5000 === 0) {
        await new Promise(setImmediate);
        most = Math.max(most, memory() - before);
      }
    }
    const list = await client.routes.list({ family: 'ipv4', table: 254 });
    console.log(JSON.stringify({ found, listed: list.length, most, whole: memory() - before }));
    client.close();`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { found, listed, most, whole } = JSON.parse(stdout);
  expect({ found, listed }).toEqual({ found: 100_000, listed: 100_000 });
  expect(whole / most, `${most} bytes of ${whole}`).toBeGreaterThan(5);
});

test('a signal ends it: before, between two steps, and while it waits', async () => {
  const { client } = await withRoutes();
  const before = openSockets().length;
  const reason = new Error('enough');
  await expect(client.routes.stream(rip, { signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason);

  for (const pause of [() => Promise.resolve(), () => turn()]) {
    const controller = new AbortController();
    const routes = client.routes.stream(rip, { signal: controller.signal });
    await routes.next();
    await pause();
    controller.abort(reason);
    expect(openSockets(), 'closed at once').toHaveLength(before);
    await expect(routes.next()).rejects.toBe(reason);
    expect(await routes.next()).toEqual({ done: true, value: undefined });
  }

  const controller = new AbortController();
  const waiting = client.routes.stream(rip, { signal: controller.signal }).next();
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(openSockets()).toHaveLength(before);
});

test('ends with the client', async () => {
  const { client } = await withRoutes();
  const before = openSockets().length;
  const canceled = { name: 'SyscallError', code: 'ECANCELED' };
  const routes = client.routes.stream(rip);
  await routes.next();
  client.close();
  expect(openSockets()).toHaveLength(before - 1);
  await expect(routes.next()).rejects.toMatchObject(canceled);
  await expect(client.routes.stream(rip).next()).rejects.toMatchObject(canceled);
});

test('what the kernel refuses is thrown at the first step', async () => {
  const client = openClient(namespaceWithLoopback());
  await expect(client.addresses.stream({ interfaceIndex: 4711 }).next()).rejects.toMatchObject({
    code: 'ENODEV',
  });
});

test('a list that changes meanwhile is told so at its end', async () => {
  const namespace = namespaceWithLoopback();
  const client = openClient(namespace);
  const host = { family: 'ipv4', prefixLength: 32, interfaceIndex: 1 } as const;
  await client.batch(
    numbers(10_000).map((number) => {
      const local = destination(number + 1);
      return { object: 'address', operation: 'new', message: { ...host, local, address: local } };
    }),
  );
  const addresses = client.addresses.stream({ family: 'ipv4' });
  await addresses.next();
  await client.addresses.add({ prefix: '192.0.2.1/32', interfaceIndex: 1 });
  const rest = async (): Promise<void> => {
    for await (const _address of addresses);
  };
  await expect(rest()).rejects.toMatchObject({ name: 'InterruptedDumpError', partial: [] });
});

// A client in another namespace: how it is named, what becomes of the client when the name goes, what it leaves behind.
import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { Rtnetlink } from '../src/rtnetlink.ts';
import { createNamespace, deleteNamespace, HeldNamespace, withNamespace } from '../src/system/namespace.ts';
import { openDescriptors } from './descriptors.ts';
import { indexOf, ip, makeNamespace } from './namespaces.ts';
import { openClient } from './routes.ts';
import { runScript } from './script.ts';

/** A namespace with an interface of a name of its own, by which it is known again. */
function marked(mark: string): string {
  const namespace = makeNamespace();
  ip(namespace, `link add ${mark} type bridge`);
  return namespace;
}

async function names(client: Rtnetlink): Promise<(string | undefined)[]> {
  return (await client.links.list()).map(({ name }) => name);
}

test('by name, by path, by the id of a process in it', async () => {
  const namespace = marked('mark0');
  const sleeper = spawn('ip', ['netns', 'exec', namespace, 'sh', '-c', 'echo there; exec sleep 60']);
  onTestFinished(() => void sleeper.kill());
  await new Promise((resolve) => sleeper.stdout.once('data', resolve));
  for (const reference of [namespace, `/run/netns/${namespace}`, sleeper.pid!]) {
    const client = Rtnetlink.open({ namespace: reference });
    onTestFinished(() => client.close());
    expect(await names(client), String(reference)).toEqual(['lo', 'mark0']);
  }
});

test.each([
  ['nowhere', 'network namespace nowhere: /run/netns/nowhere (open: ENOENT)'],
  ['/nowhere/net', 'network namespace /nowhere/net: /nowhere/net (open: ENOENT)'],
  [2 ** 22 + 1, 'network namespace 4194305: /proc/4194305/ns/net (open: ENOENT)'],
  ['../nowhere', 'network namespace "../nowhere": not a name (open: EINVAL)'],
  ['/etc/passwd', 'network namespace /etc/passwd (setns: EINVAL)'],
  ['/proc/self/ns/mnt', 'network namespace /proc/self/ns/mnt (setns: EINVAL)'],
])('one that is none: %s', (namespace, message) => {
  const before = openDescriptors();
  expect(() => Rtnetlink.open({ namespace })).toThrow(
    expect.objectContaining({ name: 'SyscallError', message }),
  );
  expect(openDescriptors()).toBe(before);
});

test('the client goes on when the name is deleted, even if another namespace gets it', async () => {
  const name = `sock-gone-${process.pid}`;
  createNamespace(name);
  ip(name, 'link add mark0 type bridge');
  const client = openClient(name);
  deleteNamespace(name);
  createNamespace(name);
  onTestFinished(() => deleteNamespace(name));
  ip(name, 'link add other0 type bridge');

  expect(await names(client)).toEqual(['lo', 'mark0']);
  const streamed: unknown[] = [];
  for await (const link of client.links.stream()) streamed.push(link.name);
  expect(streamed).toEqual(['lo', 'mark0']);
  const events = client.watch(['link']);
  await client.links.set({ name: 'mark0', mtu: 1400 });
  expect(await events.next()).toMatchObject({ value: { object: 'link', message: { name: 'mark0' } } });
});

test('the client goes on when the process that named it has ended', async () => {
  const namespace = marked('mark0');
  const sleeper = spawn('ip', ['netns', 'exec', namespace, 'sh', '-c', 'echo there; exec sleep 60']);
  await new Promise((resolve) => sleeper.stdout.once('data', resolve));
  const client = openClient(namespace, { namespace: sleeper.pid! });
  sleeper.kill();
  await new Promise((resolve) => sleeper.once('exit', resolve));
  const streamed: unknown[] = [];
  for await (const link of client.links.stream()) streamed.push(link.name);
  expect(streamed).toEqual(['lo', 'mark0']);
});

test('clients in several namespaces do not mix', async () => {
  const clients = ['mark0', 'mark1', 'mark2'].map((mark) => openClient(marked(mark)));
  const found = await Promise.all([...clients, ...clients].map(names));
  expect(found.map((links) => links[1])).toEqual(['mark0', 'mark1', 'mark2', 'mark0', 'mark1', 'mark2']);
});

test('a link can be moved to another namespace, by a descriptor of it', async () => {
  const [here, there] = [marked('mark0'), makeNamespace()];
  ip(here, 'link add eth0 type veth peer name eth1');
  const held = new HeldNamespace(there);
  await openClient(here).links.set({ name: 'eth1', netNamespaceFileDescriptor: held.fd });
  held.close();
  held.close();
  expect(indexOf(there, 'eth1')).toBeGreaterThan(1);
  expect(() => withNamespace(held, () => undefined)).toThrow(`network namespace ${there} is no longer held`);
});

test('opened and closed, with all that hangs on it, many times: no descriptor stays', async () => {
  const namespace = marked('mark0');
  const round = async (): Promise<void> => {
    const client = Rtnetlink.open({ namespace });
    const watches = [client.watch(['link', 'route']), client.watch(['address'])].map((events) =>
      events.next(),
    );
    client.subscribe(
      ['rule'],
      () => undefined,
      () => undefined,
    );
    await client.links.stream().next();
    await client.links.list();
    client.close();
    client.close();
    await Promise.all(watches);
  };
  await round();
  const before = openDescriptors();
  for (let count = 0; count < 20; count += 1) await round();
  expect(openDescriptors()).toBe(before);
});

test('the process ends by itself when its clients are closed', () => {
  const namespace = marked('mark0');
  const { status, stdout, stderr } = runScript(`
    const client = socket.Rtnetlink.open({ namespace: '${namespace}' });
    const loop = (async () => { for await (const event of client.watch(['link'])) console.log(event); })();
    const stream = client.links.stream();
    await stream.next();
    console.log((await client.links.list()).length);
    client.close();
    await loop;
    console.log('done');`);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '2\ndone\n', stderr: '' });
});

// The client against the kernel. What it did is judged by iproute2, what it saw by what iproute2 did.
import { closeSync, openSync } from 'node:fs';
import { constants as os } from 'node:os';
import { type Notification, routePrefix, type Told } from '@ripstop/netlink';
import { load } from 'koffi';
import { expect, test } from 'vitest';
import { InterruptedDumpError } from '../src/request-socket.ts';
import type { Rtnetlink } from '../src/rtnetlink.ts';
import { SyscallError } from '../src/system/libc.ts';
import { openSockets } from './descriptors.ts';
import { indexOf, ip, ipBatch, makeNamespace, makePair, namespaceWithLoopback } from './namespaces.ts';
import { addition, deletion, destination, numbers, openClient } from './routes.ts';
import { runScript } from './script.ts';

/** Destinations of the RIP routes that `ip` sees in the main table. */
function ripRoutes(namespace: string): string[] {
  const found: { dst: string }[] = JSON.parse(ip(namespace, '-j route show proto rip'));
  return found.map(({ dst }) => dst);
}

test('lists links and addresses as `ip` does', async () => {
  const [here] = makePair();
  const client = openClient(here);
  const links = await client.links.list();
  const shown: { ifindex: number; ifname: string; mtu: number; address: string }[] = JSON.parse(
    ip(here, '-j link show'),
  );
  expect(links.map(({ index, name, mtu, address }) => [index, name, mtu, address])).toEqual(
    shown.map(({ ifindex, ifname, mtu, address }) => [ifindex, ifname, mtu, address]),
  );

  const addresses = await client.addresses.list({ family: 'ipv4' });
  expect(
    addresses.map(({ local, prefixLength, interfaceIndex }) => [local, prefixLength, interfaceIndex]),
  ).toEqual([['10.0.0.1', 24, indexOf(here, 'eth0')]]);
  const [linkLocal] = await client.addresses.list({ family: 'ipv6' });
  expect(linkLocal).toMatchObject({ family: 'ipv6', scope: 'link', prefixLength: 64 });
});

test('a filtered list holds what was asked for only, and the kernel filters', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  ipBatch(name, [
    'route add 10.1.0.0/16 dev lo proto rip',
    'route add 10.2.0.0/16 dev lo proto rip table 100',
    'route add 10.3.0.0/16 dev lo proto static table 100',
    'route add 10.4.0.0/16 dev lo proto rip table 70000',
    'route add 2001:db8::/32 dev lo proto rip table 100',
  ]);
  const list = async (filter: Parameters<Rtnetlink['routes']['list']>[0]): Promise<string[]> =>
    (await client.routes.list(filter)).map(routePrefix);
  expect(await list({ family: 'ipv4', table: 100 })).toEqual(['10.2.0.0/16', '10.3.0.0/16']);
  expect(await list({ family: 'ipv4', table: 100, protocol: 'rip' })).toEqual(['10.2.0.0/16']);
  expect(await list({ family: 'ipv4', table: 70_000 })).toEqual(['10.4.0.0/16']);
  expect(await list({ family: 'ipv4', protocol: 189 })).toEqual(
    expect.arrayContaining(['10.1.0.0/16', '10.2.0.0/16', '10.4.0.0/16']),
  );
  expect(await list({ family: 'ipv6', table: 100 })).toEqual(['2001:db8::/32']);
  expect(await list({ family: 'ipv4', table: 4711 })).toEqual([]);
});

test('a message in the middle of a batch fails: those after it are applied, and it is reported in the kernel’s words', async () => {
  const [here] = makePair();
  const client = openClient(here);
  const outputInterface = indexOf(here, 'eth0');
  const requests = numbers(1000).map((number) =>
    addition(number, { outputInterface, gateway: number === 11 ? '192.0.2.1' : '10.0.0.2' }),
  );
  const outcomes = await client.batch(requests);
  expect(outcomes).toHaveLength(1000);
  expect(outcomes[11]).toMatchObject({
    name: 'NetlinkError',
    code: 'ENETUNREACH',
    operation: 'RTM_NEWROUTE',
    kernelMessage: 'Nexthop has invalid gateway',
  });
  expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(1);
  expect(ripRoutes(here)).toEqual(
    numbers(1000)
      .filter((number) => number !== 11)
      .map(destination),
  );
});

test('a batch in which every message fails gives every failure, even with the default receive buffer', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name, { receiveBufferBytes: 212_992 / 2 });
  const outcomes = await client.batch(numbers(1000).map(deletion));
  expect(outcomes.map((outcome) => outcome?.code)).toEqual(numbers(1000).map(() => 'ESRCH'));
});

test('lost answers complete with ENOBUFS, and the next call works', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name, { receiveBufferBytes: 1 });
  const outcomes = await client.batch(numbers(256).map(deletion));
  const codes = new Set(outcomes.map((outcome) => outcome?.code));
  expect(codes).toEqual(new Set(['ESRCH', 'ENOBUFS']));
  expect(await client.batch([addition(1, { outputInterface: 1 })])).toEqual([undefined]);
  expect(ripRoutes(name)).toEqual(['10.0.0.1']);
});

test('calls at the same time are done in their order', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const add = numbers(600).map((number) => addition(number, { outputInterface: 1 }));
  const count = async (): Promise<number> =>
    (await client.routes.list({ family: 'ipv4', protocol: 'rip' })).length;
  const [before, added, between, deleted, after] = await Promise.all([
    count(),
    client.batch(add),
    count(),
    client.batch(numbers(600).map(deletion)),
    count(),
  ]);
  expect([before, between, after]).toEqual([0, 600, 0]);
  expect(new Set([...added, ...deleted])).toEqual(new Set([undefined]));
});

test('others get their turn during a long batch', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  let turns = 0;
  let done = false;
  const count = (): void => {
    turns += 1;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  await client.batch(numbers(5000).map((number) => addition(number, { outputInterface: 1 })));
  done = true;
  expect(turns).toBeGreaterThanOrEqual(Math.floor(5000 / 256));
});

test('an empty batch has no outcomes', async () => {
  expect(await openClient(namespaceWithLoopback()).batch([])).toEqual([]);
});

test('a list that changes while it is read is read again', async () => {
  const name = namespaceWithLoopback();
  ipBatch(
    name,
    numbers(2000).map((number) => `address add ${destination(number + 1)}/32 dev lo`),
  );
  const client = openClient(name);
  const listed = client.addresses.list({ family: 'ipv4' });
  await Promise.resolve(); // the request is on its way, its first answer not yet read
  ip(name, 'address add 192.0.2.1/32 dev lo');
  const locals = (await listed).map(({ local }) => local);
  expect(locals).toHaveLength(2002);
  expect(locals).toContain('192.0.2.1');
});

test('a list that changes all the time is an error that holds what there is', async () => {
  const name = namespaceWithLoopback();
  ipBatch(
    name,
    numbers(2000).map((number) => `address add ${destination(number + 1)}/32 dev lo`),
  );
  const client = openClient(name);
  const listed = client.addresses.list({ family: 'ipv4' }).catch((reason: unknown) => reason);
  let settled = false;
  void listed.then(() => {
    settled = true;
  });
  for (let round = 0; !settled && round < 1000; round += 1) {
    ip(name, `address ${round % 2 === 0 ? 'add' : 'del'} 192.0.2.1/32 dev lo`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const error = await listed;
  expect(error).toBeInstanceOf(InterruptedDumpError);
  expect(error).toMatchObject({ code: 'DUMP_INTERRUPTED', message: expect.stringContaining('5 attempts') });
  expect((error as InterruptedDumpError).partial.length).toBeGreaterThan(1000);
});

test('what was asked for is told by receipts with the numbers of the requests, if they are wanted', async () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const whole: Notification<'route'>[] = [];
  const told: Told<'route'>[] = [];
  const nothing = (): void => undefined;
  client.subscribe(['route'], (some) => whole.push(...some), nothing);
  client.subscribe(['route'], (some) => told.push(...some), nothing, { receipts: true });
  const asked = new Map<number, string>();
  const requests = numbers(600).map((number) => addition(number, { outputInterface: 1 }));
  await client.batch(requests, {
    numbered: (index, sequence) => {
      // Only the first of each part is told: the others follow it.
      for (const at of requests.slice(index, index + 256).keys())
        asked.set(sequence + at, `${destination(index + at)}/32`);
    },
  });
  ip(name, 'route add 192.0.2.0/24 dev lo');
  await expect.poll(() => [whole.length, told.length]).toEqual([601, 601]);
  const [foreign] = told.splice(-1);
  expect(foreign?.message).toMatchObject({ destination: '192.0.2.0' });
  expect(told.every(({ portId, message }) => portId === client.portId && message === undefined)).toBe(true);
  expect(told.map(({ sequence }) => asked.get(sequence))).toEqual(
    whole.slice(0, -1).map(({ message }) => routePrefix(message)),
  );
});

test('what others have done is told at once by a poll', () => {
  const name = namespaceWithLoopback();
  const client = openClient(name);
  const told: Notification<'route'>[] = [];
  client.subscribe(
    ['route'],
    (some) => told.push(...some),
    () => undefined,
  );
  ipBatch(
    name,
    numbers(500).map((number) => `route add ${destination(number)}/32 dev lo`),
  );
  client.poll();
  expect(told).toHaveLength(500);
  client.poll();
  expect(told).toHaveLength(500);
});

test('close ends the call under way and all later ones', async () => {
  const client = openClient(namespaceWithLoopback());
  const canceled = { code: 'ECANCELED', errno: os.errno.ECANCELED };
  const underWay = [client.links.list(), client.batch(numbers(1000).map(deletion))];
  await Promise.resolve();
  client.close();
  client.close();
  for (const call of underWay) await expect(call).rejects.toMatchObject(canceled);
  await expect(client.links.list()).rejects.toBeInstanceOf(SyscallError);
  expect(() =>
    client.subscribe(
      ['link'],
      () => undefined,
      () => undefined,
    ),
  ).toThrow(expect.objectContaining(canceled));
});

test('a socket that is gone fails the call, and does not hang', async () => {
  const before = new Set(openSockets());
  const client = openClient(makeNamespace());
  const [fd] = openSockets().filter((socket) => !before.has(socket));
  const other = openSync('/dev/null', 'r');
  load(null).func('int dup2(int, int)')(other, Number(fd));
  closeSync(other);
  for (let call = 0; call < 2; call += 1) {
    const refusal = { name: 'SyscallError', code: 'ENOTSOCK', call: 'send' };
    await expect(client.batch([deletion(1)])).rejects.toMatchObject(refusal);
  }
});

test('changing something needs the right to', () => {
  const name = namespaceWithLoopback();
  const script = `
    const client = socket.Rtnetlink.open();
    const message = { family: 'ipv4', destinationLength: 8, destination: '10.0.0.0', outputInterface: 1, table: 254 };
    const [outcome] = await client.batch([{ object: 'route', operation: 'new', flags: 0x400, message }]);
    console.log(outcome.code, (await client.links.list()).length);
    client.close();`;
  const through = ['ip', 'netns', 'exec', name, 'setpriv', '--bounding-set=-net_admin'];
  expect(runScript(script, through).stdout).toBe('EPERM 1\n');
});

test('5,000 routes come and go in batches while memory is collected all the time', () => {
  const name = namespaceWithLoopback();
  const { status, stdout, stderr } = runScript(`
    const client = socket.Rtnetlink.open({ namespace: '${name}' });
    const requests = (operation, flags) => Array.from({ length: 5000 }, (_, n) => {
      const destination = '10.' + (n >> 16) + '.' + ((n >> 8) & 255) + '.' + (n & 255);
      const way = { protocol: 'rip', type: 'unicast', table: 254, outputInterface: 1 };
      return { object: 'route', operation, flags, message: { family: 'ipv4', destinationLength: 32, destination, ...way } };
    });
    let collecting = true;
    const collect = () => { gc(); if (collecting) setImmediate(collect); };
    collect();
    let seen = 0;
    const stop = client.subscribe(['route'], (notifications) => { gc(); seen += notifications.length; }, () => {});
    for (const [operation, flags] of [['new', 0x600], ['delete', 0]]) {
      const outcomes = await client.batch(requests(operation, flags));
      const failures = outcomes.filter((outcome) => outcome !== undefined);
      const found = await client.routes.list({ family: 'ipv4', table: 254, protocol: 'rip' });
      console.log(operation, found.length, failures.length, seen > 0);
    }
    collecting = false;
    stop();
    client.close();`);
  const expected = { status: 0, stdout: 'new 5000 0 true\ndelete 0 0 true\n', stderr: '' };
  expect({ status, stdout, stderr }).toEqual(expected);
});

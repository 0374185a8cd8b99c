// Every object × every verb × both families, against the kernel; iproute2 is the second opinion.
import type { Messages, ObjectName, Specifications } from '@ripstop/netlink';
import { EncodeError } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import type { ObjectClient } from '../src/object-client.ts';
import type { Rtnetlink } from '../src/rtnetlink.ts';
import { indexOf, ip, makePair } from './namespaces.ts';
import { openClient } from './routes.ts';

/** One thing that is made, looked at, altered and deleted. */
interface Thing<O extends ObjectName> {
  /** What names it. */
  readonly name: Specifications[O];
  /** Two states of it. */
  readonly first: Specifications[O];
  readonly second: Specifications[O];
  /** Whether a listed one is this. */
  readonly is: (message: Messages[O]) => boolean;
  /** `ip` command that shows it, and what it then says of each state. */
  readonly shown: readonly [command: string, first: string, second: string];
  /** What `get` gives: the listed message, a refusal, or something else that is not looked at here. */
  readonly get: 'the same' | 'EOPNOTSUPP' | 'other';
  /** Error codes where there is none; undefined: `set` makes it. */
  readonly noneToSet: string | undefined;
  readonly noneToDelete: string;
  /** How many are listed after `append`; or its refusal. */
  readonly appended: number | 'EEXIST';
}

/** A namespace with `eth0`, 10.0.0.1/24 and 2001:db8::1/64. */
function prepare(): { client: Rtnetlink; namespace: string; eth0: number } {
  const [namespace] = makePair();
  ip(namespace, 'address add 2001:db8::1/64 dev eth0 nodad');
  return { client: openClient(namespace), namespace, eth0: indexOf(namespace, 'eth0') };
}

/** A message without its ages and reference counts. */
function lasting(message: object | undefined): object {
  return { ...message, cacheInfo: undefined };
}

async function live<O extends ObjectName>(
  namespace: string,
  client: ObjectClient<O>,
  thing: Thing<O>,
): Promise<void> {
  const { name, first, second, is, noneToDelete } = thing;
  const [command, showsFirst, showsSecond] = thing.shown;
  const found = async (): Promise<Messages[O][]> => (await client.list()).filter(is);
  const refused = (code: string) => expect.objectContaining({ name: 'NetlinkError', code });

  await expect(client.delete(name), 'delete none').rejects.toEqual(refused(noneToDelete));
  if (thing.noneToSet !== undefined)
    await expect(client.set(first), 'set none').rejects.toEqual(refused(thing.noneToSet));

  await client.add(first);
  expect(await found()).toHaveLength(1);
  expect(ip(namespace, command)).toContain(showsFirst);
  await expect(client.add(first), 'add again').rejects.toEqual(refused('EEXIST'));
  if (thing.get === 'the same') expect(lasting(await client.get(name))).toEqual(lasting((await found())[0]));
  if (thing.get === 'EOPNOTSUPP') await expect(client.get(name), 'get').rejects.toEqual(refused(thing.get));

  await client.set(second);
  expect(ip(namespace, command)).toContain(showsSecond);
  await client.replace(first);
  await client.replace(first);
  expect(await found()).toHaveLength(1);
  expect(ip(namespace, command)).toContain(showsFirst);

  const { appended } = thing;
  if (appended === 'EEXIST') await expect(client.append(second), 'append').rejects.toEqual(refused('EEXIST'));
  else await client.append(second);
  const listed = appended === 'EEXIST' ? 1 : appended;
  expect(await found()).toHaveLength(listed);

  for (let count = listed; count > 0; count -= 1) await client.delete(name);
  expect(await found()).toEqual([]);
  await client.replace(first);
  expect(await found(), 'made by replace').toHaveLength(1);
}

test('a link', async () => {
  const { client, namespace } = prepare();
  const kind = { name: 'ifb0', linkInfo: { kind: 'ifb' } } as const;
  await live(namespace, client.links, {
    name: { name: 'ifb0' },
    first: { ...kind, mtu: 1400 },
    second: { ...kind, mtu: 1300 },
    is: ({ name }) => name === 'ifb0',
    shown: ['link show', 'mtu 1400', 'mtu 1300'],
    get: 'the same',
    noneToSet: 'ENODEV',
    noneToDelete: 'ENODEV',
    appended: 'EEXIST',
  });
});

describe.each([
  { family: 'ipv4', prefix: '10.0.0.7/32', get: 'EOPNOTSUPP' },
  { family: 'ipv6', prefix: '2001:db8::7/128', get: 'the same' },
] as const)('an address, $family', ({ prefix, get }) => {
  test('lives', async () => {
    const { client, namespace, eth0 } = prepare();
    const name = { prefix, interfaceIndex: eth0 };
    const until = (seconds: number) => ({
      ...name,
      cacheInfo: { preferredLifetime: seconds, validLifetime: seconds },
    });
    await live(namespace, client.addresses, {
      name,
      first: until(0xffff_ffff),
      second: until(1_000_000),
      is: ({ address }) => address === prefix.split('/')[0],
      shown: [`address show to ${prefix}`, 'valid_lft forever', 'valid_lft 1000000sec'],
      get,
      noneToSet: undefined,
      noneToDelete: 'EADDRNOTAVAIL',
      appended: 'EEXIST',
    });
  });

  test('Linux makes one that `set` does not find', async () => {
    const { client, eth0 } = prepare();
    await client.addresses.set({ prefix, interfaceIndex: eth0 });
    const addresses = await client.addresses.list();
    expect(addresses.filter(({ address }) => address === prefix.split('/')[0])).toHaveLength(1);
  });
});

describe.each([
  { family: 'ipv4', prefix: '192.0.2.0/24', gateways: ['10.0.0.2', '10.0.0.3'], appended: 2 },
  // It becomes a further next hop of the one that is there.
  { family: 'ipv6', prefix: '2001:db9::/32', gateways: ['2001:db8::2', '2001:db8::3'], appended: 1 },
] as const)('a route, $family', ({ family, prefix, gateways: [first, second], appended }) => {
  test('lives', async () => {
    const { client, namespace } = prepare();
    await live(namespace, client.routes, {
      name: { prefix },
      first: { prefix, gateway: first, priority: 5 },
      second: { prefix, gateway: second, priority: 5 },
      is: ({ destination }) => destination === prefix.split('/')[0],
      shown: [`${family === 'ipv4' ? '-4' : '-6'} route show ${prefix}`, `via ${first}`, `via ${second}`],
      get: 'other',
      noneToSet: 'ENOENT',
      noneToDelete: 'ESRCH',
      appended,
    });
  });

  test('`get` finds the way to a destination', async () => {
    const { client, eth0 } = prepare();
    await client.routes.add({ prefix, gateway: first });
    const [inside] = prefix.split('/');
    expect(await client.routes.get({ prefix: inside })).toMatchObject({
      destination: inside,
      gateway: first,
      outputInterface: eth0,
    });
  });
});

describe.each([
  { family: 'ipv4', destination: '10.0.0.9' },
  { family: 'ipv6', destination: '2001:db8::9' },
] as const)('a neighbor, $family', ({ destination }) => {
  test('lives', async () => {
    const { client, namespace, eth0 } = prepare();
    const name = { destination, interfaceIndex: eth0 };
    await live(namespace, client.neighbors, {
      name,
      first: { ...name, linkAddress: '02:00:00:00:00:01' },
      second: { ...name, linkAddress: '02:00:00:00:00:02' },
      is: (neighbor) => neighbor.destination === destination,
      shown: [`neighbor show to ${destination}`, '00:01 PERMANENT', '00:02 PERMANENT'],
      get: 'the same',
      noneToSet: 'ENOENT',
      noneToDelete: 'ENOENT',
      appended: 'EEXIST',
    });
  });
});

describe.each([
  { family: 'ipv4', source: '10.5.0.0', sourceLength: 16 },
  { family: 'ipv6', source: '2001:db8:5::', sourceLength: 48 },
] as const)('a rule, $family', (from) => {
  const rule = { ...from, priority: 1000, table: 100 };

  test('comes once, or several times, and goes', async () => {
    const { client, namespace } = prepare();
    const { rules } = client;
    const priorities = async (): Promise<number> =>
      (await rules.list({ family: from.family })).filter(({ priority }) => priority === 1000).length;
    await expect(rules.delete(rule)).rejects.toMatchObject({ code: 'ENOENT' });
    await rules.add(rule);
    expect(ip(namespace, `${from.family === 'ipv4' ? '-4' : '-6'} rule show`)).toContain(
      `1000:\tfrom ${from.source}/${from.sourceLength} lookup 100`,
    );
    await expect(rules.add(rule)).rejects.toMatchObject({ code: 'EEXIST' });
    await rules.replace(rule);
    expect(await priorities(), 'replaced').toBe(1);
    await rules.append(rule);
    expect(await priorities(), 'appended').toBe(2);
    for (const left of [1, 0]) {
      await rules.delete(rule);
      expect(await priorities()).toBe(left);
    }
    await rules.replace(rule);
    expect(await priorities(), 'made by replace').toBe(1);
  });

  test('cannot be asked for, nor altered', async () => {
    const { rules } = prepare().client;
    await expect(rules.get(rule)).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    await expect(rules.set(rule)).rejects.toThrow(new EncodeError('no message to set a rule'));
  });
});

describe.each([
  { family: 'ipv4', gateways: ['10.0.0.2', '10.0.0.3'] },
  { family: 'ipv6', gateways: ['2001:db8::2', '2001:db8::3'] },
] as const)('a next-hop object, $family', ({ gateways: [first, second] }) => {
  test('lives', async () => {
    const { client, namespace, eth0 } = prepare();
    await live(namespace, client.nexthops, {
      name: { id: 7 },
      first: { id: 7, gateway: first, outputInterface: eth0 },
      second: { id: 7, gateway: second, outputInterface: eth0 },
      is: ({ id }) => id === 7,
      shown: ['nexthop show', `via ${first}`, `via ${second}`],
      get: 'the same',
      noneToSet: 'ENOENT',
      noneToDelete: 'ENOENT',
      appended: 'EEXIST',
    });
  });
});

test('a group of next-hop objects', async () => {
  const { client, namespace, eth0 } = prepare();
  await client.nexthops.add({ id: 1, gateway: '10.0.0.2', outputInterface: eth0 });
  await client.nexthops.add({ id: 2, gateway: '10.0.0.3', outputInterface: eth0 });
  await client.nexthops.add({ id: 9, group: [{ id: 1 }, { id: 2, weight: 3 }] });
  expect(ip(namespace, 'nexthop show id 9')).toContain('group 1/2,4');
  expect(await client.nexthops.get({ id: 9 })).toMatchObject({ group: [{ id: 1 }, { id: 2, weight: 3 }] });
});

test('what cannot be written rejects, and never throws at once', async () => {
  const { client } = prepare();
  const wrong = { prefix: 'nonsense' };
  for (const call of [
    client.routes.get(wrong),
    client.routes.add(wrong),
    client.routes.replace(wrong),
    client.routes.append(wrong),
    client.routes.set(wrong),
    client.routes.delete(wrong),
    client.routes.list({ table: -1 }),
    client.routes.flush({ table: -1 }),
    client.routes.stream({ table: -1 }).next(),
    client.batch([{ object: 'route', operation: 'new', message: { table: -1 } }]),
  ]) {
    await expect(call).rejects.toBeInstanceOf(EncodeError);
  }
  expect(await client.links.list(), 'and the client goes on').toHaveLength(2);
});

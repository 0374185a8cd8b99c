/** What we believe the kernel does with several routes for one prefix and metric, held against the kernel itself. */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { messageFlags, type Request } from '@ripstop/netlink';
import { DefaultRouteWatch, KernelTable, type RoutePlace } from '@ripstop/router';
import { Rtnetlink } from '@ripstop/socket';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../kit/hostile-packets.ts';
import { pair } from '../kit/pair.ts';

const place: RoutePlace = { family: 'ipv4', table: 254, metric: 20, protocol: 189 };
const prefix = '10.9.0.0/16';
const CHANGES = 600;
const SEED = 20261121;

let lab: NamespaceLab;
let router: LabNode;
let kernel: Rtnetlink;

beforeEach(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  kernel = Rtnetlink.open({ namespace: router.namespace });
});
afterEach(async () => {
  kernel?.close();
  await lab?.close();
});

it(`follows ${CHANGES} random changes by notifications alone (seed ${SEED})`, async () => {
  const index = await router.interfaceIndex('eth0');
  const random = seededRandom(SEED);
  const oneOf = <Item>(...items: Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const { create, exclusive, replace, append } = messageFlags.masks;
  const change = (): Request => {
    const operation = oneOf('new', 'new', 'new', 'delete');
    const multipath = ['192.168.1.3', '192.168.1.4'].map((gateway) => ({ interfaceIndex: index, gateway }));
    const single = { outputInterface: index, gateway: oneOf('192.168.1.2', '192.168.1.3') };
    const hops = random() < 1 / 3 ? { multipath } : single;
    const message = {
      family: 'ipv4',
      destination: '10.9.0.0',
      destinationLength: 16,
      table: 254,
      priority: 20,
      protocol: oneOf('rip', 'static'),
      scope: operation === 'new' ? 'global' : 'nowhere',
      type: operation === 'new' ? 'unicast' : 'unspecified',
      ...(operation === 'new' && hops),
    } as const;
    const flags = oneOf(create | exclusive, create | replace, create | append, create, replace);
    return { object: 'route', operation, flags: operation === 'new' ? flags : 0, message };
  };

  const newTable = (): KernelTable =>
    new KernelTable(place, kernel, new DefaultRouteWatch(place, () => undefined));
  const followed = newTable();
  let heard = 0;
  kernel.subscribe(
    ['route'],
    (notifications) => {
      const routes = notifications.filter((one) => one.object === 'route');
      heard += followed.receive(routes).length;
    },
    () => undefined,
  );
  await followed.list();
  let told = 0;
  let longest = 0;
  for (let round = 0; round < CHANGES; round += 1) {
    const [error] = await kernel.batch([change()]);
    // REPLACE with the very route that serves succeeds without a notification.
    const before = followed.slot(prefix);
    if (error === undefined) told += 1;
    const listed = newTable();
    await listed.list();
    await expect.poll(() => followed.slot(prefix), { interval: 2 }).toEqual(listed.slot(prefix));
    longest = Math.max(longest, before.length);
  }
  expect(longest).toBeGreaterThanOrEqual(3);
  expect(heard).toBeGreaterThan(told / 2);
});

/** What we believe the kernel does with several routes for one prefix and metric, held against the kernel itself. */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { messageFlags, type Request } from '@ripstop/netlink';
import { DefaultRouteWatch, KernelTable, type RoutePlace } from '@ripstop/router';
import { Rtnetlink } from '@ripstop/socket';
import { prefixAddress, prefixLength } from '@ripstop/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../kit/hostile-packets.ts';
import { pair } from '../kit/pair.ts';

const prefixes = { ipv4: '10.9.0.0/16', ipv6: '2001:db8:9::/48' };
const networks = { ipv4: '192.168.1.', ipv6: 'fe80::' };
const CHANGES = 600;
const SEED = 20261121;
const { create, exclusive, replace, append } = messageFlags.masks;

describe.each(['ipv4', 'ipv6'] as const)('the table of %s', (family) => {
  const place: RoutePlace = { family, table: 254, metric: 20, protocol: 189 };
  const prefix = prefixes[family];
  const gateways = [2, 3, 4].map((number) => `${networks[family]}${number}`);
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

  const newTable = (): KernelTable =>
    new KernelTable(place, kernel, [new DefaultRouteWatch(place, () => undefined)]);

  /**
   * What two tables have to agree on. Linux: in an IPv6 group the order says nothing, and a list not whose each is; but the
   * group has its place among the routes without a gateway.
   */
  function comparable(table: KernelTable): readonly object[] {
    const slot = table.slot(prefix);
    if (family === 'ipv4') return slot;
    const lone = slot.filter(({ way }) => way?.isSibling !== true);
    const group = slot.filter((one) => !lone.includes(one)).map(({ shape }) => shape);
    const place = slot.findIndex(({ way }) => way?.isSibling);
    return [...lone.map(({ shape }) => ({ shape })), { group: group.sort(), place }];
  }

  /** Whose a next hop of IPv6 is shows only when it is deleted: that takes its gateway and its protocol. */
  async function isRightAboutOwners(table: KernelTable): Promise<void> {
    for (const { protocol, way } of table.slot(prefix)) {
      if (way === undefined || protocol === undefined) continue;
      const { gateway, interfaceIndex: outputInterface } = way;
      const [destination, destinationLength] = [prefixAddress(prefix), prefixLength(prefix)];
      const place = { family, destination, destinationLength, table: 254, priority: 20 };
      const message = { ...place, protocol, gateway, outputInterface };
      expect(await kernel.batch([{ object: 'route', operation: 'delete', message }])).toEqual([undefined]);
    }
  }

  it(`follows ${CHANGES} random changes by notifications alone (seed ${SEED})`, async () => {
    const outputInterface = await router.interfaceIndex('eth0');
    const random = seededRandom(SEED);
    const oneOf = <Item>(...items: Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const change = (): Request => {
      const operation = oneOf('new', 'new', 'new', 'delete');
      const multipath = gateways.slice(1).map((gateway) => ({ interfaceIndex: outputInterface, gateway }));
      const single = { outputInterface, gateway: oneOf(...gateways.slice(0, 2)) };
      const ways = random() < 1 / 3 ? { multipath } : single;
      // To delete without a gateway takes a whole group of IPv6: then there is never much.
      const isNamed = operation === 'new' || (family === 'ipv6' && random() < 2 / 3);
      const message = {
        family,
        destination: prefixAddress(prefix),
        destinationLength: prefixLength(prefix),
        table: 254,
        priority: 20,
        protocol: oneOf('rip', 'static'),
        scope: operation === 'new' ? 'global' : 'nowhere',
        type: operation === 'new' ? 'unicast' : 'unspecified',
        ...(isNamed && ways),
      } as const;
      const flags = oneOf(create | exclusive, create | replace, create | append, create, replace);
      return { object: 'route', operation, flags: operation === 'new' ? flags : 0, message };
    };

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
      if (error === undefined) told += 1;
      const listed = newTable();
      await listed.list();
      await expect.poll(() => comparable(followed), { interval: 2 }).toEqual(comparable(listed));
      longest = Math.max(longest, followed.slot(prefix).length);
      if (round % 10 === 9) await isRightAboutOwners(followed);
    }
    expect(longest).toBeGreaterThanOrEqual(3);
    expect(heard).toBeGreaterThan(told / 2);
  });
});

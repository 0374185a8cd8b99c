// What the compiler knows of a client: completions, and mistakes that it finds. Checked by `npm run check`, never run.
import type { AddressMessage, LinkMessage, RouteMessage } from '@ripstop/netlink';
import { expectTypeOf, test } from 'vitest';
import type { Rtnetlink } from '../src/rtnetlink.ts';
import type { WatchEvent } from '../src/watch.ts';

declare const client: Rtnetlink;

test('answers have the type of their object', () => {
  expectTypeOf(() => client.links.list()).returns.resolves.toEqualTypeOf<readonly LinkMessage[]>();
  expectTypeOf(() => client.addresses.list({ family: 'ipv6' })).returns.resolves.toEqualTypeOf<
    readonly AddressMessage[]
  >();
  expectTypeOf(() =>
    client.routes.get({ destination: '10.0.0.1' }),
  ).returns.resolves.toEqualTypeOf<RouteMessage>();
  expectTypeOf(() => client.routes.add({ prefix: '10.0.0.0/8' })).returns.resolves.toEqualTypeOf<void>();
  expectTypeOf(() => client.routes.flush({ table: 100 })).returns.resolves.toEqualTypeOf<number>();
  expectTypeOf(async () => {
    for await (const route of client.routes.stream()) return route;
    return;
  }).returns.resolves.toEqualTypeOf<RouteMessage | undefined>();
});

test('events are told apart by `object`, and hold no object that was not asked for', () => {
  expectTypeOf(async () => {
    for await (const event of client.watch(['route', 'link'])) {
      if (event.object === 'watch') expectTypeOf(event.operation).toEqualTypeOf<'overrun'>();
      else if (event.object === 'route') expectTypeOf(event.message).toEqualTypeOf<RouteMessage>();
      else expectTypeOf(event.message).toEqualTypeOf<LinkMessage>();
    }
  }).toBeFunction();
  expectTypeOf<WatchEvent<'route'>['object']>().toEqualTypeOf<'route' | 'watch'>();
});

test('mistakes in names and values are found', () => {
  expectTypeOf(() => [
    // @ts-expect-error
    client.routes.list({ tabel: 254 }),
    // @ts-expect-error
    client.routes.list({ table: 'main' }),
    // @ts-expect-error
    client.routes.list({ protocol: 'ripp' }),
    // @ts-expect-error
    client.links.list({ table: 254 }),
    // @ts-expect-error
    client.routes.add({ prefix: '10.0.0.0/8', gatway: '10.0.0.1' }),
    // @ts-expect-error
    client.routes.add({ prefix: '10.0.0.0/8', type: 'blackhol' }),
    // @ts-expect-error
    client.routes.add({ multipath: [{ gateway: '10.0.0.1', weigth: 1 }] }),
    // @ts-expect-error
    client.links.set({ name: 'eth0', mtu: '1500' }),
    // @ts-expect-error
    client.links.set({ name: 'eth0', linkInfo: { knd: 'veth' } }),
    // @ts-expect-error
    client.neighbors.add({ prefix: '10.0.0.1' }),
    // @ts-expect-error
    client.addresses.add({ prefix: 10 }),
    // @ts-expect-error
    client.watch(['rout']),
    // @ts-expect-error
    client.batch([{ object: 'route', operation: 'new', message: { mtu: 3 } }]),
    // @ts-expect-error
    client.links.list({}, { timeout: 3 }),
  ]).toBeFunction();
});

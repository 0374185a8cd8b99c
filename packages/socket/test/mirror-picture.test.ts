// Pictures and backlogs without a kernel: what the kernel seldom does, and that a slow reader ends with the same picture.
import { type Messages, messageFlags, type Notification, type RouteMessage } from '@ripstop/netlink';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backlog } from '../src/mirror/backlog.ts';
import type { MirrorChange, ObjectChange } from '../src/mirror/change.ts';
import { Picture } from '../src/mirror/picture.ts';
import { apply } from './mirror-agreement.ts';

const { create, replace, append } = messageFlags.masks;

/** A route to one of few destinations, so that they compete. */
function route(gateway: number, destination = 0): RouteMessage {
  return {
    family: 'ipv4',
    destination: `10.${destination}.0.0`,
    destinationLength: 16,
    sourceLength: 0,
    tos: 0,
    headerTable: 254,
    table: 254,
    protocol: 'static',
    scope: 'global',
    type: 'unicast',
    flags: 0,
    gateway: `192.0.2.${gateway}`,
    outputInterface: 3,
  };
}

function told(
  operation: 'new' | 'delete',
  message: RouteMessage,
  flags: number = create,
): Notification<'route'> {
  return { object: 'route', operation, flags, sequence: 0, portId: 0, message };
}

const everything = (): boolean => true;

/** Takes in a whole list. */
function take(
  picture: Picture<'route'>,
  found: readonly RouteMessage[],
  includes: (route: RouteMessage) => boolean = everything,
): ObjectChange<'route'>[] {
  return [...picture.listed(found, includes)].flat();
}

test('keeps competing routes in the order in which they serve', () => {
  const picture = new Picture('route');
  for (const [gateway, flags] of [
    [1, create],
    [2, create],
    [3, create | append],
  ] as const)
    picture.told(told('new', route(gateway), flags));
  expect([...picture.all()]).toEqual([route(2), route(1), route(3)]);
  const { change } = picture.told(told('new', route(4), replace));
  expect(change).toMatchObject({
    event: 'change',
    before: route(2),
    message: route(4),
    changed: ['gateway'],
  });
  expect(picture.told(told('delete', route(1))).change).toMatchObject({ event: 'delete', message: route(1) });
  expect([...picture.all()]).toEqual([route(4), route(3)]);
});

test('a deletion that fits nothing in its place is uncertain; in an empty place it is old news', () => {
  const picture = new Picture('route');
  expect(picture.told(told('delete', route(1)))).toEqual({ change: undefined, uncertain: false });
  picture.told(told('new', route(2)));
  expect(picture.told(told('delete', route(1)))).toEqual({ change: undefined, uncertain: true });
});

test('a replacement that was undone before the list is found out', () => {
  // Linux had 1 and 2, replaced 1 by 3 and deleted 3. The list was made then: it shows 2 only.
  const picture = new Picture('route');
  take(picture, [route(2)]);
  const replaced = new Set<string>();
  expect(picture.told(told('new', route(3), replace), replaced).uncertain).toBe(false);
  expect(picture.told(told('delete', route(3)), replaced).uncertain).toBe(true);
  expect(take(picture, [route(2)])).toMatchObject([{ event: 'add', message: route(2) }]);
});

test('a list changes only what it is about, and keeps what has not changed', () => {
  const picture = new Picture('route');
  const [kept, other] = [route(1, 1), { ...route(1, 2), table: 7 }];
  take(picture, [kept, route(1, 3), other]);
  const changes = take(picture, [route(1, 1), route(2, 4)], ({ table }) => table === 254);
  expect(changes).toMatchObject([
    { event: 'delete', message: route(1, 3) },
    { event: 'add', message: route(2, 4) },
  ]);
  expect([...picture.all()]).toEqual([kept, other, route(2, 4)]);
  expect([...picture.all()][0]).toBe(kept);
});

test('a long list is taken in by slices, each with its changes; in between the picture has what was told', () => {
  const picture = new Picture('route');
  const routes = Array.from({ length: 5000 }, (_, number) => ({ ...route(1), priority: number }));
  take(picture, routes.slice(0, 3000));
  const seen = new Set(picture.all());
  let slices = 0;
  for (const changes of picture.listed(routes.slice(2000), everything)) {
    slices += 1;
    expect(changes.length).toBeLessThan(2000);
    for (const change of changes) apply(seen as never, change);
    expect(seen).toEqual(new Set(picture.all()));
  }
  expect(slices).toBeGreaterThan(5);
  expect(seen).toEqual(new Set(routes.slice(2000)));
});

test('whatever a reader misses, it ends with the same picture', () => {
  const step = fc.record({
    kind: fc.constantFrom('new', 'append', 'replace', 'delete', 'list', 'pause', 'resume'),
    gateway: fc.integer({ min: 1, max: 3 }),
    destination: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const picture = new Picture('route');
      const seen = new Set<Messages['route']>();
      const backlog = new Backlog<'route'>((changes: readonly MirrorChange<'route'>[]) => {
        for (const change of changes)
          if (change.event !== 'resync') apply(seen as never, change as ObjectChange);
      });
      for (const { kind, gateway, destination } of steps) {
        const message = route(gateway, destination);
        if (kind === 'pause') backlog.pause();
        else if (kind === 'resume') backlog.resume();
        else if (kind === 'list') backlog.tell(take(picture, [message, route(1, 1)]));
        else {
          const flags = { new: create, append: create | append, replace, delete: 0 }[kind as 'new'];
          const { change } = picture.told(told(kind === 'delete' ? 'delete' : 'new', message, flags));
          if (change !== undefined) backlog.tell([change]);
        }
      }
      backlog.resume();
      expect(seen).toEqual(new Set(picture.all()));
    }),
  );
});

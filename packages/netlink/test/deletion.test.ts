// What a deletion says of the object that it means. That the kernel deletes it, and nothing else, is tested in `socket`.
import { decode, encode, type InputOf } from '@ripstop/wire';
import { expect, test } from 'vitest';
import { deletionOf } from '../src/rtnetlink/deletion.ts';
import { type NeighborInput, neighborFlags, neighborMessage } from '../src/rtnetlink/neighbor.ts';
import { nexthopMessage } from '../src/rtnetlink/nexthop.ts';
import { routeFlags } from '../src/rtnetlink/route/route-enumerations.ts';
import { type RouteInput, routeMessage } from '../src/rtnetlink/route.ts';

const listedRoute = (route: RouteInput) => decode(routeMessage, encode(routeMessage, route));
const listedNeighbor = (neighbor: NeighborInput) =>
  decode(neighborMessage, encode(neighborMessage, neighbor));

const way = {
  family: 'ipv4',
  destination: '10.0.0.0',
  destinationLength: 8,
  protocol: 'static',
  table: 254,
  priority: 20,
} as const;

test('a route is named by all but its state and its age', () => {
  const told: RouteInput = {
    ...way,
    gateway: '192.0.2.1',
    outputInterface: 3,
    metrics: { mtu: 1400 },
    flags: 17,
    cacheInfo: { used: 4 },
    expires: 9,
  };
  const { flags, cacheInfo, expires, ...named } = listedRoute(told);
  expect(deletionOf('route', listedRoute(told))).toEqual({ ...named, flags: 0 });
});

test('what was learned of a destination keeps the flag that says so', () => {
  const { cloned, linkDown } = routeFlags.masks;
  const told = { ...way, destination: '2001:db8::1', destinationLength: 128, flags: cloned | linkDown };
  expect(deletionOf('route', listedRoute({ ...told, family: 'ipv6' }))).toMatchObject({ flags: cloned });
  expect(() => deletionOf('route', listedRoute({ ...way, flags: cloned }))).toThrow('cannot be deleted');
});

test('a route through a next-hop object is named by the object, not by what it resolves to', () => {
  const told: RouteInput = { ...way, nextHopId: 4, gateway: '192.0.2.1', outputInterface: 3 };
  const deletion = deletionOf('route', listedRoute(told));
  expect(deletion).toMatchObject({ ...way, nextHopId: 4 });
  expect(deletion).not.toHaveProperty('gateway');
  expect(deletion).not.toHaveProperty('outputInterface');
});

test('a next-hop object is named by its id alone', () => {
  const told: InputOf<typeof nexthopMessage> = { family: 'ipv4', id: 7, gateway: '192.0.2.1' };
  expect(deletionOf('nexthop', decode(nexthopMessage, encode(nexthopMessage, told)))).toEqual({ id: 7 });
});

test('of a neighbor’s flags only `proxy` tells which one it is', () => {
  const { router, proxy } = neighborFlags.masks;
  const neighbor = { family: 'ipv6', destination: '2001:db8::1', interfaceIndex: 3 } as const;
  const deletion = (flags: number) =>
    deletionOf('neighbor', listedNeighbor({ ...neighbor, state: 2, flags }));
  expect(deletion(router)).toEqual({ ...neighbor, flags: 0 });
  expect(deletion(router | proxy)).toEqual({ ...neighbor, flags: proxy });
});

test('an entry of a forwarding table keeps its link address, its VLAN and whose table it is in', () => {
  const { self } = neighborFlags.masks;
  const entry = {
    family: 'bridge',
    interfaceIndex: 3,
    linkAddress: '02:00:00:00:00:01',
    vlan: 5,
    flags: self,
  } as const;
  expect(deletionOf('neighbor', listedNeighbor({ ...entry, state: 128, probes: 1 }))).toMatchObject(entry);
});

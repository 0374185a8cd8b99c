// Which messages are about the same object.
import { expect, test } from 'vitest';
import type { Messages, ObjectName } from '../src/registry.ts';
import { identityOf, isSameRoute } from '../src/rtnetlink/identity.ts';
import { neighborFlags } from '../src/rtnetlink/neighbor.ts';
import { nextHopFlags } from '../src/rtnetlink/route/route-enumerations.ts';
import type { RouteMessage } from '../src/rtnetlink/route.ts';
import { ruleFlags } from '../src/rtnetlink/rule.ts';

function identity<O extends ObjectName>(object: O, message: object): string | undefined {
  return identityOf(object, message as Messages[O]);
}

/** Whether a change of some fields leaves it the same object. */
function stays(object: ObjectName, message: object, change: object): boolean {
  const before = identity(object, message);
  expect(before).toBeDefined();
  return before === identity(object, { ...message, ...change });
}

test('a link is its index; a bridge port and a wireless event are none', () => {
  const link = { family: 'unspecified', index: 3, name: 'eth0', mtu: 1500 };
  expect(stays('link', link, { name: 'wan', mtu: 1400 })).toBe(true);
  expect(stays('link', link, { index: 4 })).toBe(false);
  expect(identity('link', { ...link, family: 'bridge' })).toBeUndefined();
  expect(identity('link', { ...link, wireless: {} })).toBeUndefined();
});

test('an IPv4 address is its interface, itself, its length and its peer; an IPv6 address its interface and itself', () => {
  const ipv4 = {
    family: 'ipv4',
    interfaceIndex: 3,
    local: '10.0.0.1',
    address: '10.0.0.1',
    prefixLength: 24,
  };
  expect(stays('address', ipv4, { flags: 1, label: 'x', priority: 7 })).toBe(true);
  for (const change of [
    { interfaceIndex: 4 },
    { local: '10.0.0.2' },
    { address: '10.0.0.9' },
    { prefixLength: 25 },
  ])
    expect(stays('address', ipv4, change)).toBe(false);
  const ipv6 = { family: 'ipv6', interfaceIndex: 3, address: '2001:db8::1', prefixLength: 64 };
  expect(stays('address', ipv6, { flags: 1 })).toBe(true);
  expect(stays('address', ipv6, { local: '2001:db8::1', address: '2001:db8::9' })).toBe(true);
  expect(stays('address', ipv6, { address: '2001:db8::2' })).toBe(false);
});

test('a neighbor is its interface and address, as a proxy another one; a forwarding entry is none', () => {
  const neighbor = { family: 'ipv4', interfaceIndex: 3, destination: '10.0.0.9', flags: 0, state: 2 };
  expect(stays('neighbor', neighbor, { state: 4, linkAddress: '02:00:00:00:00:01' })).toBe(true);
  for (const change of [
    { interfaceIndex: 4 },
    { destination: '10.0.0.8' },
    { flags: neighborFlags.masks.proxy },
  ])
    expect(stays('neighbor', neighbor, change)).toBe(false);
  expect(identity('neighbor', { ...neighbor, family: 'bridge' })).toBeUndefined();
});

test('a next hop is its id; a rule all that it is, but for what it meets', () => {
  expect(stays('nexthop', { id: 7, gateway: '10.0.0.1' }, { gateway: '10.0.0.2' })).toBe(true);
  expect(identity('nexthop', {})).toBeUndefined();
  const rule = {
    family: 'ipv4',
    priority: 7,
    table: 254,
    flags: 0,
    userIdRange: { start: 1, end: 2 },
    tunnelId: 1n,
  };
  expect(stays('rule', rule, { flags: ruleFlags.masks.inputInterfaceDetached })).toBe(true);
  expect(identity('rule', Object.fromEntries(Object.entries(rule).reverse()))).toBe(identity('rule', rule));
  for (const change of [
    { table: 253 },
    { flags: ruleFlags.masks.invert },
    { userIdRange: { start: 1, end: 3 } },
  ])
    expect(stays('rule', rule, change)).toBe(false);
});

const route = {
  family: 'ipv4',
  destination: '10.0.0.0',
  destinationLength: 8,
  sourceLength: 0,
  tos: 0,
  headerTable: 254,
  table: 254,
  priority: 20,
  gateway: '10.9.0.1',
  outputInterface: 3,
  flags: 0,
};

test('a route is its place: table, destination, source, TOS and metric', () => {
  expect(stays('route', route, { gateway: '10.9.0.2', protocol: 'rip', type: 'blackhole' })).toBe(true);
  expect(stays('route', route, { table: undefined })).toBe(true);
  for (const change of [
    { table: 253 },
    { destination: '11.0.0.0' },
    { destinationLength: 9 },
    { tos: 8 },
    { priority: 21 },
    { source: '10.0.0.1', sourceLength: 32 },
  ])
    expect(stays('route', route, change)).toBe(false);
  const standard = { ...route, destination: undefined, destinationLength: 0 };
  expect(stays('route', standard, { family: 'ipv6' })).toBe(false);
  expect(identity('route', { ...route, family: 'mpls' })).toBeUndefined();
});

test('routes of one place differ in anything but what Linux alters by itself', () => {
  const same = (change: object): boolean =>
    isSameRoute(route as unknown as RouteMessage, { ...route, ...change } as unknown as RouteMessage);
  const { linkDown, dead, onLink } = nextHopFlags.masks;
  expect(same({ flags: linkDown | dead, cacheInfo: { used: 1 } })).toBe(true);
  for (const change of [
    { flags: onLink },
    { gateway: '10.9.0.2' },
    { protocol: 'rip' },
    { preferredSource: '10.0.0.1' },
  ])
    expect(same(change)).toBe(false);
  const hops = (flags: number) =>
    ({ ...route, multipath: [{ flags, hops: 0, interfaceIndex: 3 }] }) as unknown as RouteMessage;
  expect(isSameRoute(hops(0), hops(linkDown))).toBe(true);
  expect(isSameRoute(hops(0), hops(onLink))).toBe(false);
});

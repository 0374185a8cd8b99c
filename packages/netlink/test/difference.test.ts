// What counts as a change of an object, and by which name.
import { expect, test } from 'vitest';
import type { Messages, ObjectName } from '../src/registry.ts';
import { differences } from '../src/rtnetlink/difference.ts';

function names<O extends ObjectName>(object: O, before: object, after: object): readonly string[] {
  return differences(object, before as Messages[O], after as Messages[O]);
}

test('names what differs: values, what came, what went', () => {
  expect(names('link', { mtu: 1500, flags: 1, name: 'a' }, { mtu: 1400, flags: 3, name: 'a' })).toEqual([
    'mtu',
    'flags',
  ]);
  expect(names('link', {}, { alias: 'up' })).toEqual(['alias']);
  expect(names('link', { alias: 'up' }, {})).toEqual(['alias']);
  expect(names('link', { alias: undefined }, {})).toEqual([]);
});

test('names what differs inside', () => {
  const bridge = (ageingTime: number) => ({
    linkInfo: { kind: 'bridge', data: { ageingTime, priority: 1 } },
  });
  expect(names('link', bridge(1), bridge(2))).toEqual(['linkInfo.data.ageingTime']);
  expect(names('route', { metrics: { mtu: 1400 } }, { metrics: { mtu: 1400, window: 3 } })).toEqual([
    'metrics.window',
  ]);
  expect(names('route', {}, { metrics: { mtu: 1400 } })).toEqual(['metrics']);
});

test('compares lists and bytes as a whole, by what they hold', () => {
  const hops = (...gateways: string[]) => ({
    family: 'ipv4',
    multipath: gateways.map((gateway) => ({ gateway, interfaceIndex: 1, flags: 0, hops: 0 })),
  });
  expect(names('route', hops('10.0.0.1', '10.0.0.2'), hops('10.0.0.1', '10.0.0.2'))).toEqual([]);
  expect(names('route', hops('10.0.0.1', '10.0.0.2'), hops('10.0.0.2', '10.0.0.1'))).toEqual(['multipath']);
  expect(names('route', hops('10.0.0.1', '10.0.0.2'), hops('10.0.0.1'))).toEqual(['multipath']);
  expect(
    names(
      'link',
      { linkInfo: { data: new Uint8Array([1, 2]) } },
      { linkInfo: { data: new Uint8Array([1, 2]) } },
    ),
  ).toEqual([]);
  expect(
    names(
      'link',
      { linkInfo: { data: new Uint8Array([1, 2]) } },
      { linkInfo: { data: new Uint8Array([1, 3]) } },
    ),
  ).toEqual(['linkInfo.data']);
  expect(names('rule', { tunnelId: 7n }, { tunnelId: 8n })).toEqual(['tunnelId']);
});

test('the next hops of an IPv6 route have no order', () => {
  const hop = (gateway: string, flags = 0) => ({ gateway, interfaceIndex: 1, flags, hops: 0 });
  const route = (...multipath: object[]) => ({ family: 'ipv6', multipath });
  const [one, two] = [hop('fe80::1'), hop('fe80::2')];
  expect(names('route', route(one, two), route(two, one))).toEqual([]);
  expect(names('route', route(one, two), route(two, hop('fe80::1', 16)))).toEqual(['multipath']);
});

test('what runs by itself is no change', () => {
  expect(names('link', { statistics: { receivedBytes: 1n } }, { statistics: { receivedBytes: 2n } })).toEqual(
    [],
  );
  expect(names('link', { change: 0, event: undefined }, { change: 0xffff_ffff, event: 6 })).toEqual([]);
  expect(names('address', { cacheInfo: { validLifetime: 9 } }, { cacheInfo: { validLifetime: 8 } })).toEqual(
    [],
  );
  expect(names('neighbor', { probes: 1, state: 2 }, { probes: 2, state: 4 })).toEqual(['state']);
});

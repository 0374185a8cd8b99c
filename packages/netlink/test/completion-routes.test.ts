// What is left out of a request for a route, a rule or a next-hop object is filled in as iproute2 does it: both requests
// say the same.
import { decode, encode, littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { entryOf, entryOfType, type ObjectName, type Operation } from '../src/registry.ts';
import { completed, type Specifications } from '../src/rtnetlink/completion.ts';
import { requests } from './golden/completions.ts';

type Command = keyof typeof requests;
type Cases<O extends ObjectName> = Partial<Record<Command, Specifications[O]>>;

/** What the kernel understands: a table up to 255 may stand in the header or in an attribute. */
function understood(type: number, payload: Uint8Array): object {
  const { object, operation, codec } = entryOfType(type)!;
  const { headerTable, ...message } = decode(codec, payload) as { headerTable?: number; table?: number };
  return { object, operation, ...message, table: message.table ?? headerTable };
}

function asIproute2Asks(command: Command): object {
  const bytes = Uint8Array.from(Buffer.from(requests[command], 'hex'));
  return understood(new DataView(bytes.buffer).getUint16(0, littleEndianHost), bytes.slice(2));
}

function asWeAsk<O extends ObjectName>(
  object: O,
  operation: Operation,
  specification: Specifications[O],
): object {
  const { type, codec } = entryOf(object, operation)!;
  return understood(type, encode(codec, completed(object, operation, specification)));
}

const operations: Readonly<Record<string, Operation>> = { add: 'new', del: 'delete', get: 'get' };

function holds<O extends ObjectName>(object: O, cases: Cases<O>): void {
  test.each(Object.entries(cases) as [Command, Specifications[O]][])('%s', (command, specification) => {
    const verb = Object.keys(operations).find((word) => command.includes(` ${word} `))!;
    expect(asWeAsk(object, operations[verb]!, specification)).toEqual(asIproute2Asks(command));
  });
}

const [lo, v0] = [1, 3];

describe.skipIf(!littleEndianHost)('routes', () => {
  holds('route', {
    'route add 10.1.0.0/16 dev v0': { prefix: '10.1.0.0/16', outputInterface: v0 },
    'route add 10.1.0.1 via 10.0.0.2': { prefix: '10.1.0.1', gateway: '10.0.0.2' },
    'route add default via 10.0.0.2': { gateway: '10.0.0.2' },
    'route add default dev v0': { outputInterface: v0 },
    'route add 10.2.0.0/16 dev v0 table 1000': { prefix: '10.2.0.0/16', outputInterface: v0, table: 1000 },
    'route add local 10.3.0.1 dev lo': { type: 'local', destination: '10.3.0.1', outputInterface: lo },
    'route add broadcast 10.3.0.255 dev v0': { type: 3, prefix: '10.3.0.255', outputInterface: v0 },
    'route add anycast 10.3.0.2 dev v0': { type: 'anycast', prefix: '10.3.0.2', outputInterface: v0 },
    'route add multicast 239.1.0.0/16 dev v0': {
      type: 'multicast',
      prefix: '239.1.0.0/16',
      outputInterface: v0,
    },
    'route add blackhole 10.4.0.0/16': { type: 'blackhole', prefix: '10.4.0.0/16' },
    'route add 10.5.0.0/16 nhid 5': { prefix: '10.5.0.0/16', nextHopId: 5 },
    'route add default nexthop via 10.0.0.2 nexthop via 10.0.0.3': {
      multipath: [{ gateway: '10.0.0.2' }, { gateway: '10.0.0.3' }],
    },
    'route add 10.6.0.0/16 via inet6 fe80::1 dev v0': {
      prefix: '10.6.0.0/16',
      via: 'fe80::1',
      outputInterface: v0,
    },
    'route add 2001:db8:9::/48 dev v0': { prefix: '2001:db8:9::/48', outputInterface: v0 },
    'route add default via fe80::1 dev v0': { gateway: 'fe80::1', outputInterface: v0 },
    'route add 2001:db8:a::/48 from 2001:db8:b::/48 dev v0': {
      prefix: '2001:db8:a::/48',
      source: '2001:db8:b::',
      sourceLength: 48,
      outputInterface: v0,
    },
    'route del 10.1.0.0/16': { prefix: '10.1.0.0/16' },
    'route del local 10.3.0.1': { type: 'local', prefix: '10.3.0.1' },
    'route del unreachable 10.4.0.0/16': { type: 'unreachable', prefix: '10.4.0.0/16' },
    'route del unicast 10.4.0.0/16': { type: 'unicast', prefix: '10.4.0.0/16' },
    'route del 2001:db8:9::/48': { prefix: '2001:db8:9::/48' },
    'route del broadcast 10.3.0.255': { type: 'broadcast', prefix: '10.3.0.255' },
    'route get 10.0.0.5': { destination: '10.0.0.5' },
    'route get fibmatch 10.0.0.5 from 10.0.0.1': {
      destination: '10.0.0.5',
      source: '10.0.0.1',
      flags: 0x2000,
    },
    'route get 2001:db8::5 from 2001:db8::1': { destination: '2001:db8::5', source: '2001:db8::1' },
  });

  test.each<[string, Specifications['route'], object]>([
    ['a gateway', { prefix: '10.0.0.0/8', gateway: 'fe80::1' }, { family: 'ipv4', via: 'fe80::1' }],
    [
      'of the default route',
      { preferredSource: '10.0.0.1', gateway: 'fe80::1' },
      { family: 'ipv4', via: 'fe80::1' },
    ],
    [
      'of an IPv6 route',
      { prefix: '2001:db8::/32', gateway: '10.0.0.1' },
      { family: 'ipv6', via: '10.0.0.1' },
    ],
    [
      'of an MPLS route',
      { family: 'mpls', destination: '0.6.65.0', gateway: '10.0.0.1' },
      { via: '10.0.0.1' },
    ],
    ['of a family by number', { family: 2, gateway: 'fe80::1' }, { family: 'ipv4', via: 'fe80::1' }],
    [
      'of one of several next hops',
      {
        prefix: '10.0.0.0/8',
        multipath: [{ gateway: '10.0.0.1' }, { gateway: 'fe80::1', interfaceIndex: v0 }],
      },
      { multipath: [{ gateway: '10.0.0.1' }, { via: 'fe80::1', interfaceIndex: v0 }] },
    ],
  ])('%s of another family is asked for as `via`', (_what, specification, expected) => {
    const asked = asWeAsk('route', 'new', specification);
    expect(asked).toMatchObject(expected);
    expect(asked).not.toHaveProperty('gateway');
  });

  test('and so iproute2 asks for it', () => {
    const specification = { prefix: '10.6.0.0/16', gateway: 'fe80::1', outputInterface: v0 };
    expect(asWeAsk('route', 'new', specification)).toEqual(
      asIproute2Asks('route add 10.6.0.0/16 via inet6 fe80::1 dev v0'),
    );
  });

  test('a gateway beside `via` is left for the kernel to refuse', () => {
    const both = { prefix: '10.0.0.0/8', gateway: 'fe80::1', via: 'fe80::2' };
    expect(completed('route', 'new', both)).toMatchObject({ gateway: 'fe80::1', via: 'fe80::2' });
  });

  test.each<[string, Specifications['route']]>([
    ['destination', { family: 'ipv4', destination: '2001:db8::' }],
    ['prefix', { family: 'ipv6', prefix: '0.0.0.0/0' }],
    ['preferredSource', { prefix: '10.0.0.0/8', preferredSource: '::1' }],
    ['source', { family: 10, source: '10.0.0.1' }],
  ])('a %s of another family is refused', (name, specification) => {
    expect(() => completed('route', 'new', specification)).toThrow(
      new RegExp(`^${name}: an address of family ipv. expected`),
    );
  });

  test('what is given counts', () => {
    const given = {
      destination: '10.0.0.0',
      destinationLength: 8,
      family: 'ipv4',
      type: 'blackhole',
      table: 7,
      protocol: 'rip',
      scope: 'link',
    } as const;
    expect(completed('route', 'new', given)).toEqual(given);
  });

  test('a prefix that is none', () => {
    expect(() => completed('route', 'new', { prefix: '10.0.0.0/33' })).toThrow('ADDRESS/LENGTH expected');
  });
});

describe.skipIf(!littleEndianHost)('rules', () => {
  holds('rule', {
    'rule add from 10.0.0.1': { source: '10.0.0.1' },
    'rule add to 10.0.0.0/8 table 100': { destination: '10.0.0.0', destinationLength: 8, table: 100 },
    'rule add from 10.0.0.1 goto 200': { source: '10.0.0.1', goto: 200 },
    'rule add blackhole fwmark 7': { action: 'blackhole', mark: 7 },
    'rule add l3mdev': { l3Master: 1 },
    '-6 rule add from 2001:db8::1': { source: '2001:db8::1' },
    'rule del from 10.0.0.1': { source: '10.0.0.1' },
    'rule del priority 50': { priority: 50 },
  });
});

describe.skipIf(!littleEndianHost)('next-hop objects', () => {
  holds('nexthop', {
    'nexthop add id 1 via 10.0.0.2 dev v0': { id: 1, gateway: '10.0.0.2', outputInterface: v0 },
    'nexthop add id 2 via fe80::1 dev v0': { id: 2, gateway: 'fe80::1', outputInterface: v0 },
    'nexthop add id 3 dev v0': { id: 3, outputInterface: v0 },
    '-6 nexthop add id 4 dev v0': { id: 4, family: 'ipv6', outputInterface: v0 },
    'nexthop add id 5 blackhole': { id: 5, blackhole: true },
    'nexthop add id 6 group 1/3': { id: 6, group: [{ id: 1 }, { id: 3 }] },
    'nexthop del id 6': { id: 6 },
  });
});

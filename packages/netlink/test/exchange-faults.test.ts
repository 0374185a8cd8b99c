// Answers to nobody, lost and unreadable datagrams, the kernel's reasons, and sequence numbers.
import { DecodeError } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { controlTypes, messageFlags } from '../src/message.ts';
import type { NetlinkError } from '../src/netlink-error.ts';
import type { Request } from '../src/request.ts';
import { batch, dump, exchangeWith, part, route, routes } from './asking.ts';
import { errorMetric, errorPolicy } from './golden/acknowledgements.ts';
import { bytesOf } from './golden/golden.ts';
import { answer, done, headersIn, message, requestsIn, together, told } from './kernel.ts';

const { multi } = messageFlags.masks;

describe('what answers nothing', () => {
  test.each([
    ['an acknowledgement', answer(99, 0)],
    [
      'an acknowledgement with our number but to another port',
      message({ type: 2, sequence: 1, portId: 77 }, new Uint8Array(20)),
    ],
    ['the end of a dump', done(99)],
    ['a part of a dump', part(99, 1)],
  ])('%s is passed over and counted', (_name, datagram) => {
    const exchange = exchangeWith();
    const state = batch(exchange, routes(1));
    expect(exchange.receive(datagram)).toEqual([]);
    expect(exchange.counters).toEqual({ strays: 1, undecodable: 0, overruns: 0 });
    expect(state.outcomes).toBeUndefined();
  });

  test('NLMSG_NOOP is nothing', () => {
    const exchange = exchangeWith();
    exchange.receive(message({ type: controlTypes.NLMSG_NOOP, sequence: 1 }, new Uint8Array()));
    expect(exchange.counters).toEqual({ strays: 0, undecodable: 0, overruns: 0 });
  });
});

describe('overrun', () => {
  test('every pending request fails with ENOBUFS, what is known stays known', () => {
    const calls: string[] = [];
    const exchange = exchangeWith({ overrun: () => calls.push('overrun') });
    const first = batch(exchange, routes(3));
    const second = dump(exchange);
    exchange.get({ object: 'link', message: { index: 1 } }, (found) =>
      calls.push((found as NetlinkError).code),
    );
    exchange.receive(answer(2, 17));
    exchange.overrun();
    expect(first.outcomes).toMatchObject([
      { code: 'ENOBUFS', sequence: 1 },
      { code: 'EEXIST' },
      { code: 'ENOBUFS' },
    ]);
    expect(second.end).toMatchObject({ error: { code: 'ENOBUFS', operation: 'RTM_GETROUTE', sequence: 4 } });
    expect(calls).toEqual(['ENOBUFS', 'overrun']);
    expect(exchange.counters.overruns).toBe(1);
  });

  test('what comes late answers nothing; what is asked next is answered', () => {
    const exchange = exchangeWith();
    batch(exchange, routes(2));
    exchange.overrun();
    const state = batch(exchange, routes(2));
    exchange.receive(together(answer(2, 0), answer(4, 0)));
    expect(state.outcomes).toEqual([undefined, undefined]);
    expect(exchange.counters.strays).toBe(1);
  });

  test('NLMSG_OVERRUN is one', () => {
    const exchange = exchangeWith();
    const state = batch(exchange, routes(1));
    exchange.receive(message({ type: controlTypes.NLMSG_OVERRUN, sequence: 0, portId: 0 }, new Uint8Array()));
    expect(state.outcomes).toMatchObject([{ code: 'ENOBUFS' }]);
  });

  test('a cut datagram is one, after what was whole', () => {
    const reports: DecodeError[] = [];
    const exchange = exchangeWith({ undecodable: (error) => reports.push(error) });
    const state = dump(exchange);
    exchange.receive(together(part(1, 1), part(1, 2)).slice(0, -10));
    expect(state.routes).toHaveLength(1);
    expect(state.end).toMatchObject({ error: { code: 'ENOBUFS' } });
    expect(reports).toMatchObject([{ path: 'nlmsghdr' }]);
    expect(exchange.counters).toEqual({ strays: 0, undecodable: 1, overruns: 1 });
  });
});

describe('what cannot be read', () => {
  test('does not lose the other messages of its datagram', () => {
    const reports: DecodeError[] = [];
    const exchange = exchangeWith({ undecodable: (error) => reports.push(error) });
    const good = told('route', 'new', route(1).message, { sequence: 0, portId: 0 });
    const bad = told(
      'route',
      'new',
      { ...route(2).message, gateway: undefined, unknown: [{ type: 5, value: new Uint8Array(3) }] },
      { sequence: 0, portId: 0 },
    );
    expect(exchange.receive(together(good, bad, good))).toHaveLength(2);
    expect(exchange.counters.undecodable).toBe(1);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toBeInstanceOf(DecodeError);
    expect(reports[0]!.path).toBe('RTM_NEWROUTE.gateway.address');
  });

  test('an acknowledgement is a failure of its request', () => {
    const exchange = exchangeWith();
    const state = batch(exchange, routes(1));
    exchange.receive(message({ type: controlTypes.NLMSG_ERROR, sequence: 1 }, new Uint8Array(2)));
    expect(state.outcomes).toMatchObject([{ code: 'EBADMSG' }]);
  });
});

describe('the kernel’s reasons', () => {
  const refused = (extended: Parameters<typeof answer>[2], request: Request = route(0)): NetlinkError => {
    const exchange = exchangeWith();
    const state = batch(exchange, [request]);
    exchange.receive(answer(1, 22, extended));
    return state.outcomes![0]!;
  };

  test.each([
    [
      errorPolicy,
      { gateway: '10.0.0.9' },
      'gateway',
      'RTM_NEWROUTE: ERANGE: Attribute failed policy validation (gateway; accepted: u32 from 0 to 4294967295)',
    ],
    [
      errorMetric,
      { metrics: { mtu: 1 } },
      'metrics.mtu',
      'RTM_NEWROUTE: EINVAL: Invalid attribute in metrics (metrics.mtu)',
    ],
  ])('an offset is an attribute’s name: a real answer', (source, attributes, attribute, text) => {
    const bytes = bytesOf(source);
    const [{ sequence, portId }] = headersIn(bytes);
    const exchange = exchangeWith({ sequence, portId });
    const message = {
      family: 'ipv4',
      destinationLength: 24,
      destination: '10.9.0.0',
      ...attributes,
    } as const;
    const state = batch(exchange, [{ object: 'route', operation: 'new', message }]);
    exchange.receive(bytes);
    expect(state.outcomes![0]).toMatchObject({ attribute, message: text });
  });

  test('the second of two requests, in a next hop', () => {
    const hop = { interfaceIndex: 3, gateway: '192.0.2.1' };
    const { gateway: _, outputInterface: __, ...plain } = route(0).message;
    const second: Request = {
      object: 'route',
      operation: 'new',
      message: { ...plain, multipath: [hop, hop] },
    };
    const exchange = exchangeWith();
    const state = batch(exchange, [route(1), second]);
    // 28 bytes of headers, destination and priority of 8 each, the attribute's 4, the first hop's 16, the second's 8.
    exchange.receive(answer(2, 22, { offset: 28 + 16 + 4 + 16 + 8 }));
    expect(state.outcomes![1]!.attribute).toBe('multipath[1].gateway');
  });

  test('a member of the header; an offset outside has no name', () => {
    expect(refused({ offset: 21 }).attribute).toBe('protocol');
    expect(refused({ offset: 4 }).attribute).toBeUndefined();
    expect(refused({ offset: 5000 }).attribute).toBeUndefined();
  });

  test('a missing attribute is named, in the message and in a nest', () => {
    expect(refused({ missingType: 4 })).toMatchObject({
      missingAttribute: 'outputInterface',
      message: 'RTM_NEWROUTE: EINVAL: Invalid argument, outputInterface is missing',
    });
    const metrics: Request = {
      object: 'route',
      operation: 'new',
      message: { destination: '10.0.0.0', metrics: { window: 1 } },
    };
    expect(refused({ missingType: 2, missingNest: 36 }, metrics).missingAttribute).toBe('metrics.mtu');
    expect(refused({ missingType: 99, missingNest: 36 }, metrics).missingAttribute).toBe(
      'metrics.unknown(99)',
    );
    const veth: Request = {
      object: 'link',
      operation: 'new',
      message: { linkInfo: { kind: 'veth', data: { peer: { name: 'a' } } } },
    };
    expect(refused({ missingType: 2, missingNest: 32 }, veth).missingAttribute).toBe('linkInfo.data');
  });
});

describe('sequence numbers', () => {
  test('go from 2^32 - 1 to 1', () => {
    const exchange = exchangeWith({ sequence: 0xffff_fffe });
    const state = batch(exchange, routes(4));
    expect(requestsIn(state.datagrams[0]!).map(({ sequence }) => sequence)).toEqual([
      0xffff_fffe, 0xffff_ffff, 1, 2,
    ]);
    exchange.receive(together(answer(0xffff_ffff, 17), answer(1, 3), answer(2, 0)));
    expect(state.outcomes).toMatchObject([
      undefined,
      { code: 'EEXIST', sequence: 0xffff_ffff },
      { code: 'ESRCH', sequence: 1 },
      undefined,
    ]);
    expect(requestsIn(batch(exchange, routes(1)).datagrams[0]!)[0]!.sequence).toBe(3);
  });

  test('0 is nobody’s', () => {
    const exchange = exchangeWith({ sequence: 0xffff_ffff });
    const state = batch(exchange, routes(1));
    exchange.receive(answer(0, 17));
    expect(state.outcomes).toBeUndefined();
    expect(exchange.counters.strays).toBe(1);
  });
});

test.each([
  ['bytes', (datagram: Uint8Array) => datagram],
  ['a Node Buffer', (datagram: Uint8Array) => Buffer.from(datagram)],
])('what is handed out does not change when the receive buffer, %s, is used again', (_name, bufferOf) => {
  const exchange = exchangeWith();
  const state = dump(exchange);
  const extra = { unknown: [{ type: 200, value: Uint8Array.of(1, 2, 3) }] };
  const buffer = bufferOf(
    together(
      told('route', 'new', { ...route(1).message, ...extra }, { sequence: 1, flags: multi }),
      told('link', 'new', { name: 'eth0', ...extra }, { sequence: 0, portId: 0 }),
    ),
  );
  const [notification] = exchange.receive(buffer);
  buffer.fill(0xdb);
  expect(state.routes[0]).toMatchObject(extra);
  expect(notification?.message).toMatchObject(extra);
});

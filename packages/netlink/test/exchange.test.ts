import { DecodeError, EncodeError } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { type DumpEnd, Exchange, type ExchangeOptions } from '../src/exchange.ts';
import { controlTypes, messageFlags } from '../src/message.ts';
import { NetlinkError } from '../src/netlink-error.ts';
import type { Request } from '../src/request.ts';
import type { RouteMessage } from '../src/route.ts';
import { bytesOf, errorMetric, errorPolicy } from './golden.ts';
import { answer, done, headersIn, message, PORT_ID, requestsIn, together, told } from './kernel.ts';

const { acknowledge, create, dumpInterrupted, multi, request: requestFlag, replace } = messageFlags.masks;

type Outcomes = readonly (NetlinkError | undefined)[];

function exchangeWith(options: Partial<ExchangeOptions> = {}): Exchange {
  return new Exchange({ portId: PORT_ID, sequence: 1, datagramBytesMax: 32768, ...options });
}

/** Bytes of what `route` gives, framed. */
const REQUEST_BYTES = 60;

/** A route to add; each number another prefix. */
function route(number: number): Request & { readonly object: 'route' } {
  const destination = `10.${number >> 8}.${number & 0xff}.0`;
  const common = { family: 'ipv4', destinationLength: 24, type: 'unicast', protocol: 'rip' } as const;
  const message = { ...common, destination, gateway: '192.0.2.1', outputInterface: 3, priority: 20 };
  return { object: 'route', operation: 'new', flags: create, message };
}

function routes(count: number): Request[] {
  return Array.from({ length: count }, (_, number) => route(number));
}

/** Starts a batch; `outcomes` is undefined until it completes. */
function batch(exchange: Exchange, requests: readonly Request[]) {
  const state: { outcomes: Outcomes | undefined; datagrams: readonly Uint8Array[] } = {
    outcomes: undefined,
    datagrams: [],
  };
  state.datagrams = exchange.batch(requests, (outcomes) => {
    expect(state.outcomes, 'completes once').toBeUndefined();
    state.outcomes = outcomes;
  });
  return state;
}

/** Starts a dump of IPv4 routes. */
function dump(exchange: Exchange) {
  const state: { end: DumpEnd | undefined; routes: RouteMessage[]; datagrams: readonly Uint8Array[] } = {
    end: undefined,
    routes: [],
    datagrams: [],
  };
  state.datagrams = exchange.dump(
    { object: 'route', message: { family: 'ipv4', table: 254 } },
    (found) => state.routes.push(found),
    (end) => {
      expect(state.end, 'completes once').toBeUndefined();
      state.end = end;
    },
  );
  return state;
}

const part = (sequence: number, number: number, flags = 0): Uint8Array =>
  told('route', 'new', route(number).message, { sequence, flags: multi | flags });

describe('batch', () => {
  test('many requests in a datagram, in order, the acknowledgement on the last', () => {
    const { datagrams } = batch(exchangeWith({ sequence: 7 }), routes(3));
    const requests = requestsIn(datagrams[0]!);
    expect(datagrams).toHaveLength(1);
    expect(requests.map(({ sequence }) => sequence)).toEqual([7, 8, 9]);
    expect(requests.map(({ flags }) => flags)).toEqual([
      requestFlag | create,
      requestFlag | create,
      requestFlag | create | acknowledge,
    ]);
    expect(requests.map(({ value }) => value)).toMatchObject(routes(3).map((one) => one.message));
  });

  test('as few datagrams as fit within the limit', () => {
    const { datagrams } = batch(exchangeWith({ datagramBytesMax: 1000 }), routes(100));
    expect(datagrams.every(({ length }) => length <= 1000)).toBe(true);
    expect(datagrams.slice(0, -1).every(({ length }) => length + REQUEST_BYTES > 1000)).toBe(true);
    const all = datagrams.flatMap(requestsIn);
    expect(all.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    expect(datagrams.map((datagram) => requestsIn(datagram).at(-1)!.flags & acknowledge)).toEqual(
      datagrams.map(() => acknowledge),
    );
    expect(all.filter(({ flags }) => (flags & acknowledge) !== 0)).toHaveLength(datagrams.length);
  });

  test('all succeed when the last is acknowledged', () => {
    const exchange = exchangeWith();
    const state = batch(exchange, routes(3));
    exchange.receive(answer(3, 0));
    expect(state.outcomes).toEqual([undefined, undefined, undefined]);
  });

  test('message 12 of 1,000 fails, and only that', () => {
    const exchange = exchangeWith({ datagramBytesMax: 16384 });
    const state = batch(exchange, routes(1000));
    expect(state.datagrams.length).toBeGreaterThan(2);
    for (const datagram of state.datagrams) {
      expect(state.outcomes).toBeUndefined();
      const requests = requestsIn(datagram);
      if (requests[0]!.sequence === 1)
        exchange.receive(answer(12, 101, { message: 'Nexthop has invalid gateway' }));
      exchange.receive(answer(requests.at(-1)!.sequence, 0));
    }
    expect(state.outcomes).toHaveLength(1000);
    expect(state.outcomes!.flatMap((outcome, index) => (outcome === undefined ? [] : [index]))).toEqual([11]);
    expect(state.outcomes![11]).toBeInstanceOf(NetlinkError);
    expect(state.outcomes![11]).toMatchObject({
      code: 'ENETUNREACH',
      errno: 101,
      operation: 'RTM_NEWROUTE',
      kernelMessage: 'Nexthop has invalid gateway',
      sequence: 12,
      message: 'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway',
    });
  });

  test('the last fails: its error is its acknowledgement', () => {
    const exchange = exchangeWith();
    const state = batch(exchange, routes(2));
    exchange.receive(answer(2, 17));
    expect(state.outcomes).toMatchObject([undefined, { code: 'EEXIST' }]);
  });

  test('several answers in one datagram', () => {
    const exchange = exchangeWith();
    const state = batch(exchange, routes(3));
    exchange.receive(together(answer(1, 17), answer(2, 3), answer(3, 0)));
    expect(state.outcomes).toMatchObject([{ code: 'EEXIST' }, { code: 'ESRCH' }, undefined]);
  });

  test('of nothing completes at once', () => {
    const state = batch(exchangeWith(), []);
    expect(state).toEqual({ outcomes: [], datagrams: [] });
  });

  test('a new one may start where another completes', () => {
    const exchange = exchangeWith();
    let second: Outcomes | undefined;
    exchange.batch(routes(1), () => {
      exchange.batch(routes(2), (outcomes) => {
        second = outcomes;
      });
    });
    exchange.receive(together(answer(1, 0), answer(3, 17)));
    expect(second).toMatchObject([undefined, { code: 'EEXIST', sequence: 3 }]);
  });

  test.each([
    ['larger than a datagram', route(1), 'RTM_NEWROUTE: 60 bytes, at most 59 fit'],
    [
      'that cannot be written',
      { object: 'link', operation: 'delete', message: { mtu: -1 } } as Request,
      'u32: an integer from 0 to 4294967295 expected, got -1',
    ],
    [
      'for which there is no message',
      { object: 'route', operation: 'set', message: {} } as Request,
      'no message to set a route',
    ],
  ])('a request %s is refused before anything is under way', (_name, request, reason) => {
    const exchange = exchangeWith({ datagramBytesMax: REQUEST_BYTES - 1 });
    let completed = false;
    const start = (): unknown =>
      exchange.batch([request], () => {
        completed = true;
      });
    expect(start).toThrow(EncodeError);
    expect(start).toThrow(reason);
    exchange.overrun();
    expect(completed).toBe(false);
  });
});

describe('get', () => {
  const query = { object: 'link', message: { index: 3 } } as const;

  test('gives the answer when it is acknowledged', () => {
    const exchange = exchangeWith();
    let found: unknown;
    const [datagram] = exchange.get(query, (answered) => {
      found = answered;
    });
    expect(requestsIn(datagram!)).toMatchObject([
      { name: 'RTM_GETLINK', flags: requestFlag | acknowledge, value: { index: 3 } },
    ]);
    expect(exchange.receive(told('link', 'new', { index: 3, name: 'eth0' }, { sequence: 1 }))).toEqual([]);
    expect(found).toBeUndefined();
    exchange.receive(answer(1, 0));
    expect(found).toMatchObject({ index: 3, name: 'eth0' });
  });

  test.each([
    ['the kernel’s refusal', [answer(1, 19)], 'ENODEV'],
    ['no answer', [answer(1, 0)], 'ENOMSG'],
    [
      'an answer that cannot be read',
      [message({ type: 16, sequence: 1 }, new Uint8Array(23).fill(1)), answer(1, 0)],
      'ENOMSG',
    ],
  ])('%s is an error', (_name, datagrams, code) => {
    const exchange = exchangeWith();
    let found: unknown;
    exchange.get(query, (answered) => {
      found = answered;
    });
    for (const datagram of datagrams) exchange.receive(datagram);
    expect(found).toBeInstanceOf(NetlinkError);
    expect(found).toMatchObject({ code, operation: 'RTM_GETLINK', sequence: 1 });
  });
});

describe('dump', () => {
  test('hands on every message as it comes, until NLMSG_DONE', () => {
    const exchange = exchangeWith();
    const state = dump(exchange);
    expect(requestsIn(state.datagrams[0]!)).toMatchObject([
      {
        name: 'RTM_GETROUTE',
        flags: requestFlag | messageFlags.masks.dump,
        value: { family: 'ipv4', table: 254 },
      },
    ]);
    expect(exchange.receive(together(part(1, 1), part(1, 2)))).toEqual([]);
    expect(state.routes.map(({ destination }) => destination)).toEqual(['10.0.1.0', '10.0.2.0']);
    exchange.receive(together(part(1, 3), done(1)));
    expect(state.routes).toHaveLength(3);
    expect(state.end).toEqual({ error: undefined, interrupted: false, undecodable: 0 });
  });

  test.each([
    ['a part', [part(1, 1), part(1, 2, dumpInterrupted), part(1, 3), done(1)]],
    ['its end', [part(1, 1), done(1, 0, dumpInterrupted)]],
  ])('with NLM_F_DUMP_INTR on %s is interrupted', (_name, datagrams) => {
    const exchange = exchangeWith();
    const state = dump(exchange);
    for (const datagram of datagrams) exchange.receive(datagram);
    expect(state.end).toEqual({ error: undefined, interrupted: true, undecodable: 0 });
  });

  test('refused by NLMSG_ERROR, or ended early by NLMSG_DONE', () => {
    for (const refusal of [answer(1, 22, { message: 'no' }), done(1, 22)]) {
      const exchange = exchangeWith();
      const state = dump(exchange);
      exchange.receive(refusal);
      expect(state.end).toMatchObject({ error: { code: 'EINVAL', operation: 'RTM_GETROUTE' } });
    }
  });

  test('tells how many of its messages could not be read', () => {
    const exchange = exchangeWith();
    const state = dump(exchange);
    const bad = message({ type: 24, sequence: 1, flags: multi }, new Uint8Array(19).fill(1));
    exchange.receive(together(part(1, 1), bad, part(1, 2), done(1)));
    expect(state.routes).toHaveLength(2);
    expect(state.end).toEqual({ error: undefined, interrupted: false, undecodable: 1 });
  });
});

describe('notifications', () => {
  test('come between the answers, from others and from ourselves', () => {
    const exchange = exchangeWith();
    const state = dump(exchange);
    const foreign = told('route', 'delete', route(9).message, { sequence: 1, portId: 77 });
    const kernels = told('link', 'new', { index: 3, name: 'eth0' }, { sequence: 0, portId: 0 });
    const told1 = exchange.receive(together(part(1, 1), foreign, part(1, 2)));
    const told2 = exchange.receive(together(kernels, done(1)));
    expect(state.routes).toHaveLength(2);
    expect(state.end).toMatchObject({ interrupted: false });
    expect(told1).toMatchObject([
      { object: 'route', operation: 'delete', portId: 77, sequence: 1, message: { destination: '10.0.9.0' } },
    ]);
    expect(told2).toMatchObject([{ object: 'link', operation: 'new', portId: 0, message: { name: 'eth0' } }]);
  });

  test('of our own change have our port, and do not answer it', () => {
    const exchange = exchangeWith();
    const state = batch(exchange, routes(1));
    const own = told('route', 'new', route(0).message, { sequence: 1, flags: replace });
    expect(exchange.receive(own)).toMatchObject([{ portId: PORT_ID, sequence: 1, flags: replace }]);
    expect(state.outcomes).toBeUndefined();
    exchange.receive(answer(1, 0));
    expect(state.outcomes).toEqual([undefined]);
  });

  test('of what the registry does not know are counted', () => {
    const exchange = exchangeWith();
    expect(exchange.receive(message({ type: 28, sequence: 0, portId: 0 }, new Uint8Array(12)))).toEqual([]);
    expect(exchange.counters.strays).toBe(1);
  });
});

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
      'RTM_NEWROUTE: ERANGE: Attribute failed policy validation (gateway)',
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
      message: 'RTM_NEWROUTE: EINVAL, outputInterface is missing',
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

// What is asked and what comes back when all goes well, and what the kernel refuses.
import { EncodeError } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { messageFlags } from '../src/message.ts';
import { NetlinkError } from '../src/netlink-error.ts';
import type { Request, Told } from '../src/request.ts';
import { batch, dump, exchangeWith, type Outcomes, part, REQUEST_BYTES, route, routes } from './asking.ts';
import { answer, done, message, PORT_ID, requestsIn, together, told } from './kernel.ts';

const { acknowledge, create, dumpInterrupted, multi, request: requestFlag, replace } = messageFlags.masks;

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

  test('a failure in any datagram is at its own request’s index', () => {
    const exchange = exchangeWith({ datagramBytesMax: 2 * REQUEST_BYTES });
    const state = batch(exchange, routes(6));
    expect(state.datagrams.map(({ length }) => length)).toEqual([120, 120, 120]);
    for (const datagram of [answer(2, 0), answer(3, 17), answer(4, 0), answer(6, 3)])
      exchange.receive(datagram);
    const [eexist, esrch] = [{ code: 'EEXIST' }, { code: 'ESRCH' }];
    expect(state.outcomes).toMatchObject([undefined, undefined, eexist, undefined, undefined, esrch]);
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
      'mtu.u32: an integer from 0 to 4294967295 expected, got -1',
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

  test('are receipts of what a port has asked for, if they are wanted', () => {
    const exchange = exchangeWith({ receiptsOf: 77 });
    const own = told('route', 'new', route(1).message, { sequence: 4, flags: replace, portId: 77 });
    const foreign = told('route', 'new', route(2).message, { sequence: 5, portId: 78 });
    expect(exchange.receive(together(own, foreign))).toEqual([
      { object: 'route', operation: 'new', flags: replace, sequence: 4, portId: 77, message: undefined },
      expect.objectContaining({ message: expect.objectContaining({ destination: '10.0.2.0' }) }),
    ]);
  });

  test('of a burst make one list, if it is given', () => {
    const exchange = exchangeWith();
    const burst: Told[] = [];
    for (const index of [3, 4]) {
      const datagram = told('link', 'new', { index, name: `eth${index}` }, { sequence: 0, portId: 0 });
      expect(exchange.receive(datagram, burst)).toBe(burst);
    }
    expect(burst).toMatchObject([{ message: { index: 3 } }, { message: { index: 4 } }]);
  });

  test('carry the number that the next request was to have', () => {
    const exchange = exchangeWith({ sequence: 41 });
    expect(exchange.nextSequence).toBe(41);
    batch(exchange, routes(3));
    expect(exchange.nextSequence).toBe(44);
  });

  test('of what the registry does not know are counted', () => {
    const exchange = exchangeWith();
    expect(exchange.receive(message({ type: 36, sequence: 0, portId: 0 }, new Uint8Array(12)))).toEqual([]);
    expect(exchange.counters.strays).toBe(1);
  });
});

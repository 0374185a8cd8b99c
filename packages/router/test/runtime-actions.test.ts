// What the runtime makes of each action: a router that only does what it is told, between ports that write down.
import { type RouteMessage, routePrefix, type Told } from '@ripstop/netlink';
import type { Action, Event, Interface, Router } from '@ripstop/rip';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Ports } from '../src/ports.ts';
import { Runtime } from '../src/runtime.ts';
import { address, link, newAddress, newLink } from './interface-messages.ts';

const settings = {
  family: 'ipv4',
  table: 254,
  metric: 20,
  protocol: 189,
  onExit: 'keep',
  staleTime: 60_000,
} as const;

const eth0: Interface = {
  name: 'eth0',
  index: 2,
  mtu: 1500,
  loopback: false,
  addresses: [{ address: '10.0.0.1', prefixLength: 24 }],
};
const listen = (ttl: 255 | undefined): Action => ({ type: 'listen', interface: eth0, ttl });
const packet = new Uint8Array([2, 2, 0, 0]);
const send: Action = {
  type: 'send',
  interface: 'eth0',
  source: '10.0.0.1',
  destination: '224.0.0.9',
  port: 520,
  packet,
};

/** What came out of the ports, in order. */
let done: unknown[];
let events: Event[];
/** What the router does next, by the event that makes it do so. */
let answers: Partial<Record<Event['type'], readonly Action[]>>;
let ports: Ports;
let runtime: Runtime;
/** Whether something comes in while a packet is sent. */
let isAnswered: boolean;
/** Whether a socket has something that was not handed on. */
let isWaiting: boolean;
/** What the runtime is told by. */
let tell: (told: readonly Told<never>[]) => void;
/** What the next poll reads. */
let queued: readonly Told<never>[][];
/** When the router wants to be called. */
let deadline: number;
/** What happens when the clock has reached the alarm; undefined: none is set. */
let alarm: (() => void) | undefined;

beforeEach(() => {
  done = [];
  events = [];
  answers = {};
  isAnswered = false;
  isWaiting = false;
  deadline = Number.POSITIVE_INFINITY;
  alarm = undefined;
  queued = [];
  const router = {
    get deadline() {
      return deadline;
    },
    step(_now: unknown, event: Event): readonly Action[] {
      events.push(event);
      done.push(event.type);
      return answers[event.type] ?? [];
    },
  };
  const nothing = { list: () => Promise.resolve([]) };
  ports = {
    clock: { now: () => ({ monotonic: 0, wall: 0 }) },
    createTimer: () => ({
      set(when, due) {
        if (when === deadline) alarm = due;
      },
      clear: () => undefined,
    }),
    datagrams: {
      open(target, options, receive) {
        done.push(['open', target.name, options]);
        return {
          get isWaiting() {
            return isWaiting;
          },
          send(bytes, { source, destination, port }) {
            done.push(['send', bytes, { source, destination, port }]);
            if (isAnswered) receive([{ source: '10.0.0.2', port: 520, bytes }]);
          },
          close: () => Promise.resolve(),
        };
      },
    },
    kernel: {
      portId: 1,
      links: nothing,
      addresses: nothing,
      routes: nothing,
      batch: () => Promise.resolve([]),
      subscribe(_objects: unknown, receive: typeof tell) {
        tell = receive;
        return () => undefined;
      },
      poll() {
        const [next] = queued;
        queued = queued.slice(1);
        if (next !== undefined) tell(next);
      },
    },
    journal: { report: () => undefined },
    state: { reserveSequence: (sequence) => void done.push(['reserve', sequence]) },
    random: () => 0,
  };
  runtime = new Runtime(router as unknown as Router, settings, ports);
});

describe('actions', () => {
  it.each([255, undefined] as const)('listen opens a socket with the TTL %s', (ttl) => {
    answers = { commanded: [listen(ttl)] };
    runtime.drain();
    expect(done).toEqual(['commanded', ['open', 'eth0', { ttl }], 'listening']);
  });

  it('send hands over the packet with all its addresses', () => {
    answers = { commanded: [listen(undefined), send] };
    runtime.drain();
    expect(done[2]).toEqual(['send', packet, { source: '10.0.0.1', destination: '224.0.0.9', port: 520 }]);
  });

  it('a sequence number is reserved before the packet after it leaves', () => {
    answers = { commanded: [listen(undefined), { type: 'reserve-sequence', sequence: 7 }, send] };
    runtime.drain();
    expect(done.slice(2, 4)).toEqual([['reserve', 7], expect.arrayContaining(['send'])]);
  });

  it('2453 §3.10.1: takes no input while it makes an update', () => {
    isAnswered = true;
    answers = { commanded: [listen(undefined), send, send] };
    runtime.drain();
    const kinds = done.map((one) => (Array.isArray(one) ? one[0] : one));
    expect(kinds).toEqual([
      'commanded',
      'open',
      'send',
      'send',
      'listening',
      'datagrams-received',
      'datagrams-received',
    ]);
  });
});

describe('events', () => {
  it('no timer is looked at while a socket has something that was not handed on', () => {
    answers = { commanded: [listen(undefined)] };
    deadline = 5;
    runtime.drain();
    isWaiting = true;
    for (let turn = 0; turn < 3; turn += 1) alarm?.();
    expect(events.map(({ type }) => type)).toEqual(['commanded', 'listening']);
    isWaiting = false;
    alarm?.();
    expect(events.at(-1)).toEqual({ type: 'tick' });
  });

  it('what a poll reads while something is received comes after that', async () => {
    const route = {
      family: 'ipv4',
      destination: '10.9.0.0',
      destinationLength: 16,
      sourceLength: 0,
      tos: 0,
      headerTable: 254,
      priority: 20,
      protocol: 'static',
      scope: 'global',
      type: 'unicast',
      flags: 0,
      gateway: '10.0.0.9',
      outputInterface: 2,
    } as RouteMessage;
    const told = (operation: 'new' | 'delete') =>
      ({
        object: 'route',
        operation,
        flags: 0x200,
        sequence: 0,
        portId: 77,
        message: route,
      }) as unknown as Told<never>;
    const nextHops = [{ gateway: '10.0.0.2', interface: 'eth0', interfaceIndex: 2 }];
    const prefix = routePrefix(route);
    answers = {
      'interface-up': [{ type: 'install-route', prefix: '10.8.0.0/16', nextHops }],
      commanded: [{ type: 'install-route', prefix, nextHops }],
    };
    await runtime.start();
    // The interface makes the router want a route, and so the fib polls, before it has seen what came with the interface.
    queued = [[told('delete')]];
    tell([
      newLink(link(2, 'eth0')),
      newAddress(address(2, '10.0.0.1/24')),
      told('new'),
    ] as unknown as Told<never>[]);
    expect(queued).toEqual([]);
    await new Promise(setImmediate);
    runtime.drain();
    await new Promise(setImmediate);
    // The other one's route came and went: it is in nobody's way.
    const standing = runtime.kernelRoutes().find((one) => one.prefix === prefix);
    expect(standing).toMatchObject({ state: 'pending' });
  });

  it('drain commands the router, and leaves everything running', () => {
    runtime.drain();
    expect(events).toEqual([{ type: 'commanded', command: 'drain' }]);
    runtime.drain();
    expect(events).toHaveLength(2);
  });

  it('a default route of others is told before the first interface', async () => {
    const route = {
      family: 'ipv4',
      destinationLength: 0,
      sourceLength: 0,
      tos: 0,
      headerTable: 254,
      protocol: 'static',
      scope: 'global',
      type: 'unicast',
      flags: 0,
      gateway: '10.0.0.9',
      outputInterface: 2,
    } as RouteMessage;
    ports.kernel.routes.list = () => Promise.resolve([route]);
    await runtime.start();
    expect(events).toEqual([{ type: 'default-route', present: true }]);
  });
});

/** An `Exchange` that asks for routes, and what becomes of it. */
import { expect } from 'vitest';
import { type DumpEnd, Exchange, type ExchangeOptions } from '../src/exchange.ts';
import { messageFlags } from '../src/message.ts';
import type { NetlinkError } from '../src/netlink-error.ts';
import type { Request } from '../src/request.ts';
import type { RouteMessage } from '../src/rtnetlink/route.ts';
import { PORT_ID, told } from './kernel.ts';

const { create, multi } = messageFlags.masks;

export type Outcomes = readonly (NetlinkError | undefined)[];

export function exchangeWith(options: Partial<ExchangeOptions> = {}): Exchange {
  return new Exchange({ portId: PORT_ID, sequence: 1, datagramBytesMax: 32768, ...options });
}

/** Bytes of what `route` gives, framed. */
export const REQUEST_BYTES = 60;

/** A route to add; each number another prefix. */
export function route(number: number): Request & { readonly object: 'route' } {
  const destination = `10.${number >> 8}.${number & 0xff}.0`;
  const common = { family: 'ipv4', destinationLength: 24, type: 'unicast', protocol: 'rip' } as const;
  const message = { ...common, destination, gateway: '192.0.2.1', outputInterface: 3, priority: 20 };
  return { object: 'route', operation: 'new', flags: create, message };
}

export function routes(count: number): Request[] {
  return Array.from({ length: count }, (_, number) => route(number));
}

/** Starts a batch; `outcomes` is undefined until it completes. */
export function batch(exchange: Exchange, requests: readonly Request[]) {
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
export function dump(exchange: Exchange) {
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

/** A part of a dump. */
export function part(sequence: number, number: number, flags = 0): Uint8Array {
  return told('route', 'new', route(number).message, { sequence, flags: multi | flags });
}

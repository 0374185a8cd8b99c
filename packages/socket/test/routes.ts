// Requests about /32 routes that are told apart by a number: route 258 is 10.0.1.2/32.
import { messageFlags, type Request, type RouteInput } from '@ripstop/netlink';
import { onTestFinished } from 'vitest';
import { Rtnetlink, type RtnetlinkOptions } from '../src/rtnetlink.ts';

const { create, exclusive } = messageFlags.masks;

/** Opens a client that is closed when the test ends. */
export function openClient(namespace: string, options: RtnetlinkOptions = {}): Rtnetlink {
  const client = Rtnetlink.open({ namespace, ...options });
  onTestFinished(() => client.close());
  return client;
}

export const destination = (number: number): string =>
  `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;

/** A /32 route of protocol RIP into the main table. */
function route(number: number, way: RouteInput): RouteInput {
  return {
    family: 'ipv4',
    destinationLength: 32,
    destination: destination(number),
    protocol: 'rip',
    type: 'unicast',
    table: 254,
    ...way,
  };
}

export function addition(number: number, way: RouteInput): Request {
  return { object: 'route', operation: 'new', flags: create | exclusive, message: route(number, way) };
}

export function deletion(number: number): Request {
  return { object: 'route', operation: 'delete', message: route(number, {}) };
}

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

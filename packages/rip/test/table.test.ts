/** The table against a naive model of it (`table-model`), and its limits. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultLimits, defaultTimers } from '../src/configuration.ts';
import type { Origin, Source } from '../src/table/route.ts';
import { RouteTable } from '../src/table/table.ts';
import { Model, Real, tableCommands } from './table-model.ts';

const timers = { ...defaultTimers, timeout: 3_000, garbageCollection: 2_000 };
const origins: Origin[] = ['a', 'b'].map((name) => ({ name, timers }));

function source(origin: Origin, host: number): Source {
  return { origin, address: `10.0.0.${host}`, order: `0a00000${host}`, offers: 0 };
}

function offered(from: Source, metric: number) {
  const nextHop = { gateway: from.address, interface: from.origin.name, interfaceIndex: 1 };
  return { source: from, received: { metric, tag: 0 }, metric, tag: 0, nextHop };
}

test('does what a naive model does, whatever happens', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(tableCommands, (commands) => {
      fc.modelRun(() => ({ model: new Model(), real: new Real() }), commands);
    }),
    { numRuns: 600, seed: 2453 },
  );
});

test('the same address on two interfaces is two neighbors', () => {
  const table = new RouteTable(8, defaultLimits);
  for (const origin of origins) table.offer('10.1.0.0/16', offered(source(origin, 1), 2), 0);
  expect(table.get('10.1.0.0/16')?.nextHops.map((hop) => hop.interface)).toEqual(['a', 'b']);
});

test('refuses new prefixes when it is full, and goes on with those it has', () => {
  const table = new RouteTable(8, { ...defaultLimits, routes: 2 });
  const [first, second] = [source(origins[0]!, 1), source(origins[0]!, 2)];
  expect(table.offer('10.1.0.0/16', offered(first, 2), 0)).toBeUndefined();
  expect(table.offer('10.2.0.0/16', offered(first, 2), 0)).toBeUndefined();
  expect(table.offer('10.3.0.0/16', offered(first, 2), 0)).toBe('table-full');
  expect(table.offer('10.1.0.0/16', offered(second, 2), 0)).toBeUndefined();
  expect(table.offer('10.1.0.0/16', offered(first, 4), 0)).toBeUndefined();
  expect([...table.routes].map((route) => route.prefix)).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
});

test('a lost prefix counts until its garbage collection ends', () => {
  const table = new RouteTable(8, { ...defaultLimits, routes: 1 });
  const from = source(origins[0]!, 1);
  table.offer('10.1.0.0/16', offered(from, 2), 0);
  table.settle(0);
  table.offer('10.1.0.0/16', offered(from, 16), 0);
  expect(table.offer('10.2.0.0/16', offered(from, 2), 0)).toBe('table-full');
  table.settle(0);
  table.expire(timers.garbageCollection);
  // Nobody has been told yet.
  expect(table.offer('10.2.0.0/16', offered(from, 2), 2_000)).toBe('table-full');
  table.clearChanged(timers.garbageCollection);
  expect(table.offer('10.2.0.0/16', offered(from, 2), 2_000)).toBeUndefined();
});

test('refuses more offers than are allowed, and counts those that ended', () => {
  const table = new RouteTable(8, { ...defaultLimits, offers: 2 });
  const sources = [1, 2, 3].map((order) => source(origins[0]!, order));
  const taken = sources.map((from) => table.offer('10.1.0.0/16', offered(from, 2), 0));
  expect(taken).toEqual([undefined, undefined, 'table-full']);
  table.offer('10.1.0.0/16', offered(sources[0]!, 16), 0);
  expect(table.offer('10.1.0.0/16', offered(sources[2]!, 2), 0)).toBeUndefined();
  expect(sources.map((from) => from.offers)).toEqual([0, 1, 1]);
});

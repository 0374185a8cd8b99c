/** The table against a naive model of it, and its limits. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultLimits, defaultTimers } from '../src/configuration.ts';
import type { Origin, OwnRoute, Source } from '../src/table/route.ts';
import { RouteTable } from '../src/table/table.ts';

const timers = { ...defaultTimers, timeout: 3_000, garbageCollection: 2_000 };
const origins: Origin[] = ['a', 'b'].map((name) => ({ name, timers }));

function source(origin: Origin, order: number): Source {
  return { origin, address: `10.0.0.${order}`, order, offers: 0 };
}

function offered(from: Source, metric: number) {
  const nextHop = { gateway: from.address, interface: from.origin.name, interfaceIndex: 1 };
  return { source: from, received: { metric, tag: 0 }, metric, tag: 0, nextHop };
}

const connected = (origin: Origin): OwnRoute => ({
  kind: 'connected',
  origin,
  metric: 1,
  tag: 0,
  nextHop: undefined,
});

type Command =
  | { do: 'offer'; prefix: string; from: number; metric: number }
  | { do: 'connect' | 'disconnect'; prefix: string; origin: number }
  | { do: 'lose'; from: number };

const prefix = fc.constantFrom('10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16');
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('offer' as const),
      prefix,
      from: fc.nat(3),
      metric: fc.constantFrom(2, 2, 3, 4, 16),
    }),
  },
  fc.record({ do: fc.constantFrom('connect' as const, 'disconnect' as const), prefix, origin: fc.nat(1) }),
  fc.record({ do: fc.constant('lose' as const), from: fc.nat(3) }),
);

/** Some time passes, then all this happens at one moment. */
const steps = fc.array(
  // Multiples of the table's deadline step, so that the model needs no rounding.
  fc.record({
    wait: fc.constantFrom(0, 500, 1_000, 1_700, 2_500),
    commands: fc.array(command, { maxLength: 4 }),
  }),
  { maxLength: 30 },
);

/** Facts only: who offers what until when, who is connected, which prefix was lost when. */
class Model {
  readonly offers = new Map<string, { prefix: string; from: number; metric: number; until: number }>();
  readonly connected = new Set<string>();
  readonly lostAt = new Map<string, number>();

  metric(of: string): number {
    if ([...this.connected].some((key) => key.startsWith(`${of} `))) return 1;
    return Math.min(16, ...this.best(of).map((offer) => offer.metric));
  }

  best(of: string) {
    const all = [...this.offers.values()].filter((offer) => offer.prefix === of);
    return all.filter((offer) => offer.metric === Math.min(...all.map((other) => other.metric)));
  }
}

test('does what a naive model does, whatever happens', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const table = new RouteTable(8, defaultLimits);
      const sources = [
        source(origins[0]!, 1),
        source(origins[0]!, 2),
        source(origins[1]!, 3),
        source(origins[1]!, 4),
      ];
      const model = new Model();
      const kernel = new Map<string, string[]>();
      let now = 0;
      for (const { wait, commands } of given) {
        now += wait;
        const metricBefore = new Map(
          ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16'].map((key) => [key, model.metric(key)]),
        );
        for (const one of commands) {
          if (one.do === 'offer') {
            const key = `${one.prefix} ${one.from}`;
            table.offer(one.prefix, offered(sources[one.from]!, one.metric), now);
            if (one.metric === 16) model.offers.delete(key);
            else model.offers.set(key, { ...one, until: now + timers.timeout });
          }
          if (one.do === 'connect') {
            table.own(one.prefix, connected(origins[one.origin]!), now);
            model.connected.add(`${one.prefix} ${one.origin}`);
          }
          if (one.do === 'disconnect') {
            table.disown(one.prefix, connected(origins[one.origin]!), timers.garbageCollection, now);
            model.connected.delete(`${one.prefix} ${one.origin}`);
          }
          if (one.do === 'lose') {
            table.withdraw((offer) => offer.source === sources[one.from], now);
            for (const [key, offer] of model.offers) if (offer.from === one.from) model.offers.delete(key);
          }
        }
        table.expire(now);
        for (const [key, offer] of model.offers) if (offer.until <= now) model.offers.delete(key);

        const changes = table.settle(now);
        for (const { route, hasOtherNextHops } of changes) {
          if (!hasOtherNextHops) continue;
          if (route.nextHops.length === 0) kernel.delete(route.prefix);
          else
            kernel.set(
              route.prefix,
              route.nextHops.map((hop) => hop.gateway),
            );
        }

        for (const [key, before] of metricBefore) {
          const metric = model.metric(key);
          if (metric < 16) model.lostAt.delete(key);
          else if (before < 16) model.lostAt.set(key, now);
          const route = table.get(key);
          expect(route?.metric ?? 16).toBe(metric);
          if (metric !== before) expect(changes.map((change) => change.route)).toContain(route);
          const best = model.best(key).sort((a, b) => a.from - b.from);
          const gateways = metric === 1 ? [] : best.map((offer) => sources[offer.from]!.address);
          expect(kernel.get(key) ?? []).toEqual(gateways);
          const lost = model.lostAt.get(key);
          if (lost !== undefined && now < lost + timers.garbageCollection) expect(route).toBeDefined();
          if (lost === undefined && metric === 16) expect(route).toBeUndefined();
        }
        expect(table.deadline).toBeGreaterThan(now);
        const deadlines = [...table.routes].flatMap((route) => [
          route.garbageAt,
          ...route.offers.map((offer) => offer.expires),
        ]);
        expect(table.deadline).toBeLessThanOrEqual(Math.min(Number.POSITIVE_INFINITY, ...deadlines));
        expect(sources.map((from) => from.offers)).toEqual(
          sources.map((_, at) => [...model.offers.values()].filter((offer) => offer.from === at).length),
        );
      }
    }),
    { numRuns: 500 },
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
  table.expire(timers.garbageCollection);
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

/**
 * A naive model of the table, and the commands that are given to both. The model keeps facts only: who offers what until
 * when, what is our own, which prefixes are known. Metrics and losses it works out anew whenever it is asked. Which of
 * several equal offers are used is not modelled but held to its rules. RFC 2453 §3.8, §3.9.2.
 *
 * A step is a row of commands that ends with `End`: only then both are compared.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { defaultTimers, type Limits } from '../src/index.ts';
import { isHalfExpired, type Offer, type Origin, type OwnRoute, type Source } from '../src/table/route.ts';
import { RouteTable } from '../src/table/table.ts';

// Multiples of the table's deadline step, so that the model needs no rounding.
const timers = { ...defaultTimers, timeout: 3_000, garbageCollection: 2_000 };
const origins: readonly Origin[] = ['a', 'b'].map((name) => ({ name, timers }));
const prefixes = ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/16'] as const;
const kinds = ['connected', 'redistributed', 'originated'] as const;
const limits: Limits = {
  neighborsPerInterface: 9,
  routesPerNeighbor: 3,
  routes: 3,
  offers: 7,
  wholeTableAnswersPerSecond: 1,
};

/** What the table is given beside the model. */
export class Real {
  readonly table = new RouteTable(8, limits);
  readonly sources: readonly Source[] = [0, 1, 2, 3].map((at) => ({
    origin: origins[at >> 1] as Origin,
    address: `10.0.0.${at}`,
    order: `0a00000${at}`,
    offers: 0,
  }));
  /** What was told to the kernel: gateways by prefix. */
  readonly kernel = new Map<string, string[]>();
  /** In use when the last step ended. */
  used = new Map<string, readonly Offer[]>();
}

interface Said {
  readonly prefix: string;
  readonly from: number;
  readonly metric: number;
  readonly tag: number;
  until: number;
}

export class Model {
  now = 0;
  /** Since the last step ended. */
  commands = 0;
  maximumPaths = 8;
  readonly said = new Map<string, Said>();
  /** Metric by prefix and kind. */
  readonly own = new Map<string, number>();
  /** What the policy adds on each interface, and the tag that it rejects there. */
  readonly policies = [
    { add: 0, rejects: -1 },
    { add: 0, rejects: -1 },
  ];
  /** When each known prefix is forgotten, and whether a step has ended with it. */
  readonly known = new Map<string, { garbageAt: number; isSettled: boolean }>();
  readonly unannounced = new Set<string>();

  judged({ from, metric, tag }: Pick<Said, 'from' | 'metric' | 'tag'>): number {
    const policy = this.policies[from >> 1];
    return tag === policy?.rejects ? 16 : Math.min(16, metric + (policy?.add ?? 0));
  }

  offersFor(prefix: string): Said[] {
    return [...this.said.values()].filter((said) => said.prefix === prefix);
  }

  metric(prefix: string): number {
    const kind = kinds.find((one) => this.own.has(`${prefix} ${one}`));
    if (kind !== undefined) return this.own.get(`${prefix} ${kind}`) ?? 16;
    return Math.min(16, ...this.offersFor(prefix).map((said) => this.judged(said)));
  }

  isOwn(prefix: string): boolean {
    return kinds.some((kind) => this.own.has(`${prefix} ${kind}`));
  }

  know(prefix: string): void {
    if (!this.known.has(prefix))
      this.known.set(prefix, { garbageAt: Number.POSITIVE_INFINITY, isSettled: false });
  }

  /** After every change: what has just been lost begins to be forgotten. */
  look(): void {
    for (const [prefix, known] of this.known) {
      if (this.metric(prefix) < 16) known.garbageAt = Number.POSITIVE_INFINITY;
      else known.garbageAt = Math.min(known.garbageAt, this.now + timers.garbageCollection);
    }
  }

  drop(isLost: (said: Said) => boolean): void {
    for (const [key, said] of this.said) if (isLost(said)) this.said.delete(key);
    this.look();
  }

  forget(): void {
    for (const [prefix, { garbageAt }] of this.known) {
      if (garbageAt <= this.now && !this.unannounced.has(prefix)) this.known.delete(prefix);
    }
  }
}

type TableCommand = fc.Command<Model, Real>;

/** @param text how a failure names it */
function command(text: string, run: (model: Model, real: Real) => void): TableCommand {
  return {
    check: () => true,
    run(model, real) {
      model.commands += 1;
      run(model, real);
    },
    toString: () => text,
  };
}

function say(said: Omit<Said, 'until'>): TableCommand {
  return command(`say ${JSON.stringify(said)}`, (model, { table, sources }) => {
    const { prefix, from, metric, tag } = said;
    const source = sources[from] as Source;
    const nextHop = { gateway: source.address, interface: source.origin.name, interfaceIndex: 1 };
    const judged = model.judged(said);
    const offered = { source, received: { metric, tag }, metric: judged, tag, nextHop };
    const refusal = table.offer(prefix, offered, model.now);
    const key = `${prefix} ${from}`;
    if (judged === 16) {
      expect(refusal).toBeUndefined();
      model.drop((other) => other.prefix === prefix && other.from === from);
      return;
    }
    const count = [...model.said.values()].filter((other) => other.from === from).length;
    const isNew = !model.said.has(key);
    const isFull = isNew && count >= limits.routesPerNeighbor;
    const isTableFull =
      isNew &&
      (model.said.size >= limits.offers || (!model.known.has(prefix) && model.known.size >= limits.routes));
    expect(refusal).toBe(isFull ? 'neighbor-full' : isTableFull ? 'table-full' : undefined);
    if (isFull || isTableFull) return;
    model.know(prefix);
    model.said.set(key, { ...said, until: model.now + timers.timeout });
    model.look();
  });
}

function own(prefix: string, kind: OwnRoute['kind'], metric: number | undefined): TableCommand {
  return command(`own ${prefix} ${kind} ${metric ?? 'no more'}`, (model, { table }) => {
    const origin = kind === 'connected' ? origins[0] : undefined;
    const key = `${prefix} ${kind}`;
    if (metric === undefined) {
      table.disown(prefix, { kind, origin }, timers.garbageCollection, model.now);
      model.own.delete(key);
    } else {
      table.own(prefix, { kind, origin, metric, tag: 0, nextHop: undefined }, model.now);
      model.know(prefix);
      model.own.set(key, metric);
    }
    model.look();
  });
}

function lose(from: number): TableCommand {
  return command(`lose ${from}`, (model, { table, sources }) => {
    table.withdraw((offer) => offer.source === sources[from], model.now);
    model.drop((said) => said.from === from);
  });
}

function judge(on: number, policy: { readonly add: number; readonly rejects: number }): TableCommand {
  return command(`judge ${on} ${JSON.stringify(policy)}`, (model, { table, sources }) => {
    model.policies[on] = policy;
    const judgeOne = (_prefix: string, source: Source, { metric, tag }: { metric: number; tag: number }) => {
      const judged = model.judged({ from: sources.indexOf(source), metric, tag });
      return tag === policy.rejects ? undefined : { metric: judged, tag };
    };
    table.rejudge(origins[on] as Origin, judgeOne, model.now);
    model.drop((said) => said.from >> 1 === on && model.judged(said) === 16);
  });
}

function usePaths(most: number): TableCommand {
  return command(`maximum-paths ${most}`, (model, { table }) => {
    table.setMaximumPaths(most, model.now);
    model.maximumPaths = most;
  });
}

/** Ends a step, and lets time pass before the next. */
function end(wait: number, announces: boolean): TableCommand {
  return command(`${announces ? 'announce' : 'be silent'}, wait ${wait}`, (model, real) => {
    const { table, kernel } = real;
    table.expire(model.now);
    model.forget();
    model.drop((said) => said.until <= model.now);
    for (const { route, hasOtherNextHops } of table.settle(model.now)) {
      model.unannounced.add(route.prefix);
      const gateways = route.nextHops.map((hop) => hop.gateway);
      if (hasOtherNextHops && gateways.length === 0) expect(kernel.delete(route.prefix)).toBe(true);
      else if (hasOtherNextHops) kernel.set(route.prefix, gateways);
    }
    for (const [prefix, known] of model.known) {
      if (!known.isSettled && model.metric(prefix) === 16) model.known.delete(prefix);
      known.isSettled = true;
    }
    if (announces) {
      table.clearChanged(model.now);
      model.unannounced.clear();
      model.forget();
    }
    compare(model, real);
    model.commands = 0;
    model.now += wait;
  });
}

function compare(model: Model, real: Real): void {
  const { table, sources, kernel } = real;
  expect([...table.routes].map((route) => route.prefix).sort()).toEqual([...model.known.keys()].sort());
  const used = new Map<string, readonly Offer[]>();
  for (const { prefix, metric, garbageAt, chosen, offers } of table.routes) {
    expect(metric).toBe(model.metric(prefix));
    expect(garbageAt).toBe(model.known.get(prefix)?.garbageAt);
    expect(offers).toHaveLength(model.offersFor(prefix).length);
    expect(kernel.get(prefix) ?? []).toEqual(chosen.map((offer) => offer.source.address));
    const best = model.isOwn(prefix) ? [] : offers.filter((offer) => offer.metric === metric);
    expect(chosen).toHaveLength(Math.min(best.length, model.maximumPaths));
    expect(chosen.every((offer) => best.includes(offer))).toBe(true);
    expect(chosen.map((offer) => offer.source.order)).toEqual(
      chosen.map(({ source }) => source.order).sort(),
    );
    // Of several commands in a step, the first may have taken out of use what the next brings back.
    if (model.commands <= 2) holdPreference(chosen, best, real.used.get(prefix) ?? [], model.now);
    used.set(prefix, chosen);
  }
  real.used = used;
  expect([...kernel.keys()].every((prefix) => model.known.has(prefix))).toBe(true);
  expect(sources.map((source) => source.offers)).toEqual(
    sources.map((_, from) => [...model.said.values()].filter((said) => said.from === from).length),
  );
  const deadlines = [...table.routes].flatMap(({ prefix, garbageAt, offers }) => [
    model.unannounced.has(prefix) ? Number.POSITIVE_INFINITY : garbageAt,
    ...offers.map((offer) => offer.lease.expires),
  ]);
  expect(table.deadline).toBeLessThanOrEqual(Math.min(Number.POSITIVE_INFINITY, ...deadlines));
  expect(table.deadline).toBeGreaterThan(model.now);
}

/** Of equal offers that are fresh, those that were in use stay before others come in. */
function holdPreference(
  chosen: readonly Offer[],
  best: readonly Offer[],
  before: readonly Offer[],
  now: number,
): void {
  const isFresh = (offer: Offer): boolean => !isHalfExpired(offer, now);
  const wasUsed = (offer: Offer): boolean => before.some(({ source }) => source === offer.source);
  const leftOut = best.filter((offer) => !chosen.includes(offer) && isFresh(offer) && wasUsed(offer));
  if (leftOut.length > 0) expect(chosen.filter(isFresh).filter((offer) => !wasUsed(offer))).toEqual([]);
  const refreshed = best.filter(
    (offer) => offer.lease.expires === now + timers.timeout && !chosen.includes(offer),
  );
  if (refreshed.length > 0) expect(chosen.every(isFresh)).toBe(true);
}

const anyPrefix = fc.constantFrom(...prefixes);
const anySource = fc.nat(3);

export const tableCommands = fc.commands(
  [
    fc
      .record({
        prefix: anyPrefix,
        from: anySource,
        metric: fc.constantFrom(2, 2, 2, 3, 4, 15, 16),
        tag: fc.constantFrom(0, 7),
      })
      .map((said) => say(said)),
    fc
      .record({
        prefix: fc.constant(prefixes[0]),
        from: anySource,
        metric: fc.constant(2),
        tag: fc.constant(0),
      })
      .map((said) => say(said)),
    fc
      .tuple(anyPrefix, fc.constantFrom(...kinds), fc.constantFrom(1, 5, undefined, undefined))
      .map(([one, kind, metric]) => own(one, kind, metric)),
    anySource.map((one) => lose(one)),
    fc
      .tuple(fc.nat(1), fc.record({ add: fc.constantFrom(0, 1, 14), rejects: fc.constantFrom(-1, 7) }))
      .map(([on, policy]) => judge(on, policy)),
    fc.constantFrom(1, 2, 8).map((most) => usePaths(most)),
    fc
      .tuple(fc.constantFrom(0, 500, 1_000, 1_500, 2_500), fc.boolean())
      .map(([wait, announces]) => end(wait, announces)),
    fc.tuple(fc.constantFrom(500, 1_000), fc.constant(true)).map(([wait, all]) => end(wait, all)),
  ],
  { maxCommands: 80, size: 'max' },
);

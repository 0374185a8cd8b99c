/** Policy rules: what each of their keys does, and the whole against a naive reading of the rules. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  applyPolicy,
  type PolicyChanges,
  type PolicyEntry,
  type PolicyRule,
  policyFor,
} from '../../src/policy/policy.ts';
import { type PrefixSet, prefixSetHolds } from '../../src/policy/prefix-set.ts';

const nothing: PolicyChanges = { metric: undefined, addMetric: undefined, tag: undefined };

function rule({
  set,
  ...keys
}: Partial<Omit<PolicyRule, 'set'>> & { set?: Partial<PolicyChanges> }): PolicyRule {
  const any = { interface: undefined, neighbor: undefined, prefixSet: undefined, tag: undefined };
  return { direction: 'in', ...any, action: 'accept', ...keys, set: { ...nothing, ...set } };
}

const lab: PrefixSet = { name: 'lab', ranges: [{ prefix: '10.0.0.0/8', shortest: 8, longest: 24 }] };

/** What becomes of 10.1.0.0/16, metric 3, tag 7, that 10.0.0.2 sent to eth0. */
function believed(...policy: PolicyRule[]): PolicyEntry | undefined {
  return applyPolicy(policyFor(policy, 'in', 'eth0', '10.0.0.2'), '10.1.0.0/16', { metric: 3, tag: 7 });
}

describe('a policy', () => {
  it('accepts what no rule matches, as it is', () => {
    expect(believed()).toEqual({ metric: 3, tag: 7 });
    expect(believed(rule({ tag: 8, action: 'reject' }))).toEqual({ metric: 3, tag: 7 });
  });

  it('is decided by the first rule that matches', () => {
    expect(believed(rule({ set: { tag: 1 } }), rule({ action: 'reject' }))).toEqual({ metric: 3, tag: 1 });
    expect(believed(rule({ action: 'reject' }), rule({ set: { tag: 1 } }))).toBeUndefined();
  });

  it.each([
    ['direction', rule({ direction: 'in' }), rule({ direction: 'out' })],
    ['interface', rule({ interface: 'eth0' }), rule({ interface: 'eth1' })],
    ['interface pattern', rule({ interface: 'eth*' }), rule({ interface: 'lab-*' })],
    ['neighbor', rule({ neighbor: '10.0.0.2' }), rule({ neighbor: '10.0.0.3' })],
    ['prefix set', rule({ prefixSet: lab }), rule({ prefixSet: { ...lab, ranges: [] } })],
    ['tag', rule({ tag: 7 }), rule({ tag: 0 })],
  ])('looks at the %s of a rule', (_key, matching, other) => {
    expect(believed({ ...matching, action: 'reject' })).toBeUndefined();
    expect(believed({ ...other, action: 'reject' })).toEqual({ metric: 3, tag: 7 });
  });

  it('wants everything that a rule names', () => {
    const all = {
      interface: 'eth?',
      neighbor: '10.0.0.2',
      prefixSet: lab,
      tag: 7,
      action: 'reject',
    } as const;
    expect(believed(rule(all))).toBeUndefined();
    expect(believed(rule({ ...all, tag: 8 }))).toBeDefined();
  });

  it.each([
    [{ metric: 9 }, { metric: 9, tag: 7 }],
    [{ addMetric: 2 }, { metric: 5, tag: 7 }],
    [{ addMetric: 0 }, { metric: 3, tag: 7 }],
    [
      { metric: 9, addMetric: 2 },
      { metric: 11, tag: 7 },
    ],
    [{ addMetric: 13 }, { metric: 16, tag: 7 }],
    [
      { metric: 16, addMetric: 16 },
      { metric: 16, tag: 7 },
    ],
    [{ tag: 0 }, { metric: 3, tag: 0 }],
    [{ tag: 65_535 }, { metric: 3, tag: 65_535 }],
  ])('sets %j', (set, expected) => {
    expect(believed(rule({ set }))).toEqual(expected);
  });

  it('has no rule with a neighbor for what goes out to everybody', () => {
    const policy = [rule({ direction: 'out', neighbor: '10.0.0.2' }), rule({ direction: 'out' })];
    expect(policyFor(policy, 'out', 'eth0', undefined)).toEqual([policy[1]]);
    expect(policyFor(policy, 'out', 'eth0', '10.0.0.2')).toEqual(policy);
    expect(policyFor(policy, 'out', 'eth0', '10.0.0.3')).toEqual([policy[1]]);
  });

  it('has no rule at all where none concerns an interface and a neighbor', () => {
    const policy = [rule({ interface: 'eth1' }), rule({ neighbor: '10.0.0.3' }), rule({ direction: 'out' })];
    expect(policyFor(policy, 'in', 'eth0', '10.0.0.2')).toEqual([]);
  });
});

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const sets: PrefixSet[] = [
  lab,
  { name: 'default', ranges: [{ prefix: '0.0.0.0/0', shortest: 0, longest: 0 }] },
];
const interfaces = fc.constantFrom('eth0', 'eth1', 'lab-1');
const neighbors = fc.constantFrom('10.0.0.2', '10.0.0.3');
const tags = fc.constantFrom(0, 7);
const rules: fc.Arbitrary<PolicyRule> = fc.record({
  direction: fc.constantFrom('in' as const, 'out' as const),
  interface: maybe(fc.constantFrom('eth0', 'eth?', 'lab-*', '*')),
  neighbor: maybe(neighbors),
  prefixSet: maybe(fc.constantFrom(...sets)),
  tag: maybe(tags),
  action: fc.constantFrom('accept' as const, 'reject' as const),
  set: fc.record({
    metric: maybe(fc.integer({ min: 1, max: 16 })),
    addMetric: maybe(fc.nat(16)),
    tag: maybe(fc.nat(65_535)),
  }),
});
const questions = fc.record({
  direction: fc.constantFrom('in' as const, 'out' as const),
  interface: interfaces,
  neighbor: maybe(neighbors),
  prefix: fc.constantFrom('0.0.0.0/0', '10.1.0.0/16', '10.1.1.128/25', '192.0.2.0/24'),
  metric: fc.integer({ min: 1, max: 15 }),
  tag: tags,
});

const shellMatches: Readonly<Record<string, (name: string) => boolean>> = {
  eth0: (name) => name === 'eth0',
  'eth?': (name) => name.startsWith('eth'),
  'lab-*': (name) => name.startsWith('lab-'),
  '*': () => true,
};

test('a policy does what its rules say, read one after the other', () => {
  let [rejected, altered] = [0, 0];
  fc.assert(
    fc.property(fc.array(rules, { maxLength: 6, size: 'max' }), questions, (policy, asked) => {
      const entry = { metric: asked.metric, tag: asked.tag };
      const deciding = policy.find(
        (candidate) =>
          candidate.direction === asked.direction &&
          (candidate.interface === undefined || shellMatches[candidate.interface]?.(asked.interface)) &&
          (candidate.neighbor ?? asked.neighbor) === asked.neighbor &&
          (candidate.tag ?? asked.tag) === asked.tag &&
          (candidate.prefixSet === undefined || prefixSetHolds(candidate.prefixSet, asked.prefix)),
      );
      let expected: PolicyEntry | undefined = entry;
      if (deciding?.action === 'reject') expected = undefined;
      else if (deciding !== undefined) {
        const { metric = asked.metric, addMetric = 0, tag = asked.tag } = deciding.set;
        expected = { metric: Math.min(16, metric + addMetric), tag };
      }
      const found = policyFor(policy, asked.direction, asked.interface, asked.neighbor);
      expect(applyPolicy(found, asked.prefix, entry)).toEqual(expected);
      if (expected === undefined) rejected += 1;
      else if (expected !== entry) altered += 1;
    }),
    { seed: 2453, numRuns: 3_000 },
  );
  expect(rejected).toBeGreaterThan(100);
  expect(altered).toBeGreaterThan(100);
});
